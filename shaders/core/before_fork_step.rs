//! The twin of before_fork_step.wgsl.

use crate::envs::shared::core::Core;

/// Skips a fork whose episode has ended, so that its state does not change.
#[inline]
pub fn before_fork_step(core: &mut [u32]) {
    if core[Core::FLAGS] & Core::DONE != 0 {
        (core[Core::FLAGS], core[Core::REWARD]) = (core[Core::FLAGS] | Core::SKIP, 0);
    }
}
