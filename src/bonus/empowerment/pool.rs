//! A growing list of forks, and how many forks are stepped together.

use crate::sim::keyed_model::{Forks, KeyedModel};

/// Forks that are stepped together should fit into the second-level cache of a core.
const BATCH_BYTES: usize = 256 * 1024;

/// Bytes of state that one fork takes.
pub fn fork_bytes(model: &KeyedModel) -> usize {
    let spec = model.world().spec();
    (spec.state_words() + spec.obs_words()) * 4
}

/// Number of forks that are stepped together.
pub fn batch_size(model: &KeyedModel) -> usize {
    (BATCH_BYTES / fork_bytes(model)).clamp(16, 1024)
}

#[derive(Debug)]
pub struct Pool {
    /// Forks of a chunk.
    each: usize,
    chunks: Vec<Forks>,
    len: usize,
}

impl Pool {
    pub fn new(each: usize) -> Pool {
        Pool { each, chunks: Vec::new(), len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Empties the list but keeps its memory.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Appends a copy of fork `k` of `from`.
    pub fn push(&mut self, model: &KeyedModel, from: &Forks, k: usize) {
        if self.len == self.chunks.len() * self.each {
            self.chunks.push(model.forks(self.each));
        }
        model.copy(from, k, &mut self.chunks[self.len / self.each], self.len % self.each);
        self.len += 1;
    }

    /// Copies fork `k` of this list to fork `to` of `targets`, and sets its action to `action`.
    pub fn take(&self, model: &KeyedModel, k: usize, targets: &mut Forks, to: usize, action: u32) {
        model.copy(&self.chunks[k / self.each], k % self.each, targets, to);
        targets.act(to, action);
    }
}
