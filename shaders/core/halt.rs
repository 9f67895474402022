//! The twin of halt.wgsl. On the CPU a block that is short of room grows at once, and nobody waits.

use super::{pace, sums};

/// Makes the rounds to come void if instances are short of room: `sums` and `pace` are the buffers of a part.
pub fn halt(sums: &[u32], pace: &mut [u32]) {
    if sums[sums::NEEDS_ROOM] != 0 {
        pace[pace::ROUND] |= pace::ROUND_CANCELLED;
    }
}
