//! SimHash of an observation (#Exploration, Tang et al. 2017): bit b is set if a random projection of the bytes in view is above 0.
//! Nearby observations share most bits, so few bits merge states and many keep them apart.
//!
//! The weights are integers, so that no rounding decides a bit. They are drawn from -7..=7 and not up to a lopsided -8: bytes are never
//! negative, and weights with a mean below 0 would make most sums negative.

use std::ops::Range;
use std::sync::OnceLock;

use super::chance::Chance;
use super::keyed::Keyed;

/// Most bits of a code: those of a key.
pub const MAX_BITS: usize = 64;
/// Longest observation that there are weights for, in bytes.
pub const MAX_BYTES: usize = 1024;
/// In the keyed stream of seed 0, nobody else's number.
const ENTITY: u32 = 0x5349_4d48;
/// Weights lie from -REACH to REACH.
const REACH: u32 = 7;
/// A weight of 0 as it is packed: four bits hold weight + 8.
const ZERO: u32 = 8;

/// Weights of one byte, one a bit of the code.
pub type Column = [i8; MAX_BITS];

/// The weight of byte `byte` of the observation in bit `bit` of the code.
pub fn weight(bit: usize, byte: usize) -> i8 {
    let word = Keyed::new([0, 0], bit as u32, byte as u32, ENTITY).word();
    (word % (2 * REACH + 1)) as i8 - REACH as i8
}

/// By byte of the observation; made once.
fn columns() -> &'static [Column] {
    static COLUMNS: OnceLock<Vec<Column>> = OnceLock::new();
    COLUMNS.get_or_init(|| (0..MAX_BYTES).map(|byte| std::array::from_fn(|bit| weight(bit, byte))).collect())
}

/// Bit b, from the low one: whether the features, each times its column's weight b, sum up to more than 0. Sums must fit i32.
#[inline]
pub fn signs<'a>(columns_and_features: impl Iterator<Item = (&'a Column, i32)>) -> u64 {
    // The kernel sums bit by bit; here all bits go side by side, which comes to the same.
    let mut sums = [0i32; MAX_BITS];
    for (column, feature) in columns_and_features.filter(|(_, feature)| *feature != 0) {
        for (sum, weight) in sums.iter_mut().zip(column) {
            *sum += i32::from(*weight) * feature;
        }
    }
    sums.iter().enumerate().fold(0, |code, (bit, sum)| code | u64::from(*sum > 0) << bit)
}

/// The code of so many bits of the bytes of an observation that lie in `view`.
#[inline]
pub fn code(bits: u32, obs: &[u8], view: &[Range<usize>]) -> u64 {
    let columns = columns();
    let seen = view.iter().flat_map(|range| columns[range.clone()].iter().zip(&obs[range.clone()]));
    signs(seen.map(|(column, byte)| (column, i32::from(*byte)))) & (u64::MAX >> (64 - bits))
}

/// The weights as the kernel reads them: a row a bit, four bits a byte of the observation (weight + 8), eight a word. What is not in
/// view weighs nothing.
pub fn packed(bits: usize, obs_words: usize, view: &[Range<usize>]) -> Vec<u32> {
    let columns = columns();
    let nibble = |bit: usize, byte: usize| match view.iter().any(|range| range.contains(&byte)) {
        true => (i32::from(columns[byte][bit]) + ZERO as i32) as u32,
        false => ZERO,
    };
    let word = |bit: usize, w: usize| (0..8).fold(0, |word, k| word | nibble(bit, 8 * w + k) << (4 * k));
    (0..bits).flat_map(|bit| (0..obs_words.div_ceil(2)).map(move |w| (bit, w))).map(|(bit, w)| word(bit, w)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code of features under a matrix given by its rows.
    fn by_rows(rows: &[[i8; 2]], features: [i32; 2]) -> u64 {
        let columns = [0, 1].map(|c| std::array::from_fn(|bit| rows.get(bit).map_or(0, |row: &[i8; 2]| row[c])));
        signs(columns.iter().zip(features))
    }

    /// A worked example: bits low first, and 0 is not above 0. (1, 6) is (1/2, 3) doubled.
    #[test]
    fn the_example_by_hand_comes_out() {
        let rows = [[1, 0], [0, 1], [1, -1], [1, 1]];
        for (features, expected) in [([1, 2], 0b1011), ([2, 1], 0b1111), ([-1, 2], 0b1010), ([1, 6], 0b1011), ([0, 0], 0)] {
            assert_eq!(by_rows(&rows, features), expected, "{features:?}");
        }
    }

    #[test]
    fn weights_are_small_and_even_handed() {
        let all: Vec<i32> = columns().iter().flatten().map(|weight| i32::from(*weight)).collect();
        let n = all.len() as f64;
        for value in -7..=7 {
            // Each of 15 values as often as chance has it: a binomial number, within 5 standard deviations.
            let (count, p) = (all.iter().filter(|weight| **weight == value).count() as f64, 1.0 / 15.0);
            assert!((count - n * p).abs() < 5.0 * (n * p * (1.0 - p)).sqrt(), "{value}: {count}");
        }
        assert!(all.iter().all(|weight| (-7..=7).contains(weight)));
        assert_eq!(i32::from(weight(3, 5)), all[5 * MAX_BITS + 3]);
    }

    #[test]
    fn only_what_is_in_view_decides_and_only_so_many_bits_are_kept() {
        let mut obs: Vec<u8> = (0..80).map(|k| (k * 37 % 19) as u8).collect();
        let view = [0..10, 70..79];
        let long = code(64, &obs, &view);
        assert_eq!(code(9, &obs, &view), long & 511);
        obs[10..70].fill(200);
        obs[79] = 3;
        assert_eq!(code(64, &obs, &view), long);
        obs[75] = 90;
        assert_ne!(code(64, &obs, &view), long);
        let by_hand = (0..64).fold(0u64, |code, bit| {
            let sum: i32 = (0..10).chain(70..79).map(|k| i32::from(weight(bit, k)) * i32::from(obs[k])).sum();
            code | u64::from(sum > 0) << bit
        });
        assert_eq!(code(64, &obs, &view), by_hand);
    }

    #[test]
    fn packed_weights_are_the_weights() {
        let (words, view) = (5, [2..9, 17..19]);
        let packed = packed(6, words, &view);
        assert_eq!(packed.len(), 6 * 3);
        for bit in 0..6 {
            for byte in 0..20 {
                let nibble = (packed[bit * 3 + byte / 8] >> (byte % 8 * 4) & 15) as i32 - 8;
                let seen = view.iter().any(|range| range.contains(&byte));
                assert_eq!(nibble, if seen { i32::from(weight(bit, byte)) } else { 0 }, "{bit} {byte}");
            }
        }
    }
}
