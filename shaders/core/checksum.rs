//! The twin of checksum.wgsl. The checksum of the stored state is a 64-bit hash for each instance, summed, so the order of the sum does not
//! matter.

use crate::envs::shared::core::Core;
use crate::envs::shared::lists::Lists;
use crate::envs::shared::spec::WorldSpec;
use crate::shaders::shared::hash::Hash;

/// Returns the hash of instance `i` of `n`: its core words and its part of each buffer of `spec`, in stored order. The hash does not depend
/// on the spare room of a buffer that grows (see [`Lists::hash`]).
pub fn checksum<'w>(
    seed: u32,
    core: &[u32],
    (spec, buffers): (&WorldSpec, impl Iterator<Item = &'w [u32]>),
    i: usize,
    n: usize,
) -> u64 {
    let mut hash = Hash::new(seed);
    let mut n_words = 0;
    if !core.is_empty() {
        let own = &core[i * Core::WORDS..(i + 1) * Core::WORDS];
        hash.words(own);
        n_words += own.len();
    }
    for (words, buffer) in buffers.zip(&spec.buffers) {
        let words_each = words.len() / n;
        let row = &words[i * words_each..(i + 1) * words_each];
        match buffer.grows {
            None => hash.words(row),
            Some(lists) => lists.hash(&mut hash, row),
        }
        n_words += buffer.grows.map_or(words_each, Lists::hashed_words);
    }
    hash.finish(n_words as u32)
}
