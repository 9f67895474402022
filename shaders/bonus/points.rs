//! Points: the form of observations for bonuses that measure distances, and the integer arithmetic that these bonuses share.
//!
//! A point has `dims` integers. They are either a fixed random projection of the one-hot observation,
//! `y_d = sum over bytes b of R[b][value of b][d]` with R of -7..=7 drawn once from a seed, or the first bytes themselves.

use std::fmt;

use super::roots::fine_root;
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::Keyed;

/// Most integers of a point.
pub const MAX_DIMS: usize = 32;
/// Least number of values that a table of weights has for each byte. It has more if the world's bytes have more.
pub const MIN_VALUES: usize = 32;
/// Values of a byte.
pub const MAX_VALUES: usize = 256;
/// Entries of the projection are -WEIGHT..=WEIGHT.
pub const WEIGHT: i32 = 7;
/// Most bytes that a point may sum over: its integers must fit into 16 bits.
pub const MAX_BYTES: usize = (i16::MAX as usize) / WEIGHT as usize;
/// Loop iterations of an invocation that every driver completes: Mesa's software driver ends all loops after 65 535 iterations in total.
pub const MAX_LOOPS: usize = 60_000;
/// Entity of the stream from which projections are drawn; its key is the seed.
const PROJECTION: u32 = 0x706f_696e;
/// The same for values from [`MIN_VALUES`] on, so that these do not change the weights of smaller values.
const LARGER: u32 = PROJECTION + 1;

/// Indices of the numbers of a bonus over points, from its first number on. The tables follow them.
pub mod number {
    /// Index of the first byte of the observation that is used.
    pub const FIRST_BYTE: usize = 0;
    /// Number of bytes that are used.
    pub const N_BYTES: usize = 1;
    /// Integers of a point.
    pub const DIMS: usize = 2;
    /// 1 if a point is the bytes themselves, 0 if it is a projection of them.
    pub const IDENTITY: usize = 3;
    /// 1 if stored data is cleared when an episode begins.
    pub const EPISODIC: usize = 4;
    /// Number of points that the ring holds.
    pub const CAPACITY: usize = 5;
    /// Number of neighbours that are searched.
    pub const NEAREST: usize = 6;
    /// Values that the table of weights holds for each byte; larger ones count as the last.
    pub const VALUES: usize = 7;
    /// From here on, numbers that depend on the bonus.
    pub const OF_BONUS: usize = 8;
    /// Words of all numbers; the tables begin here.
    pub const WORDS: usize = 16;
}

/// Steps of the table of logarithms, as a power of two, and bits between two entries.
const LN_BITS: u32 = 11;
const LN_BETWEEN: u32 = 13;
/// Words of [`ln_table`].
pub const LN_WORDS: usize = (1 << LN_BITS) + 1;
/// ln 2 in units of 2^-28.
const LN_2: u32 = 186_065_279;

/// How points are computed from an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// Index of the first byte of the observation that is used.
    pub first_byte: usize,
    /// Number of bytes that are used, from `first_byte` on.
    pub n_bytes: usize,
    /// Number of values that a byte may have: all are below this.
    pub values: usize,
    /// Integers of a point.
    pub dims: usize,
    /// Whether a point is the bytes themselves (`n_bytes` is then `dims`) instead of a projection.
    pub identity: bool,
}

/// A number outside the limits of a bonus over points.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is {value}; it must be {least} to {most}")]
pub struct Limit {
    /// Name of the limited quantity, for the message.
    pub what: &'static str,
    /// The rejected value.
    pub value: usize,
    /// Smallest allowed value.
    pub least: usize,
    /// Largest allowed value.
    pub most: usize,
}

/// Returns `value` if it is one of `least..=most`.
///
/// # Errors
/// [`Limit`] if not.
pub fn within(what: &'static str, value: usize, least: usize, most: usize) -> Result<usize, Limit> {
    if (least..=most).contains(&value) { Ok(value) } else { Err(Limit { what, value, least, most }) }
}

/// Computes points: features with their projection.
#[derive(Clone, PartialEq, Eq)]
pub struct Points {
    /// Which bytes are used, and how they become a point.
    pub features: Features,
    /// i8 by (byte, value, dimension), four a word, each row padded to whole words; empty for the bytes themselves.
    pub table: Vec<u32>,
}

impl fmt::Debug for Points {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}", self.features)
    }
}

