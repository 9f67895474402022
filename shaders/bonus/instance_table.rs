//! The table of counts of one instance, for an episode or for the whole run: open addressing without atomics.
//!
//! A head of [`HEAD`] words, then slots of [`SLOT`] words `[low, high, epoch, count]`; their number is a power of two. A slot is live if
//! its epoch is the table's and its count is not 0. So words that are all zero are an empty table, and one addition empties a table.

use super::fixed::c_ln_c_q24;
use super::table::start;
use crate::shaders::shared::constants::index;

const TEXT: &str = include_str!("instance_table.wgsl");

/// Times that the table was emptied, modulo 2^32.
pub const EPOCH: usize = index(TEXT, "INSTANCE_TABLE_EPOCH");
/// Number of live slots.
pub const USED: usize = index(TEXT, "INSTANCE_TABLE_USED");
/// Number of insertions, low and high word.
pub const TOTAL: usize = index(TEXT, "INSTANCE_TABLE_TOTAL");
/// Sum over keys of `c ln c` in units of 2^-24, low and high word; [`grow_sum`] updates it.
pub const SUM: usize = index(TEXT, "INSTANCE_TABLE_SUM");
/// 1 once an insertion found no room.
pub const FULL: usize = index(TEXT, "INSTANCE_TABLE_FULL");
/// Words before the slots.
pub const HEAD: usize = index(TEXT, "INSTANCE_TABLE_HEAD");

/// Words of a slot.
pub const SLOT: usize = index(TEXT, "INSTANCE_TABLE_SLOT");
/// Least slots of a table.
pub const MIN_SLOTS: u32 = 8;
/// Most slots of a table: 1 GiB an instance is more than any device offers.
pub const MAX_SLOTS: u32 = 1 << 26;

/// Words of a table of `slots` slots.
pub fn words_of(slots: u32) -> usize {
    HEAD + slots as usize * SLOT
}

/// Whether a table may have so many slots.
pub fn are_slots(slots: u32) -> bool {
    slots.is_power_of_two() && (MIN_SLOTS..=MAX_SLOTS).contains(&slots)
}

/// Checks the slots of the tables of a bonus (whether it has the table, its slots).
///
/// # Errors
/// Which numbers are allowed.
pub fn check(tables: &[(bool, u32)]) -> Result<(), String> {
    match tables.iter().find(|(has, slots)| *has && !are_slots(*slots)) {
        Some((_, slots)) => {
            Err(format!("{slots} slots: a table of an instance has a power of two between {MIN_SLOTS} and {MAX_SLOTS}"))
        }
        None => Ok(()),
    }
}

/// Slots that may be taken: all but an eighth.
pub fn max_used(slots: u32) -> u32 {
    slots - slots / 8
}

/// Removes all keys. If the epoch would wrap around, all words are set to 0, because slots of the first epochs would be live again.
pub fn clear(memory: &mut [u32], slots: u32) {
    if memory[EPOCH] == u32::MAX {
        for word in &mut memory[..words_of(slots)] {
            *word = 0;
        }
        return;
    }
    memory[EPOCH] += 1;
    for word in &mut memory[USED..HEAD] {
        *word = 0;
    }
}

/// Index of the slot of `key`, or else of a free one.
fn find(memory: &[u32], slots: u32, key: u64) -> usize {
    let (low, high) = (key as u32, (key >> 32) as u32);
    let mut slot = start(key) & (slots - 1);
    let mut k = 0;
    loop {
        let at = HEAD + slot as usize * SLOT;
        if !is_live(memory, at) || (memory[at] == low && memory[at + 1] == high) {
            return at;
        }
        k += 1;
        slot = (slot + k) & (slots - 1);
    }
}

fn is_live(memory: &[u32], at: usize) -> bool {
    memory[at + 2] == memory[EPOCH] && memory[at + 3] != 0
}

/// Times that `key` was inserted.
pub fn count(memory: &[u32], slots: u32, key: u64) -> u32 {
    let at = find(memory, slots, key);
    if is_live(memory, at) {
        return memory[at + 3];
    }
    0
}

/// Whether `key` can be inserted, and no earlier insertion failed.
pub fn has_room(memory: &[u32], slots: u32, key: u64) -> bool {
    has_room_for(memory, slots, u32::from(count(memory, slots, key) == 0))
}

