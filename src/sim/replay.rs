//! Replays of the recorded steps of one instance of a batch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::block_context::{BlockContext, Row};
use super::instance_state::InstanceState;
use super::reset::{Resetter, Worlds, set_seed};
use super::schedule::begin_episodes;
use super::stats::Stats;
use crate::envs::{Block, Core, Stored, World};
use crate::error::{Error, Result};
use crate::shaders::core::tally;

/// The worlds with which the replays of a batch begin. Levels of a pool are generated when they are first requested, so that a file with
/// a pool of billions of levels takes no more memory than the levels that are played.
#[derive(Debug)]
pub struct Levels {
    worlds: Worlds,
    seed: i64,
    made: Mutex<BTreeMap<usize, Arc<Resetter>>>,
    /// Maximum number of stored levels.
    most: usize,
}

/// Maximum number of words of stored levels.
const KEPT_WORDS: usize = 1 << 26;

impl Levels {
    /// # Errors
    /// [`Error::Usage`] for a pool without a level.
    pub fn new(world: &dyn World, worlds: Worlds, seed: i64) -> Result<Levels> {
        if worlds == Worlds::Pool(0) {
            return Err(Error::Usage("a pool needs at least one level".to_string()));
        }
        let most = (KEPT_WORDS / world.spec().state_words()).max(1);
        Ok(Levels { worlds, seed, made: Mutex::default(), most })
    }

    /// Returns the resetter for the episode of instance `index` that follows episode `episode`.
    fn next(&self, world: &dyn World, index: usize, episode: u32) -> Result<Arc<Resetter>> {
        let Worlds::Pool(n) = self.worlds else { return Ok(Arc::default()) };
        let level = (index + episode as usize) % n as usize;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(resetter) = made.get(&level) {
            return Ok(resetter.clone());
        }
        if made.len() >= self.most {
            made.clear();
        }
        // Level j is the first world of seed s + j, so it is the only level of a pool with that seed.
        let resetter = Arc::new(Resetter::new(world, Worlds::Pool(1), self.seed.wrapping_add(level as i64))?);
        made.insert(level, resetter.clone());
        Ok(resetter)
    }
}

/// Instance `index` of a batch, stepped on its own. It returns the rows that the batch would have recorded.
#[derive(Clone, Debug)]
pub struct Replay {
    pub(super) world: Arc<dyn World>,
    levels: Arc<Levels>,
    /// The resetter with which the open episode began.
    resetter: Arc<Resetter>,
    pub(super) index: usize,
    /// The instance to which the rows belong: `index`, unless another instance was restored to a state of this one.
    pub(super) shown_as: u32,
    pub(super) core: Vec<u32>,
    pub(super) state: Vec<Vec<u32>>,
    obs: Vec<u32>,
    /// Picture of the last observation; empty if pixels are off.
    pub(super) pixels: Vec<u32>,
    /// The random stream before the last observation, if observing draws from it. With it, the picture can be drawn again.
    pub(super) stream: Vec<u32>,
    tally: Vec<u32>,
    visited: Vec<u32>,
}

impl Replay {
    /// Instance `index` of the batch with seed `batch_seed`, before its first episode.
    pub fn new(world: Arc<dyn World>, levels: Arc<Levels>, batch_seed: i64, index: usize) -> Replay {
        let spec = world.spec();
        let cells = (spec.size.0 * spec.size.1) as usize;
        let mut replay = Replay {
            core: vec![0; Core::WORDS],
            state: spec.buffers.iter().map(|b| vec![0; b.words]).collect(),
            obs: vec![0; spec.obs_words()],
            pixels: vec![0; spec.pixel_words()],
            stream: Vec::new(),
            tally: vec![0; tally::WORDS],
            visited: vec![0; cells.div_ceil(32)],
            levels,
            resetter: Arc::default(),
            index,
            shown_as: index as u32,
            world: world.clone(),
        };
        replay.with_work(|work| set_seed(&mut work.block, 0, batch_seed.wrapping_add(index as i64)));
        replay
    }

    /// Makes its rows those of instance `index` of the batch.
    pub fn show_as(&mut self, index: u32) {
        self.shown_as = index;
    }

    /// The return of its episode so far.
    pub fn episode_return(&self) -> f64 {
        tally::total(&self.tally) as f64 / f64::from(self.world.spec().reward_denominator)
    }

    /// Number of different cells on which the player was in its episode so far.
    pub fn cells_visited(&self) -> u32 {
        self.visited.iter().map(|word| word.count_ones()).sum()
    }

    /// Number of words of a replay in `world`, before any buffer has grown.
    pub fn words(world: &dyn World) -> usize {
        let spec = world.spec();
        spec.state_words() + spec.obs_words() + spec.pixel_words() + tally::WORDS + (spec.size.0 * spec.size.1) as usize / 32 + 1
    }

    /// The current state of the instance.
    pub fn instance_state(&self) -> InstanceState {
        let state: Vec<&[u32]> = self.state.iter().map(|words| &words[..]).collect();
        InstanceState::at(self.world.spec(), &self.core, &state, [&self.obs, &self.tally, &self.visited])
    }

