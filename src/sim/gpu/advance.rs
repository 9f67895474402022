//! Steps on the GPU: rounds submitted together, and their results.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::forks::as_fits;
use super::outcome::{AdvanceOutcome, stats};
use super::readback::Readback;
use super::rollouts::GpuRollouts;
use super::{GpuBackend, Prefetch, record_slots};
use crate::envs::World;
use crate::error::Result;
use crate::gpu::Pass;
use crate::shaders::core::{head, pace, sums};
use crate::sim::rollout::{ActionSource, RolloutPlan};

/// Approximate number of dispatches in a submission of a planning agent: a driver that waits too long for a submission gives up.
const DISPATCHES: usize = 4096;

impl GpuBackend {
    /// Allocates the forks of a planning agent, unless they exist.
    fn prepare_rollouts(&mut self, plan: &Arc<RolloutPlan>) -> Result<()> {
        if self.rollouts.as_ref().is_none_or(|rollouts| !Arc::ptr_eq(&rollouts.plan, plan)) {
            self.rollouts = None;
            let context = self.context(self.prefetch.as_ref().map_or(0, Prefetch::depth));
            self.rollouts = Some(as_fits(|bytes| GpuRollouts::new(&context, &self.parts, plan, bytes))?);
        }
        Ok(())
    }

    /// Number of rounds that are submitted together.
    fn rounds_of(&self, chooser: &ActionSource) -> usize {
        match (chooser, &self.rollouts) {
            (ActionSource::Rollouts(_), Some(rollouts)) => (DISPATCHES / rollouts.dispatches().max(1)).clamp(1, self.rounds),
            _ => self.rounds,
        }
    }

    /// Steps every instance `n_steps` times; `steps` is the number of steps that the batch has taken before. `outputs` are indices of
    /// stored buffers to return: they are read together with the rest. `goes_on`: this call continues one that ended because of too
    /// little room.
    ///
    /// # Errors
    /// [`crate::gpu::GpuError`] of any kind; a fault of an instance is part of the outcome.
    pub fn advance(
        &mut self,
        world: &dyn World,
        (steps, n_steps): (u64, u64),
        (chooser, outputs): (&ActionSource, &[usize]),
        goes_on: bool,
    ) -> Result<AdvanceOutcome> {
        let until = steps.wrapping_add(n_steps) as u32;
        match chooser {
            ActionSource::Random(seed) => self.set_goal(until, *seed)?,
            ActionSource::Host => self.set_goal(until, 0)?,
            ActionSource::Rollouts(plan) => {
                self.prepare_rollouts(plan)?;
                self.set_goal(until, plan.seed)?;
            }
        }
        let rounds = self.rounds_of(chooser) as u64;
        let mut done = AdvanceOutcome::default();
        let mut left = if goes_on { self.steps_behind(until)? } else { n_steps };
        while left > 0 {
            let n = left.min(rounds);
            let Some(gathered) = self.submit(n, chooser, outputs)? else {
                done.is_short = true;
                return Ok(done);
            };
            let made = self.prefetch.as_mut().map_or(Vec::new(), |prefetch| prefetch.make_if_predictable(world));
            self.collect(world, (steps, n_steps), &gathered, &mut done)?;
            left -= n;
            if done.is_short {
                return Ok(done);
            }
            if let Some(prefetch) = &mut self.prefetch {
                prefetch.deliver(&self.gpu, &self.parts, made)?;
                prefetch.look(&gathered.paces, until);
                if prefetch.must_wait_for_play() || left == 0 && prefetch.steps_behind() > 0 {
                    let made = prefetch.make(&self.gpu, world, &self.parts)?;
                    prefetch.deliver(&self.gpu, &self.parts, made)?;
                }
                if prefetch.needs_room() {
                    done.is_short = true;
                    return Ok(done);
                }
                if left == 0 {
                    left = u64::from(prefetch.steps_behind());
                }
            }
            done.outputs = gathered.outputs;
        }
        if let ActionSource::Rollouts(plan) = chooser {
            let n_envs: usize = self.parts.iter().map(|part| part.n).sum();
            plan.forked.fetch_add(n_steps * n_envs as u64 * plan.steps_each(), Ordering::Relaxed);
            self.rollouts.as_ref().map_or(Ok(()), |rollouts| rollouts.tally(&self.gpu))?;
        }
        done.fault = if self.faulted || self.prefetch.as_ref().is_some_and(Prefetch::has_failed) {
            self.first_fault(steps)?
        } else {
            None
        };
        let last = done.fault.as_ref().map_or(u64::MAX, |fault| fault.batch_step);
        done.rows.retain(|row| row.batch_step <= last);
        Ok(done)
    }

