//! The GPU backend: the batch's buffers on the card, stepped by kernels many rounds a submission.
//!
//! A round steps every instance that takes part once. An instance whose next world is not there yet waits, sits out rounds, and is
//! caught up before the call returns: what comes out does not depend on when worlds arrive.

mod advance;
mod ahead;
pub mod beside;
pub mod dreams;
pub mod forks;
mod outcome;
mod part;
mod passes;
mod programs;
pub mod reach;
mod rows;
mod trail;

use std::sync::Arc;

pub use advance::Advanced;
pub use part::Chooser;
pub use programs::files;

use self::ahead::Ahead;
use self::beside::BesidePrograms;
use self::dreams::Dreams;
use self::forks::as_fits;
use self::part::{Making, PACE_WORDS, Part};
use self::programs::Programs;
use self::reach::Reaching;
use super::batch::Config;
use super::beside::{Beside, CardPasses};
use super::reset::{ResetMode, Resetter};
use super::work::Tally;
use crate::envs::shared::packing::{Follows, Kernels};
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::gpu::{GROUP, Gpu, GpuError, Words};

/// Rounds a submission, with worlds from a pool and with fresh ones.
const ROUNDS_OF_POOL: usize = 128;
const ROUNDS_OF_FRESH: usize = 32;
/// Worlds kept ready an instance: as many as this many words hold, within these bounds.
const AHEAD_WORDS: usize = 2048;
const AHEAD_MOST: usize = 16;
/// Bytes that rows of recorded instances may take between two readings.
const TRAIL_BYTES: usize = 64 << 20;

/// Words an instance of every buffer.
#[derive(Clone, Debug)]
pub struct Shape {
    pub state: Vec<usize>,
    pub obs_words: usize,
    pub pixel_words: usize,
    pub visited_words: usize,
    /// Of what runs beside, a word that says whether an episode is fresh before them; empty without that.
    pub extras: Vec<usize>,
}

impl Shape {
    pub fn of(world: &dyn World, beside: Option<&dyn Beside>) -> Shape {
        let spec = world.spec();
        Shape {
            state: spec.buffers.iter().map(|b| b.words).collect(),
            obs_words: spec.obs_words(),
            pixel_words: spec.pixel_words(),
            visited_words: ((spec.size.0 * spec.size.1) as usize).div_ceil(32),
            extras: beside.map_or(Vec::new(), |beside| [1].into_iter().chain(beside.extras().iter().map(|e| e.words)).collect()),
        }
    }

    /// In the order of a snapshot: core, state, obs, final_obs, pixels, tally, visited, and with something beside: fresh, extras.
    pub fn each(&self) -> Vec<usize> {
        let rest = [self.obs_words, self.obs_words, self.pixel_words, Tally::WORDS, self.visited_words];
        [&[Core::WORDS][..], &self.state, &rest, &self.extras].concat()
    }

    /// Words that the card keeps for an instance beside those, worlds made ahead included.
    fn beside(&self, depth: usize) -> usize {
        let list_and_more = PACE_WORDS + 2 + 1 + 1 + 2;
        list_and_more + depth * self.state.iter().sum::<usize>()
    }
}

/// A batch on the card.
#[derive(Debug)]
pub struct Card {
    pub gpu: Arc<Gpu>,
    programs: Programs,
    kernels: Kernels,
    shape: Shape,
    pool: Vec<Option<Words>>,
    beside: BesidePrograms,
    reaching: Vec<Reaching>,
    /// The extras whose words go into rows.
    values: Vec<usize>,
    /// Shared by all instances (see [`Beside::tables`]).
    tables: Vec<Words>,
    observing: bool,
    parts: Vec<Part>,
    ahead: Option<Ahead>,
    /// The agent that imagined last.
    dreams: Option<Dreams>,
    texts: Vec<(String, String)>,
    /// Rounds a submission.
    rounds: usize,
    mode: ResetMode,
    /// Times that an instance had to wait for a world.
    pub stalls: u64,
    pub dispatches: u64,
}

impl Card {
    /// Buffers for a batch, nothing in them yet.
    ///
    /// # Errors
    /// [`GpuError`] of any kind; [`GpuError::OutOfMemory`] says how many instances fit.
    pub fn new(gpu: &Arc<Gpu>, world: &dyn World, config: &Config, resetter: &Resetter) -> Result<Card> {
        let (shape, kernels) = (Shape::of(world, config.beside.as_deref()), world.kernels());
        if shape.pixel_words > 0 && kernels.pixels.is_none() {
            let text =
                format!("{} draws no pictures on a graphics card; leave --pixels out or use --backend cpu", world.spec().id);
            return Err(Error::Usage(text));
        }
        config.beside.as_ref().map_or(Ok(()), |beside| beside.check_card())?;
        let programs = Programs::new(gpu, world, &kernels, &config.texts)?;
        let fresh = resetter.levels() == 0;
        let depth = match kernels.follows {
            _ if !fresh => 0,
            Follows::Play => 1,
            _ => (AHEAD_WORDS / shape.state.iter().sum::<usize>().max(1)).clamp(1, AHEAD_MOST),
        };
        let pool = pool(gpu, resetter, shape.state.len())?;
        let row_bytes = 2 * 4 * (Core::WORDS + shape.state.iter().sum::<usize>()) * config.record.len().max(1);
        let most = if fresh { ROUNDS_OF_FRESH } else { ROUNDS_OF_POOL };
        let rounds = if config.record.is_empty() { most } else { (TRAIL_BYTES / row_bytes).clamp(1, most) };
        let passes = config.beside.as_ref().map_or(CardPasses::default(), |beside| beside.on_card());
        let mut tables = Vec::new();
        for words in config.beside.as_ref().map_or(Vec::new(), |beside| beside.tables()) {
            tables.push(Words::of(gpu, "shared table", &words)?);
        }
        let mut card = Card {
            gpu: gpu.clone(),
            programs,
            kernels,
            pool,
            beside: BesidePrograms::new(gpu, passes, &config.texts)?,
            values: config.beside.as_ref().map_or(Vec::new(), |beside| beside.recorded()),
            tables,
            reaching: Vec::new(),
            observing: !config.blind,
            parts: Vec::new(),
            ahead: None,
            dreams: None,
            texts: config.texts.clone(),
            rounds,
            mode: config.reset,
            stalls: 0,
            dispatches: 0,
            shape,
        };
        let size = part_size(&card.making(depth), config)?;
        let reaches = card.beside.reaches.iter();
        card.reaching = reaches
            .map(|(reach, _)| as_fits(|bytes| Reaching::new(gpu, reach, size, (bytes, 0))))
            .collect::<std::result::Result<_, _>>()?;
        card.parts = make_parts(&card.making(depth), config, size)?;
        card.ahead = if fresh { Some(Ahead::new(&card.making(depth), world, &card.parts)?) } else { None };
        card.write_heads(world, config, resetter.levels(), depth)?;
        Ok(card)
    }

