//! The twin of after_fork_step.wgsl. Forks on the CPU have got the room that they needed before this is asked.

use crate::envs::shared::core::Core;

/// A fork that met a limit of its ruleset has ended there.
#[inline]
pub fn after_fork_step(core: &mut [u32]) {
    if core[Core::FAULT] != 0 {
        (core[Core::FLAGS], core[Core::FAULT]) = (core[Core::FLAGS] | Core::TRUNCATED, 0);
    }
}
