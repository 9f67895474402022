//! Room in tables of counts. Kernels cannot enlarge a table. Before each submission, the host therefore checks whether all possible
//! insertions will find room, and rebuilds the table with more slots if not. Tables are words here, in the layout that they have on a GPU.

use crate::shaders::bonus::{instance_table, table};

/// Errors of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The table would have to be larger than is allowed.
    #[error(
        "the table of counts has {used} keys; for {more} more it would need {bytes} bytes, and {most} are allowed: \
         take a coarser key, fewer instances or fewer steps"
    )]
    Large {
        /// Keys in the table.
        used: u64,
        /// Keys that may still be inserted.
        more: u64,
        /// Bytes that the larger table would take.
        bytes: u64,
        /// Bytes that a table may take.
        most: u64,
    },

    /// Insertions found no room, so the counts are wrong.
    #[error("{lost} insertions into the table of counts found no room among {slots} slots with {used} keys")]
    Lost {
        /// Insertions that were not counted.
        lost: u32,
        /// Slots of the table.
        slots: u32,
        /// Slots taken.
        used: u32,
    },

    /// The sum of `c ln c` would not fit its words.
    #[error("{total} insertions: the entropy of a table of counts is kept for {most} at most", most = table::MAX_SUMMED)]
    Summed {
        /// Insertions so far and those that may still come.
        total: u64,
    },
}

/// How full a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Slots taken: distinct keys.
    pub used: u32,
    /// Slots of the table, a power of two.
    pub slots: u32,
    /// Insertions that found no room.
    pub lost: u32,
    /// Insertions of all keys.
    pub total: u64,
}

/// Reads the fill from the head of a shared table, its first [`table::HEAD`] words.
pub fn fill(head: &[u32]) -> Fill {
    Fill {
        used: head[table::USED],
        slots: head[table::MASK] + 1,
        lost: head[table::DROPPED],
        total: u64::from(head[table::TOTAL]) | u64::from(head[table::TOTAL + 1]) << 32,
    }
}

/// An empty shared table.
pub fn empty(slots: u32) -> Vec<u32> {
    let mut words = vec![0; table::words_of(slots)];
    words[table::MASK] = slots - 1;
    words
}

impl Fill {
    /// Checks whether `more` insertions, all of new keys, would leave a quarter of the slots free. Returns None if so, else the number of
    /// slots that a larger table needs, at least twice as many. `most_bytes` is the most that the table may take.
    ///
    /// # Errors
    /// [`TableError::Lost`] if insertions were lost already, [`TableError::Large`] if the table would become too large,
    /// [`TableError::Summed`] if the table `sums` and there would be too many insertions for the sum.
    pub fn room_for(&self, more: u64, sums: bool, most_bytes: u64) -> Result<Option<u32>, TableError> {
        if self.lost > 0 {
            return Err(TableError::Lost { lost: self.lost, slots: self.slots, used: self.used });
        }
        if sums && self.total.saturating_add(more) > table::MAX_SUMMED {
            return Err(TableError::Summed { total: self.total.saturating_add(more) });
        }
        let keys = u64::from(self.used).saturating_add(more);
        if keys <= max_keys(self.slots) {
            return Ok(None);
        }
        let slots = (keys.saturating_mul(4).div_ceil(3)).checked_next_power_of_two().unwrap_or(1 << 63);
        let bytes = slots.saturating_mul(table::SLOT as u64 * 4).saturating_add(table::HEAD as u64 * 4);
        let most = most_bytes.min(table::words_of(table::MAX_SLOTS) as u64 * 4);
        if bytes > most {
            return Err(TableError::Large { used: u64::from(self.used), more, bytes, most });
        }
        Ok(Some(slots as u32))
    }
}

/// Most keys of a table with `slots` slots: three quarters.
pub fn max_keys(slots: u32) -> u64 {
    u64::from(slots) * 3 / 4
}

/// Returns the shared table with `slots` slots and with the same keys, counts and sums.
///
/// # Panics
/// If its keys do not fit into `slots` slots, or `slots` is not a power of two.
pub fn rebuild(words: &[u32], slots: u32) -> Vec<u32> {
    assert!(slots.is_power_of_two() && slots <= table::MAX_SLOTS, "{slots} slots");
    let mut rebuilt = vec![0; table::words_of(slots)];
    rebuilt[..table::HEAD].copy_from_slice(&words[..table::HEAD]);
    rebuilt[table::MASK] = slots - 1;
    for slot in words[table::HEAD..].chunks_exact(table::SLOT).filter(|slot| slot[0] != 0) {
        let key = table::whole([slot[0], slot[1], slot[2]]);
        let at = free_slot(slots, table::start(key), |slot| rebuilt[table::HEAD + slot * table::SLOT] == 0);
        let at = table::HEAD + at * table::SLOT;
        rebuilt[at..at + table::SLOT].copy_from_slice(slot);
    }
    rebuilt
}

/// Returns the table of an instance with `slots` slots and with the same live keys and counts.
///
/// # Panics
/// If its keys do not fit, or this number of slots is not allowed.
pub fn rebuild_instance_table(words: &[u32], slots: u32) -> Vec<u32> {
    assert!(
        instance_table::are_slots(slots) && words[instance_table::USED] <= instance_table::max_used(slots),
        "{} keys, {slots} slots",
        words[instance_table::USED]
    );
    let mut rebuilt = vec![0; instance_table::words_of(slots)];
    rebuilt[..instance_table::HEAD].copy_from_slice(&words[..instance_table::HEAD]);
    let live = |slot: &[u32]| slot[2] == words[instance_table::EPOCH] && slot[3] != 0;
    for slot in words[instance_table::HEAD..].chunks_exact(instance_table::SLOT).filter(|slot| live(slot)) {
        let key = u64::from(slot[0]) | u64::from(slot[1]) << 32;
        let at = free_slot(slots, table::start(key), |slot| rebuilt[instance_table::HEAD + slot * instance_table::SLOT + 3] == 0);
        let at = instance_table::HEAD + at * instance_table::SLOT;
        rebuilt[at..at + instance_table::SLOT].copy_from_slice(slot);
    }
    rebuilt
}

/// The first free slot of the probe sequence from `start`.
fn free_slot(slots: u32, start: u32, is_free: impl Fn(usize) -> bool) -> usize {
    let mut slot = start & (slots - 1);
    for k in 1..=slots {
        if is_free(slot as usize) {
            return slot as usize;
        }
        slot = slot.wrapping_add(k) & (slots - 1);
    }
    panic!("no free slot among {slots}");
}

/// Keys of a shared table with their counts, by key.
pub fn contents(words: &[u32]) -> Vec<(u64, u32)> {
    let taken = words[table::HEAD..].chunks_exact(table::SLOT).filter(|slot| slot[0] != 0);
    let mut contents: Vec<(u64, u32)> =
        taken.map(|slot| (table::whole([slot[0], slot[1], slot[2]]), slot[table::COUNT])).collect();
    contents.sort_unstable();
    contents
}

#[cfg(test)]
mod tests;
