//! The twin of statistics.wgsl: adds a step to the tally of its episode. On the CPU, host code sums over episodes.

use super::tally::{RETURN_HI, RETURN_LO, UNLOCKED, total, visit};
use crate::envs::shared::core::Core;

/// Adds a step to `cell`, after which the achievements `unlocked` are there. Returns the achievements that it has unlocked, one bit each.
#[inline]
pub fn statistics(core: &[u32], (cell, unlocked): (usize, u32), tally: &mut [u32], visited: &mut [u32]) -> u32 {
    visit(tally, visited, cell);
    let gained = unlocked & !tally[UNLOCKED];
    tally[UNLOCKED] |= gained;
    let reward = core[Core::REWARD] as i32;
    if reward != 0 {
        let sum = (total(tally) as u64).wrapping_add(i64::from(reward) as u64);
        (tally[RETURN_LO], tally[RETURN_HI]) = (sum as u32, (sum >> 32) as u32);
    }
    gained
}

/// Stores the last state of an episode: core, then the shown state buffer.
pub fn keep_last(core: &[u32], shown: &[u32], last: &mut [u32]) {
    last[..Core::WORDS].copy_from_slice(core);
    // The need for room is not part of the state.
    last[Core::FAULT] = 0;
    last[Core::WORDS..].copy_from_slice(shown);
}
