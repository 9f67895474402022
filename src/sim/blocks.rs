//! The CPU backend. The batch is cut into blocks of instances, and one thread steps a block many steps at a time. All blocks are stepped
//! one step at a time only if instances share data that is read before the next step.

use std::ops::Range;

use rayon::prelude::*;

use super::agent::Agent;
use super::batch::Batch;
use super::block_context::{BlockContext, Row};
use super::cut::{Common, first_fault, grown, work};
use super::fault::Fault;
use super::pass::{Deferred, Pass};
use super::plugin::DeferredCounting;
use super::reset::Resetter;
use super::schedule::Schedule;
use super::stats::Stats;
use crate::envs::{Core, World};
use crate::error::Result;

/// Maximum number of bytes of a block: the state of the instances that a thread steps together should stay in a core's second-level
/// cache.
const BLOCK_BYTES: usize = 448 * 1024;
/// Minimum number of blocks for each thread, if there are enough instances.
const SPREAD: usize = 4;
/// The same for deferred counting. There, all blocks wait for each other every few dozen steps, and the number of worlds that a block
/// generates in these steps varies.
const SPREAD_DEFERRED: usize = 16;

impl Batch {
    /// Takes `n_steps` steps of all instances. With one stage, each block takes all steps on its own; with several stages, all blocks run
    /// stage by stage.
    pub(super) fn run_on_blocks(&mut self, n_steps: u64, schedule: &Schedule) -> Result<()> {
        let (begun, passes, wraps) = (self.steps, &schedule.passes, schedule.wraps);
        match &schedule.stages[..] {
            [_] => self.each_block(|work| simulate(work, begun, n_steps, |work| run(passes, work)))?,
            [first, between @ .., last] => self.all_blocks(self.block_size(SPREAD), |works| {
                let stage = |stage: &Range<usize>, work: &mut BlockContext| run(&passes[stage.clone()], work);
                for t in 0..n_steps {
                    works.par_iter_mut().for_each(|work| {
                        if wraps && t > 0 {
                            stage(last, work);
                        }
                        work.batch_step = begun + t + 1;
                        stage(first, work);
                    });
                    for middle in between {
                        works.par_iter_mut().for_each(|work| stage(middle, work));
                    }
                    let fault = works.iter().filter_map(|work| first_fault(work, begun + t + 1)).min();
                    if !wraps || fault.is_some() || t + 1 == n_steps {
                        works.par_iter_mut().for_each(|work| stage(last, work));
                    }
                    if fault.is_some() {
                        return fault;
                    }
                }
                None
            })?,
            [] => {}
        }
        self.steps += n_steps;
        Ok(())
    }

    /// [`Batch::run_on_blocks`] with a plugin that is computed after as many steps as it can log.
    pub(super) fn run_deferred(&mut self, n_steps: u64, schedule: &Schedule, deferred: &mut dyn DeferredCounting) -> Result<()> {
        let begun = self.steps;
        self.all_blocks(self.deferred_block(), |works| {
            let mut done = 0;
            while done < n_steps {
                let (after, n) = (begun + done, deferred.max_steps().min(n_steps - done));
                let noting = &*deferred;
                let fault = works
                    .par_iter_mut()
                    .with_max_len(1)
                    .filter_map(|work| {
                        if n > 1 {
                            bring(work);
                        }
                        simulate(work, after, n, |work| note(&schedule.passes, noting, work))
                    })
                    .min();
                let noted = fault.as_ref().map_or(n, |fault| fault.batch_step - after) as usize;
                deferred.count(noted);
                let deferred = &*deferred;
                let paid = works.par_iter_mut().with_max_len(1).filter_map(|work| deferred.score(work, after, noted)).min();
                // At the same step and instance the fault of the scores counts, as in step-by-step execution.
                if let Some(first) = [paid, fault].into_iter().flatten().min_by_key(|fault| (fault.batch_step, fault.instance)) {
                    return Some(first);
                }
                done += n;
            }
            None
        })?;
        self.steps += n_steps;
        Ok(())
    }

    /// Number of instances of a block with deferred counting.
    pub(super) fn deferred_block(&self) -> usize {
        self.block_size(SPREAD_DEFERRED)
    }

    /// Returns the actions that an agent chooses for all instances, on all threads. This changes nothing. With a GPU, the agent reads
    /// copies of its buffers.
    pub(super) fn choose_on_host(&mut self, agent: &dyn Agent) -> Result<Vec<u32>> {
        self.fetch_all()?;
        let (size, world, columns) = (self.block_size(SPREAD), self.world.clone(), self.plugin_columns());
        let resetter = Resetter::default();
        let mut works = self.works(&*world, &resetter, &columns, size);
        works.par_iter_mut().for_each(|work| agent.choose(work));
        if let Some(fault) = works.iter().filter_map(|work| first_fault(work, work.batch_step)).min() {
            drop(works);
            return Err(self.fault(fault));
        }
        let actions = works.iter().flat_map(|work| work.block.core.chunks_exact(Core::WORDS).map(|core| core[Core::ACTION]));
        Ok(actions.collect())
    }

    /// Runs passes that are not a step.
    pub(super) fn run_passes(&mut self, passes: &[Pass]) -> Result<()> {
        let (begun, schedule) = (self.steps, Schedule::of(passes));
        self.all_blocks(self.block_size(SPREAD), |works| {
            for stage in schedule.stages {
                works.par_iter_mut().for_each(|work| run(&schedule.passes[stage.clone()], work));
            }
            works.iter().filter_map(|work| first_fault(work, begun)).min()
        })
    }

