//! Empowerment on the GPU: which measures a GPU can compute, and what its kernels read.

use std::sync::Arc;

use super::{Empowerment, Mode, log2};
use crate::bonus::passes::keys_in;
use crate::error::{Error, Result};
use crate::sim::buffer::Buffer;
use crate::sim::keyed_model::KeyedModel;
use crate::sim::pass::PassScope;
use crate::sim::reach::{MAX_SEQUENCES, Reach};

impl Empowerment {
    /// Whether a GPU can compute it with so many actions.
    ///
    /// # Errors
    /// [`Error::Usage`] that says what would fit.
    pub fn check_gpu(&self, num_actions: u32) -> Result<()> {
        if matches!(self.mode, Mode::Sampled(_)) {
            return Err(Error::Usage("empowerment: mode sampled is worked out on the CPU: run with --backend cpu".to_string()));
        }
        let sequences = |horizon: u32| u64::from(num_actions).checked_pow(horizon).filter(|n| *n <= u64::from(MAX_SEQUENCES));
        if sequences(self.horizon).is_some() {
            return Ok(());
        }
        let fits = (1..self.horizon).take_while(|horizon| sequences(*horizon).is_some()).last();
        let fits = fits.map_or(String::new(), |fits| format!("take a horizon of {fits}, or "));
        Err(Error::Usage(format!(
            "empowerment: horizon {} with {num_actions} actions is more than the {MAX_SEQUENCES} sequences that a backend follows from a state: \
             {fits}run with --backend cpu",
            self.horizon
        )))
    }

    /// The same measure for a GPU; None if a GPU cannot compute it.
    pub fn reach(&self, model: &KeyedModel) -> Option<Reach> {
        let world = &**model.world();
        let actions = world.spec().num_actions();
        self.check_gpu(actions).ok()?;
        let noise_samples = match self.mode {
            Mode::Exact => 1,
            Mode::Frozen { noise_samples } => noise_samples,
            Mode::Sampled(_) => return None,
        };
        let key = keys_in(world, &[self.key], PassScope::Active, Buffer::Fork(0)).pop()?;
        let logs = (0..=u64::from(actions).pow(self.horizon)).map(|count| log2(count) as u64).collect();
        let (model, horizon, observes) = (model.clone(), self.horizon, self.key.reads_obs());
        let (key_words, chance) = (crate::envs::shared::key::WORDS, world.stochasticity(Some(self.key)));
        Some(Reach { model, horizon, noise_samples, key, key_words, observes, chance, logs: Arc::new(logs) })
    }
}