impl Points {
    /// Creates the points of observations of `obs_bytes` bytes; `seed` is that of the projection.
    ///
    /// # Errors
    /// [`Limit`] on bytes that are not there, too many of them, too many dimensions, or too much work for [`MAX_LOOPS`].
    pub fn new(features: Features, obs_bytes: usize, seed: u64) -> Result<Points, Limit> {
        let Features { first_byte, n_bytes, values, dims, identity } = features;
        within("the first byte of a point's features", first_byte, 0, obs_bytes.saturating_sub(1))?;
        within("the number of bytes of a point's features", n_bytes, 1, MAX_BYTES.min(obs_bytes - first_byte))?;
        within("the number of values of a byte", values, 1, MAX_VALUES)?;
        within("the dimension of a point", dims, 1, MAX_DIMS)?;
        within("the work of making a point", n_bytes * (dims + 1), 1, MAX_LOOPS)?;
        if identity {
            within("the dimension of a point of bytes", dims, n_bytes, n_bytes)?;
            return Ok(Points { features, table: Vec::new() });
        }
        let [mut small, mut large] =
            [PROJECTION, LARGER].map(|entity| Keyed::new([seed as u32, (seed >> 32) as u32], 0, 0, entity));
        let (words, rows) = (dims.div_ceil(4), values.max(MIN_VALUES));
        let mut table = vec![0; n_bytes * rows * words];
        for (k, row) in table.chunks_exact_mut(words).enumerate() {
            let chance = if k % rows < MIN_VALUES { &mut small } else { &mut large };
            for d in 0..dims {
                let weight = chance.randint(2 * WEIGHT as u32 + 1) as i32 - WEIGHT;
                row[d / 4] |= u32::from(weight as i8 as u8) << (8 * (d % 4));
            }
        }
        Ok(Points { features, table })
    }

    /// The words of [`number`], with those set that all bonuses over points have in common.
    pub fn numbers(&self, episodic: bool) -> [u32; number::WORDS] {
        let mut words = [0; number::WORDS];
        words[number::FIRST_BYTE] = self.features.first_byte as u32;
        words[number::N_BYTES] = self.features.n_bytes as u32;
        words[number::DIMS] = self.features.dims as u32;
        words[number::IDENTITY] = u32::from(self.features.identity);
        words[number::EPISODIC] = u32::from(episodic);
        words[number::VALUES] = self.rows() as u32;
        words
    }

    /// Number of rows of the table for each byte.
    fn rows(&self) -> usize {
        self.features.values.max(MIN_VALUES)
    }

    /// Expected square of the distance of two observations that differ in one byte; 1 for the bytes themselves.
    pub fn unit_squared(&self) -> u32 {
        // The variance of a weight is ((2w + 1)^2 - 1) / 12 = w (w + 1) / 3, and that of the difference of two weights is twice as much.
        let twice = 2 * WEIGHT as u32 * (WEIGHT as u32 + 1);
        if self.features.identity { 1 } else { (self.features.dims as u32 * twice).div_ceil(3) }
    }

    /// The point of an observation; the integers from `dims` on are 0.
    pub fn point(&self, obs: &[u32]) -> [i32; MAX_DIMS] {
        let Features { first_byte, n_bytes, dims, identity, .. } = self.features;
        let (words, rows) = (dims.div_ceil(4), self.rows());
        let mut point = [0; MAX_DIMS];
        for b in 0..n_bytes {
            let at = first_byte + b;
            let value = (obs[at >> 2] >> (8 * (at & 3)) & 255) as usize;
            if identity {
                point[b] = value as i32;
                continue;
            }
            let row = (b * rows + value.min(rows - 1)) * words;
            for d in 0..dims {
                point[d] += i32::from((self.table[row + (d >> 2)] >> (8 * (d & 3))) as u8 as i8);
            }
        }
        point
    }
}

/// Adds the square of the difference of two integers of 16 bits to `sum`, saturating.
#[inline]
pub fn add_square(sum: u32, a: i32, b: i32) -> u32 {
    let gap = (a - b).unsigned_abs();
    sum.saturating_add(gap * gap)
}

/// Square root of a squared distance, as (root, places): root / 2^places, the root below 2^31 + 1.
pub fn distance(square: u32) -> (u32, u32) {
    if square == 0 {
        return (0, 30);
    }
    let half = square.leading_zeros() >> 1;
    (fine_root(square << (2 * half)), 15 + half)
}

/// ln(x / 2^places), x > 0 and x / 2^places >= 1, in units of 2^-28. Off by less than 2^-22.
pub fn ln(x: u32, places: u32, table: &[u32]) -> u32 {
    let zeros = x.leading_zeros();
    let mantissa = x << zeros << 1;
    let at = (mantissa >> (32 - LN_BITS)) as usize;
    let between = mantissa >> (32 - LN_BITS - LN_BETWEEN) & ((1 << LN_BETWEEN) - 1);
    let part = table[at] + (((table[at + 1] - table[at]) * between) >> LN_BETWEEN);
    (31 - zeros - places) * LN_2 + part
}

