//! The twin of begin_tally.wgsl.

use super::tally::{UNLOCKED, visit};

/// Resets the tally for an episode that has just begun in `cell`: no reward and one visited cell. Achievements that are there at the start
/// count as unlocked, so the episode cannot unlock them.
pub fn begin_tally(tally: &mut [u32], visited: &mut [u32], cell: usize, unlocked: u32) {
    tally.fill(0);
    visited.fill(0);
    visit(tally, visited, cell);
    tally[UNLOCKED] = unlocked;
}
