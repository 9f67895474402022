//! The batch: what a caller holds, whichever backend steps it.

use std::sync::{Arc, Mutex, OnceLock};

use rayon::prelude::*;

use super::card::{Advanced, Card, Chooser};
use super::hash::instance_hash;
use super::reset::{ResetMode, Resetter, Worlds, set_seed};
use super::schedule::{Agent, passes};
use super::stats::Stats;
use super::work::{Row, Tally, Work};
use crate::envs::{Block, Core, World};
use crate::error::{Error, Result};
use crate::gpu::Gpu;

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
    /// Instances a block on the CPU; 0 chooses by size. Never seen in results.
    pub block: usize,
    /// The card to step on; None for the CPU.
    pub gpu: Option<Arc<Gpu>>,
    /// WGSL texts (path, text) in place of the project's own: for trying what a changed rule changes. The twins stay as they are.
    pub texts: Vec<(String, String)>,
    /// Steps write no observations, only resets do: for measuring what observing costs.
    pub blind: bool,
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

/// What one step gave every instance, `[n]` each; observations are words of [`crate::envs::WorldSpec::obs_words`] an instance.
#[derive(Clone, Copy, Debug)]
pub struct Stepped<'a> {
    core: &'a [u32],
    world: &'a dyn World,
    /// The observation after the step; the first of the new episode where one began.
    pub observations: &'a [u32],
    /// The last observation of the episode, for instances whose episode ended in this step (same-step mode).
    pub final_observations: &'a [u32],
}

impl Stepped<'_> {
    fn flag(&self, i: usize, bit: u32) -> bool {
        self.core[i * Core::WORDS + Core::FLAGS] & bit != 0
    }

    /// As the reference's float64.
    pub fn reward(&self, i: usize) -> f64 {
        self.world.reward(self.core[i * Core::WORDS + Core::REWARD] as i32)
    }

    pub fn terminated(&self, i: usize) -> bool {
        self.flag(i, Core::TERMINATED)
    }

    pub fn truncated(&self, i: usize) -> bool {
        self.flag(i, Core::TRUNCATED)
    }

    /// The bytes of instance `i`'s observation, in the order of [`crate::envs::WorldSpec::obs_parts`].
    pub fn observation(&self, i: usize) -> &[u8] {
        let spec = self.world.spec();
        &bytemuck::cast_slice(&self.observations[i * spec.obs_words()..(i + 1) * spec.obs_words()])[..spec.obs_bytes]
    }
}

/// Many instances of one world.
#[derive(Debug)]
pub struct Batch {
    pub(super) world: Arc<dyn World>,
    pub(super) config: Config,
    pub(super) resetter: Resetter,
    /// In the order of a snapshot: core, state, obs, final_obs, pixels, tally, visited. With a card, copies of what it holds, made when
    /// they are asked for and let go when it changes.
    pub(super) buffers: Vec<OnceLock<Vec<u32>>>,
    pub(super) card: Option<Card>,
    pub(super) recorded: Vec<bool>,
    pub(super) stats: Stats,
    pub(super) rows: Vec<Row>,
    pub(super) steps: u64,
}

