//! The GPU backend: the batch's buffers on the GPU. Kernels step them, with many rounds in a submission.
//!
//! A round steps every active instance once. An instance whose next world is not ready waits, takes no part in rounds, and catches up
//! before the call returns. So results do not depend on when worlds are ready.

mod advance;
mod fork_context;
pub mod forks;
mod lists;
pub mod op;
mod outcome;
mod part;
mod prefetch;
mod programs;
pub mod reach;
mod readback;
mod record_slots;
pub mod rollouts;
mod rows;
mod tables;

use std::borrow::Cow;
use std::sync::Arc;

pub use op::files;
pub use outcome::AdvanceOutcome;

use self::forks::as_fits;
use self::part::{Part, PartContext};
use self::prefetch::Prefetch;
use self::programs::Programs;
use self::reach::{ReachPrograms, Reaching};
use self::rollouts::GpuRollouts;
use super::buffer::Buffer;
use super::config::Config;
use super::layout::Layout;
use super::reach::Reach;
use super::reset::{ResetMode, Resetter};
use super::schedule::{GpuPlan, Plan, recorded_buffers};
use crate::envs::shared::packing::{Kernels, LevelSource};
use crate::envs::shared::stored::relaid;
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::gpu::{GROUP, Gpu, GpuError, Staging, Words};
use crate::shaders::core::head::{self, Head};
use crate::shaders::core::pace;

/// Rounds in a submission, with worlds from a pool and with fresh ones.
const ROUNDS_OF_POOL: usize = 128;
const ROUNDS_OF_FRESH: usize = 32;
/// Worlds that are prefetched for an instance: as many as this number of words holds, from 1 to this maximum.
const PREFETCH_WORDS: usize = 2048;
const PREFETCH_MAX: usize = 16;
/// Maximum number of bytes of the rows of recorded instances between two reads.
const TRAIL_BYTES: usize = 64 << 20;

/// A batch on the GPU.
#[derive(Debug)]
pub struct GpuBackend {
    pub gpu: Arc<Gpu>,
    programs: Programs,
    kernels: Kernels,
    layout: Layout,
    pool: Vec<Option<Words>>,
    reaches: Vec<(Reach, ReachPrograms)>,
    reaching: Vec<Reaching>,
    /// The buffers whose words are part of rows of recorded instances.
    recorded: Vec<Buffer>,
    /// Shared by all instances (see [`StepPlugin::tables`]).
    tables: Vec<Words>,
    parts: Vec<Part>,
    prefetch: Option<Prefetch>,
    /// The rollouts of the planning agent that chose last.
    rollouts: Option<GpuRollouts>,
    texts: Vec<(String, String)>,
    /// The headers of the tables, as last read; None if they may have changed.
    headers: Option<Vec<Vec<u32>>>,
    /// Host memory through which results are read.
    staging: Staging,
    /// Rounds in a submission.
    rounds: usize,
    /// Number of steps for which instances have room, including steps of their forks, before the room is checked again.
    steps_ahead: usize,
    /// Whether an instance reached a limit.
    faulted: bool,
    mode: ResetMode,
    /// Times that an instance had to wait for a world.
    pub stalls: u64,
    pub dispatches: u64,
}

impl GpuBackend {
    /// Makes the buffers of a batch, without contents.
    ///
    /// # Errors
    /// [`GpuError`] of any kind; [`GpuError::OutOfMemory`] says how many instances fit.
    pub fn new(gpu: &Arc<Gpu>, world: &dyn World, config: &Config, resetter: &Resetter) -> Result<GpuBackend> {
        let (layout, kernels) = (Layout::of(world, config.plugin.as_deref()), world.kernels());
        if layout.words(Buffer::Pixels) > 0 && kernels.pixels.is_none() {
            let text = format!("{} draws no pictures on a GPU; leave --pixels out or use --backend cpu", world.spec().id);
            return Err(Error::Usage(text));
        }
        config.plugin.as_ref().map_or(Ok(()), |plugin| plugin.check_gpu())?;
        let own = config.plugin.as_ref().map_or(Vec::new(), |plugin| plugin.texts());
        let texts = [gpu.texts(), &own].concat();
        let reaches = config.plugin.as_ref().map_or(Vec::new(), |plugin| plugin.reaches());
        let reaches = reaches.into_iter().map(|reach| Ok((reach.clone(), ReachPrograms::new(gpu, &reach, &texts)?)));
        let reaches = reaches.collect::<std::result::Result<Vec<_>, GpuError>>()?;
        // A step, and the steps of the forks that measure its next state.
        let steps_ahead = 1 + reaches.iter().map(|(reach, _)| reach.horizon as usize).max().unwrap_or(0);
        let mut tables = Vec::new();
        for words in config.plugin.as_ref().map_or(Vec::new(), |plugin| plugin.tables()) {
            tables.push(Words::of(gpu, "shared table", &words)?);
        }
        let used: Vec<usize> = layout.growing().map(|(b, lists)| lists.room(layout.words(Buffer::State(b)), 1)).collect();
        let layout = layout.with_room(&used, steps_ahead);
        let backend = GpuBackend {
            gpu: gpu.clone(),
            programs: programs(gpu, (world, &kernels, &layout), config, resetter, &texts)?,
            recorded: recorded_buffers(&layout, config.plugin.as_deref()),
            kernels,
            pool: Vec::new(),
            reaches,
            tables,
            reaching: Vec::new(),
            parts: Vec::new(),
            prefetch: None,
            rollouts: None,
            texts,
            headers: None,
            staging: Staging::default(),
            rounds: 1,
            steps_ahead,
            faulted: false,
            mode: config.reset,
            stalls: 0,
            dispatches: 0,
            layout,
        };
        backend.made(world, config, resetter)
    }

