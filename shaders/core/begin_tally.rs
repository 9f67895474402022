//! The twin of begin_tally.wgsl.

use super::tally::{UNLOCKED, visit};

/// The tally of an episode that has just begun in `cell`: no reward, one cell visited, and no achievement still to be unlocked that is there
/// from the first.
pub fn begin_tally(tally: &mut [u32], visited: &mut [u32], cell: usize, unlocked: u32) {
    tally.fill(0);
    visited.fill(0);
    visit(tally, visited, cell);
    tally[UNLOCKED] = unlocked;
}
