//! Implements [`Draw`] for Crafter: ASCII maps, pictures, and layers of what they show.

use super::instance::Instance;
use super::judge_record;
use super::layout::body;
use super::picture::{Window, is_ripe, shade, view_of, visible};
use super::rules::{DIRECTIONS, KINDS, MATERIALS, daylight, kind};
use super::tile_set::{self, MAX_COUNT};
use super::world::Crafter;
use crate::envs::shared::block::Block;
use crate::envs::shared::core::Core;
use crate::envs::shared::layers::{AgentLayer, Entity, Facing, Item, LayerNames, Layers, NO_COLOUR, NO_STATE, names};
use crate::envs::shared::picture::{Light, Picture, Rgb};
use crate::envs::shared::tile_map::{Daylight, Icon, TileCache, TileMap, Tiles};
use crate::envs::shared::world::Draw;

const STATES: [&str; 3] = ["", "sapling", "ripe"];
const SAPLING: u16 = 1;
const RIPE: u16 = 2;

impl Tiles for Crafter {
    fn draw_tile(&self, number: u32, side: u32) -> Result<Vec<Rgb>, String> {
        let number = u16::try_from(number).map_err(|_| format!("no tile has the number {number}"))?;
        tile_set::tile(self.textures.get()?, number, side as usize)
    }

    fn tile_side(&self) -> u32 {
        self.textures.get().map_or(tile_set::SIDE, tile_set::side)
    }

    fn icon(&self, name: &str) -> Option<Icon> {
        let textures = self.textures.get().ok()?;
        let texture = textures.get(name).or_else(|| textures.get(thing_of(name)))?;
        let pixels = texture.bytes.chunks_exact(texture.channels);
        let rgba = pixels.flat_map(|pixel| [pixel[0], pixel[1], pixel[2], pixel.get(3).copied().unwrap_or(u8::MAX)]).collect();
        Some(Icon { width: texture.width as u32, height: texture.height as u32, rgba })
    }

    fn shade(&self, pixel: Rgb, light: Daylight) -> Rgb {
        if light == Daylight::DAY { pixel } else { shade(pixel, light.daylight, light.asleep) }
    }
}

/// The texture of the thing that an achievement is about: what is collected, placed, made, eaten or defeated.
fn thing_of(achievement: &str) -> &str {
    match achievement {
        "wake_up" => "player-sleep",
        "eat_plant" => "plant-ripe",
        "place_plant" => "plant",
        "collect_drink" => "water",
        "collect_wood" => "tree",
        name => name.split_once('_').map_or(name, |(_, thing)| thing),
    }
}

impl Draw for Crafter {
    fn ascii(&self, i: usize, block: &Block) -> String {
        const SIGNS: &[u8] = b" ~.#_,TLcid+=@CZSaP";
        let (w, h) = (self.rules.at.width as usize, self.rules.at.height as usize);
        let map = self.look(i, block, |instance| judge_record::semantic(instance, &self.rules));
        let facing = self.body(i, block)[body::FACING] as usize;
        let sign = |x: usize, y: usize| match map[x * h + y] {
            13 => ["<", ">", "^", "v"][facing.min(DIRECTIONS.len() - 1)].to_string(),
            id => char::from(SIGNS[id as usize]).to_string(),
        };
        (0..h).map(|y| (0..w).map(|x| sign(x, y)).collect::<String>() + "\n").collect()
    }

    fn layers(&self, i: usize, block: &Block) -> Layers {
        self.look(i, block, |instance| self.layers_of(instance))
    }

    fn layer_names(&self) -> LayerNames {
        LayerNames {
            terrain: names(&MATERIALS),
            entities: names(&KINDS),
            states: names(&STATES),
            colours: Vec::new(),
            items: self.rules.set.items.iter().map(|item| item.name.clone()).collect(),
        }
    }

