//! Coverage and unlocks over time.

use std::collections::BTreeSet;

/// The distinct states, counted visit by visit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Discovery {
    seen: BTreeSet<u64>,
    /// Number of the visit (from 1) at which each new state was seen; 0 for states seen before the first visit.
    new_at: Vec<u64>,
    visits: u64,
    sum: u64,
}

impl Discovery {
    /// Adds a state that no step led to, such as the first of an episode. It counts as seen, but not as a visit.
    pub fn begin(&mut self, state: u64) {
        if self.seen.insert(state) {
            self.new_at.push(self.visits);
        }
    }

    /// Adds a state that a step led to.
    pub fn visit(&mut self, state: u64) {
        self.visits += 1;
        self.begin(state);
        self.sum += self.unique();
    }

    /// Returns U, the number of distinct states seen so far.
    pub fn unique(&self) -> u64 {
        self.new_at.len() as u64
    }

    /// Area under the curve of discovery: the mean over visits of U, as a share of `reachable` states. None without a visit or a reachable
    /// state.
    pub fn area(&self, reachable: u64) -> Option<f64> {
        (self.visits > 0 && reachable > 0).then(|| self.sum as f64 / self.visits as f64 / reachable as f64)
    }

    /// Steps until at least `share` of `reachable` states were seen. None if they never were.
    pub fn steps_to(&self, share: f64, reachable: u64) -> Option<u64> {
        let needed = (share * reachable as f64).ceil().max(1.0) as usize;
        self.new_at.get(needed - 1).copied()
    }
}

/// When each of an environment's achievements was first unlocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlocks {
    first: Vec<Option<u64>>,
    mask: u64,
}

/// Largest number of achievements: the bits of a word.
pub const MAX_ACHIEVEMENTS: usize = u64::BITS as usize;

impl Unlocks {
    /// Creates a record of `achievements` achievements (at most [`MAX_ACHIEVEMENTS`]), none of them unlocked.
    pub fn new(achievements: usize) -> Unlocks {
        Unlocks { first: vec![None; achievements.min(MAX_ACHIEVEMENTS)], mask: 0 }
    }

    /// Adds that after `step` steps the achievements in `mask` (bit a: achievement a) are unlocked in the current episode.
    pub fn see(&mut self, mask: u64, step: u64) {
        let mut new = mask & !self.mask;
        self.mask |= mask;
        while new != 0 {
            if let Some(first) = self.first.get_mut(new.trailing_zeros() as usize) {
                *first = Some(step);
            }
            new &= new - 1;
        }
    }

    /// Number of distinct achievements unlocked, over all episodes.
    pub fn distinct(&self) -> u32 {
        self.mask.count_ones()
    }

    /// Steps until the first unlock of each achievement. None if it was not unlocked within the record.
    pub fn first(&self) -> &[Option<u64>] {
        &self.first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_the_one_worked_by_hand() {
        let mut found = Discovery::default();
        [7, 8, 8, 9, 5].into_iter().for_each(|state| found.visit(state));
        // U = 1, 2, 2, 3, 4 of 16.
        assert_eq!(found.area(16), Some(0.15));
        assert_eq!(found.unique(), 4);
        for (share, steps) in [(0.0, Some(1)), (0.05, Some(1)), (0.125, Some(2)), (0.15, Some(4)), (0.25, Some(5)), (0.3, None)] {
            assert_eq!(found.steps_to(share, 16), steps, "{share}");
        }
        assert_eq!(Discovery::default().area(16), None);
    }

    #[test]
    fn the_first_state_counts_and_takes_no_time() {
        let mut found = Discovery::default();
        found.begin(1);
        found.visit(1);
        found.visit(2);
        found.begin(3);
        assert_eq!((found.unique(), found.area(4)), (3, Some(0.375)));
        assert_eq!((found.steps_to(0.25, 4), found.steps_to(0.5, 4), found.steps_to(0.75, 4)), (Some(0), Some(2), Some(2)));
    }

    #[test]
    fn unlocks_keep_their_first_step_over_episodes() {
        let mut unlocks = Unlocks::new(3);
        for (mask, step) in [(0, 1), (0b100, 2), (0b101, 3), (0, 4), (0b001, 9)] {
            unlocks.see(mask, step);
        }
        assert_eq!((unlocks.distinct(), unlocks.first()), (2, &[Some(3), None, Some(2)][..]));
    }
}
