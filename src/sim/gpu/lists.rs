//! Lists of instances between host and GPU, and copies of instances to other instances. A list takes one submission, whatever its length.

use super::GpuBackend;
use super::part::Part;
use crate::envs::Core;
use crate::error::Result;
use crate::gpu::{Pass, Staging, Words};
use crate::shaders::core::pace;

impl GpuBackend {
    /// All words of these instances: for each instance, one vector for each buffer, in the order of a snapshot.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError`] of any kind.
    pub fn fetch_list(&self, list: &[usize]) -> Result<Vec<Vec<Vec<u32>>>> {
        let each = self.layout.each();
        let buffers: Vec<usize> = (0..each.len()).collect();
        let columns = self.gather(list, &buffers)?;
        let row = |k: usize, b: usize| columns[b][k * each[b]..(k + 1) * each[b]].to_vec();
        Ok((0..list.len()).map(|k| buffers.iter().map(|b| row(k, *b)).collect()).collect())
    }

    /// The words of some buffers of these instances: for each buffer `[list, words]`.
    fn gather(&self, list: &[usize], buffers: &[usize]) -> Result<Vec<Vec<u32>>> {
        let each = self.layout.each();
        let mut pass = Pass::new(&self.gpu, "gather");
        let copies = self.copies(list, buffers)?;
        self.encode(&mut pass, (list, buffers), &copies, false)?;
        let wanted: Vec<(&Words, usize, usize)> =
            copies.iter().zip(buffers).map(|(words, b)| (words, 0, list.len() * each[*b])).collect();
        let (_, words) = pass.submit_and_read(&wanted, &mut Staging::default())?;
        let mut rest = &words[..];
        let take = |(_, _, n): &(&Words, usize, usize)| {
            let (own, after) = rest.split_at(*n);
            rest = after;
            own.to_vec()
        };
        Ok(wanted.iter().map(take).collect())
    }

    /// Writes all words of these instances to the GPU; `steps` is the number of steps that all instances have taken.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError`] of any kind.
    pub fn put_list(&mut self, list: &[usize], rows: &[Vec<Vec<u32>>], steps: u64) -> Result<()> {
        let buffers: Vec<usize> = (0..self.layout.each().len()).collect();
        let columns: Vec<Vec<u32>> =
            buffers.iter().map(|b| rows.iter().flat_map(|rows| rows[*b].iter().copied()).collect()).collect();
        let copies = columns.iter().map(|words| Words::of(&self.gpu, "list of instances", words));
        let copies = copies.collect::<std::result::Result<Vec<_>, _>>()?;
        let mut pass = Pass::new(&self.gpu, "put");
        self.encode(&mut pass, (list, &buffers), &copies, true)?;
        pass.submit()?;
        let n_state = self.layout.state().len();
        self.moved(list, &columns[0], &columns[1..=n_state], steps)
    }

    /// Copies instance `sources[k]` into `targets[k]`, on the GPU; all sources are read before any target is written.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError`] of any kind.
    pub fn fork(&mut self, sources: &[usize], targets: &[usize], steps: u64) -> Result<()> {
        let buffers: Vec<usize> = (0..self.layout.each().len()).collect();
        let copies = self.copies(sources, &buffers)?;
        let mut pass = Pass::new(&self.gpu, "fork");
        self.encode(&mut pass, (sources, &buffers), &copies, false)?;
        self.encode(&mut pass, (targets, &buffers), &copies, true)?;
        pass.submit()?;
        if self.prefetch.is_none() {
            return Ok(());
        }
        // Levels that were prefetched for the targets belong to the instances that were there before.
        let streams = self.prefetch.as_ref().map_or(Vec::new(), |prefetch| prefetch.streams());
        let wanted: Vec<usize> = std::iter::once(0).chain(streams.iter().map(|b| 1 + b)).collect();
        let mut columns = self.gather(targets, &wanted)?.into_iter();
        let cores = columns.next().unwrap_or_default();
        let mut state = vec![Vec::new(); self.layout.state().len()];
        streams.iter().zip(columns).for_each(|(b, words)| state[*b] = words);
        self.moved(targets, &cores, &state, steps)
    }

