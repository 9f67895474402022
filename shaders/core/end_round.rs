//! The twin of end_round.wgsl.

use crate::envs::shared::core::Core;

/// Returns the fault that stops an instance with these core words at the end of a step. A lack of room is not a fault: the host makes room.
#[inline]
pub fn end_round(core: &[u32]) -> Option<u32> {
    Some(core[Core::FAULT]).filter(|fault| *fault != 0 && *fault != Core::NEEDS_ROOM)
}