/// ln(1 + k / 2^11) in units of 2^-28, k = 0..=2^11, from + - * / alone.
pub fn ln_table() -> Vec<u32> {
    (0..LN_WORDS).map(|k| (ln_of(1.0 + k as f64 / f64::from(1u32 << LN_BITS)) * f64::from(1u32 << 28) + 0.5) as u32).collect()
}

/// Natural logarithm of 1 to 2: twice the series of the inverse hyperbolic tangent.
fn ln_of(x: f64) -> f64 {
    let z = (x - 1.0) / (x + 1.0);
    let mut power = z;
    let mut sum = 0.0;
    for k in 0..20 {
        sum += power / f64::from(2 * k + 1);
        power *= z * z;
    }
    2.0 * sum
}

/// ln(1 + mean of distances / unit) in units of 1 / [`ONE`](super::ONE), within 1e-6. `squares` are squared distances, ascending.
///
/// With `scale` of [`Scale::new`] this is ln(count * unit + sum of distances) - ln(count * unit).
pub fn ln_one_plus(squares: &[u32], scale: &Scale, table: &[u32]) -> i32 {
    let largest = distance(squares[squares.len() - 1]).1;
    let places = scale.places.min(largest - scale.bits);
    let mut sum = scale.unit << places;
    for square in squares {
        let (root, bits) = distance(*square);
        sum += root >> (bits - places);
    }
    ((ln(sum, places, table) - scale.ln_unit + 128) >> 8) as i32
}

/// The numbers of the unit that [`ln_one_plus`] needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The unit of distance times the number of distances.
    pub unit: u32,
    /// Most binary places of the sum.
    pub places: u32,
    /// Bits that a sum of so many distances needs in addition to those of one distance.
    pub bits: u32,
    /// ln of `unit`, in units of 2^-28.
    pub ln_unit: u32,
}

impl Scale {
    /// The scale of the mean of `count` distances, up to 16, in units of `unit`, up to 1024.
    pub fn new(count: u32, unit: u32, table: &[u32]) -> Scale {
        let whole = count * unit;
        let bits = 32 - (count - 1).leading_zeros();
        Scale { unit: whole, places: 30 - (32 - whole.leading_zeros()), bits, ln_unit: ln(whole, 0, table) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{Bonus, Counts, Transition};
    use super::*;

    /// The table of bonuses without a shared table. It must not be read.
    pub struct NoTable;

    impl Counts for NoTable {
        fn count(&self, _: u64) -> u32 {
            panic!("read")
        }

        fn total(&self) -> u64 {
            panic!("read")
        }

        fn sum_c_ln_c(&self) -> u64 {
            panic!("read")
        }
    }

    pub fn packed(bytes: &[u8]) -> Vec<u32> {
        bytes.chunks(4).map(|four| four.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))).collect()
    }

