//! A part of a batch on the GPU: the buffers of a range of consecutive instances, and the round of passes that steps them once.
//!
//! A batch has as many parts as are needed for every buffer to fit into one binding.

use std::ops::Range;

use super::fork_context::ForkContext;
use super::forks::Rows;
use super::op::{Compiled, Counts, Dispatch, Op};
use super::programs::Programs;
use super::reach::{ReachPrograms, Reaching};
use crate::envs::shared::packing::Kernels;
use crate::gpu::{Gpu, GpuError, Pass, Timer, Words};
use crate::shaders::core::{head, pace, sums};
use crate::sim::buffer::Buffer;
use crate::sim::layout::Layout;
use crate::sim::reach::Reach;
use crate::sim::rollout::ActionSource;

/// Recorded instances of a part, and the buffers in which their rows wait to be read.
#[derive(Debug)]
pub struct RecordSlots {
    /// Indices in the part.
    pub recorded: Vec<usize>,
    /// For each slot: 1 if it is filled, and the number of steps that the instance had taken.
    pub marks: Words,
    /// Rows of core, of each state buffer, and of the values of the plugin, by slot.
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
    /// In the order of a snapshot (see [`Layout::entries`]).
    pub buffers: Vec<Words>,
    pub pace: Words,
    pub ready: Words,
    pub sums: Words,
    pub actions: Words,
    /// Prefetched worlds, one buffer for each state buffer; empty with a pool.
    pub prepared: Vec<Words>,
    pub record_slots: Option<RecordSlots>,
    pub hashes: Words,
    /// In place of a buffer that the kernels declare and the world does not have.
    pub absent: Words,
    choose: Vec<Op>,
    /// In stages: all parts finish one before any begins the next.
    round: Vec<Vec<Op>>,
    /// The passes of the plugin over first states, in stages.
    on_reset: Vec<Vec<Op>>,
    hashing: Vec<Op>,
}

/// What all parts of a batch share while they are made.
pub struct PartContext<'a> {
    pub gpu: &'a Gpu,
    pub programs: &'a Programs,
    pub kernels: &'a Kernels,
    pub layout: &'a Layout,
    pub pool: &'a [Option<Words>],
    /// The measures by forking of the plugin.
    pub reaches: &'a [(Reach, ReachPrograms)],
    /// The buffers of these measures, for the instances of a part.
    pub reaching: &'a [Reaching],
    /// Shared by the instances of all parts.
    pub tables: &'a [Words],
    /// Number of steps for which instances have room before the room is checked again.
    pub steps_ahead: usize,
    /// The buffers whose words are part of rows of recorded instances.
    pub recorded: &'a [Buffer],
    pub depth: usize,
    /// Number of rounds between two reads of recorded rows.
    pub rounds: usize,
    /// WGSL texts that replace the project's own.
    pub texts: &'a [(String, String)],
}

impl PartContext<'_> {
    pub fn fork_context(&self) -> ForkContext<'_> {
        ForkContext { gpu: self.gpu, layout: self.layout }
    }
}

impl Part {
    /// # Errors
    /// [`GpuError::OutOfMemory`] or [`GpuError::Limit`].
    pub fn new(context: &PartContext, first: usize, n: usize, recorded: Vec<usize>) -> Result<Part, GpuError> {
        let (gpu, layout) = (context.gpu, context.layout);
        let words = |label: &str, len: usize| Words::new(gpu, label, len);
        let (each, rules) = (layout.each(), layout.rules(context.kernels, context.steps_ahead));
        let buffers = each.iter().map(|each| words("instances", n * each)).collect::<Result<Vec<_>, _>>()?;
        let prepared = if context.depth == 0 {
            Vec::new()
        } else {
            layout.state().iter().map(|each| words("prepared worlds", n * context.depth * each)).collect::<Result<Vec<_>, _>>()?
        };
        let mut part = Part {
            first,
            n,
            rules: words("rules", head::WORDS + rules.len())?,
            buffers,
            pace: words("pace", pace::words_of(n))?,
            ready: words("ready", n)?,
            sums: words("sums", sums::WORDS)?,
            actions: words("actions", n)?,
            prepared,
            record_slots: None,
            hashes: words("hashes", 2 * n)?,
            absent: words("absent", 1)?,
            choose: Vec::new(),
            round: Vec::new(),
            on_reset: Vec::new(),
            hashing: Vec::new(),
        };
        part.rules.write(gpu, head::WORDS, &rules)?;
        if !recorded.is_empty() {
            part.record_slots = Some(RecordSlots::new(context, recorded)?);
        }
        part.bind(context)?;
        Ok(part)
    }

