//! Instances that met a limit, and who explains it: the world, the plugin, or the agent.

use super::agent::{AGENT_FAULTS, Agent};
use crate::error::Error;

/// An instance met a limit: (batch step, instance, episode, step, what).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub batch_step: u64,
    pub instance: usize,
    pub episode: u32,
    pub step: u32,
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
