//! All instances between host and GPU: buffers, paces, actions and the checksum.

use super::GpuBackend;
use crate::envs::Core;
use crate::error::Result;
use crate::shaders::core::pace;

impl GpuBackend {
    /// Part of an instance, and its index there.
    pub(super) fn place(&self, i: usize) -> (usize, usize) {
        let size = self.parts[0].n;
        (i / size, i % size)
    }

    /// The words of buffer `k` (in the order of a snapshot) of all instances.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn fetch(&self, k: usize) -> Result<Vec<u32>> {
        let each = self.layout.each()[k];
        let mut out = vec![0; self.parts.iter().map(|part| part.n * each).sum()];
        for part in &self.parts {
            part.buffers[k].read(&self.gpu, 0, &mut out[part.first * each..(part.first + part.n) * each])?;
        }
        Ok(out)
    }

    /// Writes whole buffers (in the order of a snapshot) to the GPU; `steps` is the number of steps that all instances have taken.
    ///
    /// # Errors
    /// See [`Words::write`].
    pub fn put_all(&mut self, buffers: &[&[u32]], steps: u64) -> Result<()> {
        self.faulted = false;
        for p in 0..self.parts.len() {
            let (first, n) = (self.parts[p].first, self.parts[p].n);
            let rows: Vec<Vec<u32>> = self
                .layout
                .each()
                .iter()
                .zip(buffers)
                .map(|(each, words)| words[first * each..(first + n) * each].to_vec())
                .collect();
            self.put(p, 0, &rows, steps)?;
        }
        Ok(())
    }

    /// The paces of all instances, for a backend that continues with [`GpuBackend::put_paces`].
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn paces(&self) -> Result<Vec<u32>> {
        let mut all = Vec::new();
        for part in &self.parts {
            let mut paces = vec![0; part.n * pace::WORDS];
            part.pace.read(&self.gpu, pace::first(part.n), &mut paces)?;
            all.extend(paces);
        }
        Ok(all)
    }

    /// Writes the paces that [`GpuBackend::paces`] returned. Instances that were short of room become free.
    ///
    /// # Errors
    /// See [`Words::write`].
    pub fn put_paces(&mut self, paces: &[u32]) -> Result<()> {
        for part in &self.parts {
            let mut own = paces[part.first * pace::WORDS..(part.first + part.n) * pace::WORDS].to_vec();
            for pace in own.chunks_exact_mut(pace::WORDS).filter(|pace| pace[1] == pace::NEEDS_ROOM) {
                pace[1] = 0;
            }
            part.pace.write(&self.gpu, pace::first(part.n), &own)?;
        }
        self.faulted = paces.chunks_exact(pace::WORDS).any(|pace| pace[1] == pace::STOPPED);
        Ok(())
    }

    /// Writes the words of buffer `k` of all instances to the GPU.
    ///
    /// # Errors
    /// See [`Words::write`].
    pub fn put_one_buffer(&self, k: usize, words: &[u32]) -> Result<()> {
        let each = self.layout.each()[k];
        for part in &self.parts {
            part.buffers[k].write(&self.gpu, 0, &words[part.first * each..(part.first + part.n) * each])?;
        }
        Ok(())
    }

    /// Writes the words and paces of instances from `at` of part `p` on; no world is ready for them.
    fn put(&mut self, p: usize, at: usize, rows: &[Vec<u32>], steps: u64) -> Result<()> {
        let part = &self.parts[p];
        for ((words, each), row) in part.buffers.iter().zip(self.layout.each()).zip(rows) {
            words.write(&self.gpu, at * each, row)?;
        }
        let paces: Vec<u32> =
            rows[0].chunks_exact(Core::WORDS).flat_map(|core| [steps as u32, 0, 0, core[Core::EPISODE]]).collect();
        part.pace.write(&self.gpu, pace::first(part.n) + at * pace::WORDS, &paces)?;
        if let Some(prefetch) = &mut self.prefetch {
            prefetch.set(p, at, &rows[0], &rows[1..=self.layout.state().len()]);
            prefetch.publish(&self.gpu, p, part)?;
        }
        Ok(())
    }

    /// Sum of the hashes of all instances.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn checksum(&self) -> Result<u64> {
        let layout = &self.layout;
        let hashed = |buffer| layout.lists_of(buffer).map_or(layout.words(buffer), |lists| lists.hashed_words());
        let n_words = layout.core_and_state().map(hashed).sum::<usize>() as u32;
        let mut sum = 0u64;
        for part in &self.parts {
            for lanes in part.hashes(&self.gpu)?.chunks_exact(2) {
                sum = sum.wrapping_add(crate::shaders::shared::hash::Hash { lo: lanes[0], hi: lanes[1] }.finish(n_words));
            }
        }
        Ok(sum)
    }

    /// Writes the actions for the next step with [`crate::sim::rollout::ActionSource::Host`].
    ///
    /// # Errors
    /// See [`Words::write`].
    pub fn give(&self, actions: &[u32]) -> Result<()> {
        for part in &self.parts {
            part.actions.write(&self.gpu, 0, &actions[part.first..part.first + part.n])?;
        }
        Ok(())
    }
}
