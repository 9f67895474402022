//! State buffers that grow. Each row is a count, then lists with room for a number of entries.
//!
//! The amount of room does not affect results: rows are laid out again when more is needed, and hashes do not depend on it.

use crate::shaders::shared::hash::Hash;

/// The layout of a row of such a buffer: `[count, list 0, list 1 ..]`. Each list is `capacity` words long; its first `count` words are
/// used and the rest are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lists {
    /// Number of lists in a row; all have the same capacity and the same count.
    pub lists: usize,
    /// Maximum number of entries that one step may add. A step begins with room for that many more entries than are used.
    pub step: usize,
    /// Maximum number of entries of a row between steps.
    pub most: usize,
}

/// Rows are hashed as if they had room for this many entries. Entries beyond it are hashed one after the other.
pub const HASHED: usize = 128;

impl Lists {
    /// Number of entries for which a row of `words` words has room.
    #[inline]
    pub fn capacity(self, words: usize) -> usize {
        words.saturating_sub(1) / self.lists
    }

    /// Number of words of a row with room for `capacity` entries.
    #[inline]
    pub fn words(self, capacity: usize) -> usize {
        1 + self.lists * capacity
    }

    /// Number of entries for which a row with `used` entries needs room if it takes `steps` steps before the room is checked again. Each
    /// of these steps begins with at most [`Lists::most`] entries.
    #[inline]
    fn needed(self, used: usize, steps: usize) -> usize {
        let added = steps.saturating_mul(self.step);
        used.saturating_add(added).min(used.max(self.most) + added.min(self.step))
    }

    /// Number of words of a row with `used` entries that has room for `steps` steps.
    pub fn words_for(self, used: usize, steps: usize) -> usize {
        self.words(self.needed(used, steps))
    }

    /// Whether a row has room for `steps` steps.
    #[inline]
    pub fn has_room(self, row: &[u32], steps: usize) -> bool {
        self.needed(row[0] as usize, steps) <= self.capacity(row.len())
    }

    /// Maximum number of entries with which a row of `words` words has room for `steps` steps.
    pub fn room(self, words: usize, steps: usize) -> usize {
        let capacity = self.capacity(words);
        if steps > 0 && capacity >= self.most + self.step {
            return self.most;
        }
        capacity.saturating_sub(steps.saturating_mul(self.step))
    }

    /// Number of entries for which rows get room if one of them uses `used` and there was room for `before`. Room at least doubles up to
    /// [`Lists::most`], so that rows grow rarely.
    pub fn roomier(self, used: usize, before: usize) -> usize {
        used.max((2 * before).min(self.most)).max(1)
    }

    /// Copies a row into a row of any capacity, which must have room for the used entries.
    pub fn lay(self, from: &[u32], to: &mut [u32]) {
        if from.len() == to.len() {
            return to.copy_from_slice(from);
        }
        let (old, new) = (self.capacity(from.len()), self.capacity(to.len()));
        let used = (from[0] as usize).min(old).min(new);
        to.fill(0);
        to[0] = from[0];
        for list in 0..self.lists {
            to[1 + list * new..][..used].copy_from_slice(&from[1 + list * old..][..used]);
        }
    }

    /// Returns the row with room for its used entries and at least [`HASHED`] entries. The result does not depend on the room that the
    /// row had.
    pub fn plain(self, row: &[u32]) -> Vec<u32> {
        let mut plain = vec![0; self.words((row[0] as usize).min(self.capacity(row.len())).max(HASHED))];
        self.lay(row, &mut plain);
        plain
    }

    /// Returns the row with room for exactly its used entries.
    pub fn packed(self, row: &[u32]) -> Vec<u32> {
        let mut packed = vec![0; self.words((row[0] as usize).min(self.capacity(row.len())))];
        self.lay(row, &mut packed);
        packed
    }

    /// Number of words that checksums count for a row, whatever room it has.
    pub fn hashed_words(self) -> usize {
        self.words(HASHED)
    }

