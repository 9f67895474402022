//! Pictures and layers of GridLab worlds.

use super::observe::{opened_bytes, sees};
use super::picture::CellTile;
use super::rules::{LETTERS, MAX_COLOURS, cell, kind};
use super::step::{here, passable, tv_colour, word};
use super::{GridLab, judge_record, map};
use crate::envs::shared::block::Block;
use crate::envs::shared::layers::{AgentLayer, Entity, Facing, Item, LayerNames, Layers, NO_COLOUR, NO_STATE, names};
use crate::envs::shared::picture::{Light, Picture, Rgb};
use crate::envs::shared::stamp;
use crate::envs::shared::tile_map::{TileMap, Tiles};
use crate::envs::shared::world::Draw;

/// Names of the kinds of cells in the order of their numbers, then one-way cells by direction.
const TERRAIN: [&str; 14] = [
    "floor",
    "wall",
    "goal",
    "lava",
    "ice",
    "one-way",
    "key",
    "door",
    "tv",
    "mark",
    "one-way west",
    "one-way east",
    "one-way north",
    "one-way south",
];
const ONE_WAY_WEST: u16 = 10;
/// Number of letters: keys, doors and marked floors have one colour for each letter. The colours of TVs follow.
const ALPHABET: u8 = 26;
const STATES: [&str; 4] = ["", "open", "closed", "out of sight"];
const OPEN: u16 = 1;
const CLOSED: u16 = 2;
const OUT_OF_SIGHT: u16 = 3;

impl Tiles for GridLab {
    fn draw_tile(&self, number: u32, side: u32) -> Result<Vec<Rgb>, String> {
        let tile = CellTile::of(number).filter(|tile| tile.at < self.rules.cells.len());
        let tile = tile.ok_or_else(|| format!("no tile has the number {number}"))?;
        Ok(tile.drawn(&self.rules, &self.map).scaled(side))
    }

    fn tile_side(&self) -> u32 {
        stamp::SIDE as u32
    }
}

impl Draw for GridLab {
    fn thin_walls(&self, x: u32, y: u32) -> u32 {
        if self.ruleset.layout == map::Layout::Cells { 0 } else { !self.map.open[(y * self.rules.width + x) as usize] & 0xf }
    }

    fn ascii(&self, i: usize, block: &Block) -> String {
        judge_record::ascii(&self.rules, &self.map, self.ruleset.layout, &self.ruleset.map, self.grid(i, block))
    }

    fn layers(&self, i: usize, block: &Block) -> Layers {
        let (rules, grid) = (&self.rules, self.grid(i, block));
        let at = here(rules, grid);
        let has = |letter: &u8| grid[word::CARRIED] >> letter & 1 == 1;
        let colour = |word: &u32| if cell::kind(*word) == kind::MARK { cell::letter(*word) as u8 } else { NO_COLOUR };
        let cells = 0..rules.cells.len() as u32;
        Layers {
            width: rules.width,
            height: rules.height,
            terrain: rules.cells.iter().map(|word| terrain(*word)).collect(),
            colours: rules.cells.iter().map(colour).collect(),
            entities: cells.clone().filter_map(|cell| self.entity(grid, cell)).collect(),
            agent: AgentLayer {
                x: at % rules.width,
                y: at / rules.width,
                facing: Facing::of(grid[word::FACING] & 3),
                carrying: (0..LETTERS as u8).filter(has).map(|letter| Item { kind: 0, colour: Some(letter), count: 1 }).collect(),
                asleep: false,
            },
            field_of_view: cells.clone().map(|cell| cell == at || self.is_observed(cell, at)).collect(),
            walls: cells.map(|cell| self.thin_walls(cell % rules.width, cell / rules.width) as u8).collect(),
        }
    }

    fn layer_names(&self) -> LayerNames {
        let letters = (b'a'..).take(ALPHABET.into()).map(|letter| char::from(letter).to_string());
        let terrain = names(&TERRAIN);
        LayerNames {
            entities: terrain[..ONE_WAY_WEST as usize].to_vec(),
            terrain,
            states: names(&STATES),
            colours: letters.chain((0..MAX_COLOURS).map(|colour| format!("tv {colour}"))).collect(),
            items: names(&["key"]),
        }
    }

    fn tile_map(&self, i: usize, block: &Block) -> TileMap {
        let (rules, grid) = (&self.rules, self.grid(i, block));
        let cells = 0..rules.cells.len();
        TileMap {
            width: rules.width,
            height: rules.height,
            ground: cells.clone().map(CellTile::bare).map(CellTile::number).collect(),
            cells: cells.map(|at| CellTile::now(rules, grid, at).number()).collect(),
        }
    }

    fn draw_view(&self, i: usize, block: &Block, tile: u32, light: Light) -> Result<Picture, String> {
        self.draw_map(i, block, tile, light)
    }
}

impl GridLab {
    /// Returns the entity on the cell `at`: a key that is not taken, a door, or a TV.
    fn entity(&self, grid: &[u32], at: u32) -> Option<Entity> {
        let word = self.rules.cells[at as usize];
        let letter = Some(cell::letter(word) as u8);
        let (state, colour) = match cell::kind(word) {
            kind::KEY if grid[word::TAKEN] >> (cell::number(word) & 31) & 1 == 0 => (NO_STATE, letter),
            kind::DOOR => (if passable(&self.rules, word, grid) { OPEN } else { CLOSED }, letter),
            kind::TV => {
                let ix = cell::number(word) as usize;
                let state = if sees(&self.rules, &self.rules.tvs[ix], here(&self.rules, grid)) { NO_STATE } else { OUT_OF_SIGHT };
                (state, Some(ALPHABET + tv_colour(grid, ix) as u8))
            }
            _ => return None,
        };
        let (x, y) = (at % self.rules.width, at / self.rules.width);
        let kind = cell::kind(word) as u16;
        Some(Entity { kind, x, y, facing: None, health: None, state, colour, counter: 0, inside: None })
    }

    /// Returns whether the observation describes the cell `at`, a cell other than the player's.
    fn is_observed(&self, at: u32, player: u32) -> bool {
        let word = self.rules.cells[at as usize];
        match cell::kind(word) {
            kind::KEY => true,
            kind::DOOR => opened_bytes(&self.rules) > 0,
            kind::TV => sees(&self.rules, &self.rules.tvs[cell::number(word) as usize], player),
            _ => false,
        }
    }
}

/// Returns the terrain of a cell. Keys and doors are entities, so the terrain of their cells is floor.
fn terrain(word: u32) -> u16 {
    match cell::kind(word) {
        kind::KEY | kind::DOOR => kind::FLOOR as u16,
        kind::ONE_WAY => ONE_WAY_WEST + cell::letter(word) as u16,
        kind => kind as u16,
    }
}
