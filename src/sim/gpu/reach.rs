//! Empowerment on the GPU: every sequence of n actions runs on its own fork, and the distinct end states are counted, as in
//! `bonus/empowerment/reach.rs` on the CPU. The CPU steps equal states only once. Here all sequences are stepped in parallel, with the
//! same result.

use std::sync::Arc;

use super::fork_context::ForkContext;
use super::forks::{ForkBatch, ForkCapacity, ForkPrograms, Forks, Rows};
use super::op::{Compiled, Dispatch, Op, compile};
use crate::envs::Stochasticity;
use crate::envs::shared::packing::ChanceKernel;
use crate::gpu::{Gpu, GpuError, Kernel, Words};
use crate::shaders::core::fork_sources::ForkSources;
use crate::sim::buffer::Buffer;
use crate::sim::reach::Reach;

/// The kernels of a [`Reach`].
#[derive(Debug)]
pub struct ReachPrograms {
    forks: ForkPrograms,
    sequence: Arc<Kernel>,
    key: Compiled,
    ends: Arc<Kernel>,
    reach: Arc<Kernel>,
    /// Marks the roots of forks whose next step is stochastic, if that depends on the step.
    chance: Option<(ChanceKernel, Arc<Kernel>)>,
}

impl ReachPrograms {
    /// # Errors
    /// [`GpuError::Shader`] with file and line.
    pub fn new(gpu: &Gpu, reach: &Reach, texts: &[(String, String)]) -> Result<ReachPrograms, GpuError> {
        let chance = match &reach.chance {
            Stochasticity::ByStep(by) => Some((by.clone(), compile(gpu, texts, by.name, &[])?)),
            Stochasticity::Never | Stochasticity::Always => None,
        };
        Ok(ReachPrograms {
            forks: ForkPrograms::new(gpu, &reach.model, texts)?,
            sequence: compile(gpu, texts, "shaders/bonus/sequence.wgsl", &[])?,
            key: Compiled::one(gpu, reach.key.clone(), texts)?,
            ends: compile(gpu, texts, "shaders/bonus/ends.wgsl", &[])?,
            reach: compile(gpu, texts, "shaders/bonus/reach.wgsl", &[])?,
            chance,
        })
    }
}

/// The buffers for the measure of as many states as there are rows.
#[derive(Debug)]
pub struct Reaching {
    forks: Forks,
    keys: Words,
    /// `roots` and `counts` have one word for each root, `sums` two.
    roots: Words,
    counts: Words,
    sums: Words,
    /// 1 for a root with a fork that took a stochastic step; then the [`TALLY_WORDS`] of the tally of all measured states.
    marks: Words,
    /// The results, one word for each row; then one word for each row, which is 1 if random numbers could change the result.
    pub values: Words,
}

/// Number of states measured since the tally was last taken, and number of those whose result random numbers could change; two words
/// each.
const TALLY_WORDS: usize = 4;

type Ops = Result<Vec<Op>, GpuError>;

impl Reaching {
    /// Makes the buffers for `n` rows, with forks in `bytes` bytes; at most `most` forks at once if `most` is not 0.
    ///
    /// # Errors
    /// [`GpuError::OutOfMemory`] if there is no memory for them.
    pub fn new(fork_context: &ForkContext, reach: &Reach, n: usize, (bytes, most): (usize, usize)) -> Result<Reaching, GpuError> {
        let (gpu, each, fits) =
            (fork_context.gpu, reach.sequences(), ForkCapacity::most(fork_context, &reach.model, &[reach.key_words], bytes));
        let most = if most > 0 { most.min(fits) } else { fits };
        let room = ForkCapacity { each, fork_batch: (most / each).clamp(1, n) };
        let words = |len: usize| Words::new(gpu, "reach", len);
        Ok(Reaching {
            forks: Forks::new(fork_context, &reach.model, room)?,
            keys: words(room.forks() * reach.key_words)?,
            roots: words(n)?,
            counts: words(n)?,
            sums: words(2 * n)?,
            marks: words(n + TALLY_WORDS)?,
            values: words(2 * n)?,
        })
    }

