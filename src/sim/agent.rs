//! Who chooses actions.

use std::sync::atomic::AtomicU64;

use super::block_context::BlockContext;
use super::rollout::ActionSource;

/// Fault codes of agents begin here.
pub const AGENT_FAULTS: u32 = 2 << 16;

/// Chooses actions where the batch is, step by step.
pub trait Agent: Sync + Send {
    /// Name of the agent in reports and error messages.
    fn name(&self) -> &'static str;
    /// Writes `core[ACTION]` of every instance of the block.
    fn choose(&self, work: &mut BlockContext);
    /// Whether it reads the plugin keeps: then all of a step must be over before it chooses.
    fn reads_plugin(&self) -> bool {
        false
    }

    /// Counts the steps that forks take for it; None if it has none. Forks that have ended count no more on the CPU, and states that
    /// are equal are followed once there; a GPU steps them all.
    fn forked(&self) -> Option<&AtomicU64> {
        None
    }

    /// What a fault code from [`AGENT_FAULTS`] on means that [`Agent::choose`] wrote to `core[FAULT]` of an instance for which it cannot
    /// choose, and what to do. Such an instance takes no step, and the call ends with what is said here.
    fn fault(&self, _instance: usize, _code: u32) -> Option<String> {
        None
    }

    /// What it has to say beside the statistics: name, value.
    fn report(&self) -> Vec<(String, serde_json::Value)> {
        Vec::new()
    }

    /// What [`Agent::report`] needs in order to go on after `load`; null if nothing.
    fn save(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// Takes back what `save` gave.
    fn load(&self, _saved: &serde_json::Value) {}

    /// Who does the same on the GPU; None if actions must be chosen on the host, step by step.
    fn on_gpu(&self) -> Option<ActionSource> {
        None
    }
}
