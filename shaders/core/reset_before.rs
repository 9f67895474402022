//! The twin of reset_before.wgsl.

use super::begin::begin_episode;
use crate::envs::shared::core::Core;

/// Next-step mode, before a step: an instance that has finished begins its next episode instead, and true is returned; the flags of another
/// are cleared.
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
