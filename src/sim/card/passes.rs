//! The passes of a step on the card, in the order of `schedule.rs`.

use std::sync::Arc;

use super::beside::{Bind, CardPass, Compiled};
use super::part::{Making, Part};
use crate::gpu::{GROUP, Gpu, GpuError, Kernel, Pass, Words};
use crate::sim::reset::ResetMode;

/// What a kernel is dispatched over.
#[derive(Clone, Copy, Debug)]
pub enum Over {
    /// An invocation each.
    Invocations(usize),
    /// A group for each entry of a list, of so many at most.
    Rows(usize),
}

/// A kernel with its buffers.
#[derive(Debug)]
pub struct Op {
    pub name: &'static str,
    kernel: Arc<Kernel>,
    bound: crate::gpu::Bound,
    over: Over,
}

impl Op {
    /// # Errors
    /// [`GpuError::Invalid`] if kernel and buffers do not fit.
    pub fn new(gpu: &Gpu, name: &'static str, kernel: &Arc<Kernel>, buffers: &[&Words], over: Over) -> Result<Op, GpuError> {
        Ok(Op { name, kernel: kernel.clone(), bound: kernel.bind(gpu, buffers)?, over })
    }

    /// A pass that says itself what it binds; `bound` are the buffers by what they are, `absent` stands for those that are not there.
    ///
    /// # Errors
    /// As [`Op::new`].
    pub fn of<'w>(
        gpu: &Gpu,
        (pass, kernel): (&CardPass, &Arc<Kernel>),
        n: usize,
        absent: &'w Words,
        bound: impl Fn(&Bind) -> Option<&'w Words>,
    ) -> Result<Op, GpuError> {
        let params = pass.binds.iter().map(|(bind, _)| match bind {
            Bind::Params(words) => Words::of(gpu, pass.name, words).map(Some),
            _ => Ok(None),
        });
        let params = params.collect::<Result<Vec<_>, _>>()?;
        let buffers: Vec<&Words> = (pass.binds.iter().zip(&params))
            .map(|((bind, _), params)| params.as_ref().unwrap_or_else(|| bound(bind).unwrap_or(absent)))
            .collect();
        let over = Over::Invocations(n * if pass.group_each { GROUP as usize } else { 1 });
        Op::new(gpu, pass.name, kernel, &buffers, over)
    }

    pub fn encode(&self, pass: &mut Pass) {
        match self.over {
            Over::Invocations(n) => pass.dispatch(&self.kernel, &self.bound, n),
            Over::Rows(n) => pass.strides(&self.kernel, &self.bound, n),
        }
    }
}

/// Makes the passes of a part.
pub struct Passes<'a> {
    pub making: &'a Making<'a>,
    pub part: &'a Part,
}

type Ops = Result<Vec<Op>, GpuError>;

