//! What one step gave.

use super::last::Last;
use crate::envs::{Core, World};

/// What one step gave every instance, `[n]` each; observations are words of [`crate::envs::WorldSpec::obs_words`] an instance.
#[derive(Clone, Copy, Debug)]
pub struct StepOutput<'a> {
    pub(super) core: &'a [u32],
    pub(super) world: &'a dyn World,
    /// The observation after the step; the first of the new episode where one began.
    pub observations: &'a [u32],
    /// The last observation of the episode, for instances whose episode ended in this step (same-step mode).
    pub final_observations: &'a [u32],
    pub(super) last: &'a [u32],
}

impl StepOutput<'_> {
    fn flag(&self, i: usize, bit: u32) -> bool {
        self.core[i * Core::WORDS + Core::FLAGS] & bit != 0
    }

    /// As the reference's float64.
    pub fn reward(&self, i: usize) -> f64 {
        self.world.reward(self.core[i * Core::WORDS + Core::REWARD] as i32)
    }

    pub fn terminated(&self, i: usize) -> bool {
        self.flag(i, Core::TERMINATED)
    }

    pub fn truncated(&self, i: usize) -> bool {
        self.flag(i, Core::TRUNCATED)
    }

    /// The state that goes with [`StepOutput::final_observations`]; None if the episode of instance `i` did not end in this step.
    pub fn last(&self, i: usize) -> Option<Last> {
        let each = self.last.len() / (self.core.len() / Core::WORDS);
        self.flag(i, Core::DONE).then(|| Last::of(self.world, &self.last[i * each..(i + 1) * each]))
    }

    /// The bytes of instance `i`'s observation, in the order of [`crate::envs::WorldSpec::obs_parts`].
    pub fn observation(&self, i: usize) -> &[u8] {
        let spec = self.world.spec();
        &bytemuck::cast_slice(&self.observations[i * spec.obs_words()..(i + 1) * spec.obs_words()])[..spec.obs_bytes]
    }
}
