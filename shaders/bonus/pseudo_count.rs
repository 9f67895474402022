//! Pseudo-counts from a kernel over near points, as in NGU (Badia et al. 2020): for the k nearest points of the episode
//! `u = max(d^2 / m - .008, 0)`, `K = 1e-4 / (u + 1e-4)`, `S = sqrt(sum K) + .001`. The value is 1 / S, and 0 if S > 8 or nothing is
//! stored.
//! m is a running mean of d^2, stored as integers for each instance. It includes the distances of a transition before it divides them.
//!
//! Only the last operations are in floats: the stored words are equal on both backends, and values are within 1e-4 of each other.

use super::points::{Limit, Points, number, within};
use super::ring::Ring;
use super::{Bonus, Counts, Inserts, ONE, Order, Transition};

/// Largest weight of the seed of the running mean.
pub const MAX_SEED_COUNT: usize = 1 << 20;
/// Number of squared distances after which the running mean no longer changes.
const MAX_COUNTED: u32 = 1 << 30;
const FIXED: usize = number::OF_BONUS;
const SEED_LO: usize = number::OF_BONUS + 1;
const SEED_HI: usize = number::OF_BONUS + 2;
const SEED_COUNT: usize = number::OF_BONUS + 3;

/// Memory before the ring: the sum of squared distances, low and high word, and their number.
const SUM_LO: usize = 0;
const SUM_HI: usize = 1;
const COUNT: usize = 2;
const RING: usize = 3;

const APART: f32 = 0.008;
const EPSILON: f32 = 1e-4;
const FLOOR: f32 = 0.001;
const MAX_SIMILAR: f32 = 8.0;
const TINY: f32 = 1e-8;

/// Options of the pseudo-count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Most points that an instance stores; a new point replaces the oldest.
    pub capacity: usize,
    /// k.
    pub nearest: usize,
    /// Whether points are cleared when an episode begins.
    pub episodic: bool,
    /// Mean of d^2 before the first distance; None: the square expected of one byte that differs.
    pub seed_mean: Option<u32>,
    /// Weight of the seed, as a number of squares; 1 to [`MAX_SEED_COUNT`].
    pub seed_count: usize,
    /// Whether the mean stays at its seed.
    pub fixed: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { capacity: 256, nearest: 10, episodic: true, seed_mean: None, seed_count: 10, fixed: false }
    }
}

/// The bonus `pseudo-count`.
#[derive(Clone, Debug)]
pub struct PseudoCount {
    points: Points,
    ring: Ring,
    seed: u64,
    seed_count: u32,
    fixed: bool,
}

impl PseudoCount {
    /// Creates the bonus over distances between these points.
    ///
    /// # Errors
    /// See [`Ring::new`]; [`Limit`] on the seed's weight.
    pub fn new(points: Points, options: Options) -> Result<PseudoCount, Limit> {
        let Options { capacity, nearest, episodic, seed_mean, seed_count, fixed } = options;
        let ring = Ring::new(&points, capacity, nearest, episodic)?;
        within("the weight of the first mean of squared distances", seed_count, 1, MAX_SEED_COUNT)?;
        let mean = seed_mean.unwrap_or(points.unit_squared());
        Ok(PseudoCount { points, ring, seed: u64::from(mean) * seed_count as u64, seed_count: seed_count as u32, fixed })
    }

    /// Returns the words of the running mean after the squared distances of a transition are added.
    fn taken(&self, near: &[u32], memory: &[u32]) -> [u32; 3] {
        let mut sum = [memory[SUM_LO], memory[SUM_HI], memory[COUNT]];
        if self.fixed || sum[2] >= MAX_COUNTED {
            return sum;
        }
        for square in near {
            let low = sum[0].wrapping_add(*square);
            sum[1] += u32::from(low < *square);
            sum[0] = low;
            sum[2] += 1;
        }
        sum
    }

    fn value(&self, near: &[u32], sum: [u32; 3]) -> i32 {
        if near.is_empty() {
            return 0;
        }
        let low = sum[0].wrapping_add(self.seed as u32);
        let high = sum[1] + (self.seed >> 32) as u32 + u32::from(low < sum[0]);
        let mean = (high as f32 * 4_294_967_296.0 + low as f32) / (sum[2] + self.seed_count) as f32;
        let mut kernels = 0.0f32;
        for square in near {
            let apart = (*square as f32 / (mean + TINY) - APART).max(0.0);
            kernels += EPSILON / (apart + EPSILON);
        }
        let similar = kernels.sqrt() + FLOOR;
        if similar > MAX_SIMILAR { 0 } else { (1.0 / similar * ONE as f32 + 0.5) as i32 }
    }
}

impl Bonus for PseudoCount {
    fn order(&self) -> Order {
        Order::ReadBefore
    }

    fn inserts(&self) -> Inserts {
        Inserts::Nothing
    }

