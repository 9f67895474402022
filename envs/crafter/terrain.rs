//! Decides the material of each cell by comparing noise with thresholds. Decisions equal those of float64 in
//! the reference's order of operations.
//!
//! Every comparison is first made with the fast fields of `field.rs`. If it is nearer to its threshold than their error, it is made again
//! with the exact noise. A layer is computed only in cells where a decision may need it.

use super::field::{ERROR, Field, Layer, Wanted};
use super::ground::{About, FarCells, NOISE_BOUND, START_RADIUS, Thresholds, bit, numbers, share};
use super::noise::Noise;
use super::rules::{Rules, material};
use crate::shaders::shared::chance::{Chance, at_most};

/// Buffers for world generation; each thread keeps its own.
#[derive(Debug, Default)]
pub struct Scratch {
    fields: [Field; LAYERS],
    wanted: [Wanted; MASKS],
    halo: FarCells,
    ground: Vec<u8>,
}

/// Noise layers: the first five make the ground, the others decide within it.
const LAYERS: usize = 13;
const START: usize = 0;
const WATER_15: usize = 1;
const WATER_5: usize = 2;
const MOUNTAIN_15: usize = 3;
const MOUNTAIN_5: usize = 4;
const CAVES: usize = 5;
const TUNNELS_X: usize = 6;
const TUNNELS_Y: usize = 7;
const COAL: usize = 8;
const IRON: usize = 9;
const LAVA: usize = 10;
const SOIL: usize = 11;
const BEACH: usize = 12;

/// Masks of cells: near the player, all, rock, rock that may be lava, land (trees), beach (sand).
const MASKS: usize = 7;
const NEAR: usize = 0;
const ALL: usize = 1;
const ROCK: usize = 2;
const DEEP: usize = 3;
const OPEN: usize = 4;
/// `ROCK` with x and y exchanged.
const ROCK_TURNED: usize = 5;
const SHORE: usize = 6;

/// `uniform() > p` as 53-bit thresholds.
struct Draws {
    coal: u64,
    iron: u64,
    diamond: u64,
    tree: u64,
}

/// The terrain of one world.
pub struct Terrain<'a> {
    rules: &'a Rules,
    noise: &'a Noise,
    draws: Draws,
    scratch: &'a mut Scratch,
}

/// The three numbers that determine the ground of a cell, in float64 as in the reference.
#[derive(Clone, Copy)]
struct Ground {
    start: f64,
    water: f64,
    mountain: f64,
}

impl<'a> Terrain<'a> {
    pub fn new(rules: &'a Rules, noise: &'a Noise, scratch: &'a mut Scratch) -> Self {
        let t = &rules.set.terrain;
        let draws = Draws {
            coal: at_most(t.coal.draw),
            iron: at_most(t.iron.draw),
            diamond: at_most(t.diamond.draw),
            tree: at_most(t.tree.draw),
        };
        let mut terrain = Terrain { rules, noise, draws, scratch };
        terrain.sum_ground();
        terrain.decide_ground();
        terrain.sum_layers();
        terrain
    }

    fn size(&self) -> (usize, usize) {
        (self.rules.at.width as usize, self.rules.at.height as usize)
    }

    /// Squared distance to the player's cell.
    fn distance2(&self, x: usize, y: usize) -> u32 {
        let (cx, cy) = (self.rules.at.width / 2, self.rules.at.height / 2);
        (x as u32).abs_diff(cx).pow(2) + (y as u32).abs_diff(cy).pow(2)
    }

    fn fill(&mut self, layer: usize, mask: usize) {
        let (width, height) = self.size();
        let shape = match layer {
            TUNNELS_X => Layer { step_x: 1.0 / 15.0, step_y: 2.0 / 3.0, z: 7, turned: true },
            TUNNELS_Y => Layer { step_x: 1.0 / 15.0, step_y: 2.0 / 3.0, z: 7, turned: false },
            _ => {
                let (z, size) = octave(layer);
                Layer { step_x: 1.0 / size, step_y: 1.0 / size, z: z as i32, turned: false }
            }
        };
        let (width, height) = if shape.turned { (height, width) } else { (width, height) };
        self.scratch.fields[layer].fill(self.noise, shape, width, height, &self.scratch.wanted[mask]);
    }

    fn sum_ground(&mut self) {
        let (width, height) = self.size();
        self.scratch.wanted.iter_mut().for_each(|w| w.clear(width, height));
        self.scratch.wanted[ROCK_TURNED].clear(height, width);
        self.scratch.wanted[ALL].fill(width, height);
        let radius2 = (START_RADIUS * START_RADIUS) as u32;
        for y in 0..height {
            for x in 0..width {
                if self.distance2(x, y) <= radius2 {
                    self.scratch.wanted[NEAR].insert(x, y);
                }
            }
        }
        self.fill(START, NEAR);
        for layer in [WATER_15, WATER_5, MOUNTAIN_15, MOUNTAIN_5] {
            self.fill(layer, ALL);
        }
    }

