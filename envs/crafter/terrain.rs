//! Which material a cell gets: noise against thresholds, float64 in the reference's order of operations.

use super::noise::Noise;
use super::rules::{Rules, material};
use crate::shaders::shared::chance::{Chance, at_most};

/// The terrain of one world.
pub struct Terrain<'a> {
    rules: &'a Rules,
    noise: &'a Noise,
    draws: Draws,
}

/// `uniform() > p` as 53-bit thresholds.
struct Draws {
    coal: u64,
    iron: u64,
    diamond: u64,
    tree: u64,
}

/// The three fields that decide what kind of ground a cell is.
#[derive(Clone, Copy)]
struct Ground {
    start: f64,
    water: f64,
    mountain: f64,
}

impl<'a> Terrain<'a> {
    pub fn new(rules: &'a Rules, noise: &'a Noise) -> Self {
        let t = &rules.set.terrain;
        let draws = Draws {
            coal: at_most(t.coal.draw),
            iron: at_most(t.iron.draw),
            diamond: at_most(t.diamond.draw),
            tree: at_most(t.tree.draw),
        };
        Terrain { rules, noise, draws }
    }

    /// The material of (x, y), and whether it is the path of a tunnel.
    pub fn material(&self, x: u32, y: u32, chance: &mut impl Chance) -> (u32, bool) {
        let t = &self.rules.set.terrain;
        let ground = self.ground(x, y);
        let (fx, fy) = (f64::from(x), f64::from(y));
        if ground.start > 0.5 {
            (material::GRASS, false)
        } else if ground.mountain > t.mountain {
            self.rock(fx, fy, ground.mountain, chance)
        } else if t.sand.water_above < ground.water
            && ground.water <= t.sand.water_to
            && self.octave(fx, fy, 4.0, 9.0) > t.sand.noise
        {
            (material::SAND, false)
        } else if t.water < ground.water {
            (material::WATER, false)
        } else if self.octave(fx, fy, 5.0, 7.0) > t.tree.noise && chance.uniform53() > self.draws.tree {
            (material::TREE, false)
        } else {
            (material::GRASS, false)
        }
    }

    fn rock(&self, x: f64, y: f64, mountain: f64, chance: &mut impl Chance) -> (u32, bool) {
        let t = &self.rules.set.terrain;
        if self.octave(x, y, 6.0, 7.0) > t.caves.noise && mountain > t.caves.mountain {
            (material::PATH, false)
        } else if self.octave(2.0 * x, y / 5.0, 7.0, 3.0) > t.tunnels || self.octave(x / 5.0, 2.0 * y, 7.0, 3.0) > t.tunnels {
            (material::PATH, true)
        } else if self.octave(x, y, 1.0, 8.0) > t.coal.noise && chance.uniform53() > self.draws.coal {
            (material::COAL, false)
        } else if self.octave(x, y, 2.0, 6.0) > t.iron.noise && chance.uniform53() > self.draws.iron {
            (material::IRON, false)
        } else if mountain > t.diamond.mountain && chance.uniform53() > self.draws.diamond {
            (material::DIAMOND, false)
        } else if mountain > t.lava.mountain && self.octave(x, y, 6.0, 5.0) > t.lava.noise {
            (material::LAVA, false)
        } else {
            (material::STONE, false)
        }
    }

    fn ground(&self, x: u32, y: u32) -> Ground {
        let (cx, cy) = (f64::from(self.rules.at.width / 2), f64::from(self.rules.at.height / 2));
        let (x, y) = (f64::from(x), f64::from(y));
        let distance = ((x - cx) * (x - cx) + (y - cy) * (y - cy)).sqrt();
        let start = 4.0 - distance + 2.0 * self.octave(x, y, 8.0, 3.0);
        let start = 1.0 / (1.0 + (-start).exp());
        let octaves = |z: f64, second: f64| self.octave(x, y, z, 15.0) + second * self.octave(x, y, z, 5.0);
        let water = octaves(3.0, 0.15) + 0.1 - 2.0 * start;
        let mountain = octaves(0.0, 0.3) / 1.3 - (4.0 * start + 0.3 * water);
        Ground { start, water, mountain }
    }

    fn octave(&self, x: f64, y: f64, z: f64, size: f64) -> f64 {
        self.noise.at(x / size, y / size, z)
    }
}