impl Batch {
    /// Makes the buffers and begins the first episode of every instance.
    ///
    /// # Errors
    /// [`Error::Usage`] for an empty batch or a recorded instance that is not in it; [`Error::Fault`] if a first world does not fit;
    /// [`Error::Gpu`] if the card cannot hold the batch.
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
        if config.blind && world.observing_draws() {
            return Err(Error::Usage("picture noise is drawn while observing: this batch cannot go without".to_string()));
        }
        let spec = world.spec();
        let cells = (spec.size.0 * spec.size.1) as usize;
        let resetter = Resetter::new(&*world, config.worlds, config.seed)?;
        // Before the worlds are made: that the card is too small is said at once.
        let card = config.gpu.as_ref().map(|gpu| Card::new(gpu, &*world, &config, &resetter)).transpose()?;
        let rest = [spec.obs_words(), spec.obs_words(), spec.pixel_words(), Tally::WORDS, cells.div_ceil(32)];
        let each = [Core::WORDS].into_iter().chain(spec.buffers.iter().map(|b| b.words)).chain(rest);
        let buffers = each.map(|words| OnceLock::from(vec![0; n * words])).collect();
        let mut batch = Batch {
            resetter,
            buffers,
            card,
            recorded: (0..n).map(|i| config.record.contains(&i)).collect(),
            stats: Stats::default(),
            rows: Vec::new(),
            steps: 0,
            world: world.clone(),
            config,
        };
        batch.begin()?;
        batch.put_on_card()?;
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
            super::blocks::first_fault(work, 0)
        })?;
        match misfit.into_inner() {
            Ok(Some((i, why))) => Err(Error::Usage(format!("scenario, instance {i}: {why}"))),
            _ => Ok(()),
        }
    }

    /// Puts everything on the card, if there is one; the copies are let go.
    pub(super) fn put_on_card(&mut self) -> Result<()> {
        if let Some(card) = &mut self.card {
            let buffers: Vec<&[u32]> = self.buffers.iter().map(|words| words.get().map_or(&[][..], |words| words)).collect();
            card.put_all(&buffers, self.steps)?;
            self.let_go();
        }
        Ok(())
    }

    /// The copies are not what the card holds any more.
    fn let_go(&mut self) {
        self.buffers.iter_mut().for_each(|words| *words = OnceLock::new());
    }

    /// Steps every instance `n_steps` times with an agent's actions.
    ///
    /// # Errors
    /// [`Error::Fault`] if an instance met a limit: the earliest step, then the lowest instance. [`Error::Gpu`] if the card fails.
    pub fn advance(&mut self, n_steps: u64, agent: &dyn Agent) -> Result<()> {
        let (world, steps) = (self.world.clone(), self.steps);
        match (&mut self.card, agent.on_card()) {
            (None, _) => self.run_on_blocks(n_steps, &passes(Some(agent), self.config.reset, self.config.blind)),
            (Some(card), Some(chooser)) => {
                let advanced = card.advance(&*world, steps, n_steps, chooser)?;
                self.advanced(n_steps, advanced)
            }
            (Some(_), None) => (0..n_steps).try_for_each(|_| {
                let n = world.spec().num_actions();
                let actions = self.with_block(|_, block| {
                    agent.choose(n, block);
                    block.core.chunks_exact(Core::WORDS).map(|core| core[Core::ACTION]).collect::<Vec<_>>()
                })?;
                self.step(&actions).map(|_| ())
            }),
        }
    }

    /// One step with one action an instance, and what came of it.
    ///
    /// # Errors
    /// [`Error::Usage`] if there are too few actions or one is out of range (nothing is stepped then); else as in `advance`.
    pub fn step(&mut self, actions: &[u32]) -> Result<Stepped<'_>> {
        self.check_actions(actions)?;
        let (world, steps) = (self.world.clone(), self.steps);
        match &mut self.card {
            None => {
                let cores = self.buffers[0].get_mut().into_iter().flat_map(|words| words.chunks_exact_mut(Core::WORDS));
                cores.zip(actions).for_each(|(core, action)| core[Core::ACTION] = *action);
                self.run_on_blocks(1, &passes(None, self.config.reset, self.config.blind))?;
            }
            Some(card) => {
                card.give(actions)?;
                let advanced = card.advance(&*world, steps, 1, (Chooser::Given, 0))?;
                self.advanced(1, advanced)?;
            }
        }
        Ok(Stepped { core: self.core()?, world: &*self.world, observations: self.obs()?, final_observations: self.final_obs()? })
    }

    fn check_actions(&self, actions: &[u32]) -> Result<()> {
        let limit = self.world.spec().num_actions();
        if actions.len() != self.len() {
            return Err(Error::Usage(format!("{} actions for {} instances", actions.len(), self.len())));
        }
        if let Some((i, action)) = actions.iter().enumerate().find(|(_, a)| **a >= limit) {
            let id = &self.world.spec().id;
            let text = format!("action {action} of instance {i} is out of range: {id} has actions 0 to {}", limit - 1);
            return Err(Error::Usage(text));
        }
        Ok(())
    }

    /// Takes what a call of the card gave.
    fn advanced(&mut self, n_steps: u64, advanced: Advanced) -> Result<()> {
        self.let_go();
        self.stats.add(&advanced.stats);
        self.rows.extend(advanced.rows);
        if let Some(fault) = advanced.fault {
            return Err(self.fault(fault));
        }
        self.steps += n_steps;
        Ok(())
    }

    pub(super) fn fault(&self, fault: Fault) -> Error {
        let what = self.world.fault(fault.code);
        Error::Fault { instance: fault.instance, episode: fault.episode, step: fault.step, what }
    }

    /// Seconds that each pass of one more step with random actions takes on the card; None without a card that has a clock.
    ///
    /// # Errors
    /// As in [`Batch::advance`].
    pub fn profile(&mut self) -> Result<Option<Vec<(&'static str, f64)>>> {
        let (world, steps) = (self.world.clone(), self.steps);
        let Some(card) = &mut self.card else { return Ok(None) };
        let names = card.passes();
        let Some((seconds, advanced)) = card.profile(&*world, steps, 0)? else { return Ok(None) };
        self.advanced(1, advanced)?;
        Ok(Some(names.into_iter().zip(seconds).collect()))
    }

    /// The card, if the batch is on one.
    pub fn card(&self) -> Option<&Card> {
        self.card.as_ref()
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
    ///
    /// # Errors
    /// [`Error::Gpu`] if the card fails.
    pub fn stats_with_open(&mut self) -> Result<Stats> {
        self.fetch_all()?;
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
        Ok(open)
    }

    /// Rows recorded since the last call, ordered by instance, then time.
    pub fn take_rows(&mut self) -> Vec<Row> {
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_by_key(|row| row.instance);
        rows
    }

    /// Copies of all buffers are there to be worked on.
    pub(super) fn fetch_all(&self) -> Result<()> {
        (0..self.buffers.len()).try_for_each(|k| self.buffer(k).map(|_| ()))
    }

    fn buffer(&self, k: usize) -> Result<&[u32]> {
        if let (Some(card), None) = (&self.card, self.buffers[k].get()) {
            // Whoever was faster has read the same.
            let _ = self.buffers[k].set(card.fetch(k)?);
        }
        Ok(self.buffers[k].get().map_or(&[], |words| words))
    }

    /// `[n, Core::WORDS]`: action, reward, flags, episode, step, seed of every instance.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the card fails; so for the other buffers.
    pub fn core(&self) -> Result<&[u32]> {
        self.buffer(0)
    }

    /// One of the family's state buffers.
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn state(&self, buffer: usize) -> Result<&[u32]> {
        self.buffer(1 + buffer)
    }

    /// `[n, obs_bytes]` padded to words: the observation after the last step (the first of the new episode where one began).
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn obs(&self) -> Result<&[u32]> {
        self.buffer(1 + self.world.spec().buffers.len())
    }

    /// The last observation of the episode, for instances whose episode ended in the last step (same-step mode).
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn final_obs(&self) -> Result<&[u32]> {
        self.buffer(2 + self.world.spec().buffers.len())
    }

    /// `[n, height, width, 3]` bytes, padded to words an instance; empty if pixels are off.
    ///
    /// # Errors
    /// See [`Batch::core`].
    pub fn pixels(&self) -> Result<&[u32]> {
        self.buffer(3 + self.world.spec().buffers.len())
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
    /// [`Error::Gpu`] if the card fails.
    pub fn checksum(&self) -> Result<u64> {
        if let Some(card) = &self.card {
            return card.checksum();
        }
        let n = self.len();
        let (core, state) =
            (self.core()?, (0..self.world.spec().buffers.len()).map(|b| self.state(b)).collect::<Result<Vec<_>>>()?);
        let hash = |i: usize| instance_hash(i as u32, core, state.iter().copied(), i, n);
        Ok((0..n).into_par_iter().map(hash).reduce(|| 0, u64::wrapping_add))
    }

    /// Ends instance `i`'s episode and begins the next, without a step.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the card fails.
    pub fn begin_episode(&mut self, i: usize) -> Result<()> {
        self.with_work(i, |work| {
            work.reset(0);
            work.block.core_mut(0)[Core::FLAGS] = 0;
        })
    }

    /// Changes the state of instance `i` by hand and observes it; its episode counts from here.
    ///
    /// # Errors
    /// [`Error::Usage`] if the world has no scenarios or this one does not fit it; [`Error::Gpu`] if the card fails.
    pub fn set_scenario(&mut self, i: usize, scenario: &serde_json::Value) -> Result<()> {
        let done = self.with_work(i, |work| {
            work.world.set_scenario(0, &mut work.block, scenario)?;
            work.begin_tally(0);
            Ok(())
        })?;
        done.map_err(Error::Usage)
    }

    /// A block over the whole batch, for describing instances. What is written there is lost with a card.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the card fails.
    pub fn with_block<T>(&mut self, look: impl FnOnce(&dyn World, &mut Block) -> T) -> Result<T> {
        self.fetch_all()?;
        let (size, world) = (self.len(), self.world.clone());
        let resetter = Resetter::default();
        let mut works = self.works(&*world, &resetter, size);
        Ok(look(&*world, &mut works[0].block))
    }

    /// All words of instance `i`, a vector for each buffer.
    pub(super) fn words_of(&self, i: usize) -> Result<Vec<Vec<u32>>> {
        if let Some(card) = &self.card {
            return card.fetch_one(i);
        }
        let row = |k: usize| {
            let words = self.buffer(k)?;
            let each = words.len() / self.len();
            Ok(words[i * each..(i + 1) * each].to_vec())
        };
        (0..self.buffers.len()).map(row).collect()
    }

    /// Replaces all words of instance `i`.
    pub(super) fn set_words_of(&mut self, i: usize, rows: &[Vec<u32>]) -> Result<()> {
        if self.card.is_some() {
            self.let_go();
        }
        for (words, row) in self.buffers.iter_mut().zip(rows).filter_map(|(words, row)| Some((words.get_mut()?, row))) {
            words[i * row.len()..(i + 1) * row.len()].copy_from_slice(row);
        }
        self.card.as_mut().map_or(Ok(()), |card| card.put_one(i, rows, self.steps))
    }

    pub(super) fn fork_on_card(&mut self, sources: &[usize], targets: &[usize]) -> Result<()> {
        self.let_go();
        self.card.as_mut().map_or(Ok(()), |card| card.fork(sources, targets, self.steps))
    }

    /// Runs `job` on a block of instance `i` alone.
    fn with_work<T>(&mut self, i: usize, job: impl FnOnce(&mut Work) -> T) -> Result<T> {
        let mut rows = self.words_of(i)?;
        let world = self.world.clone();
        let mut words: Vec<&mut [u32]> = rows.iter_mut().map(|words| &mut words[..]).collect();
        let mut work = super::blocks::work(&*world, &self.resetter, i, 1, &mut words, &self.recorded[i..=i], self.steps);
        let result = job(&mut work);
        let recorded = work.rows;
        self.rows.extend(recorded);
        self.set_words_of(i, &rows)?;
        Ok(result)
    }
}