    pub(super) fn set_goal(&self, until: u32, seed: u64) -> Result<()> {
        for part in &self.parts {
            part.rules.write(&self.gpu, head::UNTIL, &[until])?;
            part.rules.write(&self.gpu, head::AGENT[0], &[seed as u32, (seed >> 32) as u32])?;
        }
        Ok(())
    }

    /// Maximum number of steps that an instance still has to take to reach `until`.
    fn steps_behind(&self, until: u32) -> Result<u64> {
        let paces = self.paces()?;
        let behind = paces
            .chunks_exact(pace::WORDS)
            .filter(|pace| pace[pace::STATUS] != pace::STOPPED)
            .map(|pace| until.wrapping_sub(pace[pace::STEPS]));
        Ok(u64::from(behind.max().unwrap_or(0)))
    }

    /// Whether forks ran out of room, so that the chosen actions do not count.
    fn is_cancelled(&self) -> Result<bool> {
        for part in &self.parts {
            let mut list = [0; pace::LIST_PAIRS];
            part.pace.read(&self.gpu, 0, &mut list)?;
            if list[pace::ROUND] & pace::ROUND_CANCELLED != 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Submits rounds and returns what is read after them; None if the round was cancelled because forks ran out of room.
    fn submit(&mut self, rounds: u64, chooser: &ActionSource, outputs: &[usize]) -> Result<Option<Readback>> {
        let mut pass = Pass::new(&self.gpu, "rounds");
        for part in &self.parts {
            part.pace.write(&self.gpu, 0, &[0, 0])?;
            part.record_slots.iter().for_each(|record_slots| pass.clear(&record_slots.marks));
        }
        for _ in 0..rounds {
            for (p, part) in self.parts.iter().enumerate() {
                match (chooser, &self.rollouts) {
                    (ActionSource::Rollouts(_), Some(rollouts)) => rollouts.encode(&mut pass, p),
                    _ => part.choose(&mut pass, chooser),
                }
            }
            if matches!(chooser, ActionSource::Rollouts(_)) && self.in_lockstep() && self.parts.len() > 1 {
                // Forks of one part that are short of room stop that part. The parts that share a table with it must not go ahead.
                self.dispatches += pass.submit()?;
                if self.is_cancelled()? {
                    self.headers = None;
                    return Ok(None);
                }
                pass = Pass::new(&self.gpu, "rounds");
            }
            for stage in 0..self.parts[0].stages() {
                self.parts.iter().for_each(|part| part.encode(&mut pass, stage));
            }
        }
        let mut staging = std::mem::take(&mut self.staging);
        let read = pass.submit_and_read(&self.wanted(outputs), &mut staging);
        self.staging = staging;
        let (dispatches, words) = read?;
        self.dispatches += dispatches;
        let gathered = self.gathered(&words, outputs);
        self.headers = Some(gathered.headers.clone());
        Ok(Some(gathered))
    }

    /// Adds sums and rows of a call of `n_steps` steps after `steps` to `done`.
    pub(super) fn collect(
        &mut self,
        world: &dyn World,
        (steps, n_steps): (u64, u64),
        gathered: &Readback,
        done: &mut AdvanceOutcome,
    ) -> Result<()> {
        let n_achievements = world.spec().achievements.len();
        for (part, words) in self.parts.iter().zip(&gathered.sums) {
            part.sums.write(&self.gpu, 0, &[0; sums::WORDS])?;
            self.stalls += u64::from(words[sums::STALLS]);
            self.faulted |= words[sums::FAULTS] > 0;
            done.is_short |= words[sums::NEEDS_ROOM] > 0;
            done.stats.add(&stats(words, n_achievements, steps + n_steps));
            record_slots::collect(&self.gpu, world, part, steps, self.mode, &mut done.rows)?;
        }
        Ok(())
    }
}
