//! Forks on the GPU: rows of buffers of a keyed model. Instances are copied into them, and the kernels of the batch step them.
//!
//! As many instances as there is room for are forked at once. A fork batch is a range of consecutive instances whose forks are next to
//! each other.

use std::sync::Arc;

use super::fork_context::ForkContext;
use super::op::{Compiled, Counts, Dispatch, Op, compile};
use crate::envs::Core;
use crate::envs::shared::packing::Kernels;
use crate::gpu::{Gpu, GpuError, Kernel, Words};
use crate::shaders::core::fork_sources::ForkSources;
use crate::shaders::core::head::{self, Head};
use crate::shaders::core::pace;
use crate::sim::buffer::Buffer;
use crate::sim::keyed_model::KeyedModel;
use crate::sim::layout::Layout;
use crate::sim::pass::PassScope;
use crate::sim::reset::ResetMode;
use crate::sim::schedule::{self, GpuPlan, Plan};

/// Maximum number of bytes of forks, and the minimum down to which it is halved if memory runs out.
const MAX_BYTES: usize = 1 << 30;
const MIN_BYTES: usize = 1 << 20;
/// Number of forks that is enough to keep any GPU busy.
pub const ENOUGH: usize = 1 << 18;

/// The kernels of a keyed model.
#[derive(Debug)]
pub struct ForkPrograms {
    choose: Compiled,
    step: Compiled,
    observe: Compiled,
    roots: [Arc<Kernel>; 2],
    fork: Arc<Kernel>,
    go_on: Arc<Kernel>,
    give_up: Arc<Kernel>,
    copy: Arc<Kernel>,
    kernels: Kernels,
}

impl ForkPrograms {
    /// # Errors
    /// [`GpuError::Shader`] with file and line.
    pub fn new(gpu: &Gpu, model: &KeyedModel, texts: &[(String, String)]) -> Result<ForkPrograms, GpuError> {
        let (world, kernels) = (&**model.world(), model.world().kernels());
        let layout = Layout::of(world, None);
        let on_gpu =
            GpuPlan { kernels: &kernels, layout: &layout, levels: Vec::new(), prefetched: false, records: false, draws: false };
        let plan = Plan { world, reset: ResetMode::Off, observes: true, plugin: None, gpu: Some(on_gpu) };
        let observe = schedule::observe(&plan, PassScope::Active).swap_remove(0);
        let [choose, _] = schedule::choose_on_gpu();
        let kernel = |path: &str, instead: &[_]| compile(gpu, texts, path, instead);
        Ok(ForkPrograms {
            choose: Compiled::one(gpu, choose, texts)?,
            step: Compiled::one(gpu, schedule::advance(&plan), texts)?,
            observe: Compiled::one(gpu, observe, texts)?,
            roots: [kernel("shaders/core/fork_sources.wgsl", &[])?, kernel("shaders/core/fork_sources.wgsl", &[LISTED])?],
            fork: kernel("shaders/core/fork.wgsl", &[])?,
            go_on: kernel("shaders/core/before_fork_step.wgsl", &[])?,
            give_up: kernel("shaders/core/after_fork_step.wgsl", &[])?,
            copy: kernel("shaders/core/copy.wgsl", &[])?,
            kernels,
        })
    }
}

const LISTED: (&str, &str) = schedule::RESET_LIST[0];

/// Calls `make` with as many bytes as there are: half as many each time that memory runs out.
///
/// # Errors
/// The last error of `make`.
pub fn as_fits<T>(make: impl Fn(usize) -> Result<T, GpuError>) -> Result<T, GpuError> {
    let mut bytes = MAX_BYTES;
    loop {
        match make(bytes) {
            Err(GpuError::OutOfMemory(_)) if bytes > MIN_BYTES => bytes /= 2,
            made => return made,
        }
    }
}

/// How many forks there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForkCapacity {
    /// Forks of an instance.
    pub each: usize,
    /// Instances that are forked at once.
    pub fork_batch: usize,
}

