//! Results of rounds: sums, the first fault, and the time that each pass takes.

use super::GpuBackend;
use crate::envs::{Core, World};
use crate::error::Result;
use crate::gpu::{Pass, Staging, Timer};
use crate::shaders::core::{pace, sums};
use crate::sim::block_context::Row;
use crate::sim::fault::Fault;
use crate::sim::rollout::ActionSource;
use crate::sim::stats::Stats;

/// The result of a call.
#[derive(Debug, Default)]
pub struct AdvanceOutcome {
    pub stats: Stats,
    pub rows: Vec<Row>,
    pub fault: Option<Fault>,
    /// The stored buffers that were requested, in their current state: index in the order of a snapshot, words.
    pub outputs: Vec<(usize, Vec<u32>)>,
    /// Whether instances need more room: then the batch grows, and the call continues.
    pub is_short: bool,
}

impl GpuBackend {
    /// The fault at the earliest step, then of the lowest instance.
    pub(super) fn first_fault(&self, steps: u64) -> Result<Option<Fault>> {
        let mut first: Option<Fault> = None;
        for (p, part) in self.parts.iter().enumerate() {
            let (mut cores, mut pace) = (vec![0; part.n * Core::WORDS], vec![0; part.n * pace::WORDS]);
            part.buffers[0].read(&self.gpu, 0, &mut cores)?;
            part.pace.read(&self.gpu, pace::first(part.n), &mut pace)?;
            let at = |taken: u32| steps.wrapping_add(u64::from(taken.wrapping_sub(steps as u32)));
            for (i, (core, pace)) in cores.chunks_exact(Core::WORDS).zip(pace.chunks_exact(pace::WORDS)).enumerate() {
                let instance = part.first + i;
                let failed = self
                    .prefetch
                    .as_ref()
                    .and_then(|prefetch| prefetch.failure(p, i))
                    .filter(|failure| failure.0 == core[Core::EPISODE] + 1);
                let fault = match (pace[1], failed) {
                    (pace::STOPPED, _) => {
                        let (episode, step, code) = (core[Core::EPISODE], core[Core::STEP], core[Core::FAULT]);
                        Fault { batch_step: at(pace[0]), instance, episode, step, code }
                    }
                    (pace::WAITS, Some((episode, code))) => {
                        Fault { batch_step: at(pace[0]) + 1, instance, episode, step: 0, code }
                    }
                    _ => continue,
                };
                first = first.into_iter().chain([fault]).min();
            }
        }
        Ok(first)
    }

    /// Seconds that each pass of one more step takes, summed over the parts; None if the GPU has no clock to read, or if several parts
    /// share a table.
    ///
    /// # Errors
    /// See [`GpuBackend::advance`].
    pub fn profile(&mut self, world: &dyn World, steps: u64, seed: u64) -> Result<Option<(Vec<f64>, AdvanceOutcome)>> {
        if !self.tables.is_empty() && self.parts.len() > 1 {
            // Parts that share a table cannot be timed one after the other.
            return Ok(None);
        }
        let n = self.passes().len();
        let Some(timer) = Timer::new(&self.gpu, n as u32)? else { return Ok(None) };
        let mut seconds = vec![0.0; n];
        self.set_goal(steps.wrapping_add(1) as u32, seed)?;
        for part in &self.parts {
            let mut pass = Pass::new(&self.gpu, "timed round");
            part.pace.write(&self.gpu, 0, &[0, 0])?;
            part.encode_timed(&mut pass, &timer);
            pass.keep_times(&timer);
            self.dispatches += pass.submit()?;
            self.headers = None;
            for (sum, more) in seconds.iter_mut().zip(timer.seconds(&self.gpu)?) {
                *sum += more;
            }
        }
        let mut done = AdvanceOutcome::default();
        let mut staging = Staging::default();
        let (_, words) = Pass::new(&self.gpu, "sums").submit_and_read(&self.wanted(&[]), &mut staging)?;
        let gathered = self.gathered(&words, &[]);
        self.collect(world, (steps, 1), &gathered, &mut done)?;
        // Instances that waited for a world take their step now.
        let mut rest = self.advance(world, (steps, 1), (&ActionSource::Random(seed), &[]), done.is_short)?;
        rest.stats.add(&done.stats);
        rest.rows.extend(done.rows);
        Ok(Some((seconds, rest)))
    }
}

/// Converts the words of `sums` (see shaders/core/sums.wgsl) to the statistics of a call that brings the batch to `until` steps.
pub fn stats(words: &[u32; sums::WORDS], n_achievements: usize, until: u64) -> Stats {
    let long = |at: usize| u64::from(words[at]) | u64::from(words[at + 1]) << 32;
    let each = |at: usize| (0..n_achievements).map(move |a| long(at + 2 * a)).collect::<Vec<u64>>();
    let (episodes, unlocks) = (long(sums::EPISODES), each(sums::UNLOCKS));
    let mut stats = Stats {
        episodes,
        length: long(sums::LENGTH),
        reward: long(sums::REWARD) as i64,
        cells: long(sums::CELLS),
        achievements: long(sums::ACHIEVEMENTS),
        unlocked: if episodes == 0 { Vec::new() } else { each(sums::UNLOCKED) },
        ..Stats::default()
    };
    if unlocks.iter().any(|n| *n > 0) {
        let first = |left: &u32| if *left == 0 { 0 } else { until + 1 - u64::from(*left) };
        stats.first = words[sums::LEFT..sums::LEFT + n_achievements].iter().map(first).collect();
        (stats.unlocks, stats.unlock_steps) = (unlocks, each(sums::UNLOCK_STEPS));
    }
    stats
}
