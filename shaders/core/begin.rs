//! Begins the next episode of an instance: see begin.wgsl.

use crate::envs::shared::core::Core;

/// Increments the episode number of an instance with these core words, and sets its step to 0.
#[inline]
pub fn begin_episode(core: &mut [u32]) {
    core[Core::EPISODE] += 1;
    core[Core::STEP] = 0;
}