impl ForkCapacity {
    /// Number of forks for which `bytes` bytes have room. Each fork has the words of `model` and, in further buffers, `plugin` words.
    pub fn most(fork_context: &ForkContext, model: &KeyedModel, plugin: &[usize], bytes: usize) -> usize {
        let spec = model.world().spec();
        let own = [Core::WORDS, spec.obs_words(), pace::WORDS + pace::LIST_PAIRS + 2];
        let words: Vec<usize> = own.into_iter().chain(fork_context.fork_words(model)).chain(plugin.iter().copied()).collect();
        let (sum, widest) = (words.iter().sum::<usize>(), words.iter().max().copied().unwrap_or(1));
        (bytes / (4 * sum)).min(fork_context.gpu.largest() / (4 * widest))
    }

    pub fn forks(&self) -> usize {
        self.each * self.fork_batch
    }
}

/// The buffers of forks.
#[derive(Debug)]
pub struct Forks {
    pub room: ForkCapacity,
    pub core: Words,
    pub state: Vec<Words>,
    pub obs: Words,
    /// Which forks are active.
    pub pace: Words,
    list: Words,
    /// Two words, in place of any buffer that does not exist.
    absent: Words,
}

/// Forks of some instances of a part: the rules that kernels read for them, and their number.
#[derive(Debug)]
pub struct ForkBatch {
    pub rules: Words,
    /// Number of forks.
    pub n: usize,
}

/// Rows that can be forked: instances of a part, or forks.
pub struct Rows<'a> {
    pub rules: &'a Words,
    pub core: &'a Words,
    pub pace: &'a Words,
    /// For each state buffer of the keyed model, the buffer of the rows that it is copied from.
    pub state: Vec<&'a Words>,
    pub n: usize,
}

type Ops = Result<Vec<Op>, GpuError>;

impl Forks {
    /// # Errors
    /// [`GpuError::OutOfMemory`] if there is no room for them.
    pub fn new(fork_context: &ForkContext, model: &KeyedModel, room: ForkCapacity) -> Result<Forks, GpuError> {
        let (gpu, spec, n) = (fork_context.gpu, model.world().spec(), room.forks());
        let words = |label: &str, each: usize| Words::new(gpu, label, n * each);
        Ok(Forks {
            room,
            core: words("forks", Core::WORDS)?,
            state: fork_context.fork_words(model).map(|each| words("forks", each)).collect::<Result<_, _>>()?,
            obs: words("forks", spec.obs_words())?,
            pace: Words::new(gpu, "pace of forks", pace::words_of(n))?,
            list: Words::new(gpu, "list of forks", pace::LIST_PAIRS + 2 * n)?,
            absent: Words::new(gpu, "absent", 2)?,
        })
    }

    /// Writes into `roots` which of `rows` are forked, one word for each row.
    pub fn roots(
        fork_context: &ForkContext,
        programs: &ForkPrograms,
        rows: &Rows,
        whom: ForkSources,
        roots: &Words,
    ) -> Result<Op, GpuError> {
        let params = Words::of(fork_context.gpu, "roots", &[whom as u32])?;
        let kernel = &programs.roots[usize::from(whom == ForkSources::Begun)];
        let buffers = [("rules", rows.rules), ("core", rows.core), ("pace", rows.pace), ("params", &params), ("roots", roots)];
        Op::new(fork_context.gpu, "roots", kernel, &buffers, Dispatch::Invocations(rows.n))
    }

    /// Prepares the forks of `n` roots, from root `first` on. `seed` is the seed of random actions in them. A fork stops if it has too
    /// little room for `steps` steps; `steps` is 0 if the forks have room for all that they will do.
    ///
    /// # Errors
    /// See [`Words::new`].
    pub fn fork_batch(
        &self,
        fork_context: &ForkContext,
        (model, programs): (&KeyedModel, &ForkPrograms),
        (first, n): (usize, usize),
        (seed, steps): (u64, usize),
    ) -> Result<ForkBatch, GpuError> {
        let (spec, forks) = (model.world().spec(), n * self.room.each);
        let head = Head {
            n_envs: forks as u32,
            first: first as u32,
            until: 1,
            reset: head::RESET_OFF,
            num_actions: spec.num_actions(),
            agent: seed,
            obs_words: spec.obs_words() as u32,
            forks: self.room.each as u32,
            ..Head::default()
        };
        let rules = [&head.words()[..], &fork_context.layout.rules(&programs.kernels, steps)].concat();
        Ok(ForkBatch { rules: Words::of(fork_context.gpu, "rules of forks", &rules)?, n: forks })
    }

