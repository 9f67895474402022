//! The twin of the random agent: `randint(0, num_actions)` on the agent's own keyed stream, by episode and step.

use crate::envs::shared::core::Core;
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::{Keyed, entity, philox_simd};

/// Makes the agent's key differ from the world's, which is the bare seed.
const KEY: [u32; 2] = [0x6578_706c, 0x6f72_6572];
/// Number of instances whose first words are drawn together.
const SIMD_WIDTH: usize = 32;

/// Writes `core[ACTION]` of every instance of `cores`, `[n, Core::WORDS]`.
pub fn random(seed: u64, num_actions: u32, cores: &mut [u32]) {
    let mut groups = cores.chunks_exact_mut(SIMD_WIDTH * Core::WORDS);
    for cores in &mut groups {
        random_together(seed, num_actions, cores);
    }
    for core in groups.into_remainder().chunks_exact_mut(Core::WORDS) {
        core[Core::ACTION] = draw(seed, num_actions, core);
    }
}

fn key(seed: u64, core: &[u32]) -> [u32; 2] {
    [core[Core::SEED_LO] ^ KEY[0] ^ seed as u32, core[Core::SEED_HI] ^ KEY[1] ^ (seed >> 32) as u32]
}

/// Returns the action that one invocation draws.
fn draw(seed: u64, num_actions: u32, core: &[u32]) -> u32 {
    Keyed::new(key(seed, core), core[Core::EPISODE], core[Core::STEP], entity::AGENT).randint(num_actions)
}

/// [`draw`] for [`SIMD_WIDTH`] instances. The words of the first block, computed together, contain an action for nearly all instances.
fn random_together(seed: u64, num_actions: u32, cores: &mut [u32]) {
    let mut counters = [[0; SIMD_WIDTH], [0; SIMD_WIDTH], [entity::AGENT; SIMD_WIDTH], [0; SIMD_WIDTH]];
    let mut keys = [[0; SIMD_WIDTH]; 2];
    for (l, core) in cores.chunks_exact(Core::WORDS).enumerate().take(SIMD_WIDTH) {
        let key = key(seed, core);
        (counters[0][l], counters[1][l]) = (core[Core::EPISODE], core[Core::STEP]);
        (keys[0][l], keys[1][l]) = (key[0], key[1]);
    }
    philox_simd(&mut counters, &mut keys);
    let max = num_actions - 1;
    let mask = max.checked_ilog2().map_or(0, |bits| u32::MAX >> (31 - bits));
    // The loop goes backwards through the words, so the word that remains is the first one that fits.
    let mut actions = [u32::MAX; SIMD_WIDTH];
    for words in counters.iter().rev() {
        for (action, word) in actions.iter_mut().zip(words) {
            let word = word & mask;
            *action = if word <= max { word } else { *action };
        }
    }
    for (core, action) in cores.chunks_exact_mut(Core::WORDS).zip(actions) {
        core[Core::ACTION] = if action == u32::MAX { draw(seed, num_actions, core) } else { action };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn together_they_choose_what_each_would_alone() {
        for num_actions in [1, 2, 3, 5, 7, 17] {
            let seed = 5 << 33 | 1;
            let mut cores = vec![0; SIMD_WIDTH * Core::WORDS * 40];
            Keyed::new([1, num_actions], 0, 0, 0).fill(&mut cores);
            for cores in cores.chunks_exact_mut(SIMD_WIDTH * Core::WORDS) {
                let alone: Vec<u32> = cores.chunks_exact(Core::WORDS).map(|core| draw(seed, num_actions, core)).collect();
                random_together(seed, num_actions, cores);
                let together: Vec<u32> = cores.chunks_exact(Core::WORDS).map(|core| core[Core::ACTION]).collect();
                assert_eq!(together, alone);
            }
        }
    }
}
