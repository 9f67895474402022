//! SimHash of an observation (#Exploration, Tang et al. 2017): bit b is set if a random projection of the one-hot observation is above 0.
//! Nearby observations share most bits, so few bits merge states and many bits distinguish them.
//!
//! Bytes of an observation are names, not magnitudes. So each value of each byte has a separate weight in each bit: if bytes were
//! multiplied by their value, a view full of one thing would have the code of a view full of any other. The weights are integers, so that
//! no rounding decides a bit. They are drawn from -7..=7. A range from -8 would not be symmetric and would make most sums negative.

use std::sync::OnceLock;

use super::chance::Chance;
use super::keyed::Keyed;

/// Most bits of a code: those of a key.
pub const MAX_BITS: usize = 64;
/// Longest observation that has weights, in bytes.
pub const MAX_BYTES: usize = 1024;
/// Values of a byte.
pub const MAX_VALUES: usize = 256;
/// Words of a kernel's parameters before the weights: the number of bytes that are used, and of values that the table holds for each.
pub const HEAD: usize = 2;
/// Entity in the keyed stream of seed 0. Nothing else uses it.
const ENTITY: u32 = 0x5349_4d48;
/// Weights lie from -REACH to REACH.
const REACH: u32 = 7;
/// A packed weight of 0: four bits hold weight + 8.
const ZERO: u32 = 8;
/// Number of weights from one random word: 15^4 divides 2^32 to within a millionth.
const A_WORD: usize = 4;
/// Bits of a code in a word of packed weights.
const PACKED: usize = 8;
const ROW: usize = MAX_BITS / PACKED;
/// Mask of the weights in a packed word that are summed at once, each in a half of a word.
const NIBBLES: u32 = 0x000f_000f;
/// Words of sums: each holds two bits of the code.
const SUMS: usize = MAX_BITS / 2;

/// The weights of one value of one byte in all bits, eight a word.
type Row = [u32; ROW];

/// The weights of value `value` of byte `byte` of the observation, by bit of the code.
pub fn weights(byte: usize, value: usize) -> [i8; MAX_BITS] {
    let mut chance = Keyed::new([0, 0], byte as u32, value as u32, ENTITY);
    let mut weights = [0; MAX_BITS];
    for four in weights.chunks_exact_mut(A_WORD) {
        let mut word = chance.word();
        for weight in four {
            *weight = (word % (2 * REACH + 1)) as i8 - REACH as i8;
            word /= 2 * REACH + 1;
        }
    }
    weights
}

fn row(byte: usize, value: usize) -> Row {
    let weights = weights(byte, value);
    let nibble = |bit: usize| (i32::from(weights[bit]) + ZERO as i32) as u32;
    std::array::from_fn(|w| (0..PACKED).fold(0, |word, k| word | nibble(PACKED * w + k) << (4 * k)))
}

/// The rows of a byte by value. Each is computed once.
fn rows(byte: usize) -> &'static [Row; MAX_VALUES] {
    static ROWS: [OnceLock<Box<[Row; MAX_VALUES]>>; MAX_BYTES] = [const { OnceLock::new() }; MAX_BYTES];
    ROWS[byte].get_or_init(|| Box::new(std::array::from_fn(|value| row(byte, value))))
}

/// Returns the code of so many bits of the first `n` bytes of an observation. There are weights for `values` values; larger ones count as
/// the last.
#[inline]
pub fn simhash(bits: u32, obs: &[u8], n: usize, values: usize) -> u64 {
    let mut sums = [0u32; SUMS];
    for (byte, value) in obs[..n].iter().enumerate() {
        let row = &rows(byte)[usize::from(*value).min(values - 1)];
        for (sums, word) in sums.chunks_exact_mut(4).zip(row) {
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum += word >> (4 * k) & NIBBLES;
            }
        }
    }
    above(&sums, n) & (u64::MAX >> (64 - bits))
}

/// Bit b, from the low one, is set if the sum of its weights is above 0. In `sums` each weight is 8 too large.
fn above(sums: &[u32; SUMS], n: usize) -> u64 {
    (0..MAX_BITS).fold(0, |code, bit| {
        let sum = sums[bit / PACKED * 4 + bit % 4] >> (16 * (bit % PACKED / 4)) & 0xffff;
        code | u64::from(sum > ZERO * n as u32) << bit
    })
}

