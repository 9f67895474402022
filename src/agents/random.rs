//! Uniformly random actions, from a counter-based stream of the agent's own.

use crate::envs::{Block, Core};
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::{Keyed, entity};
use crate::sim::Agent;

/// Sets the agent's key apart from the world's, which is the bare seed.
const KEY: [u32; 2] = [0x6578_706c, 0x6f72_6572];

/// `randint(0, num_actions)` on `keyed`, by episode and step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Random {
    /// Policies with different seeds act differently in the same worlds.
    pub seed: u64,
}

impl Agent for Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn choose(&self, num_actions: u32, block: &mut Block) {
        for core in block.core.chunks_exact_mut(Core::WORDS) {
            let key = [core[Core::SEED_LO] ^ KEY[0] ^ self.seed as u32, core[Core::SEED_HI] ^ KEY[1] ^ (self.seed >> 32) as u32];
            core[Core::ACTION] = Keyed::new(key, core[Core::EPISODE], core[Core::STEP], entity::AGENT).randint(num_actions);
        }
    }
}
