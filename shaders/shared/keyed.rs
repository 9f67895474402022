//! The `keyed` stream: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
//! A word is a pure function of (key, episode, step, entity, number of the draw), so there is no state to store or to share.

use super::chance::Chance;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;

/// Entity numbers of a step's draws. Chunk c is `CHUNK + c`, a creature is `CELL` + the cell on which its turn begins.
pub mod entity {
    use crate::shaders::shared::constants::word;

    const TEXT: &str = include_str!("../../envs/shared/world.wgsl");

    pub const PLAYER: u32 = word(TEXT, "ENTITY_PLAYER");
    pub const CHUNK: u32 = word(TEXT, "ENTITY_CHUNK");
    /// An agent that chooses actions on the device.
    pub const AGENT: u32 = word(TEXT, "ENTITY_AGENT");
    /// Noise of a picture. It does not advance the world's own stream.
    pub const PICTURE: u32 = word(TEXT, "ENTITY_PICTURE");
    pub const CELL: u32 = word(TEXT, "ENTITY_CELL");
}

/// Most chunks a world may have, so that no chunk takes the number of another entity.
pub const MAX_CHUNKS: usize = (entity::AGENT - entity::CHUNK) as usize;

/// One block of four words.
#[inline]
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let (mut c, mut k) = (counter, key);
    for round in 0..ROUNDS {
        if round > 0 {
            k = [k[0].wrapping_add(WEYL[0]), k[1].wrapping_add(WEYL[1])];
        }
        let a = u64::from(MULTIPLIERS[0]) * u64::from(c[0]);
        let b = u64::from(MULTIPLIERS[1]) * u64::from(c[2]);
        c = [(b >> 32) as u32 ^ c[1] ^ k[0], b as u32, (a >> 32) as u32 ^ c[3] ^ k[1], a as u32];
    }
    c
}

/// [`philox`] of `N` counters and keys, word by word, in loops that compile to vector instructions.
#[inline]
pub fn philox_simd<const N: usize>(counters: &mut [[u32; N]; 4], keys: &mut [[u32; N]; 2]) {
    let [c0, c1, c2, c3] = counters;
    let [k0, k1] = keys;
    for round in 0..ROUNDS {
        let weyl = if round > 0 { WEYL } else { [0; 2] };
        for l in 0..N {
            k0[l] = k0[l].wrapping_add(weyl[0]);
            k1[l] = k1[l].wrapping_add(weyl[1]);
            let a = u64::from(MULTIPLIERS[0]) * u64::from(c0[l]);
            let b = u64::from(MULTIPLIERS[1]) * u64::from(c2[l]);
            c0[l] = (b >> 32) as u32 ^ c1[l] ^ k0[l];
            c1[l] = b as u32;
            c2[l] = (a >> 32) as u32 ^ c3[l] ^ k1[l];
            c3[l] = a as u32;
        }
    }
}

/// The words of one entity at one step, drawn in order.
#[derive(Clone, Debug)]
pub struct Keyed {
    key: [u32; 2],
    episode: u32,
    step: u32,
    entity: u32,
    block: u32,
    words: [u32; 4],
    used: u32,
}

impl Keyed {
    /// The stream of `key` at (`episode`, `step`). The first draws are those of `entity`.
    pub fn new(key: [u32; 2], episode: u32, step: u32, entity: u32) -> Self {
        Keyed { key, episode, step, entity, block: 0, words: [0; 4], used: 4 }
    }

    /// Draws as many words as `words` holds, many at a time.
    pub fn fill(&mut self, words: &mut [u32]) {
        const SIMD_WIDTH: usize = 32;
        let begun = words.len().min(4 - self.used as usize);
        let (begun, words) = words.split_at_mut(begun);
        begun.iter_mut().for_each(|word| *word = self.word());
        let mut groups = words.chunks_exact_mut(4 * SIMD_WIDTH);
        for group in &mut groups {
            let blocks = std::array::from_fn(|l| self.block.wrapping_add(l as u32));
            let mut counters = [[self.episode; SIMD_WIDTH], [self.step; SIMD_WIDTH], [self.entity; SIMD_WIDTH], blocks];
            philox_simd(&mut counters, &mut self.key.map(|k| [k; SIMD_WIDTH]));
            let [c0, c1, c2, c3] = counters;
            for (l, words) in group.as_chunks_mut().0.iter_mut().enumerate().take(SIMD_WIDTH) {
                *words = [c0[l], c1[l], c2[l], c3[l]];
            }
            self.block = self.block.wrapping_add(SIMD_WIDTH as u32);
        }
        let rest = groups.into_remainder();
        rest.iter_mut().for_each(|word| *word = self.word());
    }
}

impl Chance for Keyed {
    #[inline]
    fn turn(&mut self, entity: u32) {
        self.entity = entity;
        self.block = 0;
        self.used = 4;
    }

    #[inline]
    fn word(&mut self) -> u32 {
        if self.used == 4 {
            self.words = philox([self.episode, self.step, self.entity, self.block], self.key);
            self.block += 1;
            self.used = 0;
        }
        let word = self.words[self.used as usize];
        self.used += 1;
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers published with Random123 (kat_vectors, philox4x32 10).
    #[test]
    fn philox_gives_the_published_answers() {
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, expected) in cases {
            assert_eq!(philox(counter, key), expected);
        }
    }

    #[test]
    fn filling_draws_the_same_words() {
        for (before, n) in [(0, 1000), (4, 128), (3, 300), (0, 5), (8, 129)] {
            let (mut one, mut many) = (Keyed::new([7, 8], 9, 10, 11), Keyed::new([7, 8], 9, 10, 11));
            let mut words = vec![0; n];
            (0..before).for_each(|_| assert_eq!(one.word(), many.word()));
            many.fill(&mut words);
            assert!(words.iter().all(|word| *word == one.word()), "{before}, {n}");
            assert_eq!(one.word(), many.word());
        }
    }

    #[test]
    fn a_turn_begins_the_words_of_its_entity_anew() {
        let mut stream = Keyed::new([1, 2], 3, 4, 5);
        let first: Vec<u32> = (0..6).map(|_| stream.word()).collect();
        stream.turn(9);
        stream.word();
        stream.turn(5);
        let again: Vec<u32> = (0..6).map(|_| stream.word()).collect();
        assert_eq!(first, again);
    }
}
