//! Checksums of stored state: a 64-bit hash an instance, summed, so that any order of reduction gives the same.

use crate::envs::Core;
use crate::shaders::shared::hash::Hash;

/// Hash of instance `i` of `n`: its core words and its part of each buffer, in stored order.
pub fn instance_hash<'w>(seed: u32, core: &[u32], buffers: impl Iterator<Item = &'w [u32]>, i: usize, n: usize) -> u64 {
    let mut hash = Hash::new(seed);
    let mut n_words = 0;
    if !core.is_empty() {
        let own = &core[i * Core::WORDS..(i + 1) * Core::WORDS];
        hash.words(own);
        n_words += own.len();
    }
    for words in buffers {
        let words_each = words.len() / n;
        hash.words(&words[i * words_each..(i + 1) * words_each]);
        n_words += words_each;
    }
    hash.finish(n_words as u32)
}
