//! The twin of reset_after.wgsl.

use super::begin::begin_episode;
use crate::envs::shared::core::Core;

/// Same-step mode, after a step. If the episode has ended: stores the last observation, begins the next episode and returns true.
#[inline]
pub fn reset_after(core: &mut [u32], obs: &[u32], final_obs: &mut [u32]) -> bool {
    if core[Core::FLAGS] & Core::DONE == 0 {
        return false;
    }
    final_obs.copy_from_slice(obs);
    begin_episode(core);
    true
}
