//! Accessors of a batch: buffers, the last episode, sums, rows, checksum. With a GPU, buffers are copied to the host when they are
//! requested.

use std::sync::Arc;

use rayon::prelude::*;

use super::batch::Batch;
use super::block_context::{BlockContext, Row};
use super::buffer::Buffer;
use super::config::Config;
use super::gpu::GpuBackend;
use super::last::Last;
use super::reset::Resetter;
use super::stats::Stats;
use crate::envs::{Block, Core, World};
use crate::error::{Error, Result};
use crate::shaders::core::checksum::checksum;
use crate::shaders::core::tally;

impl Batch {
    /// The GPU backend, if the batch is on a GPU.
    pub fn gpu(&self) -> Option<&GpuBackend> {
        self.backend.as_ref()
    }

    /// Number of instances.
    pub fn len(&self) -> usize {
        self.config.num_envs
    }

    /// Always false: a batch has at least one instance.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The world of all instances.
    pub fn world(&self) -> &Arc<dyn World> {
        &self.world
    }

    /// The configuration with which the batch was made.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Steps that every instance has taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Sums over finished episodes.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// `stats` with the unfinished episodes (those with at least one step) counted too.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the GPU fails.
    pub fn stats_with_open(&mut self) -> Result<Stats> {
        self.fetch_all()?;
        let finished = self.stats.clone();
        let mut open = Stats::default();
        let (size, world) = (self.len(), self.world.clone());
        let resetter = Resetter::default();
        for mut work in self.works(&*world, &resetter, &[], size) {
            for i in 0..work.block.n {
                let core = work.block.core_of(i);
                if core[Core::STEP] > 0 && core[Core::FLAGS] & Core::DONE == 0 {
                    work.count_episode(i);
                }
            }
            open.add(&work.stats);
        }
        open.add(&finished);
        Ok(open)
    }

    /// Rows recorded since the last call, ordered by instance, then time.
    pub fn take_rows(&mut self) -> Vec<Row> {
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_by_key(|row| row.instance);
        rows
    }

    /// Copies all buffers to the host.
    pub(super) fn fetch_all(&self) -> Result<()> {
        (0..self.buffers.len()).try_for_each(|k| self.stored(k).map(|_| ()))
    }

    /// The words of a stored buffer, `[n_envs, words]`; empty if the batch does not have it.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the GPU fails.
    pub fn buffer(&self, buffer: Buffer) -> Result<&[u32]> {
        self.layout.index(buffer).map_or(Ok(&[]), |k| self.stored(k))
    }

    /// The words of stored buffer `k`, in the order of a snapshot.
    pub(super) fn stored(&self, k: usize) -> Result<&[u32]> {
        if let (Some(backend), None) = (&self.backend, self.buffers[k].get()) {
            // If another thread was faster, it has read the same words.
            let _ = self.buffers[k].set(backend.fetch(k)?);
        }
        Ok(self.buffers[k].get().map_or(&[], |words| words))
    }

    /// `[n, Core::WORDS]`: action, reward, flags, episode, step, seed of every instance.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the GPU fails; the same holds for the other buffers.
    pub fn core(&self) -> Result<&[u32]> {
        self.buffer(Buffer::Core)
    }

    /// One of the family's state buffers.
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn state(&self, buffer: usize) -> Result<&[u32]> {
        self.buffer(Buffer::State(buffer))
    }

    /// `[n, obs_bytes]` padded to words: the observation after the last step (the first of the new episode where one began).
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn obs(&self) -> Result<&[u32]> {
        self.buffer(Buffer::Obs)
    }

    /// The last observation of the episode, for instances whose episode ended in the last step (same-step mode).
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn final_obs(&self) -> Result<&[u32]> {
        self.buffer(Buffer::FinalObs)
    }

    /// `[n, height, width, 3]` bytes, padded to whole words for each instance; empty if pixels are off.
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn pixels(&self) -> Result<&[u32]> {
        self.buffer(Buffer::Pixels)
    }

    pub(super) fn last_words(&self) -> Result<&[u32]> {
        self.buffer(Buffer::Last)
    }

