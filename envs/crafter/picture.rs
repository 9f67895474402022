//! The RGB picture, exactly as the package draws it: map with objects, light, sleep, inventory.
//!
//! In daylight a pixel's final colour depends only on its colour and on the time. So map tiles are stored as indices into a palette of all
//! colours that tiles and creatures over tiles can show, and the lit palette is computed once for each time of day.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::dark::{self, Night, Planes, STRIP};
use super::instance::{Instance, Mob};
use super::layout::body;
use super::light;
use super::rules::{DIRECTIONS, Rules, daylight, kind};
use super::tile_set::{MAX_COUNT, STRIDE, item_tiles, map_tiles, strips};
use super::tiles::Textures;
use crate::envs::shared::core::Core;

/// Number of steps whose lit palette is cached; later steps compute theirs each time.
const KEPT_STEPS: usize = 2048;
/// Number of steps for which the GPU has exact lit colours.
const LIT_STEPS: usize = 10_001;

/// A source of noise: one number in 0..1 per pixel, x-major.
pub trait Grain {
    fn fill(&mut self, grains: &mut [f64]);
}

thread_local! {
    static PLANES: RefCell<Planes> = RefCell::default();
}

/// Returns the number of pixels of the picture that show the map; each takes one noise number in the dark.
pub fn map_pixels(rules: &Rules) -> usize {
    let unit: [u32; 2] = std::array::from_fn(|a| rules.set.picture[a] / rules.set.view[a]);
    (unit[0] * rules.set.view[0] * unit[1] * rules.map_rows()) as usize
}

/// Precomputed tiles and colours.
#[derive(Debug)]
pub struct Painter {
    unit: [usize; 2],
    border: [usize; 2],
    palette: Vec<[u8; 3]>,
    /// Tiles by material * (objects + 1) + object + 1, each `unit` palette indices, row by row.
    tiles: Vec<u16>,
    /// The same tiles for the dark: red, green and blue, each `unit[0]` columns padded to whole strips.
    strips: Vec<u8>,
    /// Tiles by item * 11 + min(count, 10), RGB row by row.
    items: Vec<u8>,
    /// Each pixel's share of the noise weight, column by column, padded.
    vignette: Vec<f64>,
    lit: Vec<OnceLock<Vec<[u8; 3]>>>,
}

impl Painter {
    /// # Errors
    /// If a texture is missing.
    pub fn new(rules: &Rules, textures: &Textures) -> Result<Painter, String> {
        let unit: [usize; 2] = std::array::from_fn(|a| (rules.set.picture[a] / rules.set.view[a]) as usize);
        let border = std::array::from_fn(|a| (rules.set.picture[a] as usize - unit[a] * rules.set.view[a] as usize) / 2);
        let (palette, tiles) = map_tiles(textures, unit)?;
        let map = [unit[0] * rules.set.view[0] as usize, unit[1] * rules.map_rows() as usize];
        let mut vignette = light::vignette(map[0], map[1]);
        vignette.resize(dark::padded(vignette.len()), 0.0);
        let kept = KEPT_STEPS.min(rules.set.length as usize + 1) * 2;
        Ok(Painter {
            unit,
            border,
            strips: strips(&palette, &tiles, unit),
            palette,
            tiles,
            items: item_tiles(rules, textures, unit)?,
            vignette,
            lit: (0..kept).map(|_| OnceLock::new()).collect(),
        })
    }

    /// Returns the table `picture` of paint.wgsl. Lit colours are stored by step, because daylight as a float is not equal to the last bit
    /// on every day. Steps past [`LIT_STEPS`] use the colours of the first day.
    pub fn words(&self, rules: &Rules) -> Vec<u32> {
        let steps = LIT_STEPS.min(rules.set.length as usize + 1).max(rules.set.day.length as usize);
        let (lit_rows, lit) = self.lit_rows(rules, steps as u32);
        let rgb = |c: &[u8; 3]| u32::from_le_bytes([c[0], c[1], c[2], 0]);
        let floats = |list: &[f64]| list.iter().map(|v| (*v as f32).to_bits()).collect();
        let days: Vec<f64> = (0..rules.set.day.length).map(|step| daylight(&rules.set, step)).collect();
        let tables: [Vec<u32>; 7] = [
            self.palette.iter().map(rgb).collect(),
            self.tiles.iter().map(|id| u32::from(*id)).collect(),
            self.items.as_chunks().0.iter().map(rgb).collect(),
            lit_rows,
            lit.iter().map(rgb).collect(),
            floats(&self.vignette),
            floats(&days),
        ];
        let sizes = [self.unit[0], self.unit[1], self.border[0], self.border[1]].map(|n| n as u32);
        let facts = [rules.set.picture[0], rules.set.picture[1], self.palette.len() as u32, steps as u32];
        let mut words = [sizes, facts].concat();
        let mut at = words.len() + tables.len();
        for table in &tables {
            words.push(at as u32);
            at += table.len();
        }
        words.extend(tables.into_iter().flatten());
        words
    }