/// Whether `new` keys that are not in the table can be inserted, and no earlier insertion failed.
pub fn has_room_for(memory: &[u32], slots: u32, new: u32) -> bool {
    memory[FULL] == 0 && memory[USED] + new <= max_used(slots)
}

/// Inserts `key`. Returns its count after that. If there is no room, sets [`FULL`] and returns 0.
pub fn add(memory: &mut [u32], slots: u32, key: u64) -> u32 {
    let at = find(memory, slots, key);
    if !is_live(memory, at) {
        if memory[USED] >= max_used(slots) {
            memory[FULL] = 1;
            return 0;
        }
        memory[USED] += 1;
        memory[at] = key as u32;
        memory[at + 1] = (key >> 32) as u32;
        memory[at + 2] = memory[EPOCH];
        memory[at + 3] = 0;
    }
    memory[at + 3] = memory[at + 3].saturating_add(1);
    memory[TOTAL] = memory[TOTAL].wrapping_add(1);
    if memory[TOTAL] == 0 {
        memory[TOTAL + 1] = memory[TOTAL + 1].wrapping_add(1);
    }
    memory[at + 3]
}

/// Updates the sum for a key whose count went from `before` to `after`.
pub fn grow_sum(memory: &mut [u32], before: u32, after: u32) {
    let more = c_ln_c_q24(after).wrapping_sub(c_ln_c_q24(before));
    let grown = sum(memory).wrapping_add(more);
    memory[SUM] = grown as u32;
    memory[SUM + 1] = (grown >> 32) as u32;
}

/// Number of insertions of all keys.
pub fn total(memory: &[u32]) -> u64 {
    u64::from(memory[TOTAL]) | u64::from(memory[TOTAL + 1]) << 32
}

/// Sum over keys of `c ln c`, in units of 2^-24.
pub fn sum(memory: &[u32]) -> u64 {
    u64::from(memory[SUM]) | u64::from(memory[SUM + 1]) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_every_key_and_forgets_them_all() {
        let slots = 16;
        let mut memory = vec![0; words_of(slots)];
        let keys = [0, u64::MAX, 1, 1 << 32, 1 << 63, 5];
        for round in 1..=3u32 {
            for key in keys {
                assert!(has_room(&memory, slots, key));
                assert_eq!(add(&mut memory, slots, key), round);
            }
        }
        assert_eq!((memory[USED], total(&memory), count(&memory, slots, 7)), (6, 18, 0));
        clear(&mut memory, slots);
        assert!(keys.iter().all(|key| count(&memory, slots, *key) == 0));
        assert_eq!((add(&mut memory, slots, 0), memory[USED], total(&memory)), (1, 1, 1));
    }

    #[test]
    fn an_epoch_that_comes_round_revives_nothing() {
        let slots = 8;
        let mut memory = vec![0; words_of(slots)];
        add(&mut memory, slots, 42);
        // A key that was inserted in epoch 0 would be live again after 2^32 clearings.
        memory[EPOCH] = u32::MAX - 1;
        clear(&mut memory, slots);
        assert_eq!((memory[EPOCH], add(&mut memory, slots, 43)), (u32::MAX, 1));
        clear(&mut memory, slots);
        assert_eq!((memory[EPOCH], count(&memory, slots, 42), count(&memory, slots, 43)), (0, 0, 0));
        assert_eq!(add(&mut memory, slots, 42), 1);
    }

    #[test]
    fn a_full_table_says_so_and_keeps_what_it_has() {
        let slots = 8;
        let mut memory = vec![0; words_of(slots)];
        for key in 0..7 {
            assert_eq!(add(&mut memory, slots, key), 1);
        }
        let before = memory.clone();
        assert!(!has_room(&memory, slots, 7) && has_room(&memory, slots, 6));
        assert_eq!(memory, before);
        assert_eq!((add(&mut memory, slots, 7), memory[FULL]), (0, 1));
        assert_eq!(memory[HEAD..], before[HEAD..]);
        assert!(!has_room(&memory, slots, 6), "the loss is reported by whoever comes next");
    }

    #[test]
    fn counts_stay_at_the_most_a_word_holds() {
        let mut memory = vec![0; words_of(8)];
        add(&mut memory, 8, 9);
        let at = find(&memory, 8, 9);
        memory[at + 3] = u32::MAX - 1;
        memory[TOTAL] = u32::MAX;
        assert_eq!((add(&mut memory, 8, 9), add(&mut memory, 8, 9), total(&memory)), (u32::MAX, u32::MAX, (1 << 32) + 1));
    }
}
