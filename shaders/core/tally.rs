//! Layout of the buffer `tally`, `[n_envs, WORDS]` u32, sums over the current episode: see tally.wgsl.

use crate::shaders::shared::constants::index;

const TEXT: &str = include_str!("tally.wgsl");

/// Sum of raw rewards as i64, low and high word.
pub const RETURN_LO: usize = index(TEXT, "TALLY_RETURN_LO");
pub const RETURN_HI: usize = index(TEXT, "TALLY_RETURN_HI");
/// Number of distinct cells visited.
pub const CELLS: usize = index(TEXT, "TALLY_CELLS");
/// Bit a: achievement a is unlocked, or was when the episode began.
pub const UNLOCKED: usize = index(TEXT, "TALLY_UNLOCKED");
pub const WORDS: usize = index(TEXT, "TALLY_WORDS");

/// Returns the sum of raw rewards from an instance's words.
pub fn total(tally: &[u32]) -> i64 {
    (u64::from(tally[RETURN_LO]) | u64::from(tally[RETURN_HI]) << 32) as i64
}

/// Marks a cell of the map as visited; `visited` has one bit for each cell.
#[inline]
pub fn visit(tally: &mut [u32], visited: &mut [u32], cell: usize) {
    let (word, bit) = (&mut visited[cell / 32], cell % 32);
    tally[CELLS] += *word >> bit & 1 ^ 1;
    *word |= 1 << bit;
}
