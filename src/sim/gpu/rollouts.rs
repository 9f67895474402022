//! Rollouts of planning agents on the GPU, on forks of all instances. `agents/lookahead.rs` does the same on the CPU.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::forks::{ENOUGH, ForkBatch, ForkCapacity, ForkPrograms, Forks};
use super::op::{Compiled, Dispatch, Op, compile};
use super::part::{Part, PartContext};
use super::reach::{ReachPrograms, Reaching};
use crate::gpu::{Gpu, GpuError, Kernel, Pass, Words};
use crate::shaders::core::fork_sources::ForkSources;
use crate::sim::buffer::Buffer;
use crate::sim::reach::Reach;
use crate::sim::rollout::RolloutPlan;

/// Returns the number of rollouts at once, which divides the number of all rollouts, and the fork capacity, for a part of `n` instances
/// with forks in `bytes` bytes.
fn room_of(plan: &RolloutPlan, context: &PartContext, n: usize, bytes: usize) -> (u32, ForkCapacity) {
    let plugin: Vec<usize> = plan.passes.plugin.iter().copied().chain([plan.track_words()]).collect();
    let fits = ForkCapacity::most(&context.fork_context(), &plan.model, &plugin, bytes);
    let most = if plan.max_forks > 0 { plan.max_forks.min(fits) } else { fits };
    let forks = |at_once: u32| n * plan.actions() * at_once as usize;
    let at_once = (1..=plan.rollouts).rev().find(|l| plan.rollouts.is_multiple_of(*l) && forks(*l) <= most.min(ENOUGH));
    let at_once = at_once.unwrap_or(1);
    let each = plan.actions() * at_once as usize;
    (at_once, ForkCapacity { each, fork_batch: (most / each).clamp(1, n) })
}

/// The kernels of rollouts.
#[derive(Debug)]
struct RolloutPrograms {
    forks: ForkPrograms,
    set_out: Arc<Kernel>,
    passes: Vec<Compiled>,
    reaches: Vec<(Reach, ReachPrograms)>,
    accumulate: Arc<Kernel>,
    score: Arc<Kernel>,
    best: Arc<Kernel>,
}

/// The rollouts of a planning agent, with their forks.
#[derive(Debug)]
pub struct GpuRollouts {
    pub plan: Arc<RolloutPlan>,
    programs: RolloutPrograms,
    rollouts_at_once: u32,
    forks: Forks,
    plugin: Vec<Words>,
    tracks: Words,
    reaching: Vec<Reaching>,
    /// A word for each instance of a part.
    roots: Words,
    parts: Vec<PartRollouts>,
}

/// The passes that choose the actions of a part.
#[derive(Debug)]
struct PartRollouts {
    roots: Op,
    fork_batches: Vec<BatchRollouts>,
    best: Op,
}

/// The passes of a fork batch. `begin` and `score` have one entry for each group of rollouts that run at once.
#[derive(Debug)]
struct BatchRollouts {
    begin: Vec<Vec<Op>>,
    choose: Op,
    step: Vec<Op>,
    score: Vec<Op>,
}

impl GpuRollouts {
    /// Makes the rollouts, with forks in `bytes` bytes.
    ///
    /// # Errors
    /// [`GpuError`] of any kind.
    pub fn new(context: &PartContext, parts: &[Part], plan: &Arc<RolloutPlan>, bytes: usize) -> Result<GpuRollouts, GpuError> {
        let (gpu, texts) = (context.gpu, context.texts);
        let reaches = plan.passes.reaches.iter().map(|reach| Ok((reach.clone(), ReachPrograms::new(gpu, reach, texts)?)));
        let programs = RolloutPrograms {
            forks: ForkPrograms::new(gpu, &plan.model, texts)?,
            set_out: compile(gpu, texts, "shaders/agent/set_out.wgsl", &[])?,
            passes: Compiled::all(gpu, plan.passes.list.clone(), texts)?,
            reaches: reaches.collect::<Result<_, GpuError>>()?,
            accumulate: compile(gpu, texts, "shaders/agent/accumulate.wgsl", &[])?,
            score: compile(gpu, texts, "shaders/agent/score.wgsl", &[])?,
            best: compile(gpu, texts, "shaders/agent/best.wgsl", &[])?,
        };
        let largest = parts.iter().map(|part| part.n).max().unwrap_or(1);
        let (rollouts_at_once, room) = room_of(plan, context, largest, bytes);
        let plugin = plan.passes.plugin.iter().map(|words| Words::new(gpu, "beside forks", (room.forks() * words).max(2)));
        let reaching = plan
            .passes
            .reaches
            .iter()
            .map(|reach| Reaching::new(&context.fork_context(), reach, room.forks(), (bytes, plan.max_forks)));
        let mut rollouts = GpuRollouts {
            rollouts_at_once,
            reaching: reaching.collect::<Result<_, _>>()?,
            roots: Words::new(gpu, "roots", largest)?,
            plugin: plugin.collect::<Result<_, _>>()?,
            tracks: Words::new(gpu, "tracks", room.forks() * plan.track_words())?,
            forks: Forks::new(&context.fork_context(), &plan.model, room)?,
            programs,
            plan: plan.clone(),
            parts: Vec::new(),
        };
        rollouts.bind(context, parts)?;
        Ok(rollouts)
    }

