//! The table of counts that all instances share: open addressing, 64-bit keys, exact for every key and in any order of insertion.
//!
//! A head of [`HEAD`] words, then slots of [`SLOT`] words `[k0, k1, k2, count, before]`. A key is cut into 31, 31 and 2 bits; each part has
//! its highest bit set, so that no part is 0. A part is written once, by compare-exchange from 0. Whoever finds another part there, now
//! or in a later pass, finds it forever: all who look for a key pass over the same slots and stop at the same one, and no key is in two.
//! Between passes a slot that has a first part has all three.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::fixed::c_ln_c_q24;
use super::{Counts, Inserts, Transition};
use crate::shaders::shared::constants::{index, word};
use crate::shaders::shared::hash::hash_words;

const TEXT: &str = include_str!("table.wgsl");

/// Slots less one; their number is a power of two.
pub const MASK: usize = index(TEXT, "TABLE_MASK");
/// Slots taken.
pub const USED: usize = index(TEXT, "TABLE_USED");
/// Insertions, low and high word.
pub const TOTAL: usize = index(TEXT, "TABLE_TOTAL");
/// Sum over keys of `c ln c` in units of 2^-24, low and high word, as of the last settling.
pub const SUM: usize = index(TEXT, "TABLE_SUM");
/// Insertions that found no room: then the counts are wrong.
pub const DROPPED: usize = index(TEXT, "TABLE_DROPPED");
/// Words before the slots.
pub const HEAD: usize = index(TEXT, "TABLE_HEAD");

/// Words of a slot.
pub const SLOT: usize = index(TEXT, "TABLE_SLOT");
/// In a slot: times that the key was inserted, at most `u32::MAX`.
pub const COUNT: usize = index(TEXT, "TABLE_COUNT");
/// In a slot: its count at the last settling.
pub const BEFORE: usize = index(TEXT, "TABLE_BEFORE");

/// Slots looked at for a key. A table with a free quarter needs a few dozen, unless keys were made to collide.
pub const MAX_PROBES: u32 = word(TEXT, "TABLE_MAX_PROBES");
/// Most slots: a word's place still fits a word.
pub const MAX_SLOTS: u32 = 1 << 29;
/// Most insertions for which the sum of `c ln c` fits its 64 bits.
pub const MAX_SUMMED: u64 = 1 << 35;
/// A count is added to without a look at the result below this: not so many arrive at once that it could wrap.
const NEAR_FULL: u32 = word(TEXT, "TABLE_NEAR_FULL");

/// What a transition inserts, bits: the key of the state arrived at.
pub const NEXT_STATE: u32 = word(TEXT, "TABLE_NEXT_STATE");
/// (state departed from, action).
pub const CHOICE: u32 = word(TEXT, "TABLE_CHOICE");
/// (state departed from, action, state arrived at).
pub const TRANSITION: u32 = word(TEXT, "TABLE_TRANSITION");

const SEED_CHOICE: u32 = word(TEXT, "TABLE_SEED_CHOICE");
const SEED_TRANSITION: u32 = word(TEXT, "TABLE_SEED_TRANSITION");

/// The key of (state, action).
pub fn choice_key(before: u64, action: u32) -> u64 {
    hash_words(SEED_CHOICE, &[before as u32, (before >> 32) as u32, action])
}

/// The key of (state, action, state arrived at).
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

/// What the table of a bonus counts of a transition, and of a state that an episode begins with, where nothing was done.
pub fn what(inserts: Inserts) -> (u32, u32) {
    match inserts {
        Inserts::Nothing => (0, 0),
        Inserts::NextState => (NEXT_STATE, NEXT_STATE),
        Inserts::Transition => (CHOICE | TRANSITION, 0),
    }
}

/// The parts of a key.
pub fn parts(key: u64) -> [u32; 3] {
    let (low, high) = (key as u32, (key >> 32) as u32);
    let top = 1 << 31;
    [low | top, (low >> 31 | high << 1) | top, high >> 30 | top]
}

/// The key of three parts.
pub fn whole(parts: [u32; 3]) -> u64 {
    let [a, b, c] = parts.map(|part| u64::from(part & 0x7fff_ffff));
    a | b << 31 | c << 62
}

/// The slot at which a search begins, before it is cut to the number of slots. Slot k of a search is k further than slot k - 1.
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

/// The table in host memory, for many threads.
#[derive(Debug)]
pub struct Table {
    words: Vec<AtomicU32>,
}

impl Table {
    /// Without a key.
    ///
    /// # Panics
    /// If `slots` is no power of two or above [`MAX_SLOTS`].
    pub fn new(slots: u32) -> Table {
        assert!(slots.is_power_of_two() && slots <= MAX_SLOTS, "{slots} slots");
        let mut words = vec![0; words_of(slots)];
        words[MASK] = slots - 1;
        Table::from_words(words)
    }

    /// The table that another one's words say.
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

    /// Counts each of `keys` once more, as a group of the kernel does for its instances. A key without room is counted as lost.
    pub fn insert(&self, keys: impl IntoIterator<Item = u64>) {
        let mut inserted = 0;
        for key in keys {
            inserted += u32::from(self.add(key));
        }
        self.add_pair(TOTAL, u64::from(inserted));
    }

    /// One invocation for one key; false if there is no room.
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

    /// Counts the key whose slot begins at `at` once more, by a thread that alone has to do with that key.
    pub fn add_alone(&self, at: usize) {
        let count = &self.words[at + COUNT];
        count.store(count.load(Relaxed).saturating_add(1), Relaxed);
    }

    /// Times that the key whose slot begins at `at` was inserted.
    pub fn count_at(&self, at: usize) -> u32 {
        self.words[at + COUNT].load(Relaxed)
    }

    /// What the sum has to grow by for the key whose slot begins at `at`, which is up to date afterwards.
    pub fn sum_growth_at(&self, at: usize) -> u64 {
        let count = self.words[at + COUNT].load(Relaxed);
        let old = self.words[at + BEFORE].swap(count, Relaxed);
        if old == count { 0 } else { c_ln_c_q24(count).wrapping_sub(c_ln_c_q24(old)) }
    }

    /// Takes into the head what was done slot by slot: insertions, what the sum has grown by, keys that found no room.
    pub fn grow_head(&self, inserted: u64, sum: u64, lost: u32) {
        self.add_pair(TOTAL, inserted);
        self.add_pair(SUM, sum);
        self.words[DROPPED].fetch_add(lost, Relaxed);
    }

    /// Where the slot of `key` begins; it takes a free one if it has none.
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

    /// Sets a part that is not set.
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

    /// Adds to the sum what the count of `key` has grown by since the last settling: whoever comes first adds all of it.
    pub fn update_sum(&self, key: u64) {
        let more = self.find(key).map_or(0, |at| self.sum_growth_at(at));
        if more != 0 {
            self.add_pair(SUM, more);
        }
    }

    /// Adds to a number of two words: as the carry goes by itself, the sum is right once all have added.
    fn add_pair(&self, at: usize, more: u64) {
        let low = more as u32;
        let before = self.words[at].fetch_add(low, Relaxed);
        let carry = u32::from(before.wrapping_add(low) < low);
        let high = ((more >> 32) as u32).wrapping_add(carry);
        if high != 0 {
            self.words[at + 1].fetch_add(high, Relaxed);
        }
    }

    /// Where the slot of `key` begins, if it has one.
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