    /// Makes the forks of a fork batch from `roots`. They take the noise indices from `first` to `first + samples - 1` in turn.
    pub fn begin(
        &self,
        fork_context: &ForkContext,
        programs: &ForkPrograms,
        fork_batch: &ForkBatch,
        (rows, roots): (&Rows, &Words),
        (first, samples): (u32, u32),
    ) -> Ops {
        let params = Words::of(fork_context.gpu, "noise indices", &[first, samples])?;
        let buffers = [
            ("rules", &fork_batch.rules),
            ("params", &params),
            ("roots", roots),
            ("core", rows.core),
            ("forked", &self.core),
            ("pace", &self.pace),
            ("list", &self.list),
        ];
        let mut ops = vec![Op::new(fork_context.gpu, "fork", &programs.fork, &buffers, Dispatch::Invocations(fork_batch.n))?];
        for (source, target) in rows.state.iter().zip(&self.state) {
            let each = target.len() / self.room.forks();
            let params = Words::of(fork_context.gpu, "fork", &[each as u32])?;
            let buffers = [("params", &params), ("list", &self.list), ("source", *source), ("copied", target)];
            ops.push(Op::new(fork_context.gpu, "copy forks", &programs.copy, &buffers, Dispatch::Rows(fork_batch.n))?);
        }
        Ok(ops)
    }

    /// Random actions for all forks of a fork batch.
    pub fn choose(&self, fork_context: &ForkContext, programs: &ForkPrograms, fork_batch: &ForkBatch) -> Result<Op, GpuError> {
        self.op(fork_context, &programs.choose, fork_batch)
    }

    /// A pass of a step, over the forks of a fork batch.
    fn op(&self, fork_context: &ForkContext, pass: &Compiled, fork_batch: &ForkBatch) -> Result<Op, GpuError> {
        let Compiled::Kernel(pass) = pass else { return Err(GpuError::Invalid("forks run kernels".to_string())) };
        self.bound(fork_context, pass, fork_batch, |_| None)
    }

    /// A pass over the forks of a fork batch; `others` returns the buffers that forks do not have themselves.
    ///
    /// # Errors
    /// As [`Op::of`].
    pub fn bound<'b>(
        &'b self,
        fork_context: &ForkContext,
        pass: &super::op::Kernels,
        fork_batch: &'b ForkBatch,
        others: impl Fn(Buffer) -> Option<&'b Words>,
    ) -> Result<Op, GpuError> {
        let counts = Counts { instances: fork_batch.n, recorded: 0 };
        Op::of(fork_context.gpu, pass, counts, &self.absent, |buffer| match buffer {
            Buffer::Rules => Some(&fork_batch.rules),
            Buffer::Core => Some(&self.core),
            Buffer::Pace => Some(&self.pace),
            Buffer::State(b) => self.state.get(b),
            Buffer::Obs => Some(&self.obs),
            other => others(other),
        })
    }

    /// A step of all forks of a fork batch; `observes` adds their observations. A fork that is short of room cancels the rounds of
    /// `halted`, which is a buffer `pace`, or any other buffer that nothing reads.
    pub fn step(
        &self,
        fork_context: &ForkContext,
        programs: &ForkPrograms,
        fork_batch: &ForkBatch,
        observes: bool,
        halted: &Words,
    ) -> Ops {
        let (gpu, all) = (fork_context.gpu, Dispatch::Invocations(fork_batch.n));
        let base = [("rules", &fork_batch.rules), ("core", &self.core), ("pace", &self.pace)];
        let mut ops = vec![
            Op::new(gpu, "go on", &programs.go_on, &base, all)?,
            self.op(fork_context, &programs.step, fork_batch)?,
            Op::new(gpu, "give up", &programs.give_up, &[&base[..], &[("halted", halted)]].concat(), all)?,
        ];
        if observes {
            ops.push(self.op(fork_context, &programs.observe, fork_batch)?);
        }
        Ok(ops)
    }

    /// The forks of a fork batch as rows that can be forked again.
    pub fn rows<'a>(&'a self, fork_batch: &'a ForkBatch, sources: &[usize]) -> Rows<'a> {
        let state = sources.iter().map(|b| &self.state[*b]).collect();
        Rows { rules: &fork_batch.rules, core: &self.core, pace: &self.pace, state, n: fork_batch.n }
    }

    pub fn absent(&self) -> &Words {
        &self.absent
    }
}
