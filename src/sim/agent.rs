//! The interface of agents, which choose actions.

use std::sync::atomic::AtomicU64;

use super::block_context::BlockContext;
use super::rollout::ActionSource;

/// The first fault code of agents.
pub const AGENT_FAULTS: u32 = 2 << 16;

/// Chooses actions for the instances of a batch, step by step.
pub trait Agent: Sync + Send {
    /// Name of the agent in reports and error messages.
    fn name(&self) -> &'static str;
    /// Writes `core[ACTION]` of every instance of the block.
    fn choose(&self, work: &mut BlockContext);
    /// Whether the agent reads buffers of the plugin. If so, it chooses only after all passes of the previous step are done.
    fn reads_plugin(&self) -> bool {
        false
    }

    /// Counter of the steps of forks that the agent uses; None if it uses no forks. On the CPU, forks that have ended do not count, and
    /// equal states are stepped only once; a GPU steps all forks.
    fn forked(&self) -> Option<&AtomicU64> {
        None
    }

    /// Returns what a fault code from [`AGENT_FAULTS`] on means, and what to do. [`Agent::choose`] writes the code to `core[FAULT]` of an
    /// instance for which it cannot choose. Such an instance takes no step, and the call fails with this text.
    fn fault(&self, _instance: usize, _code: u32) -> Option<String> {
        None
    }

    /// Results of the agent that are reported with the statistics: name, value.
    fn report(&self) -> Vec<(String, serde_json::Value)> {
        Vec::new()
    }

    /// Returns what [`Agent::report`] needs to continue after `load`; null if it needs nothing.
    fn save(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// Restores what `save` returned.
    fn load(&self, _saved: &serde_json::Value) {}

    /// The equivalent action source on the GPU; None if actions must be chosen on the host, step by step.
    fn on_gpu(&self) -> Option<ActionSource> {
        None
    }
}