    /// The state with which the episode of instance `i` ended in the last step; None if it did not end.
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn last(&self, i: usize) -> Result<Option<Last>> {
        let (flags, words) = (self.outcome(i)?.1, self.last_words()?);
        let each = words.len() / self.len();
        Ok((flags & Core::DONE != 0).then(|| Last::of(&*self.world, &words[i * each..(i + 1) * each])))
    }

    /// Raw reward and flags of instance `i` in the last step.
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn outcome(&self, i: usize) -> Result<(i32, u32)> {
        let core = &self.core()?[i * Core::WORDS..];
        Ok((core[Core::REWARD] as i32, core[Core::FLAGS]))
    }

    /// Checksum over the stored state of all instances, in stored order; the same on every backend and for any number of threads.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the GPU fails.
    pub fn checksum(&self) -> Result<u64> {
        if let Some(backend) = &self.backend {
            return backend.checksum();
        }
        let n = self.len();
        let (core, state) =
            (self.core()?, (0..self.world.spec().buffers.len()).map(|b| self.state(b)).collect::<Result<Vec<_>>>()?);
        let hash = |i: usize| checksum(i as u32, core, (self.world.spec(), state.iter().copied()), i, n);
        Ok((0..n).into_par_iter().map(hash).reduce(|| 0, u64::wrapping_add))
    }

    /// Calls `look` with a block over the whole batch, to describe instances. With a GPU, what is written there is lost.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the GPU fails.
    pub fn with_block<T>(&mut self, look: impl FnOnce(&dyn World, &mut Block) -> T) -> Result<T> {
        self.with_all(|work| look(work.world, &mut work.block))
    }

    /// Calls `look` with the context of one block that holds all instances. With a GPU, what is written there is lost.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the GPU fails.
    pub fn with_all<T>(&mut self, look: impl FnOnce(&mut BlockContext) -> T) -> Result<T> {
        self.fetch_all()?;
        let (size, world, columns) = (self.len(), self.world.clone(), self.plugin_columns());
        let resetter = Resetter::default();
        let mut works = self.works(&*world, &resetter, &columns, size);
        Ok(look(&mut works[0]))
    }

    /// The headers of the plugin's shared tables: the first words of each.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the GPU fails.
    pub fn table_headers(&self) -> Result<Vec<Vec<u32>>> {
        match (&self.backend, &self.config.plugin) {
            (Some(backend), _) => backend.headers(),
            (None, Some(plugin)) => Ok(plugin.headers()),
            (None, None) => Ok(Vec::new()),
        }
    }

    /// One of the buffers of the plugin (see [`super::StepPlugin::plugin_buffers`]): `[n, words]`.
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn plugin_buffer(&self, k: usize) -> Result<&[u32]> {
        self.buffer(Buffer::Plugin(k))
    }

    /// Replaces one of the buffers of the plugin.
    ///
    /// # Errors
    /// [`Error::Usage`] if the length differs; [`Error::Gpu`] if the GPU fails.
    pub fn set_plugin_buffer(&mut self, k: usize, words: &[u32]) -> Result<()> {
        let there = self.plugin_buffer(k)?.len();
        if words.len() != there {
            return Err(Error::Usage(format!("{} words for a buffer of {there}", words.len())));
        }
        let Some(k) = self.layout.index(Buffer::Plugin(k)) else { return Ok(()) };
        if let Some(own) = self.buffers[k].get_mut() {
            own.copy_from_slice(words);
        }
        self.backend.as_ref().map_or(Ok(()), |backend| backend.put_one_buffer(k, words))
    }

    /// Sum of raw rewards (see `WorldSpec::reward_denominator`) of all instances in all episodes so far, including open episodes.
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn total_reward(&self) -> Result<i64> {
        let (core, tally) = (self.core()?, self.buffer(Buffer::Tally)?);
        let cores = core.chunks_exact(Core::WORDS).zip(tally.chunks_exact(tally::WORDS));
        // The statistics contain all finished episodes, also those after which no episode has begun yet.
        let open = cores.filter(|(core, _)| core[Core::STEP] > 0 && core[Core::FLAGS] & Core::DONE == 0);
        Ok(self.stats.reward + open.map(|(_, tally)| tally::total(tally)).sum::<i64>())
    }
}