/// The parameters of the kernel: a head of [`HEAD`] words, then by byte and value the weights of as many bits, eight a word.
pub fn packed(bits: usize, n: usize, values: usize) -> Vec<u32> {
    let words = bits.div_ceil(PACKED);
    let rows = (0..n).flat_map(|byte| rows(byte)[..values].iter().flat_map(move |row| row[..words].iter().copied()));
    [n as u32, values as u32].into_iter().chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: sums of weights, one bit after another.
    fn by_hand(obs: &[u8]) -> u64 {
        let weights: Vec<[i8; MAX_BITS]> = obs.iter().enumerate().map(|(byte, value)| weights(byte, (*value).into())).collect();
        (0..MAX_BITS).fold(0, |code, bit| {
            let sum: i32 = weights.iter().map(|weights| i32::from(weights[bit])).sum();
            code | u64::from(sum > 0) << bit
        })
    }

    #[test]
    fn a_bit_is_the_sign_of_a_sum() {
        for n in [1, 7, 63, 200, MAX_BYTES] {
            let obs: Vec<u8> = (0..n).map(|k| (k * 37 % 241) as u8).collect();
            assert_eq!(simhash(64, &obs, n, 256), by_hand(&obs), "{n}");
        }
        // A sum of 0 does not set the bit. One byte shows this, since one weight in 15 is 0.
        let zero = (0..256).find_map(|value| weights(0, value).iter().position(|w| *w == 0).map(|bit| (value, bit)));
        let (value, bit) = zero.expect("some weight is 0");
        assert_eq!(simhash(64, &[value as u8], 1, 256) >> bit & 1, 0);
    }

    /// The largest sums of the longest observation stay in their half of a word.
    #[test]
    fn halves_do_not_run_into_each_other() {
        assert!((REACH + ZERO) as usize * MAX_BYTES < 1 << 16);
    }

    #[test]
    fn weights_are_small_and_even_handed() {
        let all: Vec<i32> = (0..200).flat_map(|k| weights(k, k * 7 % 256)).map(i32::from).collect();
        let n = all.len() as f64;
        for value in -7..=7 {
            // Each of 15 values occurs as often as expected: a binomial number, within 5 standard deviations.
            let (count, p) = (all.iter().filter(|weight| **weight == value).count() as f64, 1.0 / 15.0);
            assert!((count - n * p).abs() < 5.0 * (n * p * (1.0 - p)).sqrt(), "{value}: {count}");
        }
        assert!(all.iter().all(|weight| (-7..=7).contains(weight)));
    }

    #[test]
    fn only_the_first_bytes_decide_and_only_so_many_bits_are_kept() {
        let mut obs: Vec<u8> = (0..80).map(|k| (k * 37 % 19) as u8).collect();
        let long = simhash(64, &obs, 63, 19);
        assert_eq!(simhash(9, &obs, 63, 19), long & 511);
        obs[63..].fill(200);
        assert_eq!(simhash(64, &obs, 63, 19), long);
        obs[62] = 18;
        let last = simhash(64, &obs, 63, 19);
        assert_ne!(last, long);
        obs[62] = 90;
        assert_eq!(simhash(64, &obs, 63, 19), last, "what the table does not hold counts as the last value");
    }

    /// Ids are names: a view full of one thing does not have the code of a view full of another, nor of twice its id.
    #[test]
    fn views_of_one_thing_each_have_codes_of_their_own() {
        let codes: std::collections::BTreeSet<u64> = (0..19).map(|id| simhash(32, &[id; 63], 63, 19)).collect();
        assert_eq!(codes.len(), 19);
    }

    #[test]
    fn near_observations_share_most_bits() {
        let obs: Vec<u8> = (0..63).map(|k| (k * 11 % 19) as u8).collect();
        let apart = |changed: usize| {
            let mut other = obs.clone();
            other[..changed].iter_mut().for_each(|id| *id = (*id + 1) % 19);
            (simhash(64, &obs, 63, 19) ^ simhash(64, &other, 63, 19)).count_ones()
        };
        // The angle between sums that share all but c of 63 terms is arccos(1 - c / 63): 3.6, 16 and 32 bits of 64 on average.
        assert!((1..=10).contains(&apart(1)) && (8..=26).contains(&apart(19)) && (20..=44).contains(&apart(63)));
    }

    #[test]
    fn packed_weights_are_the_weights() {
        let packed = packed(11, 5, 18);
        assert_eq!((packed[..HEAD].to_vec(), packed.len()), (vec![5, 18], HEAD + 5 * 18 * 2));
        for byte in 0..5 {
            for value in 0..18 {
                let weights = weights(byte, value);
                for bit in 0..16 {
                    let word = packed[HEAD + (byte * 18 + value) * 2 + bit / 8];
                    assert_eq!((word >> (bit % 8 * 4) & 15) as i32 - 8, i32::from(weights[bit]), "{byte} {value} {bit}");
                }
            }
        }
    }
}
