//! The twin of reset_after.wgsl.

use super::begin::begin_episode;
use crate::envs::shared::core::Core;

/// Same-step mode, after a step: the last observation of an instance that has finished is kept, its next episode begins, and true is returned.
#[inline]
pub fn reset_after(core: &mut [u32], obs: &[u32], final_obs: &mut [u32]) -> bool {
    if core[Core::FLAGS] & Core::DONE == 0 {
        return false;
    }
    final_obs.copy_from_slice(obs);
    begin_episode(core);
    true
}
