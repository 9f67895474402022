//! Bonuses divided by their running standard deviation (Chan's merge, as in RLeXplore): the formula for batches in f64, and the same for
//! the values of one instance in exact integers.
//!
//! Both begin with mean 0, variance 1 and a weight of 1e-4. An instance adds one value at a time. One value has no unbiased variance, so it
//! is merged as a batch of variance 0. After n values the variance is that of the population, with the first weight mixed in.
//!
//! A value is divided by sqrt(variance + [`EPSILON`]) and clipped to within [`CLIP`] of 0, both as in `VecNormalize` of Stable-Baselines3.
//! The variance of values that are all equal is that of the first weight alone, which goes to 0. Without epsilon and clipping, the values
//! of a bonus that distinguishes nothing would grow without bound.

use super::ONE;
use super::roots::fine_root;

/// Added to the variance.
pub const EPSILON: f64 = 1e-8;
/// Largest absolute value of a divided value.
pub const CLIP: f64 = 10.0;

/// Weight of the initial statistics.
const FIRST_WEIGHT: f64 = 1e-4;

/// Running mean and variance of batches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rms {
    /// Running mean of all values.
    pub mean: f64,
    /// Running variance of all values; 1 at first.
    pub variance: f64,
    /// Number of values merged, plus the first weight of 1e-4.
    pub weight: f64,
}

impl Default for Rms {
    fn default() -> Self {
        Rms { mean: 0.0, variance: 1.0, weight: FIRST_WEIGHT }
    }
}

impl Rms {
    /// Merges a batch with its unbiased variance. Fewer than two values have none, and are ignored.
    pub fn update(&mut self, batch: &[f64]) {
        if batch.len() < 2 {
            return;
        }
        let size = batch.len() as f64;
        let mean = batch.iter().sum::<f64>() / size;
        let variance = batch.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (size - 1.0);
        self.merge(size, mean, variance);
    }

    /// Merges one value, as a batch of variance 0.
    pub fn take(&mut self, value: f64) {
        self.merge(1.0, value, 0.0);
    }

    fn merge(&mut self, size: f64, mean: f64, variance: f64) {
        let (apart, total) = (mean - self.mean, self.weight + size);
        self.mean += apart * size / total;
        let spread = apart * apart * self.weight * size / total;
        self.variance = (self.variance * self.weight + variance * size + spread) / total;
        self.weight = total;
    }

    /// Standard deviation: the square root of the variance, without [`EPSILON`].
    pub fn std(&self) -> f64 {
        self.variance.sqrt()
    }

    /// Returns `value` divided by sqrt(variance + [`EPSILON`]), clipped.
    pub fn divide(&self, value: f64) -> f64 {
        (value / (self.variance + EPSILON).sqrt()).clamp(-CLIP, CLIP)
    }
}

/// Words of the statistics of one column of an instance: the number of values, their sum (two words, signed), the sum of their squares
/// (three words).
pub const RMS_WORDS: usize = 6;
/// Number of values at which all sums are halved, so that they fit into 128 bits and old values lose weight.
pub const RMS_MAX: u32 = 1 << 19;
/// 1 / first weight.
const RMS_PARTS: u32 = 10_000;
/// [`EPSILON`] in units of 2^-40.
const RMS_EPSILON: u32 = 10_995;
/// [`CLIP`] in units of 1 / [`ONE`].
const RMS_CLIP: i32 = 10 * ONE;

/// Adds a value to the statistics.
pub fn rms_take(memory: &mut [u32], value: i32) {
    let size = value.unsigned_abs();
    let low = memory[1].wrapping_add(value as u32);
    memory[2] = memory[2].wrapping_add((value >> 31) as u32).wrapping_add(u32::from(low < value as u32));
    memory[1] = low;
    let squares = number(&memory[3..6]) + u128::from(size) * u128::from(size);
    store(squares, &mut memory[3..6]);
    memory[0] += 1;
    if memory[0] == RMS_MAX {
        rms_halve(memory);
    }
}

/// Halves all sums, towards 0.
fn rms_halve(memory: &mut [u32]) {
    memory[0] >>= 1;
    let half = rms_size(memory) >> 1;
    let signed = if memory[2] >> 31 == 1 { half.wrapping_neg() } else { half };
    (memory[1], memory[2]) = (signed as u32, (signed >> 32) as u32);
    let squares = number(&memory[3..6]) >> 1;
    store(squares, &mut memory[3..6]);
}

/// Absolute value of the sum.
fn rms_size(memory: &[u32]) -> u64 {
    let sum = u64::from(memory[1]) | u64::from(memory[2]) << 32;
    if memory[2] >> 31 == 1 { sum.wrapping_neg() } else { sum }
}

/// Returns `value` divided as in [`Rms::divide`], in units of 2^-20, with a relative error below 2^-28, then truncated towards 0.
pub fn rms_divide(memory: &[u32], value: i32) -> i32 {
    let total = u128::from(memory[0]) * u128::from(RMS_PARTS) + 1;
    // total^2 times (variance + epsilon), in units of 2^-40: total (2^40 + parts S2 + epsilon total) - (parts S1)^2.
    let sum = u128::from(rms_size(memory)) * u128::from(RMS_PARTS);
    let inner = number(&memory[3..6]) * u128::from(RMS_PARTS) + (1 << 40) + u128::from(RMS_EPSILON) * total;
    let spread = total * inner - sum * sum;
    let half = spread.leading_zeros() >> 1;
    let top = (spread << (2 * half) >> 96) as u32;
    // The deviation is root * 2^(33 - half) / total, in units of 2^-20.
    let root = fine_root(top);
    let size = u128::from(value.unsigned_abs()) * total;
    let scaled = if half >= 13 { size << (half - 13) } else { size >> (13 - half) };
    let quotient = (scaled / u128::from(root)).min(RMS_CLIP as u128) as i32;
    if value < 0 { -quotient } else { quotient }
}