    /// Binds all passes; this is repeated when shared tables are replaced.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] if a kernel and its buffers do not fit.
    pub fn bind(&mut self, context: &PartContext, parts: &[Part]) -> Result<(), GpuError> {
        self.parts.clear();
        let made: Result<Vec<PartRollouts>, GpuError> = parts.iter().map(|part| self.part_rollouts(context, part)).collect();
        self.parts = made?;
        Ok(())
    }

    fn part_rollouts(&self, context: &PartContext, part: &Part) -> Result<PartRollouts, GpuError> {
        let scores = Words::new(context.gpu, "scores", part.n * self.plan.actions())?;
        let fork_batch = self.forks.room.fork_batch;
        let firsts = (0..part.n).step_by(fork_batch);
        let fork_batches = firsts.map(|first| {
            let n = fork_batch.min(part.n - first);
            let model = (&self.plan.model, &self.programs.forks);
            let fork_batch =
                self.forks.fork_batch(&context.fork_context(), model, (first, n), (self.plan.seed, 1 + self.plan.horizon()))?;
            self.rollouts(context, part, &fork_batch, &scores)
        });
        let rows = part.rows(context.layout, self.plan.model.sources());
        let buffers = [("rules", &part.rules), ("core", rows.core), ("pace", &part.pace), ("scores", &scores)];
        let best = Op::new(context.gpu, "best", &self.programs.best, &buffers, Dispatch::Invocations(part.n));
        let roots = Forks::roots(&context.fork_context(), &self.programs.forks, &rows, ForkSources::Open, &self.roots);
        Ok(PartRollouts { roots: roots?, fork_batches: fork_batches.collect::<Result<_, _>>()?, best: best? })
    }

    fn rollouts(
        &self,
        context: &PartContext,
        part: &Part,
        fork_batch: &ForkBatch,
        scores: &Words,
    ) -> Result<BatchRollouts, GpuError> {
        let (plan, programs, gpu) = (&self.plan, &self.programs, context.gpu);
        let rows = part.rows(context.layout, plan.model.sources());
        let keys = plan.passes.keys.map_or(self.forks.absent(), |k| part.plugin(context.layout, k));
        let (mut begin, mut score) = (Vec::new(), Vec::new());
        for first in (0..plan.rollouts).step_by(self.rollouts_at_once as usize) {
            let params = Words::of(gpu, "rollouts", &[plan.passes.n_keys as u32, self.rollouts_at_once, first, plan.gamma])?;
            let mut ops = self.forks.begin(
                &context.fork_context(),
                &programs.forks,
                fork_batch,
                (&rows, &self.roots),
                (first, self.rollouts_at_once),
            )?;
            let set_out = [
                ("rules", &fork_batch.rules),
                ("params", &params),
                ("keys", keys),
                ("forked", &self.forks.core),
                ("fork_keys", &self.plugin[0]),
                ("tracks", &self.tracks),
            ];
            ops.push(Op::new(gpu, "set out", &programs.set_out, &set_out, Dispatch::Invocations(fork_batch.n))?);
            begin.push(ops);
            let scored = [("rules", &fork_batch.rules), ("params", &params), ("tracks", &self.tracks), ("scores", scores)];
            let actions = fork_batch.n / self.rollouts_at_once as usize;
            score.push(Op::new(gpu, "score", &programs.score, &scored, Dispatch::Invocations(actions))?);
        }
        let mut step = self.forks.step(&context.fork_context(), &programs.forks, fork_batch, plan.passes.observes, &part.pace)?;
        step.extend(self.passes(context, part, fork_batch)?);
        let params = Words::of(gpu, "rollouts", &[plan.passes.n_keys as u32, self.rollouts_at_once, 0, plan.gamma])?;
        let totals = self.fork_buffer(context, part, plan.passes.totals).unwrap_or(self.forks.absent());
        let accumulated = [
            ("rules", &fork_batch.rules),
            ("core", &self.forks.core),
            ("pace", &self.forks.pace),
            ("params", &params),
            ("keys", &self.plugin[0]),
            ("totals", totals),
            ("tracks", &self.tracks),
        ];
        step.push(Op::new(gpu, "accumulate", &programs.accumulate, &accumulated, Dispatch::Invocations(fork_batch.n))?);
        Ok(BatchRollouts { begin, choose: self.forks.choose(&context.fork_context(), &programs.forks, fork_batch)?, step, score })
    }

