//! The GPU, and how a batch lies on it: what all that makes buffers there must know.

use crate::gpu::Gpu;
use crate::sim::keyed_model::KeyedModel;
use crate::sim::layout::Layout;

/// A device and the layout of the batch on it.
#[derive(Clone, Copy)]
pub struct ForkContext<'a> {
    pub gpu: &'a Gpu,
    pub layout: &'a Layout,
}

impl ForkContext<'_> {
    /// Words a fork of every state buffer of a keyed model.
    pub fn fork_words<'b>(&'b self, model: &'b KeyedModel) -> impl Iterator<Item = usize> + 'b {
        model.world().spec().buffers.iter().map(|buffer| self.layout.words_of(buffer))
    }
}