    /// Returns the backend with buffers of another layout, without contents, that have room for `steps_ahead` steps. The old buffers are
    /// freed first. Tables stay as they are.
    ///
    /// # Errors
    /// As in [`GpuBackend::new`].
    pub fn reshaped(
        self,
        world: &dyn World,
        config: &Config,
        resetter: &Resetter,
        (layout, steps_ahead): (Layout, usize),
    ) -> Result<GpuBackend> {
        let emptied = GpuBackend {
            parts: Vec::new(),
            prefetch: None,
            rollouts: None,
            reaching: Vec::new(),
            pool: Vec::new(),
            layout,
            steps_ahead,
            ..self
        };
        emptied.made(world, config, resetter)
    }

    /// Makes the buffers of the backend's layout.
    fn made(mut self, world: &dyn World, config: &Config, resetter: &Resetter) -> Result<GpuBackend> {
        // Levels have the same room as instances.
        let levels: Vec<usize> = self.layout.growing().map(|(b, _)| resetter.max_used(b)).collect();
        self.layout = self.layout.with_room(&levels, self.steps_ahead);
        self.programs = programs(&self.gpu, (world, &self.kernels, &self.layout), config, resetter, &self.texts)?;
        let (gpu, layout, fresh) = (&self.gpu, &self.layout, resetter.levels() == 0);
        let state_words: usize = layout.state().iter().sum();
        let depth = match self.kernels.follows {
            _ if !fresh => 0,
            LevelSource::Play => 1,
            _ => (PREFETCH_WORDS / state_words.max(1)).clamp(1, PREFETCH_MAX),
        };
        self.pool = pool(gpu, resetter, layout)?;
        let row_bytes = 2 * 4 * (Core::WORDS + state_words) * config.record.len().max(1);
        let most = if fresh { ROUNDS_OF_FRESH } else { ROUNDS_OF_POOL };
        self.rounds = if config.record.is_empty() { most } else { (TRAIL_BYTES / row_bytes).clamp(1, most) };
        let size = part_size(&self.context(depth), config)?;
        let reaches = self.reaches.iter();
        let reaching = reaches
            .map(|(reach, _)| as_fits(|bytes| Reaching::new(&self.context(depth).fork_context(), reach, size, (bytes, 0))))
            .collect::<std::result::Result<_, _>>()?;
        self.reaching = reaching;
        self.parts = make_parts(&self.context(depth), config, size)?;
        self.prefetch = if fresh { Some(Prefetch::new(&self.context(depth), world, &self.parts)?) } else { None };
        self.write_heads(world, config, resetter.levels(), depth)?;
        Ok(self)
    }

    /// Number of words of an instance in every buffer.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Number of steps for which instances have room before the room is checked again.
    pub fn steps_ahead(&self) -> usize {
        self.steps_ahead
    }

