//! The batch and its CPU backend.

use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::hash::instance_hash;
use super::reset::{ResetMode, Resetter, Worlds, set_seed};
use super::schedule::{Agent, Pass, passes};
use super::stats::Stats;
use super::work::{Row, Tally, Work};
use crate::envs::{Block, Core, World};
use crate::error::{Error, Result};

/// Instances that a thread steps together: their state should stay in a core's second cache.
const BLOCK_BYTES: usize = 448 * 1024;

/// What a batch is, beside its world.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub num_envs: usize,
    /// Instance i has seed `seed + i`.
    pub seed: i64,
    pub reset: ResetMode,
    pub worlds: Worlds,
    /// Instances whose steps are recorded.
    pub record: Vec<usize>,
    /// Every instance's first episode starts from this state, set by hand.
    pub scenario: Option<Arc<serde_json::Value>>,
    /// Instances a block; 0 chooses by size. Never seen in results.
    pub block: usize,
}

/// An instance met a limit: (batch step, instance, episode, step, what).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub batch_step: u64,
    pub instance: usize,
    pub episode: u32,
    pub step: u32,
    pub code: u32,
}

/// Many instances of one world.
#[derive(Debug)]
pub struct Batch {
    world: Arc<dyn World>,
    config: Config,
    resetter: Resetter,
    pub(super) core: Vec<u32>,
    pub(super) state: Vec<Vec<u32>>,
    pub(super) obs: Vec<u32>,
    pub(super) final_obs: Vec<u32>,
    pub(super) pixels: Vec<u32>,
    pub(super) tally: Vec<u32>,
    pub(super) visited: Vec<u32>,
    recorded: Vec<bool>,
    pub(super) stats: Stats,
    pub(super) rows: Vec<Row>,
    pub(super) steps: u64,
}

impl Batch {
    /// Makes the buffers and begins the first episode of every instance.
    ///
    /// # Errors
    /// [`Error::Usage`] for an empty batch or a recorded instance that is not in it; [`Error::Fault`] if a first world does not fit.
    pub fn new(world: Arc<dyn World>, config: Config) -> Result<Batch> {
        let n = config.num_envs;
        if n == 0 || n > u32::MAX as usize {
            return Err(Error::Usage(format!("a batch needs 1 to {} instances, not {n}", u32::MAX)));
        }
        if let Some(i) = config.record.iter().find(|i| **i >= n) {
            return Err(Error::Usage(format!("cannot record instance {i}: the batch has instances 0 to {}", n - 1)));
        }
        if config.worlds == Worlds::Pool(0) {
            return Err(Error::Usage("a pool needs at least one level".to_string()));
        }
        let spec = world.spec();
        let cells = (spec.size.0 * spec.size.1) as usize;
        let mut batch = Batch {
            resetter: Resetter::new(&*world, config.worlds, config.seed)?,
            core: vec![0; n * Core::WORDS],
            state: spec.buffers.iter().map(|b| vec![0; n * b.words]).collect(),
            obs: vec![0; n * spec.obs_words()],
            final_obs: vec![0; n * spec.obs_words()],
            pixels: vec![0; n * spec.pixel_words()],
            tally: vec![0; n * Tally::WORDS],
            visited: vec![0; n * cells.div_ceil(32)],
            recorded: (0..n).map(|i| config.record.contains(&i)).collect(),
            stats: Stats::default(),
            rows: Vec::new(),
            steps: 0,
            world: world.clone(),
            config,
        };
        batch.begin()?;
        Ok(batch)
    }

    /// Seeds all instances and begins their first episodes.
    fn begin(&mut self) -> Result<()> {
        let (seed, scenario) = (self.config.seed, self.config.scenario.clone());
        let misfit: Mutex<Option<(usize, String)>> = Mutex::new(None);
        self.each_block(|work| {
            for i in 0..work.block.n {
                let index = work.block.first + i;
                set_seed(&mut work.block, i, seed.wrapping_add(index as i64));
                match &scenario {
                    None => work.reset(i),
                    Some(json) => {
                        if let (Err(why), Ok(mut first)) = (work.reset_to(i, json), misfit.lock()) {
                            *first = first.take().into_iter().chain([(index, why)]).min();
                        }
                    }
                }
            }
            first_fault(work, 0)
        })?;
        match misfit.into_inner() {
            Ok(Some((i, why))) => Err(Error::Usage(format!("scenario, instance {i}: {why}"))),
            _ => Ok(()),
        }
    }

