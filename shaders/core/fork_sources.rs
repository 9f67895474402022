//! The twin of fork_sources.wgsl.

use crate::envs::shared::core::Core;
use crate::shaders::shared::constants::index;

const TEXT: &str = include_str!("fork_sources.wgsl");

/// Which instances are forked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForkSources {
    /// Those that begin an episode.
    Begun = 0,
    /// Those that took a step.
    Stepped = index(TEXT, "ROOTS_STEPPED") as isize,
    /// Those that take part and whose episode is not over.
    Open = index(TEXT, "ROOTS_OPEN") as isize,
}

/// Whether an instance with these core words is forked. The reset list holds the instances that begin an episode; core words do not show
/// it.
#[inline]
pub fn fork_sources(sources: ForkSources, core: &[u32]) -> bool {
    match sources {
        ForkSources::Begun => true,
        ForkSources::Stepped => core[Core::FLAGS] & Core::SKIP == 0,
        ForkSources::Open => !is_over(core),
    }
}

/// Whether the episode is over: its last step ended it, and no other has begun since.
#[inline]
pub fn is_over(core: &[u32]) -> bool {
    core[Core::FLAGS] & Core::DONE != 0 && core[Core::STEP] > 0
}
