//! What is read off the GPU after a submission, all of it at once.

use super::GpuBackend;
use crate::gpu::Words;
use crate::shaders::core::{pace, sums};
use crate::sim::plugin::HEADER;

/// Words as they were after a submission.
#[derive(Debug, Default)]
pub struct Readback {
    /// Of each part: its sums.
    pub sums: Vec<[u32; sums::WORDS]>,
    /// Of each part: where its instances are, if levels are prefetched; else empty.
    pub paces: Vec<Vec<u32>>,
    /// The words with which the shared tables begin.
    pub headers: Vec<Vec<u32>>,
    /// Whole stored buffers that were asked for: place in the order of a snapshot, words of all instances.
    pub outputs: Vec<(usize, Vec<u32>)>,
}

impl GpuBackend {
    /// What to read: buffer, first word, number of words. `outputs` are places of stored buffers.
    pub(super) fn wanted(&self, outputs: &[usize]) -> Vec<(&Words, usize, usize)> {
        let mut wanted = Vec::new();
        for part in &self.parts {
            wanted.push((&part.sums, 0, sums::WORDS));
            wanted.push((&part.pace, pace::first(part.n), if self.prefetch.is_some() { part.n * pace::WORDS } else { 0 }));
        }
        wanted.extend(self.tables.iter().map(|table| (table, 0, HEADER)));
        let each = self.layout.each();
        wanted.extend(outputs.iter().flat_map(|k| self.parts.iter().map(|part| (&part.buffers[*k], 0, part.n * each[*k]))));
        wanted
    }

    /// The words that were read by [`GpuBackend::wanted`], taken apart.
    pub(super) fn gathered(&self, words: &[u32], outputs: &[usize]) -> Readback {
        let mut rest = words;
        let mut take = |n: usize| {
            let (own, after) = rest.split_at(n.min(rest.len()));
            rest = after;
            own.to_vec()
        };
        let mut gathered = Readback::default();
        for part in &self.parts {
            let mut own = [0; sums::WORDS];
            own.iter_mut().zip(take(sums::WORDS)).for_each(|(own, word)| *own = word);
            gathered.sums.push(own);
            gathered.paces.push(take(if self.prefetch.is_some() { part.n * pace::WORDS } else { 0 }));
        }
        gathered.headers = self.tables.iter().map(|_| take(HEADER)).collect();
        let (n, each) = (self.parts.iter().map(|part| part.n).sum::<usize>(), self.layout.each());
        gathered.outputs = outputs.iter().map(|k| (*k, take(n * each[*k]))).collect();
        gathered
    }
}
