//! The CPU backend: the batch cut into blocks of instances, each stepped by one thread many steps at a time.

use rayon::prelude::*;

use super::batch::{Batch, Fault};
use super::reset::Resetter;
use super::schedule::Pass;
use super::stats::Stats;
use super::work::{Row, Work};
use crate::envs::{Block, Core, World};
use crate::error::Result;

/// Instances that a thread steps together: their state should stay in a core's second cache.
const BLOCK_BYTES: usize = 448 * 1024;

impl Batch {
    pub(super) fn run_on_blocks(&mut self, n_steps: u64, list: &[Box<dyn Pass + '_>]) -> Result<()> {
        let begun = self.steps;
        self.each_block(|work| {
            for t in 0..n_steps {
                work.batch_step = begun + t + 1;
                for pass in list {
                    pass.run(work);
                }
                if let Some(fault) = first_fault(work, begun + t + 1) {
                    return Some(fault);
                }
            }
            None
        })?;
        self.steps += n_steps;
        Ok(())
    }

    /// Runs `job` over all blocks on all threads, then gathers statistics and rows, blocks in order.
    pub(super) fn each_block(&mut self, job: impl Fn(&mut Work) -> Option<Fault> + Sync) -> Result<()> {
        let size = self.block_size();
        let world = self.world.clone();
        let resetter = std::mem::take(&mut self.resetter);
        let works = self.works(&*world, &resetter, size);
        let done: Vec<(Stats, Vec<Row>, Option<Fault>)> = works
            .into_par_iter()
            .map(|mut work| {
                let fault = job(&mut work);
                (work.stats, work.rows, fault)
            })
            .collect();
        self.resetter = resetter;
        let mut rows: Vec<Row> = Vec::new();
        let mut first: Option<Fault> = None;
        for (stats, new, fault) in done {
            self.stats.add(&stats);
            rows.extend(new);
            first = first.into_iter().chain(fault).min();
        }
        // Other blocks went on to the end of the chunk: what they recorded after the fault is not kept.
        let last = first.as_ref().map_or(u64::MAX, |f| f.batch_step);
        self.rows.extend(rows.into_iter().filter(|row| row.batch_step <= last));
        first.map_or(Ok(()), |fault| Err(self.fault(fault)))
    }

    fn block_size(&self) -> usize {
        let per_instance =
            self.buffers.iter().filter_map(|words| words.get()).map(|words| words.len() * 4 / self.len()).sum::<usize>().max(1);
        let by_cache = (BLOCK_BYTES / per_instance).clamp(1, 512);
        // Enough blocks that no thread waits long for the last one.
        let by_threads = self.len().div_ceil(rayon::current_num_threads() * 4).max(1);
        if self.config.block > 0 { self.config.block } else { by_cache.min(by_threads) }
    }

    /// All buffers cut into blocks.
    pub(super) fn works<'a>(&'a mut self, world: &'a dyn World, resetter: &'a Resetter, size: usize) -> Vec<Work<'a>> {
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
                work(world, resetter, first, size.min(n - first), &mut words, recorded.next().unwrap_or_default(), steps)
            })
            .collect()
    }
}

/// A block at work over `words`: the buffers of a batch in the order of a snapshot, cut to its instances.
pub fn work<'a>(
    world: &'a dyn World,
    resetter: &'a Resetter,
    first: usize,
    n: usize,
    words: &mut Vec<&'a mut [u32]>,
    recorded: &'a [bool],
    batch_step: u64,
) -> Work<'a> {
    let rest = words.split_off(words.len() - 5);
    let [obs, final_obs, pixels, tally, visited] = <[&mut [u32]; 5]>::try_from(rest).unwrap_or_default();
    let mut stored = std::mem::take(words).into_iter();
    let core = stored.next().unwrap_or_default();
    let block = Block { first, n, core, state: stored.collect(), obs, pixels };
    let (stats, rows, counts) = (Stats::default(), Vec::new(), Vec::new());
    Work { world, resetter, block, final_obs, tally, visited, recorded, batch_step, stats, rows, counts }
}

pub fn first_fault(work: &Work, batch_step: u64) -> Option<Fault> {
    let i = (0..work.block.n).find(|i| work.block.core[i * Core::WORDS + Core::FAULT] != 0)?;
    let core = work.block.core_of(i);
    Some(Fault {
        batch_step,
        instance: work.block.first + i,
        episode: core[Core::EPISODE],
        step: core[Core::STEP],
        code: core[Core::FAULT],
    })
}
