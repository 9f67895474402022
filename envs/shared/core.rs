//! The words that every instance of every family has.

use crate::shaders::shared::constants::{index, word};

const TEXT: &str = include_str!("world.wgsl");

/// Fields of the `core` buffer, `[n_envs, Core::WORDS]` u32: what every instance of every family has. The numbers stand in world.wgsl.
pub struct Core;

impl Core {
    /// Action id of this step; written by the agent, read by step.
    pub const ACTION: usize = index(TEXT, "CORE_ACTION");
    /// Reward of this step as i32, in units of 1 / [`WorldSpec::reward_denominator`]; written by step.
    pub const REWARD: usize = index(TEXT, "CORE_REWARD");
    /// Bits `TERMINATED`, `TRUNCATED`, `SKIP`, `BEGUN`.
    pub const FLAGS: usize = index(TEXT, "CORE_FLAGS");
    /// Number of the episode, from 1.
    pub const EPISODE: usize = index(TEXT, "CORE_EPISODE");
    /// Steps taken in this episode.
    pub const STEP: usize = index(TEXT, "CORE_STEP");
    /// The instance's 64-bit seed (seed of the batch + index), low and high word.
    pub const SEED_LO: usize = index(TEXT, "CORE_SEED_LO");
    pub const SEED_HI: usize = index(TEXT, "CORE_SEED_HI");
    /// 0, or the number of the limit that was hit (see [`super::world::Describe::fault`]), or [`Core::NEEDS_ROOM`].
    pub const FAULT: usize = index(TEXT, "CORE_FAULT");
    pub const WORDS: usize = index(TEXT, "CORE_WORDS");

    /// No limit: the next step may add more than a buffer that grows has room for. The batch makes room and clears it.
    pub const NEEDS_ROOM: u32 = word(TEXT, "NEEDS_ROOM");

    pub const TERMINATED: u32 = word(TEXT, "FLAG_TERMINATED");
    pub const TRUNCATED: u32 = word(TEXT, "FLAG_TRUNCATED");
    /// Step and observe leave this instance alone.
    pub const SKIP: u32 = word(TEXT, "FLAG_SKIP");
    /// This step was a reset (next-step mode): the observation is the first of an episode.
    pub const BEGUN: u32 = word(TEXT, "FLAG_BEGUN");
    pub const DONE: u32 = word(TEXT, "FLAG_DONE");
}
