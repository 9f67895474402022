//! The structure that every kernel of a batch reads: the twin of `Head` in head.wgsl.

use crate::shaders::shared::constants::{field, fields, word};

const TEXT: &str = include_str!("head.wgsl");

pub const WORDS: usize = fields(TEXT, "Head");
pub const UNTIL: usize = field(TEXT, "Head", "until");
/// Low and high word.
pub const AGENT: [usize; 2] = [field(TEXT, "Head", "agent_lo"), field(TEXT, "Head", "agent_hi")];

pub const RESET_SAME_STEP: u32 = word(TEXT, "RESET_SAME_STEP");
pub const RESET_NEXT_STEP: u32 = word(TEXT, "RESET_NEXT_STEP");
pub const RESET_OFF: u32 = word(TEXT, "RESET_OFF");

/// head.wgsl explains the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub n_envs: u32,
    pub first: u32,
    pub until: u32,
    pub reset: u32,
    pub num_actions: u32,
    /// Seed of the agent.
    pub agent: u64,
    pub levels: u32,
    pub depth: u32,
    pub obs_words: u32,
    pub visited_words: u32,
    pub n_achievements: u32,
    pub n_recorded: u32,
    pub forks: u32,
    pub shown_words: u32,
}

impl Head {
    /// Returns the words that kernels read.
    pub fn words(&self) -> [u32; WORDS] {
        let mut words = [0; WORDS];
        words[UNTIL] = self.until;
        (words[AGENT[0]], words[AGENT[1]]) = (self.agent as u32, (self.agent >> 32) as u32);
        words[const { field(TEXT, "Head", "n_envs") }] = self.n_envs;
        words[const { field(TEXT, "Head", "first") }] = self.first;
        words[const { field(TEXT, "Head", "reset") }] = self.reset;
        words[const { field(TEXT, "Head", "num_actions") }] = self.num_actions;
        words[const { field(TEXT, "Head", "levels") }] = self.levels;
        words[const { field(TEXT, "Head", "depth") }] = self.depth;
        words[const { field(TEXT, "Head", "obs_words") }] = self.obs_words;
        words[const { field(TEXT, "Head", "visited_words") }] = self.visited_words;
        words[const { field(TEXT, "Head", "n_achievements") }] = self.n_achievements;
        words[const { field(TEXT, "Head", "n_recorded") }] = self.n_recorded;
        words[const { field(TEXT, "Head", "forks") }] = self.forks;
        words[const { field(TEXT, "Head", "shown_words") }] = self.shown_words;
        words
    }
}
