//! Forks on the card: rows of buffers of a dreamt world that instances are copied into, and stepped by the kernels of the batch.
//!
//! As many as there is room for are forked at once: a wave is a run of consecutive instances whose forks lie side by side.

use std::sync::Arc;

use super::beside::Bind;
use super::part::{LIST_PAIRS, Making, PACE_WORDS};
use super::passes::{Op, Over};
use super::programs::Programs;
use crate::envs::Core;
use crate::envs::shared::packing::{HEAD_WORDS, Kernels};
use crate::gpu::{Access, Gpu, GpuError, Kernel, Source, Words};
use crate::sim::dream::Dream;

/// Bytes that forks may take, and with how few it is tried if there are not so many.
const MOST_BYTES: usize = 1 << 30;
const LEAST_BYTES: usize = 1 << 20;
/// Forks that keep any card busy.
pub const ENOUGH: usize = 1 << 18;

/// The kernels of a dreamt world.
#[derive(Debug)]
pub struct ForkPrograms {
    pub world: Programs,
    pub kernels: Kernels,
    roots: [Arc<Kernel>; 2],
    fork: Arc<Kernel>,
    go_on: Arc<Kernel>,
    give_up: Arc<Kernel>,
}

impl ForkPrograms {
    /// # Errors
    /// [`GpuError::Shader`] with file and line.
    pub fn new(gpu: &Gpu, dream: &Dream, texts: &[(String, String)]) -> Result<ForkPrograms, GpuError> {
        use Access::{Read as R, ReadWrite as W};
        let kernels = dream.world().kernels();
        let roots = |instead: &[_]| compile(gpu, texts, "shaders/core/roots.wgsl", instead, &[R, R, R, R, W]);
        Ok(ForkPrograms {
            world: Programs::new(gpu, &**dream.world(), &kernels, texts)?,
            roots: [roots(&[])?, roots(&[LISTED])?],
            fork: compile(gpu, texts, "shaders/core/fork.wgsl", &[], &[R, R, R, R, W, W, W])?,
            go_on: compile(gpu, texts, "shaders/core/go_on.wgsl", &[], &[R, W, R])?,
            give_up: compile(gpu, texts, "shaders/core/give_up.wgsl", &[], &[R, W, R, W])?,
            kernels,
        })
    }
}

/// A kernel, with imports to be replaced in it.
///
/// # Errors
/// [`GpuError::Shader`] with file and line.
pub fn compile(
    gpu: &Gpu,
    texts: &[(String, String)],
    name: &str,
    instead: &[(&str, &str)],
    access: &[Access],
) -> Result<Arc<Kernel>, GpuError> {
    let files: Vec<_> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).chain(super::files()).collect();
    Kernel::of(gpu, &Source::resolve(name, &files, instead)?, access)
}

const LISTED: (&str, &str) = ("shaders/core/all.wgsl", "shaders/core/listed.wgsl");

/// What `make` makes with as many bytes as there are: half as many each time that memory runs out.
///
/// # Errors
/// What `make` returns in the end.
pub fn as_fits<T>(make: impl Fn(usize) -> Result<T, GpuError>) -> Result<T, GpuError> {
    let mut bytes = MOST_BYTES;
    loop {
        match make(bytes) {
            Err(GpuError::OutOfMemory(_)) if bytes > LEAST_BYTES => bytes /= 2,
            made => return made,
        }
    }
}

/// How many forks there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Forks of an instance.
    pub each: usize,
    /// Instances that are forked at once.
    pub wave: usize,
}

impl Room {
    /// Forks that there is room for in so many bytes, `beside` words each kept beside those of `dream`.
    pub fn most(making: &Making, dream: &Dream, beside: &[usize], bytes: usize) -> usize {
        let spec = dream.world().spec();
        let own = [Core::WORDS, spec.obs_words(), PACE_WORDS + LIST_PAIRS + 2];
        let words: Vec<usize> = own.into_iter().chain(making.fork_words(dream)).chain(beside.iter().copied()).collect();
        let (sum, widest) = (words.iter().sum::<usize>(), words.iter().max().copied().unwrap_or(1));
        (bytes / (4 * sum)).min(making.gpu.largest() / (4 * widest))
    }

    pub fn forks(&self) -> usize {
        self.each * self.wave
    }
}

/// The buffers of forks.
#[derive(Debug)]
pub struct Forks {
    pub room: Room,
    pub core: Words,
    pub state: Vec<Words>,
    pub obs: Words,
    /// Says of every fork whether it takes part.
    pub pace: Words,
    list: Words,
    /// Two words for any buffer that is not there.
    absent: Words,
}

/// Forks of some instances of a part: what the kernels read of them.
#[derive(Debug)]
pub struct Wave {
    pub rules: Words,
    /// Forks.
    pub n: usize,
}

/// Rows that are forked: instances of a part, or forks.
pub struct Rows<'a> {
    pub rules: &'a Words,
    pub core: &'a Words,
    pub pace: &'a Words,
    /// For each state buffer of the dreamt world that of the real one.
    pub state: Vec<&'a Words>,
    pub n: usize,
}

/// Which rows are forked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Those that begin an episode.
    Begun = 0,
    /// Those that took a step.
    Stepped = 1,
    /// Those that take part and whose episode is not over.
    Open = 2,
}

type Ops = Result<Vec<Op>, GpuError>;

