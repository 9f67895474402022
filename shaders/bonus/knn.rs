//! Particle entropy as a stream (the form of RE3 and APT): the value is ln(1 + d / unit), where d is the distance to the k-th nearest of
//! the points that the instance stored before, or the mean distance of the k nearest. It is 0 while fewer than k are stored. All arithmetic
//! is in integers.

use std::fmt;

use super::points::{Limit, Points, Scale, ln_one_plus, ln_table, number, within};
use super::ring::Ring;
use super::roots::isqrt;
use super::{Bonus, Counts, Inserts, Order, Transition};

/// Largest unit of distances.
pub const MAX_UNIT: usize = 1024;
const MEAN: usize = number::OF_BONUS;
const UNIT: usize = number::OF_BONUS + 1;
const PLACES: usize = number::OF_BONUS + 2;
const BITS: usize = number::OF_BONUS + 3;
const LN_UNIT: usize = number::OF_BONUS + 4;
const LN_TABLE: usize = number::OF_BONUS + 5;

/// Options of `knn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Most points that an instance stores; a new point replaces the oldest.
    pub capacity: usize,
    /// k.
    pub nearest: usize,
    /// Whether d is the mean of the k smallest distances instead of the k-th.
    pub mean: bool,
    /// Whether points are cleared when an episode begins.
    pub episodic: bool,
    /// The unit of distances. None: the distance expected of one byte that differs.
    pub unit: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Options { capacity: 256, nearest: 3, mean: false, episodic: false, unit: None }
    }
}

/// The bonus `knn`.
#[derive(Clone)]
pub struct Knn {
    points: Points,
    ring: Ring,
    mean: bool,
    scale: Scale,
    table: Vec<u32>,
}

impl Knn {
    /// Creates the bonus over distances between these points.
    ///
    /// # Errors
    /// See [`Ring::new`]; [`Limit`] on a unit of 0 or more than [`MAX_UNIT`].
    pub fn new(points: Points, options: Options) -> Result<Knn, Limit> {
        let Options { capacity, nearest, mean, episodic, unit } = options;
        let ring = Ring::new(&points, capacity, nearest, episodic)?;
        let default = isqrt(points.unit_squared()) as usize;
        let unit = within("the unit of distance", unit.unwrap_or(default), 1, MAX_UNIT)? as u32;
        let table = ln_table();
        let scale = Scale::new(if mean { nearest as u32 } else { 1 }, unit, &table);
        Ok(Knn { points, ring, mean, scale, table })
    }
}

impl fmt::Debug for Knn {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Knn {{ {:?}, {:?}, mean: {}, {:?} }}", self.points, self.ring, self.mean, self.scale)
    }
}

impl Bonus for Knn {
    fn order(&self) -> Order {
        Order::ReadBefore
    }

    fn inserts(&self) -> Inserts {
        Inserts::Nothing
    }

    fn memory_words(&self) -> usize {
        self.ring.words()
    }

    fn begin(&self, transition: &Transition, memory: &mut [u32]) {
        self.ring.begin(memory);
        self.ring.store(&self.points.point(transition.obs), memory);
    }

    fn visit(&self, transition: &Transition, table: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32> {
        let value = self.peek(transition, table, memory);
        self.ring.store(&self.points.point(transition.obs), memory);
        Ok(value)
    }

    fn peek(&self, transition: &Transition, _: &dyn Counts, memory: &[u32]) -> i32 {
        let (near, found) = self.ring.nearest(&self.points.point(transition.obs), memory);
        let wanted = self.ring.wanted();
        if found < wanted {
            return 0;
        }
        let first = if self.mean { 0 } else { wanted - 1 };
        ln_one_plus(&near[first..wanted], &self.scale, &self.table)
    }

    fn wgsl(&self) -> &'static str {
        "shaders/bonus/knn.wgsl"
    }

