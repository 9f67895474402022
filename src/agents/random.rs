//! Uniformly random actions, from the agent's own counter-based stream.

use crate::shaders::agent::random;
use crate::sim::rollout::ActionSource;
use crate::sim::{Agent, BlockContext};

/// `randint(0, num_actions)` on the `keyed` stream, by episode and step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Random {
    /// Agents with different seeds act differently in the same worlds.
    pub seed: u64,
}

impl Agent for Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn choose(&self, work: &mut BlockContext) {
        random::random(self.seed, work.world.spec().num_actions(), work.block.core);
    }

    fn on_gpu(&self) -> Option<ActionSource> {
        Some(ActionSource::Random(self.seed))
    }
}
