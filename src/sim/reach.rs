//! Empowerment by forking, as a GPU measures it: the description of the measure.

use std::sync::Arc;

use super::keyed_model::KeyedModel;
use super::pass::Pass;
use crate::envs::Stochasticity;

/// Maximum number of sequences of actions from one state: the end of each is compared with all others.
pub const MAX_SEQUENCES: u32 = 4096;

/// A measure of a state by forking.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The model whose forks follow the sequences.
    pub model: KeyedModel,
    /// Number of actions of a sequence; there are at most [`MAX_SEQUENCES`] sequences.
    pub horizon: u32,
    /// Number of noise indices over which the mean is taken.
    pub noise_samples: u32,
    /// The pass that writes the key of the last state of a fork into [`super::Buffer::Fork`] 0, as if it were the only key.
    pub key: Pass<'static>,
    /// Number of words of the key.
    pub key_words: usize,
    /// Whether the key is computed from the observation.
    pub observes: bool,
    /// Whether random numbers can change the last states of forks, as far as the key shows it.
    pub chance: Stochasticity,
    /// log2 of 0, 1 .. to the number of sequences, in units of 2^-40.
    pub logs: Arc<Vec<u64>>,
}

impl Reach {
    pub(super) fn actions(&self) -> usize {
        self.model.world().spec().num_actions() as usize
    }

    /// Number of fork steps for one state.
    pub fn steps_each(&self) -> u64 {
        self.sequences() as u64 * u64::from(self.horizon) * u64::from(self.noise_samples)
    }

    /// Number of sequences of actions.
    pub(super) fn sequences(&self) -> usize {
        self.actions().pow(self.horizon)
    }
}