    /// Takes the tally: the states measured since it was last taken, and the number of those whose result random numbers could change.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn take_tally(&self, gpu: &Gpu) -> Result<(u64, u64), GpuError> {
        let (at, mut words) = (self.marks.len() - TALLY_WORDS, [0; TALLY_WORDS]);
        self.marks.read(gpu, at, &mut words)?;
        self.marks.write(gpu, at, &[0; TALLY_WORDS])?;
        let long = |k: usize| u64::from(words[k]) | u64::from(words[k + 1]) << 32;
        Ok((long(0), long(2)))
    }

    /// Measures those of `rows` that `whom` selects.
    ///
    /// # Errors
    /// [`GpuError::Invalid`] if a kernel and its buffers do not fit.
    pub fn passes(
        &self,
        fork_context: &ForkContext,
        (reach, programs): (&Reach, &ReachPrograms),
        rows: &Rows,
        whom: ForkSources,
    ) -> Ops {
        let mut ops = vec![Forks::roots(fork_context, &programs.forks, rows, whom, &self.roots)?];
        for first in (0..rows.n).step_by(self.forks.room.fork_batch) {
            let n = self.forks.room.fork_batch.min(rows.n - first);
            let fork_batch = self.forks.fork_batch(fork_context, (&reach.model, &programs.forks), (first, n), (0, 0))?;
            for noise_index in 0..reach.noise_samples {
                ops.extend(self.sample(fork_context, (reach, programs), rows, &fork_batch, noise_index)?);
            }
        }
        Ok(ops)
    }

    /// The passes for one noise index of one fork batch.
    fn sample(
        &self,
        fork_context: &ForkContext,
        (reach, programs): (&Reach, &ReachPrograms),
        rows: &Rows,
        fork_batch: &ForkBatch,
        noise_index: u32,
    ) -> Ops {
        let (gpu, forks, all) = (fork_context.gpu, &self.forks, Dispatch::Invocations(fork_batch.n));
        let base = [("rules", &fork_batch.rules), ("core", &forks.core), ("pace", &forks.pace)];
        let mut ops = forks.begin(fork_context, &programs.forks, fork_batch, (rows, &self.roots), (noise_index, 1))?;
        for d in (0..reach.horizon).rev() {
            let digit = Words::of(gpu, "digit", &[(reach.actions() as u32).pow(d)])?;
            let buffers = [&base[..], &[("params", &digit)]].concat();
            ops.push(Op::new(gpu, "sequence", &programs.sequence, &buffers, all)?);
            if let Some((by, kernel)) = &programs.chance {
                let params = Words::of(gpu, "chance", &by.params)?;
                let mut buffers = [&base[..], &[("params", &params), ("marks", &self.marks)]].concat();
                buffers.extend(by.state.iter().map(|(b, name)| (*name, &forks.state[*b])));
                ops.push(Op::new(gpu, "chance", kernel, &buffers, all)?);
            }
            ops.extend(forks.step(fork_context, &programs.forks, fork_batch, d == 0 && reach.observes, forks.absent())?);
        }
        ops.push(self.key(fork_context, programs, fork_batch)?);
        let ended = [&base[..], &[("keys", &self.keys), ("counts", &self.counts)]].concat();
        ops.push(Op::new(gpu, "ends", &programs.ends, &ended, all)?);
        let logs = reach.logs.iter().flat_map(|log| [*log as u32, (log >> 32) as u32]);
        let params: Vec<u32> = [noise_index, reach.noise_samples, u32::from(reach.chance == Stochasticity::Always)]
            .into_iter()
            .chain(logs)
            .collect();
        let params = Words::of(gpu, "logarithms", &params)?;
        let reached = [
            ("rules", &fork_batch.rules),
            ("params", &params),
            ("roots", &self.roots),
            ("core", rows.core),
            ("counts", &self.counts),
            ("sums", &self.sums),
            ("values", &self.values),
            ("marks", &self.marks),
        ];
        ops.push(Op::new(gpu, "reach", &programs.reach, &reached, Dispatch::Invocations(fork_batch.n / forks.room.each))?);
        Ok(ops)
    }

    fn key(&self, fork_context: &ForkContext, programs: &ReachPrograms, fork_batch: &ForkBatch) -> Result<Op, GpuError> {
        let Compiled::Kernel(key) = &programs.key else { return Err(GpuError::Invalid("a key is a kernel".to_string())) };
        self.forks.bound(fork_context, key, fork_batch, |buffer| (buffer == Buffer::Fork(0)).then_some(&self.keys))
    }
}
