//! The words that every instance of every family has.

use crate::shaders::shared::constants::{index, word};

const TEXT: &str = include_str!("world.wgsl");

/// Fields of the `core` buffer, `[n_envs, Core::WORDS]` u32: words that every instance of every family has. world.wgsl defines the
/// numbers.
pub struct Core;

impl Core {
    /// Action id of this step; written by the agent, read by step.
    pub const ACTION: usize = index(TEXT, "CORE_ACTION");
    /// Reward of this step as i32, in units of 1 / [`super::spec::WorldSpec::reward_denominator`]; written by step.
    pub const REWARD: usize = index(TEXT, "CORE_REWARD");
    /// Bits `TERMINATED`, `TRUNCATED`, `SKIP`, `BEGUN`.
    pub const FLAGS: usize = index(TEXT, "CORE_FLAGS");
    /// Number of the episode, from 1.
    pub const EPISODE: usize = index(TEXT, "CORE_EPISODE");
    /// Steps taken in this episode.
    pub const STEP: usize = index(TEXT, "CORE_STEP");
    /// Low word of the instance's 64-bit seed, which is the seed of the batch plus the index of the instance.
    pub const SEED_LO: usize = index(TEXT, "CORE_SEED_LO");
    /// High word of that seed; see [`Core::SEED_LO`].
    pub const SEED_HI: usize = index(TEXT, "CORE_SEED_HI");
    /// 0, or the number of the limit that was hit (see [`super::world::Describe::fault`]), or [`Core::NEEDS_ROOM`].
    pub const FAULT: usize = index(TEXT, "CORE_FAULT");
    /// Number of words that an instance has in `core`.
    pub const WORDS: usize = index(TEXT, "CORE_WORDS");

    /// Value of [`Core::FAULT`] that is not a limit: the next step may add more than a growing buffer has room for. The batch makes room
    /// and clears it.
    pub const NEEDS_ROOM: u32 = word(TEXT, "NEEDS_ROOM");

    /// Bit of [`Core::FLAGS`]: the rules ended the episode in this step.
    pub const TERMINATED: u32 = word(TEXT, "FLAG_TERMINATED");
    /// Bit of [`Core::FLAGS`]: the episode was cut off in this step because it reached its maximal length.
    pub const TRUNCATED: u32 = word(TEXT, "FLAG_TRUNCATED");
    /// Bit of [`Core::FLAGS`]: step and observe skip this instance.
    pub const SKIP: u32 = word(TEXT, "FLAG_SKIP");
    /// Bit of [`Core::FLAGS`]: this step was a reset (next-step mode), so the observation is the first of an episode.
    pub const BEGUN: u32 = word(TEXT, "FLAG_BEGUN");
    /// The bits [`Core::TERMINATED`] and [`Core::TRUNCATED`]: the episode is over if either is set.
    pub const DONE: u32 = word(TEXT, "FLAG_DONE");
}