/// A number of words, low word first.
fn number(words: &[u32]) -> u128 {
    words.iter().rev().fold(0, |sum, word| sum << 32 | u128::from(*word))
}

fn store(number: u128, words: &mut [u32]) {
    for (k, word) in words.iter_mut().enumerate() {
        *word = (number >> (32 * k)) as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shaders::shared::chance::Chance;
    use crate::shaders::shared::keyed::Keyed;

    #[test]
    fn batches_are_merged() {
        let mut rms = Rms::default();
        rms.update(&[1.0, 2.0, 4.0]);
        assert!((rms.std() - 1.527_570).abs() < 1e-6, "{}", rms.std());
        for (r, expected) in [(1.0, 0.654_634), (2.0, 1.309_269), (4.0, 2.618_538)] {
            assert!((r / rms.std() - expected).abs() < 1e-6);
        }
        rms.update(&[0.0, 0.0, 4.0]);
        assert!((rms.std() - 2.020_727).abs() < 1e-6, "{}", rms.std());
        assert!((4.0 / rms.std() - 1.979_486).abs() < 1e-6);
        let before = rms;
        rms.update(&[5.0]);
        assert_eq!(rms, before, "one value has no variance");
    }

    fn against_f64(memory: &mut [u32], rms: &mut Rms, value: i32) {
        rms_take(memory, value);
        rms.take(f64::from(value) / f64::from(ONE));
        let found = f64::from(rms_divide(memory, value));
        let exact = rms.divide(f64::from(value) / f64::from(ONE)) * f64::from(ONE);
        // Epsilon, rounded to whole units, is off by 1 in 10^5, and its part of the root by half of that.
        let bound = 2.0 + exact.abs() * (1e-7 + 6e-6 * EPSILON / (rms.variance + EPSILON));
        assert!((found - exact).abs() < bound, "{value}: {found}, not {exact}");
    }

    #[test]
    fn integers_are_the_formula() {
        let mut chance = Keyed::new([1, 2], 0, 0, 0);
        for (shift, add) in [(0, 0), (5, 0), (12, 1 << 20), (20, -5), (31, 7), (10, 1 << 28)] {
            let (mut memory, mut rms) = ([0; RMS_WORDS], Rms::default());
            for _ in 0..500 {
                against_f64(&mut memory, &mut rms, ((chance.word() as i32) >> shift).saturating_add(add));
            }
        }
        for value in [0, 1, -1, i32::MAX, i32::MIN] {
            let (mut memory, mut rms) = ([0; RMS_WORDS], Rms::default());
            (0..3).for_each(|_| against_f64(&mut memory, &mut rms, value));
        }
    }

    /// Values that are all equal have no variance. The divided value is bounded, however many there are.
    #[test]
    fn a_constant_is_held() {
        for (value, expected) in [(ONE, CLIP), (-ONE, -CLIP), (ONE / 10_000, 1.0), (0, 0.0)] {
            let mut memory = [0; RMS_WORDS];
            let paid: Vec<f64> = (0..100_000)
                .map(|_| {
                    rms_take(&mut memory, value);
                    f64::from(rms_divide(&memory, value)) / f64::from(ONE)
                })
                .collect();
            assert!(paid.iter().all(|paid| paid.abs() <= CLIP));
            assert!((paid[99_999] - expected).abs() < 0.1, "{value}: {}, not {expected}", paid[99_999]);
        }
    }

    /// At the largest number of values of the largest size, the sums are halved, and mean and deviation stay the same.
    #[test]
    fn sums_are_halved_before_they_overflow() {
        for value in [i32::MIN, i32::MAX, -3 << 20] {
            let mut memory = [0; RMS_WORDS];
            memory[0] = RMS_MAX - 2;
            let sum = i64::from(value) * i64::from(memory[0]);
            (memory[1], memory[2]) = (sum as u32, (sum >> 32) as u32);
            store(u128::from(memory[0]) * u128::from(value.unsigned_abs()).pow(2), &mut memory[3..6]);
            rms_take(&mut memory, value);
            // With equal values the variance is that of the first weight alone, which halving doubles.
            let variance = (1.0 + (f64::from(value) / f64::from(ONE)).powi(2)) * FIRST_WEIGHT;
            let close = |memory: &[u32], n: u32| {
                let expected = f64::from(1 << 6) / (variance / f64::from(n) + EPSILON).sqrt();
                let found = f64::from(rms_divide(memory, 1 << 6));
                assert!((found - expected).abs() < 1.0 + 0.01 * expected, "{found}, not {expected}");
            };
            close(&memory, RMS_MAX - 1);
            rms_take(&mut memory, value);
            assert_eq!(memory[0], RMS_MAX / 2);
            let sum = (u64::from(memory[1]) | u64::from(memory[2]) << 32) as i64;
            assert_eq!(sum, i64::from(value) * i64::from(RMS_MAX / 2));
            close(&memory, RMS_MAX / 2);
        }
    }
}
