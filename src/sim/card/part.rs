//! A run of consecutive instances on the card: their buffers, and the round of passes that steps them once.
//!
//! A batch has as many parts as it takes for every buffer to fit into one binding.

use std::sync::Arc;

use super::beside::BesidePrograms;
use super::dreams::Imagining;
use super::forks::Rows;
use super::passes::{Op, Passes};
use super::programs::Programs;
use super::reach::Reaching;
use crate::envs::Core;
use crate::envs::shared::packing::{HEAD_WORDS, Kernels};
use crate::gpu::{Gpu, GpuError, Pass, Timer, Words};
use crate::sim::dream::Dream;
use crate::sim::reset::ResetMode;
use crate::sim::shape::Shape;

/// Words of `pace`: the list, then so many an instance (see shaders/core/pace.wgsl).
pub const LIST_PAIRS: usize = 2;
pub const PACE_WORDS: usize = 4;
/// Words of `sums` (see shaders/core/sums.wgsl): counts and pairs, then for each achievement there may be three pairs and a word, then a word.
pub const SUM_WORDS: usize = 12 + 7 * 32 + 1;
/// The last of them: whether instances are short of room.
pub const SUM_SHORT: usize = SUM_WORDS - 1;
/// Recorded instances of a part, and where their rows wait to be read.
#[derive(Debug)]
pub struct Trail {
    /// Indices in the part.
    pub recorded: Vec<usize>,
    /// Filled, and steps taken + 1, of each slot.
    pub marks: Words,
    /// Rows of core, of each state buffer, and of the values of what runs beside, by slot.
    pub rows: Vec<Words>,
    pub list: Words,
    pub ids: Words,
}

/// The buffers of a part.
#[derive(Debug)]
pub struct Part {
    /// Index in the batch of its first instance.
    pub first: usize,
    pub n: usize,
    pub rules: Words,
    /// Index of the state buffer that says where players are.
    shown: usize,
    /// In the order of a snapshot (see [`Shape::each`]).
    pub buffers: Vec<Words>,
    pub pace: Words,
    pub ready: Words,
    pub sums: Words,
    pub actions: Words,
    /// Worlds made ahead, a state buffer each; empty with a pool.
    pub prepared: Vec<Words>,
    pub trail: Option<Trail>,
    pub hashes: Words,
    /// Stands where the kernels have a place for a buffer that the world does not have.
    pub absent: Words,
    choose: Vec<Op>,
    /// In stretches: all parts finish one before any begins the next.
    round: Vec<Vec<Op>>,
    hashing: Vec<Op>,
}

/// Who chooses the actions of a round.
#[derive(Clone, Debug)]
pub enum Chooser {
    /// Uniformly at random; the agent's seed.
    Random(u64),
    /// The host, before each step.
    Given,
    /// An agent that imagines.
    Imagined(Arc<Imagining>),
}

impl Chooser {
    /// Steps that must be possible before there is a look at how much room there is: one, and those of forks that measure where it led.
    pub fn steps_ahead(&self) -> usize {
        match self {
            Chooser::Random(_) | Chooser::Given => 1,
            Chooser::Imagined(plan) => 1 + plan.horizon(),
        }
    }
}

/// What all parts of a batch share while they are made.
pub struct Making<'a> {
    pub gpu: &'a Gpu,
    pub programs: &'a Programs,
    pub kernels: &'a Kernels,
    pub shape: &'a Shape,
    pub pool: &'a [Option<Words>],
    pub beside: &'a BesidePrograms,
    /// Room for what the instances of a part reach.
    pub reaching: &'a [Reaching],
    /// Shared by the instances of all parts.
    pub tables: &'a [Words],
    /// Steps that instances have room for before there is a look at it.
    pub steps_ahead: usize,
    /// The extras whose words go into rows.
    pub values: &'a [usize],
    pub mode: ResetMode,
    pub depth: usize,
    /// Rounds between looks at what was recorded.
    pub rounds: usize,
    /// Whether steps write observations.
    pub observing: bool,
    /// WGSL texts in place of the project's own.
    pub texts: &'a [(String, String)],
}

impl Making<'_> {
    /// Words a fork of every state buffer of a dreamt world.
    pub fn fork_words<'b>(&'b self, dream: &'b Dream) -> impl Iterator<Item = usize> + 'b {
        dream.world().spec().buffers.iter().map(|buffer| self.shape.words_of(buffer))
    }
}

