//! Uniformly random actions, from a counter-based stream of the agent's own.

use crate::envs::{Block, Core};
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::{Keyed, entity, philox_lanes};
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
        let mut groups = block.core.chunks_exact_mut(LANES * Core::WORDS);
        for cores in &mut groups {
            self.choose_together(num_actions, cores);
        }
        for core in groups.into_remainder().chunks_exact_mut(Core::WORDS) {
            core[Core::ACTION] = self.draw(num_actions, core);
        }
    }
}

/// Instances whose first words are drawn together.
const LANES: usize = 32;

impl Random {
    fn key(&self, core: &[u32]) -> [u32; 2] {
        [core[Core::SEED_LO] ^ KEY[0] ^ self.seed as u32, core[Core::SEED_HI] ^ KEY[1] ^ (self.seed >> 32) as u32]
    }

    fn draw(&self, num_actions: u32, core: &[u32]) -> u32 {
        Keyed::new(self.key(core), core[Core::EPISODE], core[Core::STEP], entity::AGENT).randint(num_actions)
    }

    /// [`Random::draw`] for [`LANES`] instances: the words of the first block, all at once, hold an action for nearly all.
    fn choose_together(&self, num_actions: u32, cores: &mut [u32]) {
        let mut counters = [[0; LANES], [0; LANES], [entity::AGENT; LANES], [0; LANES]];
        let mut keys = [[0; LANES]; 2];
        for (l, core) in cores.chunks_exact(Core::WORDS).enumerate().take(LANES) {
            let key = self.key(core);
            (counters[0][l], counters[1][l]) = (core[Core::EPISODE], core[Core::STEP]);
            (keys[0][l], keys[1][l]) = (key[0], key[1]);
        }
        philox_lanes(&mut counters, &mut keys);
        let max = num_actions - 1;
        let mask = max.checked_ilog2().map_or(0, |bits| u32::MAX >> (31 - bits));
        // The last word that fits is the first of them once the words are gone through backwards.
        let mut actions = [u32::MAX; LANES];
        for words in counters.iter().rev() {
            for (action, word) in actions.iter_mut().zip(words) {
                let word = word & mask;
                *action = if word <= max { word } else { *action };
            }
        }
        for (core, action) in cores.chunks_exact_mut(Core::WORDS).zip(actions) {
            core[Core::ACTION] = if action == u32::MAX { self.draw(num_actions, core) } else { action };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn together_they_choose_what_each_would_alone() {
        for num_actions in [1, 2, 3, 5, 7, 17] {
            let agent = Random { seed: 5 << 33 | 1 };
            let mut cores = vec![0; LANES * Core::WORDS * 40];
            Keyed::new([1, num_actions], 0, 0, 0).fill(&mut cores);
            for cores in cores.chunks_exact_mut(LANES * Core::WORDS) {
                let alone: Vec<u32> = cores.chunks_exact(Core::WORDS).map(|core| agent.draw(num_actions, core)).collect();
                agent.choose_together(num_actions, cores);
                let together: Vec<u32> = cores.chunks_exact(Core::WORDS).map(|core| core[Core::ACTION]).collect();
                assert_eq!(together, alone);
            }
        }
    }
}
