//! The output of one step, as arrays over the instances.

use super::last::Last;
use super::plugin::StepPlugin;
use super::reset::ResetMode;
use crate::envs::{Core, World};

/// Values of the plugin are integers in units of one over this.
pub const VALUE_UNITS: f32 = 1_048_576.0;

/// A column of values that the plugin computes for every instance in a step: those of a bonus, or their total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueColumn {
    /// Name of the bonus, or `total`.
    pub name: String,
    /// `[n]`, in units of 2^-20; 0 where no step was taken.
    pub raw: Vec<i32>,
}

impl ValueColumn {
    /// The values `[n]`, rounded to float32.
    pub fn values(&self) -> Vec<f32> {
        self.raw.iter().map(|raw| *raw as f32 / VALUE_UNITS).collect()
    }
}

/// The output of one step, or of a reset, for every instance. `n` is the number of instances; instance `i` is at index `i` of every
/// array.
#[derive(Clone, Copy, Debug)]
pub struct StepOutput<'a> {
    /// `[n]`, the reference's reward rounded to float32; 0 where no step was taken.
    pub rewards: &'a [f32],
    /// `[n]`, the exact reward, in units of one over [`crate::envs::WorldSpec::reward_denominator`].
    pub raw_rewards: &'a [i32],
    /// `[n]`, whether the episode ended by the rules.
    pub terminated: &'a [bool],
    /// `[n]`, whether the episode was cut by its length.
    pub truncated: &'a [bool],
    /// `[n]`, whether this step was a reset (next-step mode): the action was ignored, and the observation is the first of an episode.
    pub begun: &'a [bool],
    /// `[n]`, the number of the episode, from 1: of the new one where one began.
    pub episodes: &'a [u32],
    /// `[n]`, steps taken in that episode.
    pub steps: &'a [u32],
    /// `[n, obs_words]`, the observation after the step as words of [`crate::envs::WorldSpec::obs_words`]; the first of the new episode
    /// where one began. Bytes are in the order of [`crate::envs::WorldSpec::obs_parts`], little-endian.
    pub observations: &'a [u32],
    /// `[n, obs_words]`, the last observation of the episode that ended; valid only where [`StepOutput::final_mask`] is set.
    pub final_observations: &'a [u32],
    /// `[n]`, whether an episode ended in this step and the next one has begun (same-step mode).
    pub final_mask: &'a [bool],
    /// A column for each bonus, and `total`, their combined value; empty without bonuses.
    pub bonuses: &'a [ValueColumn],
    pub(super) core: &'a [u32],
    pub(super) last: &'a [u32],
    pub(super) world: &'a dyn World,
}

impl StepOutput<'_> {
    /// The reference's float64 reward of instance `i`.
    pub fn reward(&self, i: usize) -> f64 {
        self.world.reward(self.raw_rewards[i])
    }

    /// The state that goes with [`StepOutput::final_observations`]; None if the episode of instance `i` did not end in this step.
    pub fn last(&self, i: usize) -> Option<Last> {
        let each = self.last.len() / (self.core.len() / Core::WORDS);
        let ended = self.terminated[i] || self.truncated[i];
        ended.then(|| Last::of(self.world, &self.last[i * each..(i + 1) * each]))
    }

    /// The bytes of instance `i`'s observation, in the order of [`crate::envs::WorldSpec::obs_parts`].
    pub fn observation(&self, i: usize) -> &[u8] {
        self.bytes(self.observations, i)
    }

    /// The bytes of the last observation of the episode of instance `i` that ended in this step; None if no episode ended, or the next
    /// one has not begun.
    pub fn final_observation(&self, i: usize) -> Option<&[u8]> {
        self.final_mask[i].then(|| self.bytes(self.final_observations, i))
    }

    /// The column of the bonus of this name.
    pub fn bonus(&self, name: &str) -> Option<&ValueColumn> {
        self.bonuses.iter().find(|column| column.name == name)
    }

    fn bytes<'w>(&self, words: &'w [u32], i: usize) -> &'w [u8] {
        let spec = self.world.spec();
        &bytemuck::cast_slice(&words[i * spec.obs_words()..(i + 1) * spec.obs_words()])[..spec.obs_bytes]
    }
}

/// The arrays of a batch. Their allocations are reused from step to step.
#[derive(Debug, Default)]
pub struct StepArrays {
    pub rewards: Vec<f32>,
    pub raw_rewards: Vec<i32>,
    pub terminated: Vec<bool>,
    pub truncated: Vec<bool>,
    pub begun: Vec<bool>,
    pub episodes: Vec<u32>,
    pub steps: Vec<u32>,
    pub final_mask: Vec<bool>,
    pub bonuses: Vec<ValueColumn>,
}

impl StepArrays {
    /// Reads the words of all instances.
    pub fn read(&mut self, world: &dyn World, core: &[u32], reset: ResetMode) {
        fn all<T>(array: &mut Vec<T>, core: &[u32], value: impl Fn(&[u32]) -> T) {
            array.clear();
            array.extend(core.chunks_exact(Core::WORDS).map(value));
        }
        let flag = |bit: u32| move |core: &[u32]| core[Core::FLAGS] & bit != 0;
        all(&mut self.raw_rewards, core, |core| core[Core::REWARD] as i32);
        self.rewards.clear();
        // Most rewards are 0.
        self.rewards.extend(self.raw_rewards.iter().map(|raw| if *raw == 0 { 0.0 } else { world.reward(*raw) as f32 }));
        all(&mut self.terminated, core, flag(Core::TERMINATED));
        all(&mut self.truncated, core, flag(Core::TRUNCATED));
        all(&mut self.begun, core, flag(Core::BEGUN));
        all(&mut self.episodes, core, |core| core[Core::EPISODE]);
        all(&mut self.steps, core, |core| core[Core::STEP]);
        all(&mut self.final_mask, core, |core| reset == ResetMode::SameStep && core[Core::FLAGS] & Core::DONE != 0);
    }

    /// Reads the values of the plugin: `[n, words]` of each buffer whose words are part of rows, one column after the other.
    pub fn read_values(&mut self, plugin: &dyn StepPlugin, buffers: &[&[u32]], core: &[u32]) {
        let n = core.len() / Core::WORDS;
        let columns = buffers.iter().flat_map(|words| (0..words.len() / n).map(move |c| (*words, words.len() / n, c)));
        self.bonuses.resize_with(plugin.recorded_names().len(), ValueColumn::default);
        for ((column, name), (words, each, c)) in self.bonuses.iter_mut().zip(plugin.recorded_names()).zip(columns) {
            column.name = name;
            column.raw.clear();
            let stepped = core.chunks_exact(Core::WORDS).map(|core| core[Core::FLAGS] & Core::SKIP == 0);
            column.raw.extend(stepped.enumerate().map(|(i, stepped)| if stepped { words[i * each + c] as i32 } else { 0 }));
        }
    }
}
