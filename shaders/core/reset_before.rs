//! The twin of reset_before.wgsl.

use super::begin::begin_episode;
use crate::envs::shared::core::Core;

/// Next-step mode, before a step. If the episode has ended, begins the next one instead of the step, and returns true. Else clears the
/// flags.
#[inline]
pub fn reset_before(core: &mut [u32]) -> bool {
    let done = core[Core::FLAGS] & Core::DONE != 0;
    core[Core::FLAGS] = 0;
    if done {
        (core[Core::FLAGS], core[Core::REWARD]) = (Core::BEGUN | Core::SKIP, 0);
        begin_episode(core);
    }
    done
}