    fn params(&self) -> Vec<u32> {
        let mut words = self.points.numbers(false);
        self.ring.write(&mut words);
        words[MEAN] = u32::from(self.mean);
        (words[UNIT], words[PLACES], words[BITS]) = (self.scale.unit, self.scale.places, self.scale.bits);
        words[LN_UNIT] = self.scale.ln_unit;
        words[LN_TABLE] = (number::WORDS + self.points.table.len()) as u32;
        [&words[..], &self.points.table, &self.table].concat()
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::LN_2;

    use super::super::particles;
    use super::super::points::tests::{NoTable, bytes, close, observation, packed, visits};
    use super::*;
    use crate::shaders::shared::chance::Chance;
    use crate::shaders::shared::keyed::Keyed;

    fn knn(dims: usize, options: Options) -> (Knn, Vec<u32>) {
        let knn = Knn::new(bytes(dims), options).expect("a bonus");
        let memory = vec![0; knn.memory_words()];
        (knn, memory)
    }

    /// Each of the four points, when the three others are stored.
    #[test]
    fn four_points_on_a_line() {
        let line: [&[u8]; 4] = [&[0], &[1], &[3], &[7]];
        for (k, expected) in [(0, 1.386_294), (1, 1.098_612), (2, 1.386_294), (3, 1.945_910)] {
            let (knn, mut memory) = knn(1, Options { nearest: 2, ..Options::default() });
            let others: Vec<&[u8]> = (0..4).filter(|j| *j != k).map(|j| line[j]).collect();
            visits(&knn, &mut memory, &others);
            close(&visits(&knn, &mut memory, &[line[k]]), &[expected], 1e-6);
        }
    }

    #[test]
    fn a_stream_sees_what_came_before_it() {
        let states: [&[u8]; 6] = [&[0, 0], &[1, 0], &[0, 0], &[3, 0], &[0, 0], &[0, 4]];
        let (one, mut memory) = knn(2, Options { nearest: 2, ..Options::default() });
        // By hand: the second smallest distance to the earlier points: none, none, 1, 3, 0, 4.
        let expected = [0.0, 0.0, LN_2, 1.386_294, 0.0, 1.609_438];
        close(&visits(&one, &mut memory, &states), &expected, 1e-6);
        // Mean of the two smallest: (0 + 1) / 2, (2 + 3) / 2, (0 + 0) / 2, (4 + 4) / 2.
        let (mean, mut memory) = knn(2, Options { nearest: 2, mean: true, ..Options::default() });
        let expected = [0.0, 0.0, 0.405_465, 1.252_763, 0.0, 1.609_438];
        close(&visits(&mean, &mut memory, &states), &expected, 1e-6);
    }

    #[test]
    fn a_ring_forgets_the_oldest_and_an_episode_all() {
        let (small, mut memory) = knn(1, Options { capacity: 2, nearest: 1, episodic: true, ..Options::default() });
        // The third point replaces the first, so the fourth finds only 10 and 20.
        let states: [&[u8]; 4] = [&[0], &[10], &[20], &[0]];
        let expected = [0.0, 2.397_895, 2.397_895, 2.397_895];
        close(&visits(&small, &mut memory, &states), &expected, 1e-6);
        small.begin(&observation(&[30]), &mut memory);
        close(&visits(&small, &mut memory, &[&[0]]), &[3.433_987], 1e-6);
        let (lifelong, mut memory) = knn(1, Options { nearest: 1, ..Options::default() });
        lifelong.begin(&observation(&[30]), &mut memory);
        lifelong.begin(&observation(&[40]), &mut memory);
        close(&visits(&lifelong, &mut memory, &[&[31]]), &[LN_2], 1e-6);
    }

    /// Random points of a projection against the formula in f64.
    #[test]
    fn random_points_are_the_formulas() {
        let mut chance = Keyed::new([1, 2], 0, 0, 0);
        let features = super::super::points::Features { first_byte: 0, n_bytes: 12, values: 32, dims: 15, identity: false };
        let points = Points::new(features, 12, 3).expect("points");
        let knn = Knn::new(points.clone(), Options { nearest: 5, unit: Some(20), ..Options::default() }).expect("a bonus");
        let mut memory = vec![0; knn.memory_words()];
        let mut stored: Vec<Vec<f64>> = Vec::new();
        for step in 0..200 {
            let state: Vec<u8> = (0..12).map(|_| chance.randint(3) as u8).collect();
            let obs = packed(&state);
            let value =
                f64::from(knn.visit(&observation(&obs), &NoTable, &mut memory).expect("a value")) / f64::from(super::super::ONE);
            stored.push(points.point(&obs).iter().map(|y| f64::from(*y) / 20.0).collect());
            let expected = if step < 5 { 0.0 } else { particles::ln_one_plus(&stored, 5).expect("k")[step] };
            close(&[value], &[expected], 1e-6);
        }
    }

    #[test]
    fn limits_are_kept() {
        for options in [
            Options { capacity: 0, ..Options::default() },
            Options { capacity: 4097, ..Options::default() },
            Options { capacity: 4000, nearest: 16, ..Options::default() },
            Options { nearest: 0, ..Options::default() },
            Options { nearest: 17, ..Options::default() },
            Options { capacity: 2, ..Options::default() },
            Options { unit: Some(0), ..Options::default() },
            Options { unit: Some(MAX_UNIT + 1), ..Options::default() },
        ] {
            assert!(Knn::new(bytes(1), options).is_err(), "{options:?}");
        }
    }
}