    /// Steps every instance `n_steps` times with an agent's actions.
    ///
    /// # Errors
    /// [`Error::Fault`] if an instance met a limit: the earliest step, then the lowest instance.
    pub fn advance(&mut self, n_steps: u64, agent: &dyn Agent) -> Result<()> {
        self.run(n_steps, &passes(Some(agent), self.config.reset))
    }

    /// One step with one action an instance.
    ///
    /// # Errors
    /// [`Error::Usage`] if there are too few actions or one is out of range (nothing is stepped then); [`Error::Fault`] as in `advance`.
    pub fn step(&mut self, actions: &[u32]) -> Result<()> {
        let limit = self.world.spec().num_actions();
        if actions.len() != self.len() {
            return Err(Error::Usage(format!("{} actions for {} instances", actions.len(), self.len())));
        }
        if let Some((i, action)) = actions.iter().enumerate().find(|(_, a)| **a >= limit) {
            return Err(Error::Usage(format!(
                "action {action} of instance {i} is out of range: {} has actions 0 to {}",
                self.world.spec().id,
                limit - 1
            )));
        }
        for (i, action) in actions.iter().enumerate() {
            self.core[i * Core::WORDS + Core::ACTION] = *action;
        }
        self.run(1, &passes(None, self.config.reset))
    }

    fn run(&mut self, n_steps: u64, list: &[Box<dyn Pass + '_>]) -> Result<()> {
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
    fn each_block(&mut self, job: impl Fn(&mut Work) -> Option<Fault> + Sync) -> Result<()> {
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
        match first {
            Some(f) => Err(Error::Fault { instance: f.instance, episode: f.episode, step: f.step, what: world.fault(f.code) }),
            None => Ok(()),
        }
    }

    fn block_size(&self) -> usize {
        let per_instance =
            (self.world.spec().state_words() + self.world.spec().obs_words() * 2) * 4 + self.visited.len() * 4 / self.len();
        let by_cache = (BLOCK_BYTES / per_instance).clamp(1, 512);
        // Enough blocks that no thread waits long for the last one.
        let by_threads = self.len().div_ceil(rayon::current_num_threads() * 4).max(1);
        if self.config.block > 0 { self.config.block } else { by_cache.min(by_threads) }
    }

    /// All buffers cut into blocks.
    fn works<'a>(&'a mut self, world: &'a dyn World, resetter: &'a Resetter, size: usize) -> Vec<Work<'a>> {
        let (n, steps) = (self.core.len() / Core::WORDS, self.steps);
        let mut core = self.core.chunks_mut(size * Core::WORDS);
        let mut state: Vec<_> = self.state.iter_mut().map(|words| words_of(words, n, size)).collect();
        let (mut obs, mut final_obs) = (words_of(&mut self.obs, n, size), words_of(&mut self.final_obs, n, size));
        let (mut pixels, mut tally) = (words_of(&mut self.pixels, n, size), words_of(&mut self.tally, n, size));
        let mut visited = words_of(&mut self.visited, n, size);
        let mut recorded = self.recorded.chunks(size);
        (0..n.div_ceil(size))
            .map(|k| {
                let core = core.next().unwrap_or_default();
                let n = core.len() / Core::WORDS;
                let state = state.iter_mut().map(|words| words.next().unwrap_or_default()).collect();
                let block = Block {
                    first: k * size,
                    n,
                    core,
                    state,
                    obs: obs.next().unwrap_or_default(),
                    pixels: pixels.next().unwrap_or_default(),
                };
                Work {
                    world,
                    resetter,
                    block,
                    final_obs: final_obs.next().unwrap_or_default(),
                    tally: tally.next().unwrap_or_default(),
                    visited: visited.next().unwrap_or_default(),
                    recorded: recorded.next().unwrap_or_default(),
                    batch_step: steps,
                    stats: Stats::default(),
                    rows: Vec::new(),
                    counts: Vec::new(),
                }
            })
            .collect()
    }

    pub fn len(&self) -> usize {
        self.config.num_envs
    }