    fn making(&self, depth: usize) -> Making<'_> {
        Making {
            gpu: &self.gpu,
            programs: &self.programs,
            kernels: &self.kernels,
            shape: &self.shape,
            pool: &self.pool,
            beside: &self.beside,
            reaching: &self.reaching,
            tables: &self.tables,
            values: &self.values,
            mode: self.mode,
            depth,
            rounds: self.rounds,
            observing: self.observing,
            texts: &self.texts,
        }
    }

    /// Binds all passes anew.
    fn bind(&mut self) -> Result<()> {
        let mut parts = std::mem::take(&mut self.parts);
        let making = self.making(self.ahead.as_ref().map_or(0, Ahead::depth));
        let bound = parts.iter_mut().try_for_each(|part| part.bind(&making));
        let mut dreams = self.dreams.take();
        let making = self.making(self.ahead.as_ref().map_or(0, Ahead::depth));
        let rebound = dreams.as_mut().map_or(Ok(()), |dreams| dreams.bind(&making, &parts));
        (self.parts, self.dreams) = (parts, dreams);
        Ok(bound.and(rebound)?)
    }

    fn write_heads(&self, world: &dyn World, config: &Config, levels: usize, depth: usize) -> Result<()> {
        let mode = match config.reset {
            ResetMode::SameStep => 0,
            ResetMode::NextStep => 1,
            ResetMode::Off => 2,
        };
        let spec = world.spec();
        for part in &self.parts {
            let recorded = part.trail.as_ref().map_or(0, |trail| trail.recorded.len());
            let head = [
                part.n as u32,
                part.first as u32,
                0,
                mode,
                spec.num_actions(),
                0,
                0,
                levels as u32,
                depth as u32,
                self.shape.obs_words as u32,
                self.shape.visited_words as u32,
                spec.achievements.len() as u32,
                recorded as u32,
            ];
            part.rules.write(&self.gpu, 0, &head)?;
        }
        Ok(())
    }

    /// Bytes on the card an instance.
    pub fn bytes_per_instance(&self) -> usize {
        let depth = self.ahead.as_ref().map_or(0, Ahead::depth);
        4 * (self.shape.each().iter().sum::<usize>() + self.shape.beside(depth))
    }

    /// Passes of a round.
    pub fn passes(&self) -> Vec<&'static str> {
        self.parts[0].passes()
    }

    pub fn n_parts(&self) -> usize {
        self.parts.len()
    }
}

/// `PACE_WAITS` and `PACE_STOPPED`.
const WAITS: u32 = 1;
const STOPPED: u32 = 2;

/// The levels of a pool, a buffer for each state buffer that is not a stream.
fn pool(gpu: &Gpu, resetter: &Resetter, n_state: usize) -> Result<Vec<Option<Words>>> {
    let mut made = Vec::new();
    for b in 0..n_state {
        let words = resetter.pool(b);
        made.push(if words.is_empty() { None } else { Some(Words::of(gpu, "pool of worlds", words)?) });
    }
    Ok(made)
}

/// Instances of a part: as few parts as fit into the bindings of the adapter.
fn part_size(making: &Making, config: &Config) -> Result<usize> {
    let shape = making.shape;
    let widest = shape.each().into_iter().chain(shape.state.iter().map(|each| each * making.depth)).chain([PACE_WORDS + 2 + 1]);
    let widest = widest.max().unwrap_or(1);
    let most = (making.gpu.largest() / (4 * widest)).saturating_sub(1);
    if most == 0 {
        let what = "one instance".to_string();
        return Err(GpuError::Limit {
            what,
            wanted: 2 * 4 * widest as u64,
            most: making.gpu.largest() as u64,
            limit: "max_storage_buffer_binding_size",
        }
        .into());
    }
    Ok(config.num_envs.div_ceil(config.num_envs.div_ceil(most)).next_multiple_of(GROUP as usize).min(most))
}

fn make_parts(making: &Making, config: &Config, size: usize) -> Result<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    for first in (0..config.num_envs).step_by(size) {
        let n = size.min(config.num_envs - first);
        let recorded = config.record.iter().filter(|i| (first..first + n).contains(*i)).map(|i| i - first).collect();
        let part = Part::new(making, first, n, recorded).map_err(|e| match e {
            GpuError::OutOfMemory(what) => {
                GpuError::OutOfMemory(format!("{what} of instance {first} and those after it; about {first} fit"))
            }
            other => other,
        })?;
        parts.push(part);
    }
    Ok(parts)
}