    /// Returns the index of the row of lit colours for each step, awake and asleep, and the rows. A dark step has no row; its index is 0.
    fn lit_rows(&self, rules: &Rules, steps: u32) -> (Vec<u32>, Vec<[u8; 3]>) {
        let mut known: BTreeMap<(u64, bool), u32> = BTreeMap::new();
        let (mut which, mut rows) = (Vec::new(), Vec::new());
        for step in 0..steps {
            let light = daylight(&rules.set, step);
            for asleep in [false, true] {
                let next = known.len() as u32;
                which.push(if rules.dark[rules.day_ix(step)] {
                    0
                } else {
                    *known.entry((light.to_bits(), asleep)).or_insert_with(|| {
                        rows.extend(self.palette.iter().map(|c| shade(*c, light, asleep)));
                        next
                    })
                });
            }
        }
        if rows.is_empty() {
            rows.push([0; 3]);
        }
        (which, rows)
    }

    /// Draws into `pixels` (`[height, width, 3]` bytes). `grain` is called only in the dark.
    pub fn paint(&self, instance: &Instance, rules: &Rules, grain: &mut impl Grain, pixels: &mut [u8]) {
        let step = instance.core[Core::STEP];
        let asleep = instance.body[body::SLEEPING] == 1;
        let tiles = visible(instance, rules, view_of(instance, rules));
        pixels.fill(0);
        if rules.dark[rules.day_ix(step)] {
            self.paint_dark(rules, &tiles, daylight(&rules.set, step), asleep, grain, pixels);
        } else {
            let slot = step as usize * 2 + usize::from(asleep);
            let light = || self.palette.iter().map(|c| shade(*c, daylight(&rules.set, step), asleep)).collect();
            match self.lit.get(slot) {
                Some(kept) => self.paint_lit(rules, &tiles, kept.get_or_init(light), pixels),
                None => self.paint_lit(rules, &tiles, &light(), pixels),
            }
        }
        self.paint_items(instance, rules, pixels);
    }

    fn paint_lit(&self, rules: &Rules, tiles: &[u16], lit: &[[u8; 3]], pixels: &mut [u8]) {
        let [ux, uy] = self.unit;
        let (w, stride) = (rules.set.view[0] as usize, rules.set.picture[0] as usize * 3);
        for (k, tile) in tiles.iter().enumerate() {
            let colours = &self.tiles[*tile as usize * ux * uy..][..ux * uy];
            let corner = (self.border[1] + k / w * uy) * stride + (self.border[0] + k % w * ux) * 3;
            for (row, line) in colours.chunks_exact(ux).enumerate() {
                let out = &mut pixels[corner + row * stride..][..ux * 3];
                for (pixel, colour) in out.as_chunks_mut().0.iter_mut().zip(line) {
                    *pixel = lit[*colour as usize];
                }
            }
        }
    }

    fn paint_dark(&self, rules: &Rules, tiles: &[u16], daylight: f64, asleep: bool, grain: &mut impl Grain, pixels: &mut [u8]) {
        let [ux, uy] = self.unit;
        let (w, h) = (rules.set.view[0] as usize, rules.map_rows() as usize);
        let night = Night { daylight, amount: 2.0 * (0.5 - daylight), asleep };
        PLANES.with_borrow_mut(|planes| {
            grain.fill(planes.begin(w * ux * h * uy));
            let (plane, column) = (self.strips.len() / (self.tiles.len() / (ux * uy)) / 3, uy.next_multiple_of(STRIP));
            for x in 0..w * ux {
                for y in 0..h {
                    let tile = &self.strips[tiles[y * w + x / ux] as usize * plane * 3..][..plane * 3];
                    let strip = |channel: usize| &tile[channel * plane + x % ux * column..][..column];
                    planes.put((x * h + y) * uy, [strip(0), strip(1), strip(2)]);
                }
            }
            self.copy_columns(planes.darken(night, &self.vignette), h * uy, rules, pixels);
        });
    }