    /// Runs the plugin's passes over the states of these instances, as first states of episodes, as in a step.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError`] of any kind.
    pub fn on_reset(&mut self, list: &[usize]) -> Result<()> {
        let mut pass = Pass::new(&self.gpu, "first states");
        let stages = self.programs.on_reset_stages.len();
        for (p, part) in self.parts.iter().enumerate() {
            let own: Vec<u32> = list.iter().map(|i| self.place(*i)).filter(|(q, _)| *q == p).map(|(_, at)| at as u32).collect();
            let pairs = own.iter().flat_map(|at| [0, *at]);
            part.pace.write(&self.gpu, 0, &[own.len() as u32, 0].into_iter().chain(pairs).collect::<Vec<_>>())?;
        }
        for stage in 0..stages {
            self.parts.iter().for_each(|part| part.encode_on_reset(&mut pass, stage));
        }
        pass.submit()?;
        for part in &self.parts {
            part.pace.write(&self.gpu, 0, &[0, 0])?;
        }
        self.headers = None;
        Ok(())
    }

    /// Makes buffers for the rows of these instances, one for each of `buffers`.
    fn copies(&self, list: &[usize], buffers: &[usize]) -> Result<Vec<Words>> {
        let each = self.layout.each();
        let room = |b: &usize| Words::new(&self.gpu, "list of instances", list.len() * each[*b]);
        Ok(buffers.iter().map(room).collect::<std::result::Result<_, _>>()?)
    }

    /// Encodes copies of rows of these instances from the batch's buffers to `copies`; the other way if `back`.
    fn encode(&self, pass: &mut Pass, (list, buffers): (&[usize], &[usize]), copies: &[Words], back: bool) -> Result<()> {
        let each = self.layout.each();
        for (p, part) in self.parts.iter().enumerate() {
            let own = list.iter().enumerate().map(|(k, i)| (k as u32, self.place(*i))).filter(|(_, (q, _))| *q == p);
            let pairs: Vec<u32> = own.flat_map(|(k, (_, at))| if back { [k, at as u32] } else { [at as u32, k] }).collect();
            if pairs.is_empty() {
                continue;
            }
            let n = pairs.len() / 2;
            let list = Words::of(&self.gpu, "list of instances", &[&[n as u32, 0], &pairs[..]].concat())?;
            for (b, copy) in buffers.iter().zip(copies).filter(|(b, _)| each[**b] > 0) {
                let params = Words::of(&self.gpu, "words of a row", &[each[*b] as u32])?;
                let own = &part.buffers[*b];
                let [source, copied] = if back { [copy, own] } else { [own, copy] };
                let bound = self
                    .programs
                    .copy
                    .bind(&self.gpu, &[("params", &params), ("list", &list), ("source", source), ("copied", copied)])?;
                pass.strides(&self.programs.copy, &bound, n);
            }
        }
        Ok(())
    }

    /// Records that these instances were replaced: they have taken `steps` steps, and no level is prefetched for them. `state` holds the
    /// words of each state buffer; only those of streams are read.
    fn moved(&mut self, list: &[usize], cores: &[u32], state: &[Vec<u32>], steps: u64) -> Result<()> {
        let places: Vec<(usize, usize)> = list.iter().map(|i| self.place(*i)).collect();
        let each: Vec<usize> = state.iter().map(|words| words.len() / list.len().max(1)).collect();
        let mut k = 0;
        // Consecutive instances are written together.
        for run in places.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1) {
            let ((p, at), n) = (run[0], run.len());
            let cores = &cores[k * Core::WORDS..(k + n) * Core::WORDS];
            let paces: Vec<u32> =
                cores.chunks_exact(Core::WORDS).flat_map(|core| [steps as u32, 0, 0, core[Core::EPISODE]]).collect();
            let part: &Part = &self.parts[p];
            part.pace.write(&self.gpu, pace::first(part.n) + at * pace::WORDS, &paces)?;
            if let Some(prefetch) = &mut self.prefetch {
                let state: Vec<Vec<u32>> =
                    state.iter().zip(&each).map(|(words, each)| words[k * each..(k + n) * each].to_vec()).collect();
                prefetch.set(p, at, cores, &state);
            }
            k += n;
        }
        let prefetch = self.prefetch.as_ref().into_iter();
        for (prefetch, (p, part)) in prefetch.flat_map(|prefetch| self.parts.iter().enumerate().map(move |part| (prefetch, part)))
        {
            prefetch.publish(&self.gpu, p, part)?;
        }
        Ok(())
    }
}
