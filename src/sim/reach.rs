//! Empowerment by forking, as a GPU measures it: what is measured of a state.

use std::sync::Arc;

use super::keyed_model::KeyedModel;
use super::pass::Pass;
use crate::envs::Stochasticity;

/// Most sequences of actions that are followed from one state: each is compared with all others.
pub const MAX_SEQUENCES: u32 = 4096;

/// What is measured of a state.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The model whose forks follow the sequences.
    pub model: KeyedModel,
    /// Actions of a sequence; there are at most [`MAX_SEQUENCES`] sequences.
    pub horizon: u32,
    /// Noise indices over which the mean is taken.
    pub noise_samples: u32,
    /// The pass that writes the key of the end of a fork into [`super::Buffer::Fork`] 0, as if it were the only key.
    pub key: Pass<'static>,
    /// Words that the key takes.
    pub key_words: usize,
    /// Whether the key looks at the observation.
    pub observes: bool,
    /// Whether chance has a say in where forks end, as far as the key can tell.
    pub chance: Stochasticity,
    /// log2 of 0, 1 .. to the number of sequences, in units of 2^-40.
    pub logs: Arc<Vec<u64>>,
}

impl Reach {
    pub(super) fn actions(&self) -> usize {
        self.model.world().spec().num_actions() as usize
    }

    /// Steps of forks that one state takes.
    pub fn steps_each(&self) -> u64 {
        self.sequences() as u64 * u64::from(self.horizon) * u64::from(self.noise_samples)
    }

    /// Sequences of actions.
    pub(super) fn sequences(&self) -> usize {
        self.actions().pow(self.horizon)
    }
}
