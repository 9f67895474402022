//! Forks in a list that grows, and how many are stepped together.

use crate::sim::keyed_model::{Forks, KeyedModel};

/// Forks that are stepped together should stay in a core's second cache.
const BATCH_BYTES: usize = 256 * 1024;

/// Bytes of state that one fork takes.
pub fn fork_bytes(model: &KeyedModel) -> usize {
    let spec = model.world().spec();
    (spec.state_words() + spec.obs_words()) * 4
}

/// Forks to step together.
pub fn batch_size(model: &KeyedModel) -> usize {
    (BATCH_BYTES / fork_bytes(model)).clamp(16, 1024)
}

#[derive(Debug)]
pub struct Pool {
    /// Forks a chunk.
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

    /// Room is kept.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Fork `k` of `from` is added at the end.
    pub fn push(&mut self, model: &KeyedModel, from: &Forks, k: usize) {
        if self.len == self.chunks.len() * self.each {
            self.chunks.push(model.forks(self.each));
        }
        model.copy(from, k, &mut self.chunks[self.len / self.each], self.len % self.each);
        self.len += 1;
    }

    /// Fork `to` of `targets` is as the `k`-th of these, about to do `action`.
    pub fn take(&self, model: &KeyedModel, k: usize, targets: &mut Forks, to: usize, action: u32) {
        model.copy(&self.chunks[k / self.each], k % self.each, targets, to);
        targets.act(to, action);
    }
}