    fn context(&self, depth: usize) -> PartContext<'_> {
        PartContext {
            gpu: &self.gpu,
            programs: &self.programs,
            kernels: &self.kernels,
            layout: &self.layout,
            pool: &self.pool,
            reaches: &self.reaches,
            reaching: &self.reaching,
            tables: &self.tables,
            steps_ahead: self.steps_ahead,
            recorded: &self.recorded,
            depth,
            rounds: self.rounds,
            texts: &self.texts,
        }
    }

    /// Binds all passes again.
    fn bind(&mut self) -> Result<()> {
        let mut parts = std::mem::take(&mut self.parts);
        let context = self.context(self.prefetch.as_ref().map_or(0, Prefetch::depth));
        let bound = parts.iter_mut().try_for_each(|part| part.bind(&context));
        let mut rollouts = self.rollouts.take();
        let context = self.context(self.prefetch.as_ref().map_or(0, Prefetch::depth));
        let rebound = rollouts.as_mut().map_or(Ok(()), |rollouts| rollouts.bind(&context, &parts));
        (self.parts, self.rollouts) = (parts, rollouts);
        Ok(bound.and(rebound)?)
    }

    fn write_heads(&self, world: &dyn World, config: &Config, levels: usize, depth: usize) -> Result<()> {
        let (spec, layout) = (world.spec(), &self.layout);
        let reset = match config.reset {
            ResetMode::SameStep => head::RESET_SAME_STEP,
            ResetMode::NextStep => head::RESET_NEXT_STEP,
            ResetMode::Off => head::RESET_OFF,
        };
        for part in &self.parts {
            let head = Head {
                n_envs: part.n as u32,
                first: part.first as u32,
                reset,
                num_actions: spec.num_actions(),
                levels: levels as u32,
                depth: depth as u32,
                obs_words: layout.words(Buffer::Obs) as u32,
                visited_words: layout.words(Buffer::Visited) as u32,
                n_achievements: spec.achievements.len() as u32,
                n_recorded: part.record_slots.as_ref().map_or(0, |record_slots| record_slots.recorded.len()) as u32,
                shown_words: (layout.words(Buffer::Last) - Core::WORDS) as u32,
                ..Head::default()
            };
            part.rules.write(&self.gpu, 0, &head.words())?;
        }
        Ok(())
    }

    /// Number of bytes of an instance on the GPU.
    pub fn bytes_per_instance(&self) -> usize {
        let depth = self.prefetch.as_ref().map_or(0, Prefetch::depth);
        4 * (self.layout.each().iter().sum::<usize>() + plugin(&self.layout, depth))
    }

    /// Names of the passes of a round.
    pub fn passes(&self) -> Vec<&'static str> {
        self.parts[0].passes()
    }

    pub fn n_parts(&self) -> usize {
        self.parts.len()
    }
}

/// The kernels of a step.
fn programs(
    gpu: &Gpu,
    (world, kernels, layout): (&dyn World, &Kernels, &Layout),
    config: &Config,
    resetter: &Resetter,
    texts: &[(String, String)],
) -> Result<Programs> {
    let prefetched = resetter.levels() == 0;
    let levels = (0..layout.state().len()).filter(|b| prefetched || !resetter.pool(*b).is_empty()).collect();
    let (records, draws) = (!config.record.is_empty(), layout.words(Buffer::Pixels) > 0);
    let on_gpu = GpuPlan { kernels, layout, levels, prefetched, records, draws };
    let plan = Plan {
        world,
        reset: config.reset,
        observes: !config.without_observations,
        plugin: config.plugin.as_ref(),
        gpu: Some(on_gpu),
    };
    Ok(Programs::new(gpu, &plan, texts)?)
}

/// Number of words that the GPU stores for an instance in addition to its buffers, including prefetched worlds.
fn plugin(layout: &Layout, depth: usize) -> usize {
    let list_and_more = pace::WORDS + 2 + 1 + 1 + 2;
    list_and_more + depth * layout.state().iter().sum::<usize>()
}

/// The levels of a pool: one buffer for each state buffer that is not a stream.
fn pool(gpu: &Gpu, resetter: &Resetter, layout: &Layout) -> Result<Vec<Option<Words>>> {
    let mut made = Vec::new();
    for (b, each) in layout.state().iter().enumerate() {
        let words = resetter.pool(b);
        let grows = layout.growing().find(|(own, _)| *own == b).filter(|_| !words.is_empty());
        let words = grows.map_or(Cow::Borrowed(words), |(_, lists)| Cow::Owned(relaid(words, lists, resetter.levels(), *each)));
        made.push(if words.is_empty() { None } else { Some(Words::of(gpu, "pool of worlds", &words)?) });
    }
    Ok(made)
}

/// Number of instances of a part: there are as few parts as the bindings of the adapter allow.
fn part_size(context: &PartContext, config: &Config) -> Result<usize> {
    let (layout, state) = (context.layout, context.layout.state());
    let widest = layout.each().into_iter().chain(state.iter().map(|each| each * context.depth)).chain([pace::WORDS + 2 + 1]);
    let widest = widest.max().unwrap_or(1);
    let most = (context.gpu.largest() / (4 * widest)).saturating_sub(1);
    if most == 0 {
        let what = "one instance".to_string();
        return Err(GpuError::Limit {
            what,
            wanted: 2 * 4 * widest as u64,
            most: context.gpu.largest() as u64,
            limit: "max_storage_buffer_binding_size",
        }
        .into());
    }
    Ok(config.num_envs.div_ceil(config.num_envs.div_ceil(most)).next_multiple_of(GROUP as usize).min(most))
}

fn make_parts(context: &PartContext, config: &Config, size: usize) -> Result<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    for first in (0..config.num_envs).step_by(size) {
        let n = size.min(config.num_envs - first);
        let recorded = config.record.iter().filter(|i| (first..first + n).contains(*i)).map(|i| i - first).collect();
        let part = Part::new(context, first, n, recorded).map_err(|e| match e {
            GpuError::OutOfMemory(what) => {
                GpuError::OutOfMemory(format!("{what} of instance {first} and those after it; about {first} fit"))
            }
            other => other,
        })?;
        parts.push(part);
    }
    Ok(parts)
}