    /// Binds the passes to the buffers that they use; this is repeated when shared tables are replaced.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] if a kernel and its buffers do not fit.
    pub fn bind(&mut self, context: &PartContext) -> Result<(), GpuError> {
        let programs = context.programs;
        let choose = programs.choose.iter().map(|pass| self.ops(context, pass)).collect::<Result<Vec<_>, _>>()?;
        let staged = |passes: &[Compiled], stages: &[Range<usize>]| {
            let ops = |stage: &Range<usize>| {
                let ops = passes[stage.clone()].iter().map(|pass| self.ops(context, pass)).collect::<Result<Vec<_>, _>>()?;
                Ok(ops.into_iter().flatten().collect())
            };
            stages.iter().map(ops).collect::<Result<Vec<Vec<Op>>, GpuError>>()
        };
        let round = staged(&programs.step, &programs.stages)?;
        let on_reset = staged(&programs.on_reset, &programs.on_reset_stages)?;
        let hashing = self.checksum_ops(context)?;
        (self.choose, self.round, self.on_reset) = (choose.into_iter().flatten().collect(), round, on_reset);
        self.hashing = hashing;
        Ok(())
    }

    /// Binds a pass to the buffers of this part.
    fn ops(&self, context: &PartContext, pass: &Compiled) -> Result<Vec<Op>, GpuError> {
        match pass {
            Compiled::Kernel(pass) => {
                let counts = Counts {
                    instances: self.n,
                    recorded: self.record_slots.as_ref().map_or(0, |record_slots| record_slots.recorded.len()),
                };
                if counts.recorded == 0 && pass.is_over_recorded() {
                    return Ok(Vec::new());
                }
                Ok(vec![Op::of(context.gpu, pass, counts, &self.absent, |buffer| self.buffer(context, buffer))?])
            }
            Compiled::Reach(k, whom) => {
                let (reach, programs) = &context.reaches[*k];
                let rows = self.rows(context.layout, reach.model.sources());
                context.reaching[*k].passes(&context.fork_context(), (reach, programs), &rows, *whom)
            }
        }
    }

    /// Returns the buffer that a pass names; None if this part does not have it.
    fn buffer<'b>(&'b self, context: &PartContext<'b>, buffer: Buffer) -> Option<&'b Words> {
        let record_slots = self.record_slots.as_ref();
        match buffer {
            Buffer::Rules => Some(&self.rules),
            Buffer::Pace => Some(&self.pace),
            Buffer::Ready => Some(&self.ready),
            Buffer::Sums => Some(&self.sums),
            Buffer::Actions => Some(&self.actions),
            Buffer::Levels(b) if context.depth > 0 => self.prepared.get(b),
            Buffer::Levels(b) => context.pool.get(b)?.as_ref(),
            Buffer::Hashes => Some(&self.hashes),
            Buffer::Recorded => record_slots.map(|record_slots| &record_slots.ids),
            Buffer::RecordSlots => record_slots.map(|record_slots| &record_slots.list),
            Buffer::Marks => record_slots.map(|record_slots| &record_slots.marks),
            Buffer::Rows(k) => record_slots?.rows.get(k),
            Buffer::Table(t) => context.tables.get(t),
            Buffer::Reached(k) => context.reaching.get(k).map(|reaching| &reaching.values),
            Buffer::Fork(_) => None,
            stored => self.buffers.get(context.layout.index(stored)?),
        }
    }

