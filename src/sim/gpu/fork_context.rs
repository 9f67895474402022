//! The GPU and the layout of the batch on it, which all code needs that makes buffers there.

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
    /// Number of words of a fork in every state buffer of a keyed model.
    pub fn fork_words<'b>(&'b self, model: &'b KeyedModel) -> impl Iterator<Item = usize> + 'b {
        model.world().spec().buffers.iter().map(|buffer| self.layout.words_of(buffer))
    }
}