    /// Adds a row to a hash.
    pub fn hash(self, hash: &mut Hash, row: &[u32]) {
        let capacity = self.capacity(row.len());
        let (within, used) = (capacity.min(HASHED), (row[0] as usize).min(capacity));
        hash.word(row[0]);
        for list in 0..self.lists {
            hash.words(&row[1 + list * capacity..][..within]);
            (within..HASHED).for_each(|_| hash.word(0));
        }
        for entry in HASHED..used {
            (0..self.lists).for_each(|list| hash.word(row[1 + list * capacity + entry]));
        }
    }

    /// Returns why a row of words from a file is not valid; None if it is valid.
    pub fn misfit(self, row: &[u32]) -> Option<String> {
        if row.is_empty() || !(row.len() - 1).is_multiple_of(self.lists) {
            return Some(format!("{} words are no {} lists of a length", row.len(), self.lists));
        }
        let (used, room) = (row[0] as usize, self.capacity(row.len()));
        if used > room.min(self.most) {
            return Some(format!("{used} entries, of which {} can be", room.min(self.most)));
        }
        let mut lists = row[1..].chunks_exact(room.max(1));
        lists.any(|list| list[used..].iter().any(|word| *word != 0)).then(|| format!("words beyond its {used} entries"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: Lists = Lists { lists: 2, step: 5, most: 400 };

    /// A row of `used` entries with room for `capacity`.
    fn row(used: usize, capacity: usize) -> Vec<u32> {
        let mut row = vec![0; LISTS.words(capacity)];
        row[0] = used as u32;
        for k in 0..used {
            (row[1 + k], row[1 + capacity + k]) = (1000 + k as u32, 5000 + k as u32);
        }
        row
    }

    fn hash_of(row: &[u32]) -> Hash {
        let mut hash = Hash::new(3);
        LISTS.hash(&mut hash, row);
        hash
    }

    #[test]
    fn room_decides_nothing() {
        for used in [0, 1, 60, 128, 129, 300] {
            let small = row(used, used + 1);
            for capacity in [used, used + 7, 128 + used, 999] {
                let large = row(used, capacity);
                let mut laid = vec![7; small.len()];
                LISTS.lay(&large, &mut laid);
                assert_eq!((laid, LISTS.plain(&large)), (small.clone(), LISTS.plain(&small)), "{used} {capacity}");
                assert_eq!(hash_of(&large), hash_of(&small), "{used} {capacity}");
            }
        }
        let mut whole = Hash::new(3);
        whole.words(&row(60, HASHED));
        assert_eq!(hash_of(&row(60, 300)), whole, "as a block of the usual size is hashed");
        let mut other = row(300, 300);
        *other.last_mut().expect("words") += 1;
        assert_ne!(hash_of(&other), hash_of(&row(300, 300)), "every entry counts");
    }

    #[test]
    fn room_is_that_of_the_steps_to_come() {
        assert!(LISTS.has_room(&row(10, 15), 1) && !LISTS.has_room(&row(10, 15), 2) && !LISTS.has_room(&row(11, 15), 1));
        assert_eq!([LISTS.roomier(11, 10), LISTS.roomier(50, 10), LISTS.roomier(390, 300)], [20, 50, 400]);
        assert_eq!(LISTS.words_for(10, 2), LISTS.words(20));
        // Between steps no row holds more than `most` entries, for any number of steps.
        assert_eq!(LISTS.words_for(10, usize::MAX), LISTS.words(LISTS.most + LISTS.step));
        for (used, steps) in [(10, 0), (10, 1), (10, 7), (390, 3), (400, 1), (3, 10_000)] {
            let words = LISTS.words_for(used, steps);
            let room = LISTS.room(words, steps);
            assert!(room >= used && LISTS.has_room(&[&[room as u32][..], &vec![0; words - 1]].concat(), steps), "{used} {steps}");
        }
    }

    #[test]
    fn rows_of_files_are_not_believed() {
        assert_eq!(LISTS.misfit(&row(3, 9)), None);
        let mut beyond = row(3, 9);
        beyond[5] = 1;
        for bad in [vec![], vec![0, 1], row(9, 9).into_iter().map(|w| w + 1).collect(), row(401, 500), beyond] {
            assert!(LISTS.misfit(&bad).is_some(), "{bad:?}");
        }
    }
}
