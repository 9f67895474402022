//! Decides the ground of cells, a row at a time: start area, rock and what rock may contain, beach, water.
//!
//! A loop without branches compares a row with the thresholds in f32, with a bound on the error. A cell whose numbers
//! are nearer to a threshold than their error is [`bit::UNSURE`]. [`super::terrain`] decides such cells again, with the
//! exact noise where it is still needed.

use super::field::ERROR;
use super::ruleset;

/// Bits of a cell's ground.
pub mod bit {
    pub const START: u8 = 1;
    pub const ROCK: u8 = 2;
    pub const CAVE: u8 = 4;
    pub const DIAMOND: u8 = 8;
    pub const LAVA: u8 = 16;
    pub const BEACH: u8 = 32;
    pub const WATER: u8 = 64;
    /// The comparison in f32 does not decide the cell.
    pub const UNSURE: u8 = 128;
}

/// Beyond this distance from the player the start area's number is small and bounded: 1 / (1 + exp(12 - 4 - 2 * noise)).
pub const START_RADIUS: f32 = 12.0;
/// Bound for |noise| there, with a margin: the sum of its kernels is less.
pub const NOISE_BOUND: f32 = 1.5;
/// Allowance for the rounding of a threshold to f32 and of the difference from it.
const SLACK: f32 = 1e-6;

/// A number known up to an error.
#[derive(Clone, Copy)]
pub struct About {
    pub value: f32,
    pub error: f32,
}

impl About {
    /// `value > threshold`, or None if the error leaves it open.
    #[inline]
    pub fn above(self, threshold: f64) -> Option<bool> {
        let difference = self.value - threshold as f32;
        if difference.abs() > self.error + SLACK { Some(difference > 0.0) } else { None }
    }

    /// Returns `value > threshold`, and whether the error leaves that open; each is 0 or 1.
    #[inline]
    fn bits_above(self, threshold: f32) -> (u8, u8) {
        let difference = self.value - threshold;
        (u8::from(difference > 0.0), u8::from(difference.abs() <= self.error + SLACK))
    }
}

/// Returns the water and mountain numbers of a cell, computed from its noise layers and its start number.
#[inline]
pub fn numbers(water: (f32, f32), mountain: (f32, f32), start: About) -> (About, About) {
    let water = About { value: water.0 + 0.15 * water.1 + 0.1 - 2.0 * start.value, error: 1.15 * ERROR + 2.0 * start.error };
    let mountain = About {
        value: (mountain.0 + 0.3 * mountain.1) / 1.3 - (4.0 * start.value + 0.3 * water.value),
        error: ERROR + 4.0 * start.error + 0.3 * water.error,
    };
    (water, mountain)
}

/// The start area's numbers in cells that are too far from the player to need its noise. In other cells the error is infinite.
#[derive(Debug, Default)]
pub struct FarCells {
    size: (usize, usize),
    values: Vec<f32>,
    errors: Vec<f32>,
}

impl FarCells {
    /// Computes the numbers unless the map has the same size as in the last call.
    pub fn fit(&mut self, width: usize, height: usize, distance2: impl Fn(usize, usize) -> u32) {
        if self.size == (width, height) {
            return;
        }
        self.size = (width, height);
        let shares = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| share(distance2(x, y)));
        (self.values, self.errors) = shares.map(|about| (about.value, about.error)).unzip();
    }

    /// Returns the values and the errors of row `y`.
    fn row(&self, y: usize) -> (&[f32], &[f32]) {
        let cells = y * self.size.0..(y + 1) * self.size.0;
        (&self.values[cells.clone()], &self.errors[cells])
    }
}

/// Returns the start area's number at this squared distance as an interval from 0 to its value with the greatest noise.
#[expect(clippy::disallowed_methods, reason = "an estimate with a stated error")]
pub fn share(distance2: u32) -> About {
    let distance = (distance2 as f32).sqrt();
    if distance <= START_RADIUS {
        return About { value: 0.0, error: f32::INFINITY };
    }
    let most = 1.0 / (1.0 + (distance - 4.0 - 2.0 * NOISE_BOUND).exp());
    About { value: most / 2.0, error: most / 2.0 + 1e-6 }
}

/// The thresholds of a ruleset in f32.
pub struct Thresholds {
    mountain: f32,
    caves: f32,
    diamond: f32,
    lava: f32,
    beach_above: f32,
    beach_to: f32,
    water: f32,
}

impl Thresholds {
    pub fn new(t: &ruleset::Terrain) -> Self {
        Thresholds {
            mountain: t.mountain as f32,
            caves: t.caves.mountain as f32,
            diamond: t.diamond.mountain as f32,
            lava: t.lava.mountain as f32,
            beach_above: t.sand.water_above as f32,
            beach_to: t.sand.water_to as f32,
            water: t.water as f32,
        }
    }

    /// Writes the ground bits of row `y`. `layers` are the row's coarse and fine water noise and its coarse and fine mountain noise.
    pub fn decide(&self, y: usize, halo: &FarCells, layers: [&[f32]; 4], ground: &mut [u8]) {
        let n = ground.len();
        let [water, water_fine, mountain, mountain_fine] = layers.map(|row| &row[..n]);
        let (starts, errors) = halo.row(y);
        let (starts, errors) = (&starts[..n], &errors[..n]);
        for x in 0..n {
            let start = About { value: starts[x], error: errors[x] };
            let (water, mountain) = numbers((water[x], water_fine[x]), (mountain[x], mountain_fine[x]), start);
            let (rock, rock_open) = mountain.bits_above(self.mountain);
            let (cave, cave_open) = mountain.bits_above(self.caves);
            let (diamond, diamond_open) = mountain.bits_above(self.diamond);
            let (lava, lava_open) = mountain.bits_above(self.lava);
            let (beach, beach_open) = water.bits_above(self.beach_above);
            let (past, past_open) = water.bits_above(self.beach_to);
            let (wet, wet_open) = water.bits_above(self.water);
            let of_rock = (bit::ROCK * rock) | (bit::CAVE * cave) | (bit::DIAMOND * diamond) | (bit::LAVA * lava);
            let of_land = (bit::BEACH * (beach & !past)) | (bit::WATER * wet);
            let (is_rock, is_land) = (rock.wrapping_neg(), rock.wrapping_sub(1));
            let open =
                rock_open | (cave_open | diamond_open | lava_open) & is_rock | (beach_open | past_open | wet_open) & is_land;
            ground[x] = of_rock & is_rock | of_land & is_land | (bit::UNSURE * open);
        }
    }
}
