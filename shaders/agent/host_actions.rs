//! The twin of host_actions.wgsl.

use crate::envs::shared::core::Core;

/// Sets the action that the host has chosen in the core words of an instance.
#[inline]
pub fn host_actions(core: &mut [u32], action: u32) {
    core[Core::ACTION] = action;
}