    fn memory_words(&self) -> usize {
        RING + self.ring.words()
    }

    fn begin(&self, transition: &Transition, memory: &mut [u32]) {
        self.ring.begin(&mut memory[RING..]);
        self.ring.store(&self.points.point(transition.obs), &mut memory[RING..]);
    }

    fn visit(&self, transition: &Transition, _: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32> {
        let point = self.points.point(transition.obs);
        let (near, found) = self.ring.nearest(&point, &memory[RING..]);
        let sum = self.taken(&near[..found], memory);
        memory[..RING].copy_from_slice(&sum);
        let value = self.value(&near[..found], sum);
        self.ring.store(&point, &mut memory[RING..]);
        Ok(value)
    }

    fn peek(&self, transition: &Transition, _: &dyn Counts, memory: &[u32]) -> i32 {
        let (near, found) = self.ring.nearest(&self.points.point(transition.obs), &memory[RING..]);
        self.value(&near[..found], self.taken(&near[..found], memory))
    }

    fn wgsl(&self) -> &'static str {
        "shaders/bonus/pseudo_count.wgsl"
    }

    fn params(&self) -> Vec<u32> {
        let mut words = self.points.numbers(false);
        self.ring.write(&mut words);
        words[FIXED] = u32::from(self.fixed);
        (words[SEED_LO], words[SEED_HI], words[SEED_COUNT]) = (self.seed as u32, (self.seed >> 32) as u32, self.seed_count);
        [&words[..], &self.points.table].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::super::points::tests::{bytes, close, observation, visits};
    use super::*;

    fn pseudo(dims: usize, options: Options) -> (PseudoCount, Vec<u32>) {
        let pseudo = PseudoCount::new(bytes(dims), options).expect("a bonus");
        let memory = vec![0; pseudo.memory_words()];
        (pseudo, memory)
    }

    const STATES: [&[u8]; 6] = [&[0, 0], &[1, 0], &[0, 0], &[3, 0], &[0, 0], &[0, 4]];

    /// The numbers of RLeXplore's class with the mean of squares at 1.
    #[test]
    fn the_packages_numbers() {
        let (pseudo, mut memory) = pseudo(2, Options { fixed: true, ..Options::default() });
        let expected = [0.0, 90.58188, 0.998_950_7, 126.954_124, 0.706_587_4, 157.42677];
        close(&visits(&pseudo, &mut memory, &STATES), &expected, 1e-4);
        assert_eq!(memory[..RING], [0; RING]);
    }

    #[test]
    fn repeats_are_counted() {
        let (pseudo, mut memory) = pseudo(1, Options { fixed: true, ..Options::default() });
        let same: [&[u8]; 15] = [&[7]; 15];
        let expected: Vec<f64> =
            (0..15u32).map(|m| if m == 0 { 0.0 } else { 1.0 / (f64::from(m.min(10)).sqrt() + 0.001) }).collect();
        close(&visits(&pseudo, &mut memory, &same), &expected, 1e-4);
        pseudo.begin(&observation(&[7]), &mut memory);
        close(&visits(&pseudo, &mut memory, &[&[7]]), &[expected[1]], 1e-4);
    }

    /// The divisor is the mean of all squares and the seed. It already includes the squares of the transition.
    #[test]
    fn the_mean_runs() {
        let (pseudo, mut memory) = pseudo(1, Options { seed_count: 2, seed_mean: Some(3), ..Options::default() });
        let by_hand = |square: f64, mean: f64| 1.0 / ((1e-4 / (square / mean - 0.008 + 1e-4)).sqrt() + 0.001);
        let found = visits(&pseudo, &mut memory, &[&[0], &[2]]);
        close(&found, &[0.0, by_hand(4.0, (6.0 + 4.0) / 3.0)], 1e-4);
        assert_eq!(memory[..RING], [4, 0, 1]);
        let kernel = |square: f64, mean: f64| 1e-4 / (square / mean - 0.008 + 1e-4);
        let mean = (6.0 + 4.0 + 25.0 + 9.0) / 5.0;
        let expected = 1.0 / ((kernel(25.0, mean) + kernel(9.0, mean)).sqrt() + 0.001);
        close(&visits(&pseudo, &mut memory, &[&[5]]), &[expected], 1e-4);
        assert_eq!(memory[..RING], [38, 0, 3]);
    }

    #[test]
    fn a_large_sum_carries_and_a_full_count_stands_still() {
        let (pseudo, mut memory) = pseudo(1, Options::default());
        memory[SUM_LO] = u32::MAX;
        visits(&pseudo, &mut memory, &[&[0], &[2]]);
        assert_eq!(memory[..RING], [3, 1, 1]);
        memory[COUNT] = MAX_COUNTED;
        visits(&pseudo, &mut memory, &[&[9]]);
        assert_eq!(memory[..RING], [3, 1, MAX_COUNTED]);
    }
}
