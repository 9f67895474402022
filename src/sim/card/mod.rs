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

use std::borrow::Cow;
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
use super::beside::CardPasses;
use super::reset::{ResetMode, Resetter};
use super::shape::Shape;
use crate::envs::shared::packing::{Follows, Kernels};
use crate::envs::shared::stored::relaid;
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
    /// Steps that instances have room for, those of their forks included, before there is a look at it.
    steps_ahead: usize,
    /// Somebody met a limit.
    faulted: bool,
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
        let passes = config.beside.as_ref().map_or(CardPasses::default(), |beside| beside.on_card());
        // A step, and the forks that measure where it led.
        let steps_ahead = 1 + passes.reaches.iter().map(|reach| reach.horizon as usize).max().unwrap_or(0);
        let mut tables = Vec::new();
        for words in config.beside.as_ref().map_or(Vec::new(), |beside| beside.tables()) {
            tables.push(Words::of(gpu, "shared table", &words)?);
        }
        let used: Vec<usize> = shape.growing().map(|(b, lists)| lists.room(shape.state[b], 1)).collect();
        let card = Card {
            gpu: gpu.clone(),
            programs,
            kernels,
            pool: Vec::new(),
            beside: BesidePrograms::new(gpu, passes, &config.texts)?,
            values: config.beside.as_ref().map_or(Vec::new(), |beside| beside.recorded()),
            tables,
            reaching: Vec::new(),
            observing: !config.blind,
            parts: Vec::new(),
            ahead: None,
            dreams: None,
            texts: config.texts.clone(),
            rounds: 1,
            steps_ahead,
            faulted: false,
            mode: config.reset,
            stalls: 0,
            dispatches: 0,
            shape: shape.with_room(&used, steps_ahead),
        };
        card.made(world, config, resetter)
    }

    /// The card with buffers of another shape, nothing in them yet, that last for `steps_ahead` steps; what it held is let go first. Tables
    /// stay as they are.
    ///
    /// # Errors
    /// As in [`Card::new`].
    pub fn reshaped(
        self,
        world: &dyn World,
        config: &Config,
        resetter: &Resetter,
        (shape, steps_ahead): (Shape, usize),
    ) -> Result<Card> {
        let emptied = Card {
            parts: Vec::new(),
            ahead: None,
            dreams: None,
            reaching: Vec::new(),
            pool: Vec::new(),
            shape,
            steps_ahead,
            ..self
        };
        emptied.made(world, config, resetter)
    }

    /// With buffers of its shape.
    fn made(mut self, world: &dyn World, config: &Config, resetter: &Resetter) -> Result<Card> {
        // Levels have the room that instances have.
        let levels: Vec<usize> = self.shape.growing().map(|(b, _)| resetter.most_used(b)).collect();
        self.shape = self.shape.with_room(&levels, self.steps_ahead);
        let (gpu, shape, fresh) = (&self.gpu, &self.shape, resetter.levels() == 0);
        let depth = match self.kernels.follows {
            _ if !fresh => 0,
            Follows::Play => 1,
            _ => (AHEAD_WORDS / shape.state.iter().sum::<usize>().max(1)).clamp(1, AHEAD_MOST),
        };
        self.pool = pool(gpu, resetter, shape)?;
        let row_bytes = 2 * 4 * (Core::WORDS + shape.state.iter().sum::<usize>()) * config.record.len().max(1);
        let most = if fresh { ROUNDS_OF_FRESH } else { ROUNDS_OF_POOL };
        self.rounds = if config.record.is_empty() { most } else { (TRAIL_BYTES / row_bytes).clamp(1, most) };
        let size = part_size(&self.making(depth), config)?;
        let reaches = self.beside.reaches.iter();
        let reaching = reaches
            .map(|(reach, _)| as_fits(|bytes| Reaching::new(&self.making(depth), reach, size, (bytes, 0))))
            .collect::<std::result::Result<_, _>>()?;
        self.reaching = reaching;
        self.parts = make_parts(&self.making(depth), config, size)?;
        self.ahead = if fresh { Some(Ahead::new(&self.making(depth), world, &self.parts)?) } else { None };
        self.write_heads(world, config, resetter.levels(), depth)?;
        Ok(self)
    }

    /// Words an instance of every buffer.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Steps that instances have room for before there is a look at it.
    pub fn steps_ahead(&self) -> usize {
        self.steps_ahead
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
            steps_ahead: self.steps_ahead,
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
                0,
                (self.shape.last_words - Core::WORDS) as u32,
            ];
            part.rules.write(&self.gpu, 0, &head)?;
        }
        Ok(())
    }

    /// Bytes on the card an instance.
    pub fn bytes_per_instance(&self) -> usize {
        let depth = self.ahead.as_ref().map_or(0, Ahead::depth);
        4 * (self.shape.each().iter().sum::<usize>() + beside(&self.shape, depth))
    }

    /// Passes of a round.
    pub fn passes(&self) -> Vec<&'static str> {
        self.parts[0].passes()
    }

    pub fn n_parts(&self) -> usize {
        self.parts.len()
    }
}

/// `PACE_WAITS`, `PACE_STOPPED` and `PACE_CROWDED`.
const WAITS: u32 = 1;
const STOPPED: u32 = 2;
const CROWDED: u32 = 3;
/// `ROUND_VOID`, in the second word of `pace`.
const VOID: u32 = 1 << 31;

/// Words that the card keeps for an instance beside its buffers, worlds made ahead included.
fn beside(shape: &Shape, depth: usize) -> usize {
    let list_and_more = PACE_WORDS + 2 + 1 + 1 + 2;
    list_and_more + depth * shape.state.iter().sum::<usize>()
}

/// The levels of a pool, a buffer for each state buffer that is not a stream.
fn pool(gpu: &Gpu, resetter: &Resetter, shape: &Shape) -> Result<Vec<Option<Words>>> {
    let mut made = Vec::new();
    for (b, each) in shape.state.iter().enumerate() {
        let words = resetter.pool(b);
        let grows = shape.growing().find(|(own, _)| *own == b).filter(|_| !words.is_empty());
        let words = grows.map_or(Cow::Borrowed(words), |(_, lists)| Cow::Owned(relaid(words, lists, resetter.levels(), *each)));
        made.push(if words.is_empty() { None } else { Some(Words::of(gpu, "pool of worlds", &words)?) });
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
