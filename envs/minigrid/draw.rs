//! Implements [`Draw`] for MiniGrid: ASCII maps, pictures, and layers of what they show.

use super::cells::{self, EMPTY, UNSEEN, class, class_of, colour, object};
use super::layout::Body;
use super::world::MiniGrid;
use super::{judge_record, observe, picture};
use crate::envs::shared::block::Block;
use crate::envs::shared::layers::{AgentLayer, Entity, Facing, Item, LayerNames, Layers, NO_COLOUR, NO_STATE, names};
use crate::envs::shared::picture::{Light, Picture, Rgb};
use crate::envs::shared::stamp;
use crate::envs::shared::tile_map::{Daylight, TileCache, TileMap, Tiles};
use crate::envs::shared::world::Draw;

/// Facing by MiniGrid's direction: east, south, west, north.
const FACINGS: [Facing; 4] = [Facing::East, Facing::South, Facing::West, Facing::North];
const STATES: [&str; 4] = ["", "open", "closed", "locked"];

impl Tiles for MiniGrid {
    fn draw_tile(&self, number: u32, side: u32) -> Result<Vec<Rgb>, String> {
        if number > tile_number(u8::MAX, Some(Facing::South)) {
            return Err(format!("no tile has the number {number}"));
        }
        let agent = (number >> 8).checked_sub(1);
        Ok(picture::cell((number & 255) as u8, agent).scaled(side))
    }

    fn tile_side(&self) -> u32 {
        stamp::SIDE as u32
    }
}

impl Draw for MiniGrid {
    fn ascii(&self, i: usize, block: &Block) -> String {
        judge_record::ascii(&self.rules, self.grid(i, block), self.body(i, block))
    }

    fn layers(&self, i: usize, block: &Block) -> Layers {
        let (width, height) = (self.rules.width, self.rules.height);
        let (grid, body) = (self.grid(i, block), self.body(i, block));
        let entity = |(cell, code): (usize, &u8)| entity(*code, cell as u32 % width, cell as u32 / width);
        Layers {
            width,
            height,
            terrain: grid.iter().map(|code| u16::from(terrain(*code))).collect(),
            colours: grid
                .iter()
                .map(|code| if terrain(*code) == object::EMPTY { NO_COLOUR } else { cells::colour_of(*code) })
                .collect(),
            entities: grid.iter().enumerate().filter_map(entity).collect(),
            agent: AgentLayer {
                x: body.x,
                y: body.y,
                facing: facing(body),
                carrying: item(body.carrying).into_iter().collect(),
                asleep: false,
            },
            field_of_view: self.field_of_view(grid, body),
            walls: vec![0; grid.len()],
        }
    }

    fn layer_names(&self) -> LayerNames {
        let objects = names(&object::NAMES);
        LayerNames {
            terrain: objects.clone(),
            entities: objects.clone(),
            states: names(&STATES),
            colours: names(&colour::NAMES),
            items: objects,
        }
    }

    fn tile_map(&self, i: usize, block: &Block) -> TileMap {
        let (grid, body) = (self.grid(i, block), self.body(i, block));
        let (width, height) = (self.rules.width, self.rules.height);
        let mut cells: Vec<u32> = grid.iter().map(|code| tile_number(*code, None)).collect();
        let at = (body.y * width + body.x) as usize;
        cells[at] = tile_number(grid[at], Some(facing(body)));
        let ground =
            grid.iter().map(|code| tile_number(if entity(*code, 0, 0).is_some() { EMPTY } else { *code }, None)).collect();
        TileMap { width, height, ground, cells }
    }

    /// The agent is in the middle of the last row and faces up.
    fn draw_view(&self, i: usize, block: &Block, tile: u32, _light: Light) -> Result<Picture, String> {
        let side = self.rules.view;
        let view = observe::view(&self.rules, self.grid(i, block), self.body(i, block));
        let tile_at = |row: u32, column: u32| {
            let agent = ((column, row) == (side / 2, side - 1)).then_some(Facing::North);
            tile_number(view[(column * side + row) as usize], agent)
        };
        let cells: Vec<u32> = (0..side).flat_map(|row| (0..side).map(move |column| tile_at(row, column))).collect();
        TileCache::new(tile).picture(self, (side, side), &cells, Daylight::DAY)
    }
}

impl MiniGrid {
    /// Returns for each cell of the map whether the view shows it.
    fn field_of_view(&self, grid: &[u8], body: Body) -> Vec<bool> {
        let (side, view) = (self.rules.view as i32, observe::view(&self.rules, grid, body));
        let (ahead, right) = match facing(body) {
            Facing::East => ((1, 0), (0, 1)),
            Facing::South => ((0, 1), (-1, 0)),
            Facing::West => ((-1, 0), (0, -1)),
            Facing::North => ((0, -1), (1, 0)),
        };
        let mut seen = vec![false; grid.len()];
        for (i, j) in (0..side).flat_map(|i| (0..side).map(move |j| (i, j))) {
            // i counts from the left to the right of the agent, j from far to near.
            let (far, aside) = (side - 1 - j, i - side / 2);
            let x = body.x as i32 + far * ahead.0 + aside * right.0;
            let y = body.y as i32 + far * ahead.1 + aside * right.1;
            let inside = (0..self.rules.width as i32).contains(&x) && (0..self.rules.height as i32).contains(&y);
            if inside && view[(i * side + j) as usize] != UNSEEN {
                seen[(y * self.rules.width as i32 + x) as usize] = true;
            }
        }
        seen
    }
}

/// The number of a tile: the code of the cell, and where the agent on it looks, if it is there.
fn tile_number(code: u8, agent: Option<Facing>) -> u32 {
    u32::from(code) | agent.map_or(0, |way| way as u32 + 1) << 8
}

fn facing(body: Body) -> Facing {
    FACINGS[(body.dir & 3) as usize]
}

/// Returns the object number of a cell's terrain: doors and objects that can be carried do not count.
fn terrain(code: u8) -> u8 {
    match class_of(code) {
        class::FLOOR => object::FLOOR,
        class::GOAL => object::GOAL,
        class::LAVA => object::LAVA,
        class::WALL => object::WALL,
        _ => object::EMPTY,
    }
}

/// Returns the door, or the object that can be carried, of a cell.
fn entity(code: u8, x: u32, y: u32) -> Option<Entity> {
    let state = match class_of(code) {
        class::DOOR_OPEN => 1,
        class::DOOR_CLOSED => 2,
        class::DOOR_LOCKED => 3,
        _ if cells::can_be_carried(code) => NO_STATE,
        _ => return None,
    };
    let (kind, colour) = (u16::from(cells::triple(code)[0]), Some(cells::colour_of(code)));
    let inside = if cells::is_box(code) { item(cells::content(code)) } else { None };
    Some(Entity { kind, x, y, facing: None, health: None, state, colour, counter: 0, inside })
}

/// Returns a code as an item; None if there is no object.
fn item(code: u8) -> Option<Item> {
    let is_thing = code != UNSEEN && code != EMPTY;
    is_thing.then(|| Item { kind: u16::from(cells::triple(code)[0]), colour: Some(cells::colour_of(code)), count: 1 })
}