impl Part {
    /// # Errors
    /// [`GpuError::OutOfMemory`] or [`GpuError::Limit`].
    pub fn new(making: &Making, first: usize, n: usize, recorded: Vec<usize>) -> Result<Part, GpuError> {
        let (gpu, shape) = (making.gpu, making.shape);
        let words = |label: &str, len: usize| Words::new(gpu, label, len);
        let (each, rules) = (shape.each(), shape.rules(making.kernels, making.steps_ahead));
        let buffers = each.iter().map(|each| words("instances", n * each)).collect::<Result<Vec<_>, _>>()?;
        let prepared = if making.depth == 0 {
            Vec::new()
        } else {
            shape.state.iter().map(|each| words("prepared worlds", n * making.depth * each)).collect::<Result<Vec<_>, _>>()?
        };
        let mut part = Part {
            first,
            n,
            shown: shape.shown,
            rules: words("rules", HEAD_WORDS + rules.len())?,
            buffers,
            pace: words("pace", LIST_PAIRS + 2 * n + PACE_WORDS * n)?,
            ready: words("ready", n)?,
            sums: words("sums", SUM_WORDS)?,
            actions: words("actions", n)?,
            prepared,
            trail: None,
            hashes: words("hashes", 2 * n)?,
            absent: words("absent", 1)?,
            choose: Vec::new(),
            round: Vec::new(),
            hashing: Vec::new(),
        };
        part.rules.write(gpu, HEAD_WORDS, &rules)?;
        if !recorded.is_empty() {
            part.trail = Some(Trail::new(making, recorded)?);
        }
        part.bind(making)?;
        Ok(part)
    }

    /// Binds the passes to the buffers that they work on; again if shared tables are others now.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] if a kernel and its buffers do not fit.
    pub fn bind(&mut self, making: &Making) -> Result<(), GpuError> {
        let passes = Passes { making, part: self };
        let (choose, round, hashing) = (passes.choosers()?, passes.round()?, passes.hashing()?);
        (self.choose, self.round, self.hashing) = (choose, round, hashing);
        Ok(())
    }

    /// The state buffer that says where players are and what they have.
    pub fn shown(&self) -> &Words {
        &self.buffers[1 + self.shown]
    }

    /// Core and state buffers, in stored order.
    pub fn stored(&self, shape: &Shape) -> &[Words] {
        &self.buffers[..=shape.state.len()]
    }

    /// The instances as what can be forked: `sources` are the state buffers that the forks take.
    pub fn rows(&self, shape: &Shape, sources: &[usize]) -> Rows<'_> {
        let stored = &self.stored(shape)[1..];
        let state = sources.iter().map(|b| &stored[*b]).collect();
        Rows { rules: &self.rules, core: &self.buffers[0], pace: &self.pace, state, n: self.n }
    }

    /// One of the buffers of what runs beside (see [`crate::sim::Beside::extras`]).
    pub fn extra(&self, shape: &Shape, k: usize) -> &Words {
        &self.buffers[shape.first_extra() + k]
    }

    /// Stretches of a round.
    pub fn stretches(&self) -> usize {
        self.round.len()
    }

    /// The choice of actions, if the kernel for it is one of the part.
    pub fn choose(&self, pass: &mut Pass, chooser: &Chooser) {
        match chooser {
            Chooser::Random(_) => self.choose[0].encode(pass),
            Chooser::Given => self.choose[1].encode(pass),
            Chooser::Imagined(_) => {}
        }
    }

    /// One stretch of a round after that; a round is a step of every instance that takes part.
    pub fn encode(&self, pass: &mut Pass, stretch: usize) {
        self.round[stretch].iter().for_each(|op| op.encode(pass));
    }

    /// A round with random actions, every pass timed.
    pub fn encode_timed(&self, pass: &mut Pass, timer: &Timer) {
        for (k, op) in [&self.choose[0]].into_iter().chain(self.round.iter().flatten()).enumerate() {
            pass.time(timer, k as u32);
            op.encode(pass);
        }
    }

    /// What a round consists of.
    pub fn passes(&self) -> Vec<&'static str> {
        self.choose[..1].iter().chain(self.round.iter().flatten()).map(|op| op.name).collect()
    }

    /// Running hashes of all instances: low and high lane, not finished.
    ///
    /// # Errors
    /// See [`Gpu::check`].
    pub fn hashes(&self, gpu: &Gpu) -> Result<Vec<u32>, GpuError> {
        let mut pass = Pass::new(gpu, "checksum");
        self.hashing.iter().for_each(|op| op.encode(&mut pass));
        pass.submit()?;
        let mut lanes = vec![0; 2 * self.n];
        self.hashes.read(gpu, 0, &mut lanes)?;
        Ok(lanes)
    }
}

impl Trail {
    /// # Errors
    /// [`GpuError::Limit`] if the rows of a single round do not fit into a binding.
    fn new(making: &Making, recorded: Vec<usize>) -> Result<Trail, GpuError> {
        let (gpu, slots) = (making.gpu, making.rounds * recorded.len() * 2);
        let ids: Vec<u32> = recorded.iter().map(|i| *i as u32).collect();
        let values: Vec<usize> = making.values.iter().map(|extra| making.shape.extras[1 + extra]).collect();
        let rows = [&[Core::WORDS][..], &making.shape.state, &values].concat();
        Ok(Trail {
            marks: Words::new(gpu, "marks", slots * 2)?,
            rows: rows.iter().map(|each| Words::new(gpu, "trail", slots * each)).collect::<Result<_, _>>()?,
            list: Words::new(gpu, "trail list", LIST_PAIRS + 2 * recorded.len())?,
            ids: Words::of(gpu, "recorded", &ids)?,
            recorded,
        })
    }
}
