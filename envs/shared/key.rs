//! Keys: what counts as "the same state". A key is a 64-bit hash of some parts of an instance's state; bonuses count keys.
//!
//! Two states that differ in no part of a key have the same key, always. Two that differ in one have the same key by chance only: of n
//! distinct states any two do with a probability below n^2 / 2^65 ([`collision_bound`]).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::shaders::shared::hash::Hash;
use crate::shaders::shared::simhash;

/// A part of the state that a key may take in. What it consists of is each world's to say: [`crate::envs::StateKeys::key_parts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPart {
    /// The player's cell, x and y.
    Position,
    /// The direction in which the player looks.
    Facing,
    /// What the observation shows of the map.
    View,
    /// What the player carries; in Crafter all items but health, food, drink and energy.
    Inventory,
    /// Which achievements the episode has unlocked (Crafter only).
    Achievements,
    /// The cell in front of the player.
    Faced,
    /// The whole stored state except the random stream and the clock.
    Full,
    /// Health, food, drink and energy (Crafter only).
    Vitals,
    /// Steps taken in the episode.
    Clock,
}

impl KeyPart {
    /// All parts, in the order in which their words are hashed.
    pub const ALL: [KeyPart; 9] = [
        KeyPart::Position,
        KeyPart::Facing,
        KeyPart::View,
        KeyPart::Inventory,
        KeyPart::Achievements,
        KeyPart::Faced,
        KeyPart::Full,
        KeyPart::Vitals,
        KeyPart::Clock,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            KeyPart::Position => "position",
            KeyPart::Facing => "facing",
            KeyPart::View => "view",
            KeyPart::Inventory => "inventory",
            KeyPart::Achievements => "achievements",
            KeyPart::Faced => "faced",
            KeyPart::Full => "full",
            KeyPart::Vitals => "vitals",
            KeyPart::Clock => "clock",
        }
    }

    /// Its bit in [`Key::mask`].
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for KeyPart {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of parts, written `position+facing` in any order; or `simhash:BITS`, the signs of random projections of what is seen
/// (see `shaders/shared/simhash.rs`), in place of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key {
    pub(super) parts: u32,
    /// 0 if the key is made of parts.
    pub(super) simhash: u32,
}

impl Key {
    /// The key of these parts.
    pub const fn of(parts: &[KeyPart]) -> Key {
        let (mut mask, mut k) = (0, 0);
        while k < parts.len() {
            mask |= parts[k].bit();
            k += 1;
        }
        Key { parts: mask, simhash: 0 }
    }

    /// The key of so many sign bits of what is seen.
    ///
    /// # Errors
    /// [`KeyError::Bits`] unless there are 1 to [`simhash::MAX_BITS`].
    pub fn of_signs(bits: u32) -> Result<Key, KeyError> {
        if bits == 0 || bits as usize > simhash::MAX_BITS {
            return Err(KeyError::Bits { bits: bits.to_string() });
        }
        Ok(Key { parts: 0, simhash: bits })
    }

    /// How many sign bits it is made of; None if it is made of parts.
    pub fn signs(self) -> Option<u32> {
        (self.simhash > 0).then_some(self.simhash)
    }

    /// The parts, as named.
    pub fn parts(self) -> impl Iterator<Item = KeyPart> {
        KeyPart::ALL.into_iter().filter(move |part| self.parts & part.bit() != 0)
    }

    /// The parts that are hashed, a bit each ([`KeyPart::bit`]); 0 for simhash. Beside `full` only `clock` counts.
    pub fn mask(self) -> u32 {
        match self.parts & KeyPart::Full.bit() {
            0 => self.parts,
            full => full | self.parts & KeyPart::Clock.bit(),
        }
    }

    /// Whether the key is computed from the observation, which must then be that of the state.
    pub fn reads_obs(self) -> bool {
        const READING: u32 = KeyPart::View.bit() | KeyPart::Faced.bit();
        self.simhash > 0 || self.mask() & READING != 0
    }
}

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("unknown key part '{name}'{hint} Known are {}, joined by '+', or simhash:BITS", known())]
    /// A part has a name that is none of [`KeyPart::ALL`].
    Unknown {
        /// The name, as written.
        name: String,
        /// The end of the sentence: a full stop, or the closest known name as a question.
        hint: String,
    },
    /// The text is empty.
    #[error("a key has at least one part; known are {}, joined by '+', or simhash:BITS", known())]
    Empty,
    /// A simhash is joined with other parts. The text is that of the simhash, as written.
    #[error("'{0}' stands alone: a key is either that or parts joined by '+'")]
    Alone(String),
    #[error("simhash:{bits}: a key has 1 to {most} bits", most = simhash::MAX_BITS)]
    /// The number of bits of a simhash is no number from 1 to [`simhash::MAX_BITS`].
    Bits {
        /// The number, as written.
        bits: String,
    },
}

fn known() -> String {
    KeyPart::ALL.map(KeyPart::name).join(", ")
}

