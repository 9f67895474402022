//! The twin of halt.wgsl. On the CPU a block that needs room grows at once, and nothing waits.

use super::{pace, sums};

/// Cancels the following rounds if instances need room. `sums` and `pace` are the buffers of a part.
pub fn halt(sums: &[u32], pace: &mut [u32]) {
    if sums[sums::NEEDS_ROOM] != 0 {
        pace[pace::ROUND] |= pace::ROUND_CANCELLED;
    }
}
