//! Instances that met a limit, and who explains it: the world, the plugin, or the agent.

use super::agent::{AGENT_FAULTS, Agent};
use crate::error::Error;

/// An instance that met a limit, and when. Faults are ordered by step of the batch, then by instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Steps that the batch had taken when the limit was met, the failing step included.
    pub batch_step: u64,
    /// Index of the instance in the batch.
    pub instance: usize,
    /// Number of the episode, from 1.
    pub episode: u32,
    /// Steps taken in the episode.
    pub step: u32,
    /// What `core[FAULT]` held: below [`super::plugin::FAULTS`] the world's, from there on the plugin's, from [`AGENT_FAULTS`] on the
    /// agent's.
    pub code: u32,
}

/// A fault of the agent's, in its words.
pub fn explained(error: Error, agent: &dyn Agent) -> Error {
    match error {
        Error::Fault { instance, episode, step, code, what } if code >= AGENT_FAULTS => {
            let what = agent.fault(instance, code).unwrap_or(what);
            Error::Fault { instance, episode, step, code, what: format!("agent {}: {what}", agent.name()) }
        }
        other => other,
    }
}
