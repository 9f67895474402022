//! Faults: instances that reached a limit. The world, the plugin or the agent explains the limit.

use super::agent::{AGENT_FAULTS, Agent};
use crate::error::Error;

/// An instance that reached a limit, and when. Faults are ordered by step of the batch, then by instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Steps that the batch had taken when the limit was reached, the failing step included.
    pub batch_step: u64,
    /// Index of the instance in the batch.
    pub instance: usize,
    /// Number of the episode, from 1.
    pub episode: u32,
    /// Steps taken in the episode.
    pub step: u32,
    /// The value of `core[FAULT]`: a code of the world below [`super::plugin::FAULTS`], of the plugin from there on, and of the agent
    /// from [`AGENT_FAULTS`] on.
    pub code: u32,
}

/// Adds the agent's explanation to a fault of the agent.
pub fn explained(error: Error, agent: &dyn Agent) -> Error {
    match error {
        Error::Fault { instance, episode, step, code, what } if code >= AGENT_FAULTS => {
            let what = agent.fault(instance, code).unwrap_or(what);
            Error::Fault { instance, episode, step, code, what: format!("agent {}: {what}", agent.name()) }
        }
        other => other,
    }
}
