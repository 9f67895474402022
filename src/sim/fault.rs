//! Instances that met a limit, and who explains it: the world, what runs beside it, or the agent.

use super::agent::{AGENT_FAULTS, Agent};
use super::batch::Batch;
use super::beside::FAULTS;
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

impl Batch {
    /// What a fault means, by whoever set its code. Those of agents are explained in [`Batch::advance`], which knows the agent.
    fn fault_text(&self, fault: &Fault) -> String {
        let code = fault.code;
        let beside = self.config.beside.as_ref().filter(|_| (FAULTS..AGENT_FAULTS).contains(&code));
        beside.and_then(|beside| beside.fault(fault.instance, code)).unwrap_or_else(|| self.world.fault(code))
    }

    pub(super) fn fault(&self, fault: Fault) -> Error {
        let what = self.fault_text(&fault);
        Error::Fault { instance: fault.instance, episode: fault.episode, step: fault.step, code: fault.code, what }
    }
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
