//! Changes of instances outside a step, for a list of instances: reset, new seed, restored state, scenario. On a GPU a list takes one
//! read and one submission, and shared tables are not copied.

use rayon::prelude::*;

use super::batch::Batch;
use super::block_context::{BlockContext, Origin, row, state_hash};
use super::buffer::Buffer;
use super::cut::{Common, grown, work};
use super::fault::Fault;
use super::instance_state::InstanceState;
use super::reset::{Resetter, set_seed};
use super::schedule::begin_episodes;
use super::step_output::StepOutput;
use crate::envs::{Block, Core, World};
use crate::error::{Error, Result};

impl Batch {
    /// Begins a new episode in the instances of `mask`, `[n]`, without a step, and returns the output of all instances. `seeds`, `[n]`,
    /// gives those instances new seeds: their episode is number 1, and their random stream is that of an instance that has always had
    /// this seed (an instance of a new batch has seed of the batch + its index). With a pool of worlds, the level still depends on
    /// instance and episode only. Open episodes are counted in [`Batch::stats`] as they are. Counts of bonuses are not changed.
    ///
    /// # Errors
    /// [`Error::Usage`] if a list does not have `n` values, or if a recorded instance would get a new seed: its trace has one seed for
    /// all episodes (nothing is changed then). [`Error::Fault`] if a new world does not fit; [`Error::Gpu`] if the GPU fails.
    pub fn reset(&mut self, mask: &[bool], seeds: Option<&[i64]>) -> Result<StepOutput<'_>> {
        for (what, len) in [("mask", mask.len()), ("seeds", seeds.map_or(self.len(), <[i64]>::len))] {
            if len != self.len() {
                return Err(Error::Usage(format!("reset: the {what} has {len} values for {} instances", self.len())));
            }
        }
        let list: Vec<usize> = (0..self.len()).filter(|i| mask[*i]).collect();
        if let Some(i) = list.iter().find(|i| seeds.is_some() && self.recorded[**i]) {
            return Err(Error::Usage(format!(
                "reset: instance {i} is recorded, and a trace holds one seed for all its episodes; reset it without a seed, or do not record it"
            )));
        }
        self.change(&list, |k, work| {
            let i = list[k];
            end_uncompleted(work);
            if let Some(seeds) = seeds {
                set_seed(&mut work.block, 0, seeds[i]);
                work.block.core_mut(0)[Core::EPISODE] = 0;
            }
            begin(work);
            work.block.core_mut(0)[Core::REWARD] = 0;
            Ok(())
        })?;
        let core = self.core()?;
        let fault = list.iter().find_map(|i| {
            let core = &core[i * Core::WORDS..(i + 1) * Core::WORDS];
            let (episode, step, code) = (core[Core::EPISODE], core[Core::STEP], core[Core::FAULT]);
            (code != 0).then_some(Fault { batch_step: self.steps, instance: *i, episode, step, code })
        });
        match fault {
            Some(fault) => Err(self.fault(fault)),
            None => self.output(),
        }
    }

    /// Ends instance `i`'s episode and begins the next, without a step.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the GPU fails.
    pub fn begin_episode(&mut self, i: usize) -> Result<()> {
        self.check(i)?;
        self.change(&[i], |_, work| {
            begin(work);
            Ok(())
        })
    }

    /// Sets the state of instance `i` to a scenario and observes it; the sums of its episode begin here.
    ///
    /// # Errors
    /// [`Error::Usage`] if the world has no scenarios or this one does not fit it; [`Error::Gpu`] if the GPU fails.
    pub fn set_scenario(&mut self, i: usize, scenario: &serde_json::Value) -> Result<()> {
        self.check(i)?;
        self.change(&[i], |_, work| {
            work.world.set_scenario(0, &mut work.block, scenario).map_err(Error::Usage)?;
            work.begin_tally(0);
            work.set_fresh(0);
            Ok(())
        })
    }

    /// Restores states: (instance, state, how to reach it again). Open episodes of these instances end uncompleted and are counted as
    /// they are. A row of a recorded instance holds the new state and how to reach it.
    ///
    /// # Errors
    /// [`Error::Usage`] if a state is of another world (nothing is changed then); [`Error::Gpu`] if the GPU fails.
    pub fn restore_states(&mut self, list: &[(usize, &InstanceState, &Origin)]) -> Result<()> {
        let instances: Vec<usize> = list.iter().map(|(i, _, _)| *i).collect();
        instances.iter().try_for_each(|i| self.check(*i))?;
        let mut sorted = instances.clone();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::Usage(format!("restore: instance {} is named twice", pair[0])));
        }
        // Checked before anything is changed, because the list is processed in chunks.
        let rest = [Buffer::Obs, Buffer::Tally, Buffer::Visited].map(|buffer| self.layout.words(buffer)).iter().sum();
        if let Some((i, _, _)) = list.iter().find(|(_, state, _)| !state.fits(self.world.spec(), rest)) {
            return Err(Error::Usage(format!("restore: the state for instance {i} is of another world")));
        }
        self.change(&instances, |k, work| {
            let (_, state, origin) = list[k];
            end_uncompleted(work);
            state.put(work)?;
            work.set_fresh(0);
            if work.recorded[0] {
                let mut row = row(work.world, &work.block, 0, work.batch_step, None);
                row.checksum = Some(origin.checksum(state_hash(work.world, &work.block, 0)));
                row.origin = Some((*origin).clone());
                work.rows.push(row);
            }
            Ok(())
        })
    }

    /// Number of instances whose words are processed at a time.
    pub(super) fn list_len(&self) -> usize {
        let each = self.each();
        let by_bytes = LIST_WORDS / each.iter().sum::<usize>().max(1);
        let widest = 4 * each.into_iter().max().unwrap_or(1).max(1);
        let by_binding = self.backend.as_ref().map_or(usize::MAX, |backend| backend.gpu.largest() / widest);
        by_bytes.min(by_binding).max(1)
    }

    /// Calls `job` (index in the list, a block of that instance alone) for the instances of a list, in parallel. When all are done, the
    /// plugin processes the first states that the jobs have made.
    ///
    /// # Errors
    /// The error of the first instance whose job fails; instances of the same chunk are not changed.
    fn change(&mut self, list: &[usize], job: impl Fn(usize, &mut BlockContext) -> Result<()> + Sync) -> Result<()> {
        let mut fresh = Vec::new();
        let len = self.list_len();
        for (c, list) in list.chunks(len).enumerate() {
            fresh.extend(self.change_some(list, |k, work| job(c * len + k, work))?);
        }
        let Some(plugin) = self.config.plugin.clone().filter(|_| !fresh.is_empty()) else { return Ok(()) };
        let Some(backend) = &mut self.backend else {
            plugin.make_room(fresh.len(), 1)?;
            return self.run_passes(&plugin.on_reset());
        };
        backend.make_room(&*plugin, fresh.len(), 1)?;
        backend.on_reset(&fresh)?;
        self.let_go();
        Ok(())
    }

    /// [`Batch::change`] of one chunk, whose words fit in memory next to the batch. Returns the instances with a new first state.
    pub(super) fn change_some(
        &mut self,
        list: &[usize],
        job: impl Fn(usize, &mut BlockContext) -> Result<()> + Sync,
    ) -> Result<Vec<usize>> {
        let (world, columns, steps) = (self.world.clone(), self.plugin_columns(), self.steps);
        let mut all = self.rows_of(list)?;
        let common = Common { world: &*world, resetter: &self.resetter, plugin_columns: &columns, batch_step: steps };
        let done: Vec<_> = all
            .par_iter_mut()
            .zip(list)
            .enumerate()
            .map(|(k, (rows, i))| {
                let mut words: Vec<&mut [u32]> = rows.iter_mut().map(|words| &mut words[..]).collect();
                let mut work = work(&common, *i, 1, &mut words, &self.recorded[*i..=*i]);
                job(k, &mut work)?;
                let (stats, recorded) = (work.stats, work.rows);
                let grown: Vec<_> = grown(work.block.state, *i, 1).collect();
                grown.into_iter().for_each(|(b, _, _, words)| rows[1 + b] = words);
                Ok((stats, recorded))
            })
            .collect::<Vec<Result<_>>>()
            .into_iter()
            .collect::<Result<_>>()?;
        let at = self.layout.index(Buffer::Fresh);
        let is_fresh = |rows: &[Vec<u32>]| at.is_some_and(|k| rows[k] == [1]);
        let fresh = list.iter().zip(&all).filter(|(_, rows)| is_fresh(rows)).map(|(i, _)| *i).collect();
        if let (Some(k), true) = (at, self.backend.is_some()) {
            // For a GPU, a list holds the instances with a new first state.
            all.iter_mut().for_each(|rows| rows[k].fill(0));
        }
        self.set_rows_of(list, all)?;
        for (stats, recorded) in done {
            self.stats.add(&stats);
            self.rows.extend(recorded);
        }
        Ok(fresh)
    }

    /// Calls `look` with a block of one instance that holds copies of the words of instance `i`.
    pub(super) fn with_instance<T>(&self, i: usize, look: impl FnOnce(&dyn World, &Block) -> T) -> Result<T> {
        let mut rows = self.rows_of(&[i])?.swap_remove(0);
        let mut words: Vec<&mut [u32]> = rows.iter_mut().map(|words| &mut words[..]).collect();
        let resetter = Resetter::default();
        let common = Common { world: &*self.world, resetter: &resetter, plugin_columns: &[], batch_step: self.steps };
        Ok(look(&*self.world, &work(&common, i, 1, &mut words, &self.recorded[i..=i]).block))
    }

    /// All words of these instances: for each instance, one vector for each buffer.
    pub(super) fn rows_of(&self, list: &[usize]) -> Result<Vec<Vec<Vec<u32>>>> {
        if let Some(backend) = &self.backend {
            return backend.fetch_list(list);
        }
        let one = |i: &usize| {
            let row = |k: usize| {
                let words = self.stored(k)?;
                let each = words.len() / self.len();
                Ok(words[i * each..(i + 1) * each].to_vec())
            };
            (0..self.buffers.len()).map(row).collect()
        };
        list.iter().map(one).collect()
    }

    /// Replaces all words of these instances. Growing buffers may have another length than in the batch.
    pub(super) fn set_rows_of(&mut self, list: &[usize], all: Vec<Vec<Vec<u32>>>) -> Result<()> {
        let all = self.fitted(all)?;
        if let Some(backend) = &mut self.backend {
            backend.put_list(list, &all, self.steps)?;
            self.let_go();
            return Ok(());
        }
        for (i, rows) in list.iter().zip(&all) {
            for (words, row) in self.buffers.iter_mut().zip(rows).filter_map(|(words, row)| Some((words.get_mut()?, row))) {
                words[i * row.len()..(i + 1) * row.len()].copy_from_slice(row);
            }
        }
        Ok(())
    }
}

/// Maximum number of words that a chunk of a list takes in addition to the batch.
const LIST_WORDS: usize = 1 << 26;

/// Counts the open episode, if there is one, as it is.
fn end_uncompleted(work: &mut BlockContext) {
    let core = work.block.core_of(0);
    if core[Core::STEP] > 0 && core[Core::FLAGS] & Core::DONE == 0 {
        work.count_episode(0);
    }
}

fn begin(work: &mut BlockContext) {
    begin_episodes(work, [0], |_, _| {});
    work.block.core_mut(0)[Core::FLAGS] = 0;
}