    /// Begins the next episode, from `scenario` if there is one.
    ///
    /// # Errors
    /// [`Error::Fault`] if the world does not fit its ruleset's limits; [`Error::Usage`] if the scenario does not fit the world.
    pub fn reset(&mut self, scenario: Option<&serde_json::Value>) -> Result<Row> {
        let index = self.index;
        self.resetter = self.levels.next(&*self.world, index, self.core[Core::EPISODE])?;
        let mut misfit = None;
        let mut stream = std::mem::take(&mut self.stream);
        let row = self.act(|work| {
            begin_episodes(work, [0], |work, i| {
                misfit = scenario.and_then(|json| work.world.set_scenario(i, &mut work.block, json).err());
                copy_stream(work, &mut stream);
            });
            Ok(())
        });
        self.stream = stream;
        match misfit {
            Some(why) => Err(Error::Usage(format!("scenario, instance {index}: {why}"))),
            None => row,
        }
    }

    /// Steps with `action`, which must be one of the world's.
    ///
    /// # Errors
    /// [`Error::Usage`] for an action out of range; [`Error::Fault`] if the instance reached a limit.
    pub fn step(&mut self, action: u32) -> Result<Row> {
        let limit = self.world.spec().num_actions();
        if action >= limit {
            return Err(Error::Usage(format!("action {action} is out of range: the world has actions 0 to {}", limit - 1)));
        }
        let mut stream = std::mem::take(&mut self.stream);
        let row = self.act(|work| {
            let core = work.block.core_mut(0);
            (core[Core::ACTION], core[Core::FLAGS]) = (action, 0);
            work.world.step(&mut work.block);
            copy_stream(work, &mut stream);
            // Observing may draw from the stream (picture noise).
            work.world.observe(&mut work.block);
            work.add_step(0);
            work.record(0, Some(action));
            Ok(())
        });
        self.stream = stream;
        row
    }

    /// The symbolic observation of the state, `[obs_bytes]`.
    pub fn observation(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.obs)[..self.world.spec().obs_bytes]
    }

    /// The picture of the state, `[height, width, 3]` bytes; empty if pixels are off.
    pub fn pixels(&self) -> &[u8] {
        let (height, width) = self.world.spec().picture;
        &bytemuck::cast_slice(&self.pixels)[..(height * width * 3) as usize]
    }

    /// Calls `see` with the current state, as a block of one instance with its observation.
    pub fn look(&mut self, see: &mut dyn FnMut(&dyn World, &Block)) {
        self.with_work(|work| see(work.world, &work.block));
    }

    /// Runs `job`, which records exactly one row, and returns this row.
    fn act(&mut self, job: impl FnOnce(&mut BlockContext) -> Result<()>) -> Result<Row> {
        let (index, world) = (self.index, self.world.clone());
        self.with_work(|work| {
            job(work)?;
            let core = work.block.core_of(0);
            if core[Core::FAULT] != 0 {
                let what = world.fault(core[Core::FAULT]);
                return Err(Error::Fault {
                    instance: index,
                    episode: core[Core::EPISODE],
                    step: core[Core::STEP],
                    code: core[Core::FAULT],
                    what,
                });
            }
            let row = work.rows.pop();
            row.ok_or_else(|| Error::Data(format!("instance {index} recorded nothing")))
        })
        .map(|row| Row { instance: self.shown_as, ..row })
    }

    pub(super) fn with_work<T>(&mut self, job: impl FnOnce(&mut BlockContext) -> T) -> T {
        let block = Block {
            first: self.index,
            n: 1,
            core: &mut self.core,
            state: self.state.iter_mut().map(Stored::from).collect(),
            obs: &mut self.obs,
            pixels: &mut self.pixels,
        };
        let mut work = BlockContext {
            world: &*self.world,
            resetter: &self.resetter,
            block,
            final_obs: &mut [],
            tally: &mut self.tally,
            visited: &mut self.visited,
            last: &mut [],
            plugin_columns: &[],
            plugin_buffers: Vec::new(),
            fresh: &mut [],
            reset_list: Vec::new(),
            recorded: &[true],
            batch_step: 0,
            stats: Stats::default(),
            rows: Vec::new(),
            counts: Vec::new(),
        };
        let result = job(&mut work);
        let grown: Vec<Option<Vec<u32>>> = work.block.state.into_iter().map(Stored::grown).collect();
        for (words, grown) in self.state.iter_mut().zip(grown) {
            *words = grown.unwrap_or_else(|| std::mem::take(words));
        }
        result
    }
}

/// Copies the random stream of instance 0 before an observation that draws from it.
fn copy_stream(work: &BlockContext, to: &mut Vec<u32>) {
    if work.world.observing_draws() {
        to.clear();
        work.world.stream_buffers().iter().for_each(|b| to.extend_from_slice(work.block.row(*b, 0)));
    }
}
