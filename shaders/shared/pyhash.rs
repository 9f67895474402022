//! CPython's `hash((a, b))` of two ints (Python 3.8 and later): the source of Crafter's episode seeds.

const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;
/// CPython hashes an int by its value modulo this Mersenne prime.
const INT_MODULUS: u64 = (1 << 61) - 1;

/// `hash(value)` of a Python int: the value modulo 2^61 - 1 with the sign kept, and -2 in place of -1.
pub fn hash_int(value: i64) -> i64 {
    let residue = (value.unsigned_abs() % INT_MODULUS) as i64;
    let signed = if value < 0 { -residue } else { residue };
    if signed == -1 { -2 } else { signed }
}

/// `hash((a, b))` as a signed 64-bit value.
pub fn hash_pair(a: i64, b: i64) -> i64 {
    let mut acc = PRIME_5;
    for lane in [hash_int(a), hash_int(b)] {
        acc = acc.wrapping_add((lane as u64).wrapping_mul(PRIME_2));
        acc = acc.rotate_left(31).wrapping_mul(PRIME_1);
    }
    acc = acc.wrapping_add(2 ^ (PRIME_5 ^ 3_527_539));
    if acc == u64::MAX { 1_546_275_796 } else { acc as i64 }
}

/// The seed of episode `episode` (from 1) of an environment with seed `seed`: `hash((seed, episode)) % (2**31 - 1)` with Python's floor modulo.
pub fn episode_seed(seed: i64, episode: u32) -> u32 {
    hash_pair(seed, i64::from(episode)).rem_euclid((1 << 31) - 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed by CPython 3.11: `[hash(p) for p in ((0, 1), (7, 1), (7, 2), (-1, 3), (123456789, 5), (2**62, 9))]`.
    #[test]
    fn pairs_hash_as_cpython_does() {
        let pairs = [(0, 1), (7, 1), (7, 2), (-1, 3), (123_456_789, 5), (1 << 62, 9)];
        let printed = include!("pyhash_golden.in");
        for ((a, b), expected) in pairs.into_iter().zip(printed) {
            assert_eq!(hash_pair(a, b), expected, "hash(({a}, {b}))");
        }
    }
}