    /// Computes the ground bits of every cell, and the masks of the layers that depend on them.
    fn decide_ground(&mut self) {
        let (width, height) = self.size();
        let mut halo = std::mem::take(&mut self.scratch.halo);
        let mut ground = std::mem::take(&mut self.scratch.ground);
        halo.fit(width, height, |x, y| self.distance2(x, y));
        ground.resize(width * height, 0);
        let thresholds = Thresholds::new(&self.rules.set.terrain);
        for (y, row) in ground.chunks_exact_mut(width).enumerate() {
            let layers = [WATER_15, WATER_5, MOUNTAIN_15, MOUNTAIN_5].map(|layer| self.scratch.fields[layer].row(y));
            thresholds.decide(y, &halo, layers, row);
            for (x, bits) in row.iter_mut().enumerate().filter(|(_, bits)| **bits & bit::UNSURE != 0) {
                *bits = self.ground_bits(x, y);
            }
            self.mask_row(y, row);
        }
        (self.scratch.halo, self.scratch.ground) = (halo, ground);
    }

    /// Enters a row into the masks.
    fn mask_row(&mut self, y: usize, row: &[u8]) {
        let wanted = &mut self.scratch.wanted;
        wanted[ROCK].set_row(y, row, |bits| bits & bit::ROCK != 0);
        wanted[DEEP].set_row(y, row, |bits| bits & bit::LAVA != 0);
        wanted[SHORE].set_row(y, row, |bits| bits & bit::BEACH != 0);
        wanted[OPEN]
            .set_row(y, row, |bits| bits & (bit::START | bit::ROCK) == 0 && bits & (bit::BEACH | bit::WATER) != bit::WATER);
        for (x, bits) in row.iter().enumerate() {
            if bits & bit::ROCK != 0 {
                wanted[ROCK_TURNED].insert(y, x);
            }
        }
    }

    fn sum_layers(&mut self) {
        self.fill(TUNNELS_X, ROCK_TURNED);
        for layer in [CAVES, TUNNELS_Y, COAL, IRON] {
            self.fill(layer, ROCK);
        }
        self.fill(LAVA, DEEP);
        self.fill(SOIL, OPEN);
        self.fill(BEACH, SHORE);
    }

    fn ground_bits(&self, x: usize, y: usize) -> u8 {
        let t = &self.rules.set.terrain;
        let (raw, start) = self.about_start(x, y);
        let field = |layer: usize| self.scratch.fields[layer].at(x, y);
        let (water, mountain) = numbers((field(WATER_15), field(WATER_5)), (field(MOUNTAIN_15), field(MOUNTAIN_5)), start);
        let mut exact = None;
        let mut decide = |about: About, threshold: f64, number: fn(&Ground) -> f64| {
            about.above(threshold).unwrap_or_else(|| number(exact.get_or_insert_with(|| self.ground(x, y))) > threshold)
        };
        // start > 0.5 is equivalent to raw > 0 except for the rounding of exp, which only the exact computation includes.
        let raw_half = About { value: raw.value + 0.5, error: raw.error };
        if decide(raw_half, 0.5, |g| g.start) {
            return bit::START;
        }
        if decide(mountain, t.mountain, |g| g.mountain) {
            let mut bit = |bit: u8, threshold: f64| if decide(mountain, threshold, |g| g.mountain) { bit } else { 0 };
            let bits = bit(bit::CAVE, t.caves.mountain) | bit(bit::DIAMOND, t.diamond.mountain) | bit(bit::LAVA, t.lava.mountain);
            return bit::ROCK | bits;
        }
        let beach = decide(water, t.sand.water_above, |g| g.water) && !decide(water, t.sand.water_to, |g| g.water);
        let wet = decide(water, t.water, |g| g.water);
        (if beach { bit::BEACH } else { 0 }) | if wet { bit::WATER } else { 0 }
    }

    /// The start area's number before and after the sigmoid.
    #[expect(clippy::disallowed_methods, reason = "an estimate with a stated error")]
    fn about_start(&self, x: usize, y: usize) -> (About, About) {
        let distance = (self.distance2(x, y) as f32).sqrt();
        if distance > START_RADIUS {
            let raw = About { value: 4.0 - distance, error: 2.0 * NOISE_BOUND };
            return (raw, share(self.distance2(x, y)));
        }
        let raw = About { value: 4.0 - distance + 2.0 * self.scratch.fields[START].at(x, y), error: 2.0 * ERROR + 1e-5 };
        // The slope of the sigmoid is at most 1/4.
        (raw, About { value: 1.0 / (1.0 + (-raw.value).exp()), error: 0.25 * raw.error + 1e-6 })
    }

