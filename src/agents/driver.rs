//! The interface through which a run drives an agent.

use std::sync::atomic::Ordering;

use rayon::prelude::*;
use serde_json::Value;

use crate::error::Result;
use crate::sim::{Agent, Batch, BlockContext, ResetMode};

/// Fewest instances that one thread processes at a time.
const LOOKED_AT_TOGETHER: usize = 32;

/// An agent that steps a batch, with everything that it has learnt.
pub trait Driver: Send {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Steps every instance `n_steps` times. The result does not depend on how the steps are divided into calls. It takes fewer steps only
    /// if [`Driver::over`] returns a reason.
    ///
    /// # Errors
    /// As [`Batch::advance`].
    fn advance(&mut self, batch: &mut Batch, n_steps: u64) -> Result<()>;

    /// The reset mode that the agent needs; None if it accepts the user's.
    fn reset_mode(&self) -> Option<ResetMode> {
        None
    }

    /// Whether the agent chooses on the GPU if the batch is on one. If not, every step on a GPU waits for the host.
    fn is_on_gpu(&self) -> bool {
        false
    }

    /// Number of steps of forks since the agent was made; None if it has no forks.
    fn forked_steps(&self) -> Option<u64> {
        None
    }

    /// The reason why the agent has finished; None while it has not.
    fn over(&self) -> Option<String> {
        None
    }

    /// Saves everything that the agent has learnt. After `load` with a batch of the same moment, the run continues exactly.
    fn save(&self) -> Value {
        Value::Null
    }

    /// Restores what `save` returned.
    ///
    /// # Errors
    /// [`crate::Error::Data`] if the data does not belong to this agent and this batch.
    fn load(&mut self, _batch: &Batch, _saved: &Value) -> Result<()> {
        Ok(())
    }

    /// What the agent reports in addition to the statistics: name, value.
    fn report(&self) -> Vec<(String, Value)> {
        Vec::new()
    }
}

/// Agents that only choose actions, on the device of the batch.
impl<A: Agent> Driver for A {
    fn name(&self) -> &'static str {
        Agent::name(self)
    }

    fn advance(&mut self, batch: &mut Batch, n_steps: u64) -> Result<()> {
        batch.advance(n_steps, self)
    }

    fn is_on_gpu(&self) -> bool {
        self.on_gpu().is_some()
    }

    fn forked_steps(&self) -> Option<u64> {
        self.forked().map(|steps| steps.load(Ordering::Relaxed))
    }

    fn save(&self) -> Value {
        Agent::save(self)
    }

    fn load(&mut self, _batch: &Batch, saved: &Value) -> Result<()> {
        Agent::load(self, saved);
        Ok(())
    }

    fn report(&self) -> Vec<(String, Value)> {
        Agent::report(self)
    }
}

/// Returns the result of `each` for every instance in its current state, computed on all threads.
///
/// # Errors
/// [`crate::Error::Gpu`] if the GPU fails.
pub fn look<T: Send>(batch: &mut Batch, each: impl Fn(&BlockContext, usize) -> T + Sync) -> Result<Vec<T>> {
    let n = batch.len();
    batch.with_all(|work| {
        let work = &*work;
        (0..n).into_par_iter().with_min_len(LOOKED_AT_TOGETHER).map(|i| each(work, i)).collect()
    })
}
