//! The table of counts that all instances share: open addressing, 64-bit keys, exact for every key and in any order of insertion.
//!
//! A head of [`HEAD`] words, then slots of [`SLOT`] words `[k0, k1, k2, count, before]`. A key is cut into 31, 31 and 2 bits; each part has
//! its highest bit set, so that no part is 0. A part is written once, by compare-exchange from 0, and never changes after that. So all
//! threads that search for a key pass over the same slots and stop at the same one, and no key is in two slots. Between passes a slot that
//! has a first part has all three.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::fixed::c_ln_c_q24;
use super::{Counts, Inserts, Transition};
use crate::shaders::shared::constants::{index, word};
use crate::shaders::shared::hash::hash_words;

const TEXT: &str = include_str!("table.wgsl");

/// Number of slots minus one; the number is a power of two.
pub const MASK: usize = index(TEXT, "TABLE_MASK");
/// Number of slots taken.
pub const USED: usize = index(TEXT, "TABLE_USED");
/// Number of insertions, low and high word.
pub const TOTAL: usize = index(TEXT, "TABLE_TOTAL");
/// Sum over keys of `c ln c` in units of 2^-24, low and high word, as of its last update.
pub const SUM: usize = index(TEXT, "TABLE_SUM");
/// Number of insertions that found no room. If it is not 0, the counts are wrong.
pub const DROPPED: usize = index(TEXT, "TABLE_DROPPED");
/// Words before the slots.
pub const HEAD: usize = index(TEXT, "TABLE_HEAD");

/// Words of a slot.
pub const SLOT: usize = index(TEXT, "TABLE_SLOT");
/// In a slot: number of times that the key was inserted, at most `u32::MAX`.
pub const COUNT: usize = index(TEXT, "TABLE_COUNT");
/// In a slot: its count at the last update of the sum.
pub const BEFORE: usize = index(TEXT, "TABLE_BEFORE");

/// Most slots that a search for a key visits. A table with a free quarter needs a few dozen, unless keys were made to collide.
pub const MAX_PROBES: u32 = word(TEXT, "TABLE_MAX_PROBES");
/// Most slots: the index of every word still fits into a word.
pub const MAX_SLOTS: u32 = 1 << 29;
/// Most insertions for which the sum of `c ln c` fits its 64 bits.
pub const MAX_SUMMED: u64 = 1 << 35;
/// Below this, a count is incremented without a check of the result: too few increments run at once for it to wrap.
const NEAR_FULL: u32 = word(TEXT, "TABLE_NEAR_FULL");

/// Bits of what a transition inserts: the key of the next state.
pub const NEXT_STATE: u32 = word(TEXT, "TABLE_NEXT_STATE");
/// (previous state, action).
pub const CHOICE: u32 = word(TEXT, "TABLE_CHOICE");
/// (previous state, action, next state).
pub const TRANSITION: u32 = word(TEXT, "TABLE_TRANSITION");

const SEED_CHOICE: u32 = word(TEXT, "TABLE_SEED_CHOICE");
const SEED_TRANSITION: u32 = word(TEXT, "TABLE_SEED_TRANSITION");

/// The key of (state, action).
pub fn choice_key(before: u64, action: u32) -> u64 {
    hash_words(SEED_CHOICE, &[before as u32, (before >> 32) as u32, action])
}

/// The key of (state, action, next state).
pub fn transition_key(before: u64, action: u32, key: u64) -> u64 {
    hash_words(SEED_TRANSITION, &[before as u32, (before >> 32) as u32, action, key as u32, (key >> 32) as u32])
}

/// The keys that a transition inserts into a table of `what`.
pub fn keys_of(what: u32, transition: &Transition) -> impl Iterator<Item = u64> + use<> {
    let Transition { key, before, action, .. } = *transition;
    let next_state = (what & NEXT_STATE != 0).then_some(key);
    let choice = (what & CHOICE != 0).then(|| choice_key(before, action));
    let whole = (what & TRANSITION != 0).then(|| transition_key(before, action, key));
    [next_state, choice, whole].into_iter().flatten()
}

