//! The twin of end_round.wgsl.

use crate::envs::shared::core::Core;

/// The fault with which an instance with these core words stops at the end of a step. Want of room is none: the host makes room.
#[inline]
pub fn end_round(core: &[u32]) -> Option<u32> {
    Some(core[Core::FAULT]).filter(|fault| *fault != 0 && *fault != Core::NEEDS_ROOM)
}
