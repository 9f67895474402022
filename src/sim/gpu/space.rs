//! The GPU, and how a batch lies on it: what all that makes buffers there must know.

use crate::gpu::Gpu;
use crate::sim::dream::Dream;
use crate::sim::layout::Layout;

/// A device and the layout of the batch on it.
#[derive(Clone, Copy)]
pub struct Space<'a> {
    pub gpu: &'a Gpu,
    pub layout: &'a Layout,
}

impl Space<'_> {
    /// Words a fork of every state buffer of a dreamt world.
    pub fn fork_words<'b>(&'b self, dream: &'b Dream) -> impl Iterator<Item = usize> + 'b {
        dream.world().spec().buffers.iter().map(|buffer| self.layout.words_of(buffer))
    }
}