/// Returns what the table of a bonus counts for a transition, and for the first state of an episode, to which no action led.
pub fn what(inserts: Inserts) -> (u32, u32) {
    match inserts {
        Inserts::Nothing => (0, 0),
        Inserts::NextState => (NEXT_STATE, NEXT_STATE),
        Inserts::Transition => (CHOICE | TRANSITION, 0),
    }
}

/// Splits a key into its parts.
pub fn parts(key: u64) -> [u32; 3] {
    let (low, high) = (key as u32, (key >> 32) as u32);
    let top = 1 << 31;
    [low | top, (low >> 31 | high << 1) | top, high >> 30 | top]
}

/// Joins the parts of a key.
pub fn whole(parts: [u32; 3]) -> u64 {
    let [a, b, c] = parts.map(|part| u64::from(part & 0x7fff_ffff));
    a | b << 31 | c << 62
}

/// The slot at which a search begins, before it is reduced to the number of slots. Slot k of a search is k further than slot k - 1.
pub fn start(key: u64) -> u32 {
    mix(key as u32 ^ mix((key >> 32) as u32 ^ 0x9e37_79b9))
}

fn mix(word: u32) -> u32 {
    let mut h = word;
    h = (h ^ h >> 16).wrapping_mul(0x7feb_352d);
    h = (h ^ h >> 15).wrapping_mul(0x846c_a68b);
    h ^ h >> 16
}

/// Words of a table of `slots` slots.
pub fn words_of(slots: u32) -> usize {
    HEAD + slots as usize * SLOT
}

/// The table in host memory, which many threads can use.
#[derive(Debug)]
pub struct Table {
    words: Vec<AtomicU32>,
}

impl Table {
    /// Creates an empty table.
    ///
    /// # Panics
    /// If `slots` is not a power of two or is above [`MAX_SLOTS`].
    pub fn new(slots: u32) -> Table {
        assert!(slots.is_power_of_two() && slots <= MAX_SLOTS, "{slots} slots");
        let mut words = vec![0; words_of(slots)];
        words[MASK] = slots - 1;
        Table::from_words(words)
    }

    /// Creates a table from the words of another one.
    pub fn from_words(words: Vec<u32>) -> Table {
        Table { words: words.into_iter().map(AtomicU32::new).collect() }
    }

    /// A copy of all words: the head, then the slots.
    pub fn words(&self) -> Vec<u32> {
        self.words.iter().map(|word| word.load(Relaxed)).collect()
    }

    /// The words before the slots.
    pub fn head(&self) -> Vec<u32> {
        self.words[..HEAD].iter().map(|word| word.load(Relaxed)).collect()
    }

    /// Adds 1 to the count of each of `keys`, as a workgroup of the kernel does for its instances. A key without room is counted as lost.
    pub fn insert(&self, keys: impl IntoIterator<Item = u64>) {
        let mut inserted = 0;
        for key in keys {
            inserted += u32::from(self.add(key));
        }
        self.add_pair(TOTAL, u64::from(inserted));
    }

    /// The work of one invocation for one key; returns false if there is no room.
    fn add(&self, key: u64) -> bool {
        let Some(at) = self.take(key) else {
            self.words[DROPPED].fetch_add(1, Relaxed);
            return false;
        };
        let count = &self.words[at + COUNT];
        let mut old = count.load(Relaxed);
        if old < NEAR_FULL {
            count.fetch_add(1, Relaxed);
            return true;
        }
        while old != u32::MAX {
            match count.compare_exchange_weak(old, old + 1, Relaxed, Relaxed) {
                Ok(_) => break,
                Err(now) => old = now,
            }
        }
        true
    }

    /// Adds 1 to the count of the key whose slot begins at `at`. No other thread may use that key at the same time.
    pub fn add_alone(&self, at: usize) {
        let count = &self.words[at + COUNT];
        count.store(count.load(Relaxed).saturating_add(1), Relaxed);
    }

    /// Number of times that the key whose slot begins at `at` was inserted.
    pub fn count_at(&self, at: usize) -> u32 {
        self.words[at + COUNT].load(Relaxed)
    }

