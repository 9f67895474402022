//! Instances between host and GPU: whole buffers, single instances, and copies from one instance to another.

use super::GpuBackend;
use super::part::Part;
use crate::envs::Core;
use crate::error::Result;
use crate::gpu::{Pass, Words};
use crate::shaders::core::pace;

impl GpuBackend {
    /// Part and place of an instance.
    fn place(&self, i: usize) -> (usize, usize) {
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

    /// Puts whole buffers (in the order of a snapshot) on the GPU; `steps` are those that all instances have taken.
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

    /// Where each instance is in its turn, for a GPU that goes on with [`GpuBackend::put_paces`].
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

    /// Instances are where [`GpuBackend::paces`] said; those that were short of room are not any more.
    ///
    /// # Errors
    /// See [`Words::write`].
    pub fn put_paces(&mut self, paces: &[u32]) -> Result<()> {
        for part in &self.parts {
            let mut own = paces[part.first * pace::WORDS..(part.first + part.n) * pace::WORDS].to_vec();
            for pace in own.chunks_exact_mut(pace::WORDS).filter(|pace| pace[1] == pace::CROWDED) {
                pace[1] = 0;
            }
            part.pace.write(&self.gpu, pace::first(part.n), &own)?;
        }
        self.faulted = paces.chunks_exact(pace::WORDS).any(|pace| pace[1] == pace::STOPPED);
        Ok(())
    }

    /// Puts the words of buffer `k` of all instances on the GPU.
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

    /// All words of instance `i`, a vector for each buffer.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn fetch_one(&self, i: usize) -> Result<Vec<Vec<u32>>> {
        let (p, at) = self.place(i);
        let mut rows = Vec::new();
        for (words, each) in self.parts[p].buffers.iter().zip(self.layout.each()) {
            let mut row = vec![0; each];
            words.read(&self.gpu, at * each, &mut row)?;
            rows.push(row);
        }
        Ok(rows)
    }

    /// Puts all words of instance `i` on the GPU.
    ///
    /// # Errors
    /// See [`Words::write`].
    pub fn put_one(&mut self, i: usize, rows: &[Vec<u32>], steps: u64) -> Result<()> {
        let (p, at) = self.place(i);
        self.put(p, at, rows, steps)
    }

    /// Instances from `at` of part `p` on: their words, how far they are, and that nothing is made ahead for them.
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

    /// Copies instances, on the GPU; all sources are read before any target is written.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError`] of any kind.
    pub fn fork(&mut self, sources: &[usize], targets: &[usize], steps: u64) -> Result<()> {
        let room = |each: &usize| Words::new(&self.gpu, "forks", each * sources.len());
        let kept = self.layout.each().iter().map(room).collect::<std::result::Result<Vec<_>, _>>()?;
        for to_instances in [false, true] {
            for p in 0..self.parts.len() {
                let list = if to_instances { targets } else { sources };
                let own: Vec<(usize, usize)> = list
                    .iter()
                    .enumerate()
                    .map(|(k, i)| (k, self.place(*i)))
                    .filter(|(_, (q, _))| *q == p)
                    .map(|(k, (_, at))| (k, at))
                    .collect();
                let pairs: Vec<u32> = own
                    .iter()
                    .flat_map(|(k, at)| if to_instances { [*k as u32, *at as u32] } else { [*at as u32, *k as u32] })
                    .collect();
                self.copy(&self.parts[p], &kept, &pairs, to_instances)?;
            }
        }
        if self.prefetch.is_some() {
            // What was made ahead for the targets was for who they were.
            for target in targets {
                let rows = self.fetch_one(*target)?;
                self.put_one(*target, &rows, steps)?;
            }
        }
        Ok(())
    }

    /// Rows of all buffers of a part to `kept` or back, by pairs (read, written).
    fn copy(&self, part: &Part, kept: &[Words], pairs: &[u32], back: bool) -> Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        let n = pairs.len() / 2;
        let list = Words::of(&self.gpu, "list of forks", &[&[n as u32, 0], pairs].concat())?;
        let mut pass = Pass::new(&self.gpu, "fork");
        let mut bound = Vec::new();
        for ((own, kept), each) in part.buffers.iter().zip(kept).zip(self.layout.each()) {
            let params = Words::of(&self.gpu, "fork", &[each as u32])?;
            let [source, target] = if back { [kept, own] } else { [own, kept] };
            let buffers = [("params", &params), ("list", &list), ("source", source), ("copied", target)];
            bound.push(self.programs.copy.bind(&self.gpu, &buffers)?);
        }
        bound.iter().for_each(|bound| pass.strides(&self.programs.copy, bound, n));
        pass.submit()?;
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

    /// Actions for the next step with [`crate::sim::rollout::ActionSource::Given`].
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