    /// Never: a batch has at least one instance.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn world(&self) -> &Arc<dyn World> {
        &self.world
    }

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
    pub fn stats_with_open(&mut self) -> Stats {
        let finished = self.stats.clone();
        let mut open = Stats::default();
        let (size, world) = (self.len(), self.world.clone());
        let resetter = Resetter::default();
        for mut work in self.works(&*world, &resetter, size) {
            for i in 0..work.block.n {
                let core = work.block.core_of(i);
                if core[Core::STEP] > 0 && core[Core::FLAGS] & Core::DONE == 0 {
                    work.count_episode(i);
                }
            }
            open.add(&work.stats);
        }
        open.add(&finished);
        open
    }

    /// Rows recorded since the last call, ordered by instance, then time.
    pub fn take_rows(&mut self) -> Vec<Row> {
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_by_key(|row| row.instance);
        rows
    }

    /// `[n, Core::WORDS]`: action, reward, flags, episode, step, seed of every instance.
    pub fn core(&self) -> &[u32] {
        &self.core
    }

    /// One of the family's state buffers.
    pub fn state(&self, buffer: usize) -> &[u32] {
        &self.state[buffer]
    }

    /// `[n, obs_bytes]` padded to words: the observation after the last step (the first of the new episode where one began).
    pub fn obs(&self) -> &[u32] {
        &self.obs
    }

    /// The last observation of the episode, for instances whose episode ended in the last step (same-step mode).
    pub fn final_obs(&self) -> &[u32] {
        &self.final_obs
    }

    /// `[n, height, width, 3]` bytes, padded to words an instance; empty if pixels are off.
    pub fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// Raw reward and flags of instance `i` in the last step.
    pub fn outcome(&self, i: usize) -> (i32, u32) {
        (self.core[i * Core::WORDS + Core::REWARD] as i32, self.core[i * Core::WORDS + Core::FLAGS])
    }

    /// Checksum over the stored state of all instances, in stored order; the same for any number of threads or size of block.
    pub fn checksum(&self) -> u64 {
        let n = self.len();
        (0..n)
            .into_par_iter()
            .map(|i| instance_hash(i as u32, &self.core, self.state.iter().map(|words| &words[..]), i, n))
            .reduce(|| 0, u64::wrapping_add)
    }

    /// Ends instance `i`'s episode and begins the next, without a step.
    pub fn begin_episode(&mut self, i: usize) {
        self.with_work(i, |work| {
            work.reset(0);
            work.block.core_mut(0)[Core::FLAGS] = 0;
        });
    }

    /// Changes the state of instance `i` by hand and observes it; its episode counts from here.
    ///
    /// # Errors
    /// [`Error::Usage`] if the world has no scenarios or this one does not fit it.
    pub fn set_scenario(&mut self, i: usize, scenario: &serde_json::Value) -> Result<()> {
        let done = self.with_work(i, |work| {
            work.world.set_scenario(0, &mut work.block, scenario)?;
            work.begin_tally(0);
            Ok(())
        });
        done.map_err(Error::Usage)
    }

    /// Runs `job` on a block of instance `i` alone.
    fn with_work<T>(&mut self, i: usize, job: impl FnOnce(&mut Work) -> T) -> T {
        let (world, resetter) = (self.world.clone(), std::mem::take(&mut self.resetter));
        let mut work = self.works(&*world, &resetter, 1).swap_remove(i);
        let result = job(&mut work);
        let rows = work.rows;
        self.rows.extend(rows);
        self.resetter = resetter;
        result
    }

    /// A block over the whole batch, for describing instances.
    pub fn with_block<T>(&mut self, look: impl FnOnce(&dyn World, &mut Block) -> T) -> T {
        let (size, world) = (self.len(), self.world.clone());
        let resetter = Resetter::default();
        let mut works = self.works(&*world, &resetter, size);
        look(&*world, &mut works[0].block)
    }
}

/// A buffer of n instances, cut into blocks of `size`; empty slices for a buffer without words.
fn words_of(words: &mut [u32], n: usize, size: usize) -> std::slice::ChunksMut<'_, u32> {
    let each = words.len() / n;
    words.chunks_mut((each * size).max(1))
}

fn first_fault(work: &Work, batch_step: u64) -> Option<Fault> {
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