    fn tile_map(&self, i: usize, block: &Block) -> TileMap {
        let (width, height) = (self.rules.at.width, self.rules.at.height);
        let window = Window { left: 0, top: 0, width: width as i32, height: height as i32 };
        let cells = self.look(i, block, |instance| visible(instance, &self.rules, window));
        TileMap {
            width,
            height,
            ground: cells.iter().map(|number| u32::from(tile_set::material_tile(*number))).collect(),
            cells: cells.into_iter().map(u32::from).collect(),
        }
    }

    fn daylight(&self, i: usize, block: &Block) -> Daylight {
        let daylight = daylight(&self.rules.set, block.core_of(i)[Core::STEP]);
        Daylight { daylight, asleep: self.body(i, block)[body::SLEEPING] == 1 }
    }

    /// The inventory has its daylight colours for every `light`.
    fn draw_view(&self, i: usize, block: &Block, tile: u32, light: Light) -> Result<Picture, String> {
        let [width, height] = self.rules.set.view;
        let mut picture = Picture::of_cells((width, height), tile)?;
        let light = if light == Light::Now { self.daylight(i, block) } else { Daylight::DAY };
        self.look(i, block, |instance| {
            let window = view_of(instance, &self.rules);
            let cells: Vec<u32> = visible(instance, &self.rules, window).into_iter().map(u32::from).collect();
            let map = TileCache::new(tile).picture(self, (window.width as u32, window.height as u32), &cells, light)?;
            picture.rgba[..map.rgba.len()].copy_from_slice(&map.rgba);
            let side = tile as usize;
            for item in 0..self.rules.at.n_items {
                let count = instance.item(item).clamp(0, MAX_COUNT as i32) as usize;
                let drawn = tile_set::item_tile(&self.rules, self.textures.get()?, [side, side], (item, count))?;
                let place = item as u32;
                picture.put((place % width, self.rules.map_rows() + place / width), tile, &drawn);
            }
            Ok(picture)
        })
    }
}

impl Crafter {
    fn layers_of(&self, instance: &Instance) -> Layers {
        let (rules, at) = (&self.rules, &self.rules.at);
        let cells = (at.width * at.height) as usize;
        let view = view_of(instance, rules);
        let in_view = |cell: usize| {
            let (x, y) = (cell as i32 % at.width as i32, cell as i32 / at.width as i32);
            (view.left..view.left + view.width).contains(&x) && (view.top..view.top + view.height).contains(&y)
        };
        let items = (0..at.n_items).filter(|item| instance.item(*item) > 0);
        Layers {
            width: at.width,
            height: at.height,
            terrain: (0..cells).map(|cell| instance.material(cell) as u16).collect(),
            colours: vec![NO_COLOUR; cells],
            entities: (0..instance.n_mobs()).map(|slot| self.entity(instance, slot)).collect(),
            agent: AgentLayer {
                x: instance.body[body::X],
                y: instance.body[body::Y],
                facing: Facing::of(instance.body[body::FACING]),
                carrying: items.map(|item| Item { kind: item as u16, colour: None, count: instance.item(item) as u32 }).collect(),
                asleep: instance.body[body::SLEEPING] == 1,
            },
            field_of_view: (0..cells).map(in_view).collect(),
            walls: vec![0; cells],
        }
    }

    fn entity(&self, instance: &Instance, slot: usize) -> Entity {
        let (mob, counter) = (instance.mob(slot), instance.extra(slot));
        let is_arrow = mob.kind == kind::ARROW;
        let state = match mob.kind {
            kind::PLANT if is_ripe(&self.rules, counter) => RIPE,
            kind::PLANT => SAPLING,
            _ => NO_STATE,
        };
        Entity {
            kind: mob.kind as u16,
            x: mob.x,
            y: mob.y,
            // Only arrows have a direction: no rule of the game reads the facing of another object.
            facing: is_arrow.then(|| Facing::of(mob.facing)),
            health: (!is_arrow).then_some(mob.health),
            state,
            colour: None,
            counter,
            inside: None,
        }
    }
}