    /// The passes that score the transitions of a fork batch.
    fn passes(&self, context: &PartContext, part: &Part, fork_batch: &ForkBatch) -> Result<Vec<Op>, GpuError> {
        let mut ops = Vec::new();
        for work in &self.programs.passes {
            match work {
                Compiled::Kernel(pass) => {
                    ops.push(
                        self.forks
                            .bound(&context.fork_context(), pass, fork_batch, |buffer| self.fork_buffer(context, part, buffer))?,
                    );
                }
                Compiled::Reach(k, whom) => {
                    let (reach, programs) = &self.programs.reaches[*k];
                    // The sources are forks of the same keyed model, so they are its own buffers, in their order.
                    let rows = self.forks.rows(fork_batch, reach.model.fork_sources());
                    ops.extend(self.reaching[*k].passes(&context.fork_context(), (reach, programs), &rows, *whom)?);
                }
            }
        }
        Ok(ops)
    }

    /// Returns the buffers that forks have in addition to their state, and those that they read of the instances from which they were
    /// forked.
    fn fork_buffer<'b>(&'b self, context: &PartContext<'b>, part: &'b Part, buffer: Buffer) -> Option<&'b Words> {
        match buffer {
            Buffer::Plugin(k) => Some(part.plugin(context.layout, k)),
            Buffer::Fork(k) => self.plugin.get(k),
            Buffer::Table(t) => context.tables.get(t),
            Buffer::Reached(k) => self.reaching.get(k).map(|reaching| &reaching.values),
            _ => None,
        }
    }

    /// Encodes the choice of the actions of all instances of a part.
    pub fn encode(&self, pass: &mut Pass, part: usize) {
        let PartRollouts { roots, fork_batches, best } = &self.parts[part];
        roots.encode(pass);
        for BatchRollouts { begin, choose, step, score } in fork_batches {
            for (begin, score) in begin.iter().zip(score) {
                begin.iter().for_each(|op| op.encode(pass));
                for d in 0..self.plan.depth {
                    if d > 0 {
                        choose.encode(pass);
                    }
                    step.iter().for_each(|op| op.encode(pass));
                }
                score.encode(pass);
            }
        }
        best.encode(pass);
    }

    /// Adds the tally since the last call to that of the plan.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn tally(&self, gpu: &Gpu) -> Result<(), GpuError> {
        let (Some(sums), Some(reaching)) = (&self.plan.tally, self.reaching.first()) else { return Ok(()) };
        let (states, uncertain) = reaching.take_tally(gpu)?;
        sums[0].fetch_add(states, Ordering::Relaxed);
        sums[1].fetch_add(uncertain, Ordering::Relaxed);
        Ok(())
    }

    /// Number of dispatches that one choice of all instances takes.
    pub fn dispatches(&self) -> usize {
        let one = |r: &BatchRollouts| (r.begin[0].len() + (r.step.len() + 1) * self.plan.depth as usize) * r.begin.len();
        self.parts.iter().flat_map(|part| &part.fork_batches).map(one).sum()
    }
}
