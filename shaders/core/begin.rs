//! How the next episode of an instance begins: see begin.wgsl.

use crate::envs::shared::core::Core;

/// Counts the episode of an instance with these core words up, and its steps from 0.
#[inline]
pub fn begin_episode(core: &mut [u32]) {
    core[Core::EPISODE] += 1;
    core[Core::STEP] = 0;
}
