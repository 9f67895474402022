//! Keys in buffers: their layout for bonuses, and the parameters of their kernels.

use super::block::Block;
use super::key::{Key, WORDS};
use super::world::World;
use crate::shaders::shared::simhash;

/// Writes the keys of instance `i` into `out`, `[n, keys, 2]` pairs of words: next state, then state. The previous key of the next state
/// becomes the key of the state. When an episode begins, both are the key of the first state. The twin of `key_put`.
pub fn write_keys(world: &dyn World, keys: &[Key], block: &Block, i: usize, out: &mut [u32], begun: bool) {
    for (slot, key) in keys.iter().enumerate() {
        write_key(world, (*key, (slot, keys.len())), block, i, out, begun);
    }
}

/// [`write_keys`] for the key in slot `slot` of `n_keys`.
pub fn write_key(
    world: &dyn World,
    (key, (slot, n_keys)): (Key, (usize, usize)),
    block: &Block,
    i: usize,
    out: &mut [u32],
    begun: bool,
) {
    let key = world.key(key, i, block);
    let words = &mut out[(i * n_keys + slot) * WORDS..][..WORDS];
    let new = [key as u32, (key >> 32) as u32];
    let departed = if begun { new } else { [words[0], words[1]] };
    words.copy_from_slice(&[new[0], new[1], departed[0], departed[1]]);
}

/// Returns the buffer `params` of the kernel that computes `key`, which is in slot `slot` of `n_keys`.
pub fn params(world: &dyn World, key: Key, slot: usize, n_keys: usize) -> Vec<u32> {
    let mut words = vec![key.signs().unwrap_or(key.mask()), slot as u32, n_keys as u32];
    if let Some(bits) = key.signs() {
        words.extend(simhash::packed(bits as usize, world.simhash_bytes(), world.simhash_values()));
    }
    words
}
