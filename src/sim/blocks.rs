//! The CPU backend: the batch cut into blocks of instances, each stepped by one thread many steps at a time; step by step only where
//! instances share what is read before the next step.

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

/// Instances that a thread steps together: their state should stay in a core's second cache.
const BLOCK_BYTES: usize = 448 * 1024;
/// Blocks a thread at least, if there are so many instances.
const SPREAD: usize = 4;
/// The same where all wait for each other every few dozen steps, in which blocks are unlike in how many worlds they make.
const SPREAD_DEFERRED: usize = 16;

impl Batch {
    /// `n_steps` steps of all instances: a block after the other, or with several stages all of them side by side.
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

    /// [`Batch::run_on_blocks`], with the plugin worked out after as many steps as it can write down.
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
                // What was found last of an instance counts, as step by step.
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

    /// Instances a block where the plugin is worked out late.
    pub(super) fn deferred_block(&self) -> usize {
        self.block_size(SPREAD_DEFERRED)
    }

    /// The actions that an agent chooses for all instances, on all threads; nothing is changed. With a GPU, for what it holds.
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

    /// Passes that are no step.
    pub(super) fn run_passes(&mut self, passes: &[Pass]) -> Result<()> {
        let (begun, schedule) = (self.steps, Schedule::of(passes));
        self.all_blocks(self.block_size(SPREAD), |works| {
            for stage in schedule.stages {
                works.par_iter_mut().for_each(|work| run(&schedule.passes[stage.clone()], work));
            }
            works.iter().filter_map(|work| first_fault(work, begun)).min()
        })
    }

    /// Runs `job` over all blocks on all threads, then gathers statistics and rows, blocks in order.
    pub(super) fn each_block(&mut self, job: impl Fn(&mut BlockContext) -> Option<Fault> + Sync) -> Result<()> {
        self.all_blocks(self.block_size(SPREAD), |works| works.par_iter_mut().filter_map(&job).min())
    }

    /// Runs `job` on the batch cut into blocks of `size`, then gathers statistics and rows, blocks in order.
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
        // Whether or not there is the memory for it, what was recorded is kept.
        let widened = self.take_grown(wider);
        // Other blocks went on to the end of the chunk: what they recorded after the fault is not kept.
        let last = first.as_ref().map_or(u64::MAX, |f| f.batch_step);
        for (stats, rows) in done {
            self.stats.add(&stats);
            self.rows.extend(rows.into_iter().filter(|row| row.batch_step <= last));
        }
        widened?;
        first.map_or(Ok(()), |fault| Err(self.fault(fault)))
    }

    /// `spread`: blocks a thread, so that none waits long for the last one.
    fn block_size(&self, spread: usize) -> usize {
        let per_instance =
            self.buffers.iter().filter_map(|words| words.get()).map(|words| words.len() * 4 / self.len()).sum::<usize>().max(1);
        let by_cache = (BLOCK_BYTES / per_instance).clamp(1, 512);
        let by_threads = self.len().div_ceil(rayon::current_num_threads() * spread).max(1);
        if self.config.block > 0 { self.config.block } else { by_cache.min(by_threads) }
    }

    /// All buffers cut into blocks.
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

/// The passes as they are, but for those that wait until the shared tables have been counted.
fn note(passes: &[&Pass], deferred: &dyn DeferredCounting, work: &mut BlockContext) {
    for pass in passes {
        match pass.deferred {
            Deferred::No => pass.run(work),
            _ => deferred.note(pass, work),
        }
    }
}

/// `n_steps` steps of one block that follow batch step `after`, or fewer if there is a fault.
fn simulate(work: &mut BlockContext, after: u64, n_steps: u64, one: impl Fn(&mut BlockContext)) -> Option<Fault> {
    (after + 1..=after + n_steps).find_map(|step| {
        work.batch_step = step;
        one(work);
        first_fault(work, step)
    })
}

/// Brings what a block is stepped on to the core's cache, in the order of memory: a step asks for it here and there, and would wait for
/// each line on its own.
fn bring(work: &BlockContext) {
    /// Words that the cache takes at a time.
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

    /// One of many instances comes to need so much room that there is not the memory for all: what was recorded before is kept.
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