    /// Returns the growth of the sum for the key whose slot begins at `at`, and marks the slot as up to date.
    pub fn sum_growth_at(&self, at: usize) -> u64 {
        let count = self.words[at + COUNT].load(Relaxed);
        let old = self.words[at + BEFORE].swap(count, Relaxed);
        if old == count { 0 } else { c_ln_c_q24(count).wrapping_sub(c_ln_c_q24(old)) }
    }

    /// Adds to the head what was done slot by slot: insertions, the growth of the sum, keys that found no room.
    pub fn grow_head(&self, inserted: u64, sum: u64, lost: u32) {
        self.add_pair(TOTAL, inserted);
        self.add_pair(SUM, sum);
        self.words[DROPPED].fetch_add(lost, Relaxed);
    }

    /// Returns the index of the slot of `key`. A key without a slot takes a free one; None if there is no room.
    pub fn take(&self, key: u64) -> Option<usize> {
        let parts = parts(key);
        let mask = self.words[MASK].load(Relaxed);
        let mut slot = start(key) & mask;
        for k in 0..MAX_PROBES {
            if k > mask {
                break;
            }
            let at = at(slot);
            if self.claim(at, parts[0]) != SlotClaim::Other && self.claim(at + 1, parts[1]) != SlotClaim::Other {
                let last = self.claim(at + 2, parts[2]);
                if last == SlotClaim::New {
                    self.words[USED].fetch_add(1, Relaxed);
                }
                if last != SlotClaim::Other {
                    return Some(at);
                }
            }
            slot = slot.wrapping_add(k + 1) & mask;
        }
        None
    }

    /// Sets a part of a key if it is not set.
    fn claim(&self, at: usize, part: u32) -> SlotClaim {
        let mut there = self.words[at].load(Relaxed);
        while there == 0 {
            match self.words[at].compare_exchange_weak(0, part, Relaxed, Relaxed) {
                Ok(_) => return SlotClaim::New,
                Err(now) => there = now,
            }
        }
        if there == part { SlotClaim::Same } else { SlotClaim::Other }
    }

    /// Adds the growth of the count of `key` since the last update to the sum. The first call for a key adds all of it.
    pub fn update_sum(&self, key: u64) {
        let more = self.find(key).map_or(0, |at| self.sum_growth_at(at));
        if more != 0 {
            self.add_pair(SUM, more);
        }
    }

    /// Adds to a number of two words. The carry is added separately, so the number is right once all threads have added.
    fn add_pair(&self, at: usize, more: u64) {
        let low = more as u32;
        let before = self.words[at].fetch_add(low, Relaxed);
        let carry = u32::from(before.wrapping_add(low) < low);
        let high = ((more >> 32) as u32).wrapping_add(carry);
        if high != 0 {
            self.words[at + 1].fetch_add(high, Relaxed);
        }
    }

    /// Returns the index of the slot of `key`, if it has one.
    fn find(&self, key: u64) -> Option<usize> {
        let parts = parts(key);
        let mask = self.words[MASK].load(Relaxed);
        let mut slot = start(key) & mask;
        for k in 0..MAX_PROBES {
            let at = at(slot);
            let there = [0, 1, 2].map(|p| self.words[at + p].load(Relaxed));
            if k > mask || there[0] == 0 {
                break;
            }
            if there == parts {
                return Some(at);
            }
            slot = slot.wrapping_add(k + 1) & mask;
        }
        None
    }

    fn pair(&self, at: usize) -> u64 {
        u64::from(self.words[at].load(Relaxed)) | u64::from(self.words[at + 1].load(Relaxed)) << 32
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SlotClaim {
    New,
    Same,
    Other,
}

fn at(slot: u32) -> usize {
    HEAD + slot as usize * SLOT
}

impl Counts for Table {
    fn count(&self, key: u64) -> u32 {
        self.find(key).map_or(0, |at| self.words[at + COUNT].load(Relaxed))
    }

    fn total(&self) -> u64 {
        self.pair(TOTAL)
    }

    fn sum_c_ln_c(&self) -> u64 {
        self.pair(SUM)
    }
}
