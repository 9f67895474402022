//! Words that are read from the GPU after a submission, in one read.

use super::GpuBackend;
use crate::gpu::Words;
use crate::shaders::core::{pace, sums};
use crate::sim::plugin::HEADER;

/// Words as they were after a submission.
#[derive(Debug, Default)]
pub struct Readback {
    /// For each part: its sums.
    pub sums: Vec<[u32; sums::WORDS]>,
    /// For each part: the paces of its instances if levels are prefetched; otherwise empty.
    pub paces: Vec<Vec<u32>>,
    /// The headers of the shared tables.
    pub headers: Vec<Vec<u32>>,
    /// Whole stored buffers that were requested: index in the order of a snapshot, words of all instances.
    pub outputs: Vec<(usize, Vec<u32>)>,
}

impl GpuBackend {
    /// The words to read: buffer, first word, number of words. `outputs` are indices of stored buffers.
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

    /// Splits the words that were read for [`GpuBackend::wanted`].
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