    /// Returns the material of (x, y), and whether it is the path of a tunnel. Calls must go column by
    /// column, because they draw random numbers.
    pub fn material(&self, x: u32, y: u32, chance: &mut impl Chance) -> (u32, bool) {
        let t = &self.rules.set.terrain;
        let bits = self.scratch.ground[(y * self.rules.at.width + x) as usize];
        if bits & bit::START != 0 {
            (material::GRASS, false)
        } else if bits & bit::ROCK != 0 {
            self.rock(x, y, bits, chance)
        } else if bits & bit::BEACH != 0 && self.layer_above(BEACH, x, y, t.sand.noise) {
            (material::SAND, false)
        } else if bits & bit::WATER != 0 {
            (material::WATER, false)
        } else if self.layer_above(SOIL, x, y, t.tree.noise) && chance.uniform53() > self.draws.tree {
            (material::TREE, false)
        } else {
            (material::GRASS, false)
        }
    }

    fn rock(&self, x: u32, y: u32, bits: u8, chance: &mut impl Chance) -> (u32, bool) {
        let t = &self.rules.set.terrain;
        if bits & bit::CAVE != 0 && self.layer_above(CAVES, x, y, t.caves.noise) {
            (material::PATH, false)
        } else if self.layer_above(TUNNELS_X, x, y, t.tunnels) || self.layer_above(TUNNELS_Y, x, y, t.tunnels) {
            (material::PATH, true)
        } else if self.layer_above(COAL, x, y, t.coal.noise) && chance.uniform53() > self.draws.coal {
            (material::COAL, false)
        } else if self.layer_above(IRON, x, y, t.iron.noise) && chance.uniform53() > self.draws.iron {
            (material::IRON, false)
        } else if bits & bit::DIAMOND != 0 && chance.uniform53() > self.draws.diamond {
            (material::DIAMOND, false)
        } else if bits & bit::LAVA != 0 && self.layer_above(LAVA, x, y, t.lava.noise) {
            (material::LAVA, false)
        } else {
            (material::STONE, false)
        }
    }

    /// Whether the noise of `layer` is above the threshold.
    #[inline]
    fn layer_above(&self, layer: usize, x: u32, y: u32, threshold: f64) -> bool {
        let (column, row) = if layer == TUNNELS_X { (y, x) } else { (x, y) };
        let about = About { value: self.scratch.fields[layer].at(column as usize, row as usize), error: ERROR };
        about.above(threshold).unwrap_or_else(|| self.exact(layer, f64::from(x), f64::from(y)) > threshold)
    }

    fn exact(&self, layer: usize, x: f64, y: f64) -> f64 {
        match layer {
            TUNNELS_X => self.noise.at((2.0 * x) / 3.0, (y / 5.0) / 3.0, 7.0),
            TUNNELS_Y => self.noise.at((x / 5.0) / 3.0, (2.0 * y) / 3.0, 7.0),
            _ => {
                let (z, size) = octave(layer);
                self.noise.at(x / size, y / size, z)
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the reference takes exp in float64 too")]
    fn ground(&self, x: usize, y: usize) -> Ground {
        let distance = f64::from(self.distance2(x, y)).sqrt();
        let (x, y) = (x as f64, y as f64);
        let start = 4.0 - distance + 2.0 * self.exact(START, x, y);
        let start = 1.0 / (1.0 + (-start).exp());
        let water = self.exact(WATER_15, x, y) + 0.15 * self.exact(WATER_5, x, y) + 0.1 - 2.0 * start;
        let mountain = (self.exact(MOUNTAIN_15, x, y) + 0.3 * self.exact(MOUNTAIN_5, x, y)) / 1.3 - (4.0 * start + 0.3 * water);
        Ground { start, water, mountain }
    }
}

/// Returns (z, size) of a layer that samples the map with equal steps in x and y.
fn octave(layer: usize) -> (f64, f64) {
    match layer {
        START => (8.0, 3.0),
        WATER_15 => (3.0, 15.0),
        WATER_5 => (3.0, 5.0),
        MOUNTAIN_15 => (0.0, 15.0),
        MOUNTAIN_5 => (0.0, 5.0),
        CAVES => (6.0, 7.0),
        COAL => (1.0, 8.0),
        IRON => (2.0, 6.0),
        LAVA => (6.0, 5.0),
        BEACH => (4.0, 9.0),
        _ => (5.0, 7.0),
    }
}
