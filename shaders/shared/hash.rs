//! 64-bit hashes of u32 words from 32-bit operations: two Murmur3-style lanes with different seeds.

/// A running 64-bit hash, two 32-bit lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash {
    pub lo: u32,
    pub hi: u32,
}

impl Hash {
    pub fn new(seed: u32) -> Self {
        Hash { lo: seed ^ 0x9e37_79b9, hi: seed ^ 0x85eb_ca6b }
    }

    #[inline]
    pub fn word(&mut self, word: u32) {
        self.lo = lane(self.lo, word, 0xcc9e_2d51, 0x1b87_3593, 15);
        self.hi = lane(self.hi, word, 0x239b_961b, 0xab0e_9789, 16);
    }

    pub fn words(&mut self, words: &[u32]) {
        for &word in words {
            self.word(word);
        }
    }

    /// Mixes both lanes into each other and returns them, the low lane in the low half.
    pub fn finish(self, n_words: u32) -> u64 {
        let mut lo = self.lo ^ n_words;
        let mut hi = self.hi ^ n_words;
        lo = lo.wrapping_add(hi);
        hi = hi.wrapping_add(lo);
        lo = finalize(lo);
        hi = finalize(hi);
        lo = lo.wrapping_add(hi);
        hi = hi.wrapping_add(lo);
        u64::from(lo) | u64::from(hi) << 32
    }
}

#[inline]
fn lane(acc: u32, word: u32, a: u32, b: u32, turn: u32) -> u32 {
    let mixed = word.wrapping_mul(a).rotate_left(turn).wrapping_mul(b);
    (acc ^ mixed).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
}

fn finalize(word: u32) -> u32 {
    let mut h = word;
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

/// The hash of `words` under `seed`.
pub fn hash_words(seed: u32, words: &[u32]) -> u64 {
    let mut hash = Hash::new(seed);
    hash.words(words);
    hash.finish(words.len() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_changes_about_half_of_the_hash() {
        let words: Vec<u32> = (0..64u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let plain = hash_words(1, &words);
        for bit in 0..64 * 32 {
            let mut flipped = words.clone();
            flipped[bit / 32] ^= 1 << (bit % 32);
            let distance = (plain ^ hash_words(1, &flipped)).count_ones();
            assert!((10..=54).contains(&distance), "bit {bit}: {distance} bits differ");
        }
    }

    #[test]
    fn length_is_part_of_the_hash() {
        assert_ne!(hash_words(0, &[0]), hash_words(0, &[0, 0]));
    }
}