    /// Copies columns of pixels into the rows of the picture.
    fn copy_columns(&self, seen: &[u32], height: usize, rules: &Rules, pixels: &mut [u8]) {
        let (width, stride) = (self.unit[0] * rules.set.view[0] as usize, rules.set.picture[0] as usize * 3);
        for y in 0..height {
            let row = &mut pixels[(self.border[1] + y) * stride + self.border[0] * 3..][..width * 3];
            for (pixel, seen) in row.as_chunks_mut().0.iter_mut().zip(seen[y..].iter().step_by(height)) {
                let [r, g, b, _] = seen.to_le_bytes();
                *pixel = [r, g, b];
            }
        }
    }

    fn paint_items(&self, instance: &Instance, rules: &Rules, pixels: &mut [u8]) {
        let [ux, uy] = self.unit;
        let (w, h, stride) = (rules.set.view[0] as usize, rules.map_rows() as usize, rules.set.picture[0] as usize * 3);
        for item in 0..rules.at.n_items {
            let tile = item * (MAX_COUNT + 1) + instance.item(item).clamp(0, MAX_COUNT as i32) as usize;
            let colours = &self.items[tile * ux * uy * 3..][..ux * uy * 3];
            let corner = (self.border[1] + (h + item / w) * uy) * stride + (self.border[0] + item % w * ux) * 3;
            for (row, line) in colours.chunks_exact(ux * 3).enumerate() {
                pixels[corner + row * stride..][..ux * 3].copy_from_slice(line);
            }
        }
    }
}

/// A rectangle of cells: column and row of the first, and the size.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
}

/// Returns the player's view as a window of the map.
pub fn view_of(instance: &Instance, rules: &Rules) -> Window {
    let (width, height) = (rules.set.view[0] as i32, rules.map_rows() as i32);
    Window { left: instance.body[body::X] as i32 - width / 2, top: instance.body[body::Y] as i32 - height / 2, width, height }
}

/// Returns the tile of each cell of a window, row by row: material * [`STRIDE`] + object + 1.
pub fn visible(instance: &Instance, rules: &Rules, window: Window) -> Vec<u16> {
    let Window { left, top, width: w, height: h } = window;
    let mut tiles: Vec<u16> = (0..w * h)
        .map(|k| instance.cell(&rules.at, left + k % w, top + k / w).map_or(0, |cell| instance.material(cell) as u16 * STRIDE))
        .collect();
    let mut put = |x: u32, y: u32, object: usize| {
        let (dx, dy) = (x as i32 - left, y as i32 - top);
        if dx >= 0 && dx < w && dy >= 0 && dy < h {
            tiles[(dy * w + dx) as usize] += object as u16 + 1;
        }
    };
    for slot in 0..instance.n_mobs() {
        let mob = instance.mob(slot);
        put(mob.x, mob.y, texture_of(mob, is_ripe(rules, instance.extra(slot))));
    }
    let player =
        if instance.body[body::SLEEPING] == 1 { 13 } else { 9 + instance.body[body::FACING] as usize % DIRECTIONS.len() };
    put(instance.body[body::X], instance.body[body::Y], player);
    tiles
}

/// Whether a plant of that age is ripe.
pub fn is_ripe(rules: &Rules, age: u32) -> bool {
    age > rules.set.plant.ripe_above
}

pub fn shade(colour: [u8; 3], daylight: f64, asleep: bool) -> [u8; 3] {
    let lit = light::lit(colour, daylight);
    let seen = if asleep { light::asleep(lit) } else { lit };
    seen.map(|v| v as u8)
}

fn texture_of(mob: Mob, ripe: bool) -> usize {
    match mob.kind {
        kind::COW => 0,
        kind::ZOMBIE => 1,
        kind::SKELETON => 2,
        kind::ARROW => 3 + mob.facing as usize % DIRECTIONS.len(),
        _ => 7 + usize::from(ripe),
    }
}
