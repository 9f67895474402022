//! The twin of host_actions.wgsl.

use crate::envs::shared::core::Core;

/// The action that the host has chosen for an instance with these core words.
#[inline]
pub fn host_actions(core: &mut [u32], action: u32) {
    core[Core::ACTION] = action;
}
