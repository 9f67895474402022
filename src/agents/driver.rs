//! The face through which a run drives whoever acts, whatever it is.

use std::sync::atomic::Ordering;

use rayon::prelude::*;
use serde_json::Value;

use crate::error::Result;
use crate::sim::{Agent, Batch, BlockContext, ResetMode};

/// Instances that one thread looks at before another is asked.
const LOOKED_AT_TOGETHER: usize = 32;

/// Who acts in a batch, with all that it has learnt.
pub trait Driver: Send {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Steps every instance `n_steps` times. What comes of it is the same however the steps are cut into calls. Takes fewer steps only
    /// if it is [`Driver::over`].
    ///
    /// # Errors
    /// As [`Batch::advance`].
    fn advance(&mut self, batch: &mut Batch, n_steps: u64) -> Result<()>;

    /// The reset mode that it needs; None if it goes by the user's.
    fn reset_mode(&self) -> Option<ResetMode> {
        None
    }

    /// Whether it chooses on the GPU where the batch is on one; else every step there waits for the host.
    fn is_on_gpu(&self) -> bool {
        false
    }

    /// Steps that forks have taken for it since it was made; None if it has none.
    fn forked_steps(&self) -> Option<u64> {
        None
    }

    /// Why it has nothing more to do, once that is so.
    fn over(&self) -> Option<String> {
        None
    }

    /// All that it has learnt, so that `load` beside a batch of the same moment goes on exactly.
    fn save(&self) -> Value {
        Value::Null
    }

    /// Takes back what `save` gave.
    ///
    /// # Errors
    /// [`crate::Error::Data`] if it is not of this agent and this batch.
    fn load(&mut self, _batch: &Batch, _saved: &Value) -> Result<()> {
        Ok(())
    }

    /// What it has to say beside the statistics: name, value.
    fn report(&self) -> Vec<(String, Value)> {
        Vec::new()
    }
}

/// Whoever only chooses actions where the batch is.
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

/// What `each` tells of every instance as it stands, looked at on all threads.
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
