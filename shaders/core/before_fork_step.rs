//! The twin of before_fork_step.wgsl.

use crate::envs::shared::core::Core;

/// A fork whose episode has ended stays as it is: it is left out of the step.
#[inline]
pub fn before_fork_step(core: &mut [u32]) {
    if core[Core::FLAGS] & Core::DONE != 0 {
        (core[Core::FLAGS], core[Core::REWARD]) = (core[Core::FLAGS] | Core::SKIP, 0);
    }
}
