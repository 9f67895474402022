//! Keyframes: states of a replay kept on the way, so that a row is reached from the one before it.

use std::collections::BTreeMap;

use crate::sim::ReplayState;
use crate::traces::player::Cause;
use crate::traces::room;

/// Bytes that keyframes may take, unless told otherwise.
pub const DEFAULT_KEYFRAME_BYTES: usize = 64 << 20;
/// Work between keyframes at first, unless told otherwise: as much as so many steps take.
pub const DEFAULT_KEYFRAME_INTERVAL: u64 = 64;
/// Steps that take as long as the making of a world, in Crafter (0.4 ms), where that takes longest.
const RESET_WORK: u64 = 256;
/// Bytes that an entry takes beside the state itself.
const ENTRY_BYTES: usize = 32;
/// Keyframes between looks at the memory that is left.
const LOOK_EVERY: usize = 64;

/// The work of playing a row, in steps.
pub fn work(cause: &Cause) -> u64 {
    match cause {
        Cause::Action(_) => 1,
        Cause::Reset => RESET_WORK,
        Cause::Restored(origin) => RESET_WORK + origin.history.len() as u64,
    }
}

/// Keyframes of one instance by row. Where they come to take more than the budget, or than there is memory for, every second is dropped
/// and the interval is doubled.
#[derive(Clone, Debug)]
pub struct Keyframes {
    states: BTreeMap<u64, ReplayState>,
    bytes: usize,
    budget: usize,
    interval: u64,
    /// Work since the last keyframe.
    since: u64,
    /// Keyframes made.
    made: usize,
}

impl Keyframes {
    pub fn new(budget: usize, interval: u64) -> Keyframes {
        Keyframes { states: BTreeMap::new(), bytes: 0, budget, interval: interval.max(1), since: 0, made: 0 }
    }

    /// Whether a keyframe is due after row `row`, which took so much work. None is due where there are some already.
    pub fn is_due(&mut self, row: u64, work: u64) -> bool {
        if self.last().is_some_and(|(last, _)| row <= last) {
            return false;
        }
        self.since = self.since.saturating_add(work);
        self.since >= self.interval
    }

    /// Keeps the state of row `row`, which is later than those before.
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

    /// Drops every second keyframe, the first one stays; one that is alone is dropped.
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

    /// The last keyframe that is not after `row`.
    pub fn before(&self, row: u64) -> Option<(u64, &ReplayState)> {
        self.states.range(..=row).next_back().map(|(row, state)| (*row, state))
    }

    /// The one whose row is the nearest to `row`; the earlier of two.
    pub fn nearest(&self, row: u64) -> Option<(u64, &ReplayState)> {
        let after = self.states.range(row..).next().map(|(row, state)| (*row, state));
        self.before(row).into_iter().chain(after).min_by_key(|(at, _)| at.abs_diff(row))
    }

    /// The last of all.
    pub fn last(&self) -> Option<(u64, &ReplayState)> {
        self.before(u64::MAX)
    }

    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Work between them.
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
