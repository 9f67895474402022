//! Keys define which states count as the same. A key is a 64-bit hash of some parts of an instance's state; bonuses count keys.
//!
//! Two states that are equal in all parts of a key always have equal keys. Two states that differ in a part have equal keys only if the
//! hashes collide. Among n distinct states, a collision has a probability below n^2 / 2^65 ([`collision_bound`]).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::shaders::shared::hash::Hash;
use crate::shaders::shared::simhash;

/// A part of the state that a key may contain. Each world defines what its parts consist of: [`crate::envs::StateKeys::key_parts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPart {
    /// The player's cell, x and y.
    Position,
    /// The direction in which the player looks.
    Facing,
    /// The part of the map that the observation shows.
    View,
    /// The items that the player carries; in Crafter all items except health, food, drink and energy.
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

/// A set of parts, written `position+facing` in any order; or `simhash:BITS`, the signs of random projections of the observation (see
/// `shaders/shared/simhash.rs`), instead of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key {
    pub(super) parts: u32,
    /// Number of sign bits; 0 if the key consists of parts.
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

    /// The key that consists of `bits` sign bits of the observation.
    ///
    /// # Errors
    /// [`KeyError::Bits`] unless there are 1 to [`simhash::MAX_BITS`].
    pub fn of_signs(bits: u32) -> Result<Key, KeyError> {
        if bits == 0 || bits as usize > simhash::MAX_BITS {
            return Err(KeyError::Bits { bits: bits.to_string() });
        }
        Ok(Key { parts: 0, simhash: bits })
    }

    /// Number of sign bits; None if the key consists of parts.
    pub fn signs(self) -> Option<u32> {
        (self.simhash > 0).then_some(self.simhash)
    }

    /// The parts that the key was made of, in the order of [`KeyPart::ALL`].
    pub fn parts(self) -> impl Iterator<Item = KeyPart> {
        KeyPart::ALL.into_iter().filter(move |part| self.parts & part.bit() != 0)
    }

    /// The parts that are hashed, one bit each ([`KeyPart::bit`]); 0 for simhash. With `full`, the only other part that is hashed is
    /// `clock`.
    pub fn mask(self) -> u32 {
        match self.parts & KeyPart::Full.bit() {
            0 => self.parts,
            full => full | self.parts & KeyPart::Clock.bit(),
        }
    }

    /// Whether the key is computed from the observation, which must then be up to date with the state.
    pub fn reads_obs(self) -> bool {
        const READING: u32 = KeyPart::View.bit() | KeyPart::Faced.bit();
        self.simhash > 0 || self.mask() & READING != 0
    }
}

/// Why a text is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("unknown key part '{name}'{hint} Known are {}, joined by '+', or simhash:BITS", known())]
    /// A part has a name that is not one of [`KeyPart::ALL`].
    Unknown {
        /// The name, as written.
        name: String,
        /// The end of the sentence: a full stop, or the closest known name as a question.
        hint: String,
    },
    /// The text is empty.
    #[error("a key has at least one part; known are {}, joined by '+', or simhash:BITS", known())]
    Empty,
    /// A simhash is joined with other parts. The field holds the simhash as written.
    #[error("'{0}' stands alone: a key is either that or parts joined by '+'")]
    Alone(String),
    #[error("simhash:{bits}: a key has 1 to {most} bits", most = simhash::MAX_BITS)]
    /// The number of bits of a simhash is not a number from 1 to [`simhash::MAX_BITS`].
    Bits {
        /// The number, as written.
        bits: String,
    },
}

fn known() -> String {
    KeyPart::ALL.map(KeyPart::name).join(", ")
}

/// The default keys of the worlds of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultKeys {
    /// For bonuses that count.
    pub counts: Key,
    /// For an archive of states that an agent restores.
    pub archive: Key,
    /// For the last states of sequences of actions: what the player carries and where it is, without vitals, clock and creatures.
    pub ends: Key,
    /// For agents that keep a table of all states.
    pub tabular: TabularKey,
}

/// The key by which an agent with a table of all states distinguishes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabularKey {
    /// This key, unless the user gives another one.
    Default(Key),
    /// A key that the user must give.
    Explicit,
    /// No key: there are too many states.
    TooMany,
}

/// Base of the hash seed. The parts of a key change the seed, so keys of different parts begin from different seeds.
const KEY_SEED: u32 = 0x6b65_7973;

/// Hash of a key that is being computed.
#[derive(Clone, Copy, Debug)]
pub struct KeyHash {
    hash: Hash,
    words: u32,
}

impl KeyHash {
    /// Begins a key of these parts, without words.
    #[inline]
    pub fn new(mask: u32) -> KeyHash {
        KeyHash { hash: Hash::new(KEY_SEED ^ mask), words: 0 }
    }

    /// Adds one word to the hash.
    #[inline]
    pub fn word(&mut self, word: u32) {
        self.hash.word(word);
        self.words += 1;
    }

    /// Adds all words of a slice to the hash, in order.
    #[inline]
    pub fn words(&mut self, words: &[u32]) {
        words.iter().for_each(|word| self.word(*word));
    }

    /// Adds the first `n` bytes of `words`. The padding bytes of the last word count as 0.
    #[inline]
    pub fn bytes(&mut self, words: &[u32], n: usize) {
        self.words(&words[..n / 4]);
        let rest = n % 4;
        if rest > 0 {
            self.word(words[n / 4] & ((1 << (8 * rest)) - 1));
        }
    }

    /// Returns the 64-bit key of the words added so far; their number is part of the hash.
    #[inline]
    pub fn end(self) -> u64 {
        self.hash.finish(self.words)
    }
}

/// Byte `k` of an observation.
#[inline]
pub fn obs_byte(obs: &[u32], k: u32) -> u32 {
    obs[(k / 4) as usize] >> (k % 4 * 8) & 255
}

/// Number of words of one key of one instance in a buffer of keys: next state and state, low and high word each.
pub const WORDS: usize = 4;
/// Number of words of a kernel's parameters before the weights of simhash: parts or bits, slot of the key, number of keys.
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

    /// Collisions of 16-bit keys are frequent enough to count: of n random states, n (n - 1) / 2 / 2^16 pairs agree on average, with a
    /// variance below that.
    #[test]
    fn keys_collide_as_often_as_chance_has_it_and_not_more() {
        let n = 20_000usize;
        let pairs = (n * (n - 1) / 2) as f64 / 65536.0;
        let mut stream = Keyed::new([3, 4], 5, 6, 7);
        let random: Vec<u64> = (0..n).map(|_| hash_words(KEY_SEED, &[stream.word(), stream.word(), stream.word()])).collect();
        // States like those of worlds: small numbers that are close to each other.
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
        // The test detects a hash of too few bits.
        let poor: u64 = {
            let mut counts = vec![0u64; 65536];
            random.iter().for_each(|key| counts[(key & 0x7fff) as usize] += 1);
            counts.iter().map(|c| c * c.saturating_sub(1) / 2).sum()
        };
        assert!((poor as f64 - pairs) / pairs.sqrt() > 5.0);
    }
}