/// What counts as the same state in a family's worlds unless somebody says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultKeys {
    /// For bonuses that count.
    pub counts: Key,
    /// For an archive of states to go back to.
    pub archive: Key,
    /// For where a sequence of actions ends: what a player has in hand and where it is, not vitals, clock or creatures.
    pub ends: Key,
    /// For agents that keep a table of all states.
    pub tabular: TabularKey,
}

/// What an agent that keeps a table of all states tells them apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabularKey {
    /// By this key, unless somebody says another.
    Default(Key),
    /// By a key that somebody must say.
    Explicit,
    /// By none: there are too many states.
    TooMany,
}

/// Keys of different parts begin from different seeds.
const KEY_SEED: u32 = 0x6b65_7973;

/// A key in the making.
#[derive(Clone, Copy, Debug)]
pub struct KeyHash {
    hash: Hash,
    words: u32,
}

impl KeyHash {
    /// No words yet of a key of these parts.
    #[inline]
    pub fn new(mask: u32) -> KeyHash {
        KeyHash { hash: Hash::new(KEY_SEED ^ mask), words: 0 }
    }

    /// Takes one more word into the hash.
    #[inline]
    pub fn word(&mut self, word: u32) {
        self.hash.word(word);
        self.words += 1;
    }

    /// Takes all words of a slice into the hash, in order.
    #[inline]
    pub fn words(&mut self, words: &[u32]) {
        words.iter().for_each(|word| self.word(*word));
    }

    /// The first `n` bytes of `words`; bytes that only fill the last word count as 0.
    #[inline]
    pub fn bytes(&mut self, words: &[u32], n: usize) {
        self.words(&words[..n / 4]);
        let rest = n % 4;
        if rest > 0 {
            self.word(words[n / 4] & ((1 << (8 * rest)) - 1));
        }
    }

    /// The 64-bit key of the words taken in so far; their number is part of the hash.
    #[inline]
    pub fn end(self) -> u64 {
        self.hash.finish(self.words)
    }
}

/// A byte of an observation.
#[inline]
pub fn obs_byte(obs: &[u32], k: u32) -> u32 {
    obs[(k / 4) as usize] >> (k % 4 * 8) & 255
}

/// Words of a buffer of keys that one key of one instance takes: next state and state, low and high word each.
pub const WORDS: usize = 4;
/// Words of a kernel's parameters before the weights of simhash: parts or bits, place among the keys, number of keys.
pub const PARAM_WORDS: usize = 3;

/// Bound on the probability that any two of `n` distinct states have the same key: n^2 / 2^65, a union over all pairs.
pub fn collision_bound(n: f64) -> f64 {
    n / 4_294_967_296.0 * (n / 8_589_934_592.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shaders::shared::chance::Chance;
    use crate::shaders::shared::hash::hash_words;
    use crate::shaders::shared::keyed::Keyed;

    #[test]
    fn the_bound_is_the_one_that_is_stated() {
        assert!((collision_bound(1e6) / 2.710_505_4e-8 - 1.0).abs() < 1e-6, "{}", collision_bound(1e6));
        assert_eq!(collision_bound(4_294_967_296.0), 0.5);
    }

    /// In 16 bits the birthday paradox can be watched: of n random states, the pairs that agree are n (n - 1) / 2 in 2^16 on average,
    /// with a variance below that.
    #[test]
    fn keys_collide_as_often_as_chance_has_it_and_not_more() {
        let n = 20_000usize;
        let pairs = (n * (n - 1) / 2) as f64 / 65536.0;
        let mut stream = Keyed::new([3, 4], 5, 6, 7);
        let random: Vec<u64> = (0..n).map(|_| hash_words(KEY_SEED, &[stream.word(), stream.word(), stream.word()])).collect();
        // States as worlds have them: small numbers, all near each other.
        let small: Vec<u64> = (0..n as u32)
            .map(|k| {
                let mut key = KeyHash::new(3);
                [k % 64, k / 64 % 64, k / 4096].into_iter().for_each(|word| key.word(word));
                key.end()
            })
            .collect();
        for (states, keys) in [("random", &random), ("small", &small)] {
            for shift in [0, 16, 32, 48] {
                let mut counts = vec![0u64; 65536];
                keys.iter().for_each(|key| counts[(key >> shift & 0xffff) as usize] += 1);
                let agree: u64 = counts.iter().map(|c| c * c.saturating_sub(1) / 2).sum();
                let apart = (agree as f64 - pairs).abs() / pairs.sqrt();
                assert!(apart < 5.0, "{states}, bits {shift}: {agree} pairs agree, {pairs} expected");
            }
            let mut sorted = keys.clone();
            sorted.sort_unstable();
            assert!(sorted.windows(2).all(|pair| pair[0] != pair[1]), "{states}: no two agree in 64 bits");
        }
        // The count notices a hash of too few bits.
        let poor: u64 = {
            let mut counts = vec![0u64; 65536];
            random.iter().for_each(|key| counts[(key & 0x7fff) as usize] += 1);
            counts.iter().map(|c| c * c.saturating_sub(1) / 2).sum()
        };
        assert!((poor as f64 - pairs) / pairs.sqrt() > 5.0);
    }
}