    pub fn observation(obs: &[u32]) -> Transition<'_> {
        Transition { key: 0, before: 0, action: 0, obs }
    }

    /// Points that are the first `dims` bytes.
    pub fn bytes(dims: usize) -> Points {
        Points::new(Features { first_byte: 0, n_bytes: dims, values: 256, dims, identity: true }, dims, 0).expect("points")
    }

    /// Values of transitions into these states, in units of 1.
    pub fn visits(bonus: &dyn Bonus, memory: &mut [u32], states: &[&[u8]]) -> Vec<f64> {
        let one = |state: &&[u8]| {
            let obs = packed(state);
            let peeked = bonus.peek(&observation(&obs), &NoTable, memory);
            let value = bonus.visit(&observation(&obs), &NoTable, memory).expect("a value");
            assert_eq!(peeked, value, "a peek is a visit that leaves no trace");
            f64::from(value) / f64::from(super::super::ONE)
        };
        states.iter().map(one).collect()
    }

    pub fn close(found: &[f64], expected: &[f64], within: f64) {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() <= within * b.abs().max(1.0), "{found:?}, not {expected:?}");
        }
    }

    #[test]
    fn a_projection_is_linear_in_what_is_seen() {
        let features = Features { first_byte: 2, n_bytes: 5, values: 256, dims: 16, identity: false };
        let points = Points::new(features, 8, 7).expect("points");
        let at = |bytes: [u8; 8]| points.point(&packed(&bytes));
        let (a, b) = (at([9, 9, 1, 2, 3, 4, 5, 9]), at([0, 0, 1, 2, 3, 4, 5, 0]));
        assert_eq!(a, b, "other bytes do not count");
        // What one byte adds does not depend on the others.
        let [one, two] = [at([0, 0, 1, 7, 3, 4, 5, 0]), at([0, 0, 9, 7, 3, 4, 5, 0])];
        let three = at([0, 0, 9, 2, 3, 4, 5, 0]);
        assert!((0..16).all(|d| b[d] - one[d] == three[d] - two[d]));
        assert!(a != one && a[16..].iter().all(|y| *y == 0));
        let mut rows: Vec<_> = (0..=255).map(|value| at([0, 0, value, 2, 3, 4, 5, 0])).collect();
        rows.sort_unstable();
        assert!(rows.windows(2).all(|pair| pair[0] != pair[1]), "no two values are one");
        // A world with few values has the same weights as one with many, and no rows for the others.
        let few = Points::new(Features { values: 19, ..features }, 8, 7).expect("points");
        for value in 0..MIN_VALUES as u8 {
            let obs = packed(&[0, 0, value, 2, 3, 4, 5, 0]);
            assert_eq!(few.point(&obs), points.point(&obs), "{value}");
        }
        assert_eq!(few.table.len(), 5 * MIN_VALUES * 4);
        assert_ne!(Points::new(features, 8, 8).expect("points").table, points.table);
    }

    #[test]
    fn one_byte_that_differs_is_a_unit_apart() {
        let features = Features { first_byte: 0, n_bytes: 1, values: 256, dims: 16, identity: false };
        let (mut sum, mut n) = (0.0, 0.0);
        for seed in 0..40 {
            let points = Points::new(features, 1, seed).expect("points");
            for (a, b) in (0..255).map(|a| (points.point(&[a]), points.point(&[a + 1]))) {
                sum += f64::from((0..16).fold(0, |sum, d| add_square(sum, a[d], b[d])));
                n += 1.0;
            }
        }
        let unit = f64::from(bytes_of(16).unit_squared());
        assert!((sum / n / unit - 1.0).abs() < 0.03, "{} and {unit}", sum / n);
    }

    fn bytes_of(dims: usize) -> Points {
        Points::new(Features { first_byte: 0, n_bytes: 1, values: 32, dims, identity: false }, 1, 0).expect("points")
    }

    #[test]
    fn limits_are_kept() {
        let fit = Features { first_byte: 0, n_bytes: 4, values: 32, dims: 4, identity: true };
        for (features, obs_bytes) in [
            (Features { first_byte: 4, ..fit }, 4),
            (Features { n_bytes: 5, ..fit }, 4),
            (Features { n_bytes: 0, ..fit }, 4),
            (Features { dims: 0, identity: false, ..fit }, 4),
            (Features { dims: MAX_DIMS + 1, identity: false, ..fit }, 4),
            (Features { dims: 3, ..fit }, 4),
            (Features { values: 0, ..fit }, 4),
            (Features { values: MAX_VALUES + 1, ..fit }, 4),
            (Features { n_bytes: 4000, dims: 16, identity: false, ..fit }, 4000),
            (Features { n_bytes: MAX_BYTES + 1, dims: 4, identity: false, ..fit }, MAX_BYTES + 1),
        ] {
            assert!(Points::new(features, obs_bytes, 0).is_err(), "{features:?}");
        }
        assert!(Points::new(fit, 4, 0).is_ok());
    }

    #[test]
    fn squares_saturate() {
        assert_eq!(add_square(5, -3, 4), 54);
        assert_eq!(add_square(0, -32768, 32767), 65535 * 65535);
        assert_eq!(add_square(200_000, -32768, 32767), u32::MAX);
    }

    #[test]
    fn logarithms_are_within_a_millionth() {
        let table = ln_table();
        assert_eq!((table[0], table[LN_WORDS - 1]), (0, LN_2));
        let squares: Vec<u32> =
            (0..3000).chain((0..32).flat_map(|k| [1 << k, (1u32 << k) + 1, (1 << k) - 1 + (1 << k)])).collect();
        for unit in [1u32, 2, 3, 17, 24, 255, 1024] {
            for count in [1u32, 2, 3, 5, 16] {
                let scale = Scale::new(count, unit, &table);
                for square in &squares {
                    // Squared distances from the point itself out to `square`.
                    let near: Vec<u32> =
                        (1..=count).map(|k| (u64::from(*square) * u64::from(k) / u64::from(count)) as u32).collect();
                    let mean = near.iter().map(|s| f64::from(*s).sqrt()).sum::<f64>() / f64::from(count);
                    let exact = (mean / f64::from(unit)).ln_1p();
                    let found = f64::from(ln_one_plus(&near, &scale, &table)) / f64::from(super::super::ONE);
                    assert!((found - exact).abs() < 1e-6, "{near:?} by {unit}: {found}, not {exact}");
                }
                assert_eq!(ln_one_plus(&vec![0; count as usize], &scale, &table), 0);
            }
        }
    }
}
