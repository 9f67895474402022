//! Keyframes: stored states of a replay. A seek starts from the last keyframe before its row.

use std::collections::BTreeMap;

use crate::sim::ReplayState;
use crate::traces::player::Cause;
use crate::traces::room;

/// Default limit of the memory for keyframes, in bytes.
pub const DEFAULT_KEYFRAME_BYTES: usize = 64 << 20;
/// Default work between keyframes at the start, in steps.
pub const DEFAULT_KEYFRAME_INTERVAL: u64 = 64;
/// Work of a reset, in steps. A Crafter world takes as long to generate (0.4 ms) as this many steps; other worlds take less.
const RESET_WORK: u64 = 256;
/// Bytes of memory for an entry, without the state.
const ENTRY_BYTES: usize = 32;
/// Number of keyframes between checks of the available memory.
const LOOK_EVERY: usize = 64;

/// Returns the work of replaying a row, in steps.
pub fn work(cause: &Cause) -> u64 {
    match cause {
        Cause::Action(_) => 1,
        Cause::Reset => RESET_WORK,
        Cause::Restored(origin) => RESET_WORK + origin.history.len() as u64,
    }
}

/// Keyframes of one instance, by row. If they need more memory than the budget or than is available, every second keyframe is dropped and
/// the interval is doubled.
#[derive(Clone, Debug)]
pub struct Keyframes {
    states: BTreeMap<u64, ReplayState>,
    bytes: usize,
    budget: usize,
    interval: u64,
    /// Work since the last keyframe, in steps.
    since: u64,
    /// Number of keyframes made so far.
    made: usize,
}

impl Keyframes {
    pub fn new(budget: usize, interval: u64) -> Keyframes {
        Keyframes { states: BTreeMap::new(), bytes: 0, budget, interval: interval.max(1), since: 0, made: 0 }
    }

    /// Whether a keyframe is due after row `row`, whose replay took `work`. None is due for rows up to the last keyframe.
    pub fn is_due(&mut self, row: u64, work: u64) -> bool {
        if self.last().is_some_and(|(last, _)| row <= last) {
            return false;
        }
        self.since = self.since.saturating_add(work);
        self.since >= self.interval
    }

    /// Stores the state of row `row`, which must come after all stored rows.
    pub fn push(&mut self, row: u64, state: ReplayState) {
        self.since = 0;
        self.made += 1;
        self.bytes += bytes_of(&state);
        self.states.insert(row, state);
        let short = self.made.is_multiple_of(LOOK_EVERY) && room::check("keyframes", LOOK_EVERY as u64, self.mean()).is_err();
        if short {
            self.thin();
        }
        while self.bytes > self.budget && !self.states.is_empty() {
            self.thin();
        }
    }

    /// Doubles the interval and drops every second keyframe, but not the first. A single keyframe is dropped.
    fn thin(&mut self) {
        self.interval = self.interval.saturating_mul(2);
        let (mut k, alone) = (0, self.states.len() == 1);
        self.states.retain(|_, _| {
            k += 1;
            k % 2 == 1 && !alone
        });
        self.bytes = self.states.values().map(bytes_of).sum();
    }

    fn mean(&self) -> u64 {
        (self.bytes / self.states.len().max(1)) as u64
    }

    /// Returns the last keyframe at or before `row`.
    pub fn before(&self, row: u64) -> Option<(u64, &ReplayState)> {
        self.states.range(..=row).next_back().map(|(row, state)| (*row, state))
    }

    /// Returns the keyframe nearest to `row`; of two equally near ones, the earlier.
    pub fn nearest(&self, row: u64) -> Option<(u64, &ReplayState)> {
        let after = self.states.range(row..).next().map(|(row, state)| (*row, state));
        self.before(row).into_iter().chain(after).min_by_key(|(at, _)| at.abs_diff(row))
    }

    /// Returns the last keyframe.
    pub fn last(&self) -> Option<(u64, &ReplayState)> {
        self.before(u64::MAX)
    }

    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Memory of the keyframes, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Work between keyframes, in steps.
    pub fn interval(&self) -> u64 {
        self.interval
    }
}

fn bytes_of(state: &ReplayState) -> usize {
    state.bytes() + ENTRY_BYTES
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::envs::{Options, load};
    use crate::sim::{Levels, Replay, Worlds};

    fn state() -> ReplayState {
        let world = load("gridlab/four-rooms", &Options::default()).expect("loads");
        let levels = Arc::new(Levels::new(&*world, Worlds::Fresh, 1).expect("levels"));
        let mut replay = Replay::new(world, levels, 1, 0);
        replay.reset(None).expect("begins");
        replay.state()
    }

    #[test]
    fn a_budget_is_kept_by_widening_the_interval() {
        let state = state();
        let each = bytes_of(&state);
        let mut keyframes = Keyframes::new(10 * each + each / 2, 4);
        let mut rows = 0;
        for row in 0..4000 {
            if keyframes.is_due(row, 1) {
                keyframes.push(row, state.clone());
                rows = row;
            }
            assert!(keyframes.bytes() == keyframes.len() * each && keyframes.len() <= 10, "row {row}");
        }
        assert!(keyframes.len() >= 5 && keyframes.interval().is_power_of_two(), "{keyframes:?}");
        let kept: Vec<u64> = keyframes.states.keys().copied().collect();
        assert!(kept[0] == 3 && kept.windows(2).all(|pair| pair[1] - pair[0] <= keyframes.interval()), "{kept:?}");
        assert!(keyframes.last().is_some_and(|(last, _)| rows - last <= keyframes.interval()));
        assert!(!keyframes.is_due(5, 1000) && keyframes.is_due(rows + 1, 1000));
        for row in [0, 3, 4, 1999, 3999, u64::MAX] {
            let nearest = kept.iter().min_by_key(|at| at.abs_diff(row)).copied();
            assert_eq!(keyframes.nearest(row).map(|(at, _)| at), nearest, "{row}");
            assert_eq!(keyframes.before(row).map(|(at, _)| at), kept.iter().rev().find(|at| **at <= row).copied(), "{row}");
        }
    }

    #[test]
    fn a_budget_of_less_than_one_keeps_none() {
        let mut keyframes = Keyframes::new(10, 1);
        keyframes.push(0, state());
        assert_eq!((keyframes.len(), keyframes.bytes()), (0, 0));
    }
}