impl Passes<'_> {
    fn op(&self, name: &'static str, kernel: &Arc<Kernel>, buffers: &[&Words], over: Over) -> Result<Op, GpuError> {
        Op::new(self.making.gpu, name, kernel, buffers, over)
    }

    fn all(&self) -> Over {
        Over::Invocations(self.part.n)
    }

    /// An invocation or a group for each picture.
    fn painting(&self) -> Over {
        let by_group = self.making.kernels.pixels.is_some_and(|kernel| kernel.group_each);
        Over::Invocations(self.part.n * if by_group { GROUP as usize } else { 1 })
    }

    /// Rules, core and pace, which nearly all kernels begin with; then `rest`.
    fn base<'b>(&'b self, rest: &[&'b Words]) -> Vec<&'b Words> {
        [&[&self.part.rules, &self.part.buffers[0], &self.part.pace], rest].concat()
    }

    /// [`Passes::base`], the state buffers, then `rest`.
    fn with_state<'b>(&'b self, rest: &[&'b Words]) -> Vec<&'b Words> {
        let mut state: Vec<&Words> = self.part.stored(self.making.shape)[1..].iter().collect();
        if let Some(place) = self.making.kernels.absent {
            state.insert(place, &self.part.absent);
        }
        self.base(&[&state, rest].concat())
    }

    fn buffer(&self, after_state: usize) -> &Words {
        &self.part.buffers[1 + self.making.shape.state.len() + after_state]
    }

    /// A stretch of what runs beside.
    fn beside(&self, list: &[Compiled]) -> Ops {
        let mut ops = Vec::new();
        for work in list {
            match work {
                Compiled::One(pass, kernel) => ops.push(self.beside_one(pass, kernel)?),
                Compiled::Reach(k, whom) => {
                    let (reach, programs) = &self.making.beside.reaches[*k];
                    let rows = self.part.rows(self.making.shape, reach.dream.sources());
                    ops.extend(self.making.reaching[*k].passes(self.making, (reach, programs), &rows, *whom)?);
                }
            }
        }
        Ok(ops)
    }

    fn beside_one(&self, pass: &CardPass, kernel: &Arc<Kernel>) -> Result<Op, GpuError> {
        let part = self.part;
        let bound = |bind: &Bind| match bind {
            Bind::Rules => Some(&part.rules),
            Bind::Core => Some(&part.buffers[0]),
            Bind::Pace => Some(&part.pace),
            Bind::State(b) if *b < self.making.shape.state.len() => Some(&part.buffers[1 + b]),
            Bind::Obs => Some(self.buffer(0)),
            Bind::Extra(k) => Some(part.extra(self.making.shape, *k)),
            Bind::Reached(k) => Some(&self.making.reaching[*k].values),
            Bind::Table(t) => Some(&self.making.tables[*t]),
            Bind::State(_) | Bind::Fork(_) | Bind::Params(_) | Bind::Absent => None,
        };
        Op::of(self.making.gpu, (pass, kernel), part.n, &part.absent, bound)
    }

    /// By [`super::part::Chooser`].
    pub fn choosers(&self) -> Ops {
        let programs = self.making.programs;
        Ok(vec![
            self.op("choose", &programs.random, &self.base(&[]), self.all())?,
            self.op("choose", &programs.given, &self.base(&[&self.part.actions]), self.all())?,
        ])
    }

    /// The passes of one round after the choice of actions, in stretches (see `sim/beside.rs`).
    pub fn round(&self) -> Result<Vec<Vec<Op>>, GpuError> {
        let (programs, mode, all) = (self.making.programs, self.making.mode, self.all());
        let (obs, final_obs, pixels) = (self.buffer(0), self.buffer(1), self.buffer(2));
        let (tally, visited) = (self.buffer(3), self.buffer(4));
        let (sums, ready) = (&self.part.sums, &self.part.ready);
        let (seen, last) = (self.part.shown(), self.buffer(5));
        let mut ops = Vec::new();
        if mode == ResetMode::NextStep {
            ops.push(self.op("prepare", &programs.reset_before, &self.base(&[ready, sums]), all)?);
            ops.extend(self.begin()?);
        } else {
            ops.push(self.op("prepare", &programs.prepare, &self.base(&[]), all)?);
        }
        ops.push(self.op("step", &programs.step, &self.with_state(&[]), all)?);
        if self.making.observing {
            ops.push(self.op("observe", &programs.observe, &self.with_state(&[obs]), all)?);
            if let Some([kernel, _]) = &programs.pixels {
                ops.push(self.op("pixels", kernel, &self.with_state(&[pixels]), self.painting())?);
            }
        }
        let mut stretches = vec![ops];
        for (s, list) in self.making.beside.arrivals.iter().enumerate() {
            let more = self.beside(list)?;
            append(&mut stretches, s, more);
        }
        let mut ops = Vec::new();
        ops.push(self.op("statistics", &programs.statistics, &self.base(&[seen, tally, visited, sums, last]), all)?);
        ops.extend(self.record(&programs.record_step)?);
        if mode == ResetMode::SameStep {
            ops.push(self.op("reset", &programs.reset_after, &self.base(&[ready, sums, obs, final_obs]), all)?);
            ops.extend(self.begin()?);
        }
        append(&mut stretches, 0, ops);
        for (s, list) in self.making.beside.begun.iter().enumerate() {
            let more = self.beside(list)?;
            append(&mut stretches, s, more);
        }
        let mut ops = vec![self.op("close", &programs.close, &self.base(&[sums]), all)?];
        if self.making.shape.grows() && !self.making.tables.is_empty() {
            // Who shares a table waits for those who are short of room.
            ops.push(self.op("halt", &programs.halt, &[&self.part.rules, sums, &self.part.pace], Over::Invocations(1))?);
        }
        append(&mut stretches, 0, ops);
        Ok(stretches)
    }

    /// What follows for those on the list: their world, stream, observation and tally, and their row if they are recorded.
    fn begin(&self) -> Ops {
        let (programs, part, all) = (self.making.programs, self.part, self.all());
        let mut ops = Vec::new();
        for (b, each) in self.making.shape.state.iter().enumerate() {
            let source = if self.making.depth > 0 { Some(&part.prepared[b]) } else { self.making.pool[b].as_ref() };
            if let Some(source) = source {
                ops.push(self.copy("copy world", *each, [&part.pace, source, &part.buffers[1 + b]], part.n)?);
            }
        }
        if let (Some(kernel), Some((_, stream))) = (&programs.begin_stream, self.making.kernels.begin_stream)
            && self.making.depth == 0
        {
            let buffers = [&part.rules, &part.buffers[0], &part.pace, &part.buffers[1 + stream]];
            ops.push(self.op("begin stream", kernel, &buffers, all)?);
        }
        ops.push(self.op("observe begun", &programs.observe_begun, &self.with_state(&[self.buffer(0)]), all)?);
        if let Some([_, kernel]) = &programs.pixels {
            ops.push(self.op("pixels begun", kernel, &self.with_state(&[self.buffer(2)]), self.painting())?);
        }
        let seen = part.shown();
        let tallied = [&part.rules, &part.pace, seen, self.buffer(3), self.buffer(4)];
        ops.push(self.op("tally begun", &programs.begun, &tallied, all)?);
        ops.extend(self.record(&programs.record_reset)?);
        Ok(ops)
    }

    /// Rows of `each` words from a buffer to another, by a list: [list, source, target].
    pub fn copy(&self, name: &'static str, each: usize, buffers: [&Words; 3], most: usize) -> Result<Op, GpuError> {
        let params = Words::of(self.making.gpu, name, &[each as u32])?;
        let [list, source, target] = buffers;
        self.op(name, &self.making.programs.copy, &[&params, list, source, target], Over::Rows(most))
    }

    /// Nothing if no instance of this part is recorded.
    fn record(&self, kernel: &Arc<Kernel>) -> Ops {
        let Some(trail) = &self.part.trail else { return Ok(Vec::new()) };
        let n = trail.recorded.len();
        let marked = self.base(&[&trail.ids, &trail.list, &trail.marks]);
        let mut ops = vec![self.op("record", kernel, &marked, Over::Invocations(n))?];
        let values = self.making.values.iter().map(|extra| self.part.extra(self.making.shape, *extra));
        for (source, target) in self.part.stored(self.making.shape).iter().chain(values).zip(&trail.rows) {
            let each = source.len() / self.part.n;
            ops.push(self.copy("record copy", each, [&trail.list, source, target], n)?);
        }
        Ok(ops)
    }

    /// The hash of every instance, one stored buffer after the other.
    pub fn hashing(&self) -> Ops {
        let stored = self.part.stored(self.making.shape).iter().enumerate();
        stored
            .map(|(k, words)| {
                let each = words.len() / self.part.n;
                let grows = self.making.shape.growing().find(|(b, _)| 1 + b == k);
                let (lists, capacity) = grows.map_or((0, 0), |(_, lists)| (lists.lists as u32, lists.capacity(each) as u32));
                let params = Words::of(self.making.gpu, "checksum", &[each as u32, u32::from(k == 0), lists, capacity])?;
                let buffers = [&self.part.rules, &params, words, &self.part.hashes];
                self.op("checksum", &self.making.programs.checksum, &buffers, self.all())
            })
            .collect()
    }
}

/// The first stretch of something (`s` is 0) goes on in the one that is open; the others are their own.
fn append(stretches: &mut Vec<Vec<Op>>, s: usize, more: Vec<Op>) {
    match stretches.last_mut() {
        Some(last) if s == 0 => last.extend(more),
        _ => stretches.push(more),
    }
}