    /// Operations that hash every instance, one stored buffer after the other.
    fn checksum_ops(&self, context: &PartContext) -> Result<Vec<Op>, GpuError> {
        let op = |buffer: Buffer| {
            let (layout, each) = (context.layout, context.layout.words(buffer));
            let (lists, capacity) =
                layout.lists_of(buffer).map_or((0, 0), |lists| (lists.lists as u32, lists.capacity(each) as u32));
            let params = Words::of(context.gpu, "checksum", &[each as u32, u32::from(buffer == Buffer::Core), lists, capacity])?;
            let words = self.buffer(context, buffer).unwrap_or(&self.absent);
            let buffers = [("rules", &self.rules), ("params", &params), ("words", words), ("hashes", &self.hashes)];
            Op::new(context.gpu, "checksum", &context.programs.checksum, &buffers, Dispatch::Invocations(self.n))
        };
        context.layout.core_and_state().map(op).collect()
    }

    /// The instances as rows that can be forked; `sources` are the state buffers that the forks copy.
    pub fn rows(&self, layout: &Layout, sources: &[usize]) -> Rows<'_> {
        let stored = |buffer| layout.index(buffer).map_or(&self.absent, |k| &self.buffers[k]);
        let state = sources.iter().map(|b| stored(Buffer::State(*b))).collect();
        Rows { rules: &self.rules, core: stored(Buffer::Core), pace: &self.pace, state, n: self.n }
    }

    /// One of the buffers of the plugin.
    pub fn plugin(&self, layout: &Layout, k: usize) -> &Words {
        layout.index(Buffer::Plugin(k)).map_or(&self.absent, |k| &self.buffers[k])
    }

    /// Number of stages of a round.
    pub fn stages(&self) -> usize {
        self.round.len()
    }

    /// Encodes the choice of actions, unless rollouts choose them.
    pub fn choose(&self, pass: &mut Pass, chooser: &ActionSource) {
        match chooser {
            ActionSource::Random(_) => self.choose[0].encode(pass),
            ActionSource::Host => self.choose[1].encode(pass),
            ActionSource::Rollouts(_) => {}
        }
    }

    /// Encodes one stage of a round, after the choice of actions. A round is one step of every active instance.
    pub fn encode(&self, pass: &mut Pass, stage: usize) {
        self.round[stage].iter().for_each(|op| op.encode(pass));
    }

    /// Encodes one stage of the passes of the plugin over the instances on the list at the beginning of `pace`.
    pub fn encode_on_reset(&self, pass: &mut Pass, stage: usize) {
        self.on_reset[stage].iter().for_each(|op| op.encode(pass));
    }

    /// Encodes a round with random actions, and times every pass.
    pub fn encode_timed(&self, pass: &mut Pass, timer: &Timer) {
        for (k, op) in [&self.choose[0]].into_iter().chain(self.round.iter().flatten()).enumerate() {
            pass.time(timer, k as u32);
            op.encode(pass);
        }
    }

    /// Names of the passes of a round.
    pub fn passes(&self) -> Vec<&'static str> {
        self.choose[..1].iter().chain(self.round.iter().flatten()).map(|op| op.name).collect()
    }

    /// Running hashes of all instances, not finished: low and high word.
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

impl RecordSlots {
    /// # Errors
    /// [`GpuError::Limit`] if the rows of a single round do not fit into a binding.
    fn new(context: &PartContext, recorded: Vec<usize>) -> Result<RecordSlots, GpuError> {
        let (gpu, slots) = (context.gpu, context.rounds * recorded.len() * 2);
        let ids: Vec<u32> = recorded.iter().map(|i| *i as u32).collect();
        let rows = context.recorded.iter().map(|buffer| context.layout.words(*buffer));
        Ok(RecordSlots {
            marks: Words::new(gpu, "marks", slots * 2)?,
            rows: rows.map(|each| Words::new(gpu, "record slots", slots * each)).collect::<Result<_, _>>()?,
            list: Words::new(gpu, "record slots list", pace::LIST_PAIRS + 2 * recorded.len())?,
            ids: Words::of(gpu, "recorded", &ids)?,
            recorded,
        })
    }
}