    /// Runs `job` over all blocks on all threads, then collects statistics and rows in the order of blocks.
    pub(super) fn each_block(&mut self, job: impl Fn(&mut BlockContext) -> Option<Fault> + Sync) -> Result<()> {
        self.all_blocks(self.block_size(SPREAD), |works| works.par_iter_mut().filter_map(&job).min())
    }

    /// Runs `job` on the batch cut into blocks of `size`, then collects statistics and rows in the order of blocks.
    fn all_blocks(&mut self, size: usize, job: impl FnOnce(&mut [BlockContext]) -> Option<Fault>) -> Result<()> {
        let world = self.world.clone();
        let (columns, resetter) = (self.plugin_columns(), std::mem::take(&mut self.resetter));
        let mut works = self.works(&*world, &resetter, &columns, size);
        let first = job(&mut works);
        let mut wider = Vec::new();
        let mut done: Vec<(Stats, Vec<Row>)> = Vec::new();
        for work in works {
            wider.extend(grown(work.block.state, work.block.first, work.block.n));
            done.push((work.stats, work.rows));
        }
        self.resetter = resetter;
        // Recorded rows are stored even if there is not enough memory for the grown buffers.
        let widened = self.take_grown(wider);
        // Other blocks went on to the end of the chunk. The rows that they recorded after the fault are dropped.
        let last = first.as_ref().map_or(u64::MAX, |f| f.batch_step);
        for (stats, rows) in done {
            self.stats.add(&stats);
            self.rows.extend(rows.into_iter().filter(|row| row.batch_step <= last));
        }
        widened?;
        first.map_or(Ok(()), |fault| Err(self.fault(fault)))
    }

    /// Returns the number of instances of a block. `spread` is the number of blocks for each thread, so that no thread waits long for the
    /// last block.
    fn block_size(&self, spread: usize) -> usize {
        let per_instance =
            self.buffers.iter().filter_map(|words| words.get()).map(|words| words.len() * 4 / self.len()).sum::<usize>().max(1);
        let by_cache = (BLOCK_BYTES / per_instance).clamp(1, 512);
        let by_threads = self.len().div_ceil(rayon::current_num_threads() * spread).max(1);
        if self.config.block > 0 { self.config.block } else { by_cache.min(by_threads) }
    }

    /// Cuts all buffers into blocks.
    pub(super) fn works<'a>(
        &'a mut self,
        world: &'a dyn World,
        resetter: &'a Resetter,
        plugin_columns: &'a [usize],
        size: usize,
    ) -> Vec<BlockContext<'a>> {
        let (n, steps) = (self.config.num_envs, self.steps);
        let mut cuts: Vec<_> = self
            .buffers
            .iter_mut()
            .filter_map(|words| words.get_mut())
            .map(|words| {
                let each = words.len() / n;
                words.chunks_mut((each * size).max(1))
            })
            .collect();
        let mut recorded = self.recorded.chunks(size);
        (0..n.div_ceil(size))
            .map(|k| {
                // A buffer without words has no chunks.
                let mut words: Vec<&mut [u32]> = cuts.iter_mut().map(|cut| cut.next().unwrap_or_default()).collect();
                let first = k * size;
                let common = Common { world, resetter, plugin_columns, batch_step: steps };
                work(&common, first, size.min(n - first), &mut words, recorded.next().unwrap_or_default())
            })
            .collect()
    }
}

fn run(passes: &[&Pass], work: &mut BlockContext) {
    passes.iter().for_each(|pass| pass.run(work));
}

/// Runs the passes, except those that wait until the shared tables have been counted: these are logged.
fn note(passes: &[&Pass], deferred: &dyn DeferredCounting, work: &mut BlockContext) {
    for pass in passes {
        match pass.deferred {
            Deferred::No => pass.run(work),
            _ => deferred.note(pass, work),
        }
    }
}

/// Takes `n_steps` steps of one block after batch step `after`, or fewer if there is a fault.
fn simulate(work: &mut BlockContext, after: u64, n_steps: u64, one: impl Fn(&mut BlockContext)) -> Option<Fault> {
    (after + 1..=after + n_steps).find_map(|step| {
        work.batch_step = step;
        one(work);
        first_fault(work, step)
    })
}

/// Loads the buffers of a block into the core's cache, in the order of memory. A step reads them in another order, and would wait for
/// each cache line separately.
fn bring(work: &BlockContext) {
    /// Number of words of a cache line.
    const LINE: usize = 16;
    let block = &work.block;
    let state = block.state.iter().map(|words| &**words);
    let rest = [&*block.core, block.obs, work.tally, work.visited, work.fresh];
    let sum = |words: &[u32]| words.iter().step_by(LINE).fold(0, |sum: u32, word| sum.wrapping_add(*word));
    std::hint::black_box(state.chain(rest).map(sum).fold(0, u32::wrapping_add));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::{Options, load};
    use crate::error::Error;
    use crate::sim::{Config, Worlds};

    /// One of many instances needs so much room that there is not enough memory for all. What was recorded before is kept.
    #[test]
    fn rows_are_kept_when_there_is_no_memory_to_grow() {
        let world = load("crafter", &Options::default()).expect("built in");
        let (b, lists) = world.spec().growing().next().expect("objects grow");
        let config = Config { num_envs: 20_000, worlds: Worlds::Pool(1), record: vec![0], ..Config::default() };
        let mut batch = Batch::new(world, config).expect("a batch");
        assert_eq!(batch.take_rows().len(), 1);
        let stopped = batch.all_blocks(1, |works| {
            works[0].record(0, Some(0));
            works[0].block.state[b].widen(lists, 1, lists.words(1 << 22));
            None
        });
        let Err(Error::Limit(why)) = stopped else { panic!("{stopped:?}") };
        assert!(why.contains("take fewer instances"), "{why}");
        assert_eq!(batch.take_rows().len(), 1);
    }
}
