//! A person who chooses each action, in the window.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use std::sync::Arc;

use super::driver::Driver;
use crate::error::{Error, Result};
use crate::sim::Batch;

/// Name of the agent.
pub const NAME: &str = "human";

/// Actions that a person has chosen and that are not taken yet, in order.
#[derive(Debug, Default)]
pub struct ActionQueue(Mutex<VecDeque<u32>>);

impl ActionQueue {
    fn actions(&self) -> MutexGuard<'_, VecDeque<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an action.
    pub fn push(&self, action: u32) {
        self.actions().push_back(action);
    }

    /// Number of actions that wait.
    pub fn len(&self) -> usize {
        self.actions().len()
    }

    /// Whether no action waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Takes the actions of a queue. A pace must allow no more steps than there are actions.
#[derive(Debug)]
pub struct Human {
    queue: Arc<ActionQueue>,
}

impl Human {
    /// A person who fills `queue`.
    pub fn new(queue: Arc<ActionQueue>) -> Human {
        Human { queue }
    }
}

impl Driver for Human {
    fn name(&self) -> &'static str {
        NAME
    }

    fn advance(&mut self, batch: &mut Batch, n_steps: u64) -> Result<()> {
        for _ in 0..n_steps {
            let action = self.queue.actions().pop_front().ok_or_else(|| Error::Usage("no action waits".to_string()))?;
            batch.step(&vec![action; batch.len()])?;
        }
        Ok(())
    }
}

/// The error of a run that has no person.
pub fn nobody() -> Error {
    Error::Usage(format!("agent {NAME}: a person plays in the window; open `explorarium view` and take over there"))
}