impl Forks {
    /// # Errors
    /// [`GpuError::OutOfMemory`] if there is no room for them.
    pub fn new(making: &Making, dream: &Dream, room: Room) -> Result<Forks, GpuError> {
        let (gpu, spec, n) = (making.gpu, dream.world().spec(), room.forks());
        let words = |label: &str, each: usize| Words::new(gpu, label, n * each);
        Ok(Forks {
            room,
            core: words("forks", Core::WORDS)?,
            state: making.fork_words(dream).map(|each| words("forks", each)).collect::<Result<_, _>>()?,
            obs: words("forks", spec.obs_words())?,
            pace: Words::new(gpu, "pace of forks", LIST_PAIRS + (2 + PACE_WORDS) * n)?,
            list: Words::new(gpu, "list of forks", LIST_PAIRS + 2 * n)?,
            absent: Words::new(gpu, "absent", 2)?,
        })
    }

    /// Notes who of `rows` is forked, in a word a row.
    pub fn roots(making: &Making, programs: &ForkPrograms, rows: &Rows, whom: Whom, roots: &Words) -> Result<Op, GpuError> {
        let params = Words::of(making.gpu, "roots", &[whom as u32])?;
        let kernel = &programs.roots[usize::from(whom == Whom::Begun)];
        let buffers = [rows.rules, rows.core, rows.pace, &params, roots];
        Op::new(making.gpu, "roots", kernel, &buffers, Over::Invocations(rows.n))
    }

    /// The forks of `n` roots, from root `first` on; `seed` is that of who acts at random in them. They stop for more room if there is none
    /// for `steps` steps; 0 if they have enough for all that they will do.
    ///
    /// # Errors
    /// See [`Words::new`].
    pub fn wave(
        &self,
        making: &Making,
        dream: &Dream,
        (first, n): (usize, usize),
        (seed, steps): (u64, usize),
    ) -> Result<Wave, GpuError> {
        let (spec, kernels, forks) = (dream.world().spec(), dream.world().kernels(), n * self.room.each);
        let (until, off) = (1, 2);
        let head: [u32; HEAD_WORDS] = [
            forks as u32,
            first as u32,
            until,
            off,
            spec.num_actions(),
            seed as u32,
            (seed >> 32) as u32,
            0,
            0,
            spec.obs_words() as u32,
            0,
            0,
            0,
            self.room.each as u32,
            0,
            0,
        ];
        let rules = [&head[..], &making.shape.rules(&kernels, steps)].concat();
        Ok(Wave { rules: Words::of(making.gpu, "rules of forks", &rules)?, n: forks })
    }

    /// Makes the forks of a wave of `roots`, in dreams `dream` to `dream + dreams - 1` in turn.
    pub fn begin(
        &self,
        making: &Making,
        programs: &ForkPrograms,
        wave: &Wave,
        (rows, roots): (&Rows, &Words),
        (dream, dreams): (u32, u32),
    ) -> Ops {
        let params = Words::of(making.gpu, "dreams", &[dream, dreams])?;
        let buffers = [&wave.rules, &params, roots, rows.core, &self.core, &self.pace, &self.list];
        let mut ops = vec![Op::new(making.gpu, "fork", &programs.fork, &buffers, Over::Invocations(wave.n))?];
        for (source, target) in rows.state.iter().zip(&self.state) {
            let each = target.len() / self.room.forks();
            let params = Words::of(making.gpu, "fork", &[each as u32])?;
            let buffers = [&params, &self.list, source, target];
            ops.push(Op::new(making.gpu, "copy forks", &programs.world.copy, &buffers, Over::Rows(wave.n))?);
        }
        Ok(ops)
    }

    /// Random actions for all forks of a wave.
    pub fn choose(&self, making: &Making, programs: &ForkPrograms, wave: &Wave) -> Result<Op, GpuError> {
        let buffers = [&wave.rules, &self.core, &self.pace];
        Op::new(making.gpu, "choose", &programs.world.random, &buffers, Over::Invocations(wave.n))
    }

    /// A step of all forks of a wave, and their observations if something looks at them. Who is short of room makes the rounds of `halted`
    /// void, a buffer `pace`, or any other that nobody reads.
    pub fn step(&self, making: &Making, programs: &ForkPrograms, wave: &Wave, observes: bool, halted: &Words) -> Ops {
        let (gpu, all) = (making.gpu, Over::Invocations(wave.n));
        let base = [&wave.rules, &self.core, &self.pace];
        let mut state: Vec<&Words> = self.state.iter().collect();
        if let Some(place) = programs.kernels.absent {
            state.insert(place, &self.absent);
        }
        let stepped = [&base[..], &state].concat();
        let mut ops = vec![
            Op::new(gpu, "go on", &programs.go_on, &base, all)?,
            Op::new(gpu, "step forks", &programs.world.step, &stepped, all)?,
            Op::new(gpu, "give up", &programs.give_up, &[&base[..], &[halted]].concat(), all)?,
        ];
        if observes {
            let observed = [&stepped[..], &[&self.obs]].concat();
            ops.push(Op::new(gpu, "observe forks", &programs.world.observe, &observed, all)?);
        }
        Ok(ops)
    }

    /// Those of what a kernel binds that are buffers of forks.
    pub fn bound(&self, bind: &Bind) -> Option<&Words> {
        match bind {
            Bind::Core => Some(&self.core),
            Bind::Pace => Some(&self.pace),
            Bind::State(b) => self.state.get(*b),
            Bind::Obs => Some(&self.obs),
            _ => None,
        }
    }

    /// The forks of a wave as what can be forked again.
    pub fn rows<'a>(&'a self, wave: &'a Wave, sources: &[usize]) -> Rows<'a> {
        let state = sources.iter().map(|b| &self.state[*b]).collect();
        Rows { rules: &wave.rules, core: &self.core, pace: &self.pace, state, n: wave.n }
    }

    pub fn absent(&self) -> &Words {
        &self.absent
    }
}
