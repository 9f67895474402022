//! The twin of after_fork_step.wgsl. Forks on the CPU have the room that they need before this is called.

use crate::envs::shared::core::Core;

/// Truncates a fork that met a limit of its ruleset.
#[inline]
pub fn after_fork_step(core: &mut [u32]) {
    if core[Core::FAULT] != 0 {
        (core[Core::FLAGS], core[Core::FAULT]) = (core[Core::FLAGS] | Core::TRUNCATED, 0);
    }
}
