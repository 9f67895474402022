//! A run in progress, with its folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::checkpoint::{self, Progressed, Stretch};
use super::contents::part_number;
use super::curves::{self, BonusTotals, Point};
use super::folder::FolderClaim;
use super::pace::{self, Pace};
use super::plan::Plan;
use super::prepared::Prepared;
use super::progress::{Progress, Report, RunPhase};
use super::summary::Summary;
use super::{REPORT_SECONDS, ROWS_HELD};
use crate::agents::Driver;
use crate::bonus::{Bonuses, FUSING};
use crate::error::{Error, Result};
use crate::files::{hash_of, read_bytes, write_bytes};
use crate::gpu::Gpu;
use crate::machine::machine;
use crate::sim::{Batch, Dump, Row};
use crate::traces::{self, Meta};

/// Seconds of stepping between checks of the clock and of Ctrl-C.
const CHUNK_SECONDS: f64 = 0.1;

/// The folder that a run writes to: that of a claim, or that of a seed inside it.
pub(super) struct Home<'a> {
    pub claim: &'a mut FolderClaim,
    pub seed: Option<String>,
    /// Whether the claim contains nothing but this run. If the run then cannot begin, there is nothing to resume.
    pub first: bool,
}

impl Home<'_> {
    pub fn path(&self) -> PathBuf {
        let place = self.claim.place();
        self.seed.as_ref().map_or_else(|| place.clone(), |seed| place.join(seed))
    }
}

/// A run in progress, with its folder.
pub(super) struct Running<'a> {
    plan: &'a Plan,
    pub home: Home<'a>,
    meta: Meta,
    batch: Batch,
    driver: Box<dyn Driver>,
    bonuses: Option<Arc<Bonuses>>,
    progressed: Progressed,
    rows: Vec<Row>,
    pace: Option<Arc<Pace>>,
    /// Start of this process's part of the run, and seconds of the earlier parts.
    begun: Instant,
    before: f64,
}

/// A batch whose first episodes have begun, its driver and bonuses, and the description of its traces.
pub(super) struct RunParts {
    batch: Batch,
    driver: Box<dyn Driver>,
    bonuses: Option<Arc<Bonuses>>,
    meta: Meta,
    begun: Instant,
}

impl RunParts {
    pub fn new(plan: &Plan, prepared: Prepared, gpu: Option<Arc<Gpu>>) -> Result<RunParts> {
        if let (Some(bonuses), Some(gpu)) = (&prepared.bonuses, &gpu) {
            bonuses.limit_tables(gpu.largest() as u64);
            bonuses.check_gpu()?;
        }
        let (config, meta) = (prepared.config(plan, gpu)?, prepared.meta(plan)?);
        let Prepared { world, bonuses, driver } = prepared;
        Ok(RunParts { batch: Batch::new(world, config)?, driver, bonuses, meta, begun: Instant::now() })
    }
}

pub(super) fn make_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|e| Error::io(path, e))
}

impl<'a> Running<'a> {
    /// Creates a run from its parts. If it is resumed, restores the checkpoint.
    pub fn new(plan: &'a Plan, home: Home<'a>, made: RunParts, (resume, pace): (bool, Option<Arc<Pace>>)) -> Result<Running<'a>> {
        let RunParts { mut batch, driver, bonuses, meta, begun } = made;
        let (rows, progressed, before) = (batch.take_rows(), Progressed::default(), 0.0);
        let mut running = Running { plan, home, meta, batch, driver, bonuses, progressed, rows, pace, begun, before };
        if resume {
            running.resume()?;
        }
        running.progressed.plan = Some(plan.identity()?);
        running.stretch();
        Ok(running)
    }

    /// Restores the checkpoint and removes the trace parts written after it, which will be written again. Without a checkpoint the run was
    /// stopped before its first one, and starts from the beginning.
    fn resume(&mut self) -> Result<()> {
        let folder = self.home.path();
        let path = folder.join("checkpoint.bin");
        if path.exists() {
            let (progressed, words) = checkpoint::read(&path)?;
            self.check(&path, &progressed)?;
            self.batch.load(&Dump { words, sizes: progressed.sizes.clone() }, progressed.stats.clone())?;
            self.driver.load(&self.batch, &progressed.agent)?;
            self.rows.clear();
            self.progressed = progressed;
            self.before = self.progressed.seconds;
            if self.goes_on() {
                // The last row marks the end of a run that now has more steps. It is removed if it is not at a multiple of the interval.
                let (n, every) = (self.batch.len() as u64, self.plan.curve_batch_steps());
                self.progressed.curves.pop_if(|last| !(last.steps / n).is_multiple_of(every));
            }
        }
        let traces = folder.join("traces");
        make_folder(&traces)?;
        for entry in std::fs::read_dir(&traces).map_err(|e| Error::io(&traces, e))? {
            let path = entry.map_err(|e| Error::io(&traces, e))?.path();
            let number = path.file_name().and_then(|name| part_number(&name.to_string_lossy()));
            if number.is_some_and(|k| k >= self.progressed.parts) {
                std::fs::remove_file(&path).map_err(|e| Error::io(&path, e))?;
            }
        }
        Ok(())
    }

    /// Checks that checkpoint, run.toml and trace parts belong to one run.
    fn check(&self, path: &Path, progressed: &Progressed) -> Result<()> {
        let wrong = |path: &Path, why: &str| Err(Error::Data(format!("{}: {why}", path.display())));
        if progressed.plan.is_some() && progressed.plan != Some(self.plan.identity()?) {
            return wrong(
                path,
                "it is the checkpoint of another run than run.toml beside it; put back the one that belongs here",
            );
        }
        for k in 0..progressed.parts {
            let part = self.part(k);
            if !part.exists() {
                return wrong(
                    &part,
                    "this part of the trace is missing, and the checkpoint comes after it; put it back, or run anew",
                );
            }
            let hash = progressed.part_hashes.get(k);
            if hash.is_some_and(|hash| read_bytes(&part).is_ok_and(|bytes| hash_of(&bytes) != *hash)) {
                return wrong(&part, "it is not the part that the run wrote; put that one back, or run anew");
            }
        }
        Ok(())
    }

    /// Adds a stretch if the settings of the run differ from those of the last stretch.
    fn stretch(&mut self) {
        let (backend, adapter) = match self.batch.gpu() {
            Some(backend) => ("gpu", backend.gpu.adapter.name.clone()),
            None => ("cpu", machine()),
        };
        let stretch = Stretch {
            from: self.batch.steps() * self.batch.len() as u64,
            steps: self.plan.steps,
            backend: backend.to_string(),
            adapter,
            threads: rayon::current_num_threads(),
            program: env!("CARGO_PKG_VERSION").to_string(),
        };
        let last = self.progressed.stretches.last();
        if last.is_none_or(|last| *last != Stretch { from: last.from, ..stretch.clone() }) {
            self.progressed.stretches.push(stretch);
        }
    }

    /// Whether steps are left and the agent is not done.
    fn goes_on(&self) -> bool {
        self.batch.steps() < self.plan.batch_steps() && self.driver.over().is_none()
    }

    /// Takes the steps. Returns true if all steps are done or the agent is done, false if stopped on request.
    pub fn step_all(&mut self, progress: &mut dyn Progress, stop: &AtomicBool) -> Result<bool> {
        let (total, every) = (self.plan.batch_steps(), self.plan.curve_batch_steps());
        let (mut reported, mut saved, mut drawn) = (self.mark(), self.seconds(), self.mark());
        let (mut chunk, mut room) = (1u64, self.batch.bytes_per_instance());
        while self.goes_on() {
            if stop.load(Ordering::SeqCst) {
                return Ok(false);
            }
            progress.doing(RunPhase::Steps);
            let steps = self.batch.steps();
            let n = self.allowed(chunk.min(total - steps).min(every - steps % every), stop);
            if n == 0 {
                self.hold(progress, &mut saved)?;
                continue;
            }
            let start = Instant::now();
            let stepped = self.driver.advance(&mut self.batch, n);
            self.rows.extend(self.batch.take_rows());
            stepped?;
            if let Some(pace) = &self.pace {
                pace.took(self.batch.steps() - steps);
            }
            let takes = self.batch.bytes_per_instance();
            if takes > room {
                room = takes;
                progress.grown(takes, u128::from(takes) * self.batch.len() as u128);
            }
            let took = start.elapsed().as_secs_f64().max(1e-6);
            // The upper limit uses `chunk` instead of `n`, because a row of the curves may have shortened this chunk.
            chunk = ((n as f64 * CHUNK_SECONDS / took) as u64).clamp(1, chunk * 2);
            let (now, ends) = (self.mark(), !self.goes_on());
            if self.batch.steps().is_multiple_of(every) || ends {
                self.point(now, drawn)?;
                drawn = now;
            }
            if now.1 - reported.1 >= REPORT_SECONDS || ends {
                self.report(progress, now, reported);
                reported = now;
            }
            if now.1 - saved >= self.checkpoint_interval() || self.rows.len() >= ROWS_HELD {
                self.checkpoint(progress)?;
                saved = now.1;
            }
        }
        Ok(true)
    }

    /// Returns how many of `most` steps the pace allows now.
    fn allowed(&self, most: u64, stop: &AtomicBool) -> u64 {
        self.pace.as_ref().map_or(most, |pace| pace.next(most, stop))
    }

    /// Seconds between checkpoints.
    fn checkpoint_interval(&self) -> f64 {
        let every = self.plan.checkpoint;
        self.pace.as_ref().map_or(every, |_| pace::interval(every, self.progressed.parts))
    }

    /// Writes what was stepped while no step is due: at once if the run is paused, else at the usual interval.
    fn hold(&mut self, progress: &mut dyn Progress, saved: &mut f64) -> Result<()> {
        let Some(pace) = self.pace.clone() else { return Ok(()) };
        let paused = pace.is_paused();
        if !self.rows.is_empty() && (paused || self.seconds() - *saved >= self.checkpoint_interval()) {
            self.checkpoint(progress)?;
            *saved = self.seconds();
        }
        if self.rows.is_empty() {
            pace.note_saved();
        }
        Ok(())
    }

    /// Returns the steps of the whole batch, and the seconds.
    fn mark(&self) -> (u64, f64) {
        (self.batch.steps() * self.batch.len() as u64, self.seconds())
    }

    /// Adds a row to the curves.
    fn point(&mut self, now: (u64, f64), before: (u64, f64)) -> Result<()> {
        let bonus = self.bonus_totals()?;
        let ((steps, seconds), steps_per_s) = (now, rate(now, before));
        self.progressed.curves.push(Point { steps, seconds, steps_per_s, stats: self.batch.stats().clone(), bonus });
        Ok(())
    }

    fn report(&self, progress: &mut dyn Progress, now: (u64, f64), before: (u64, f64)) {
        let total = self.plan.batch_steps() * self.batch.len() as u64;
        let (steps, seconds) = now;
        progress.report(&Report { steps, total, seconds, steps_per_s: rate(now, before), stats: self.batch.stats() });
    }

    /// Returns the totals of the bonuses. None if no bonus is computed.
    fn bonus_totals(&self) -> Result<Option<BonusTotals>> {
        let Some(bonuses) = &self.bonuses else { return Ok(None) };
        let fusing = self.batch.plugin_buffer(FUSING)?;
        let mut means = bonuses.means(fusing);
        let total = means.pop().unwrap_or_default();
        let counted = bonuses.counted(&self.batch.table_headers()?);
        let channels = bonuses.channels(|k| self.batch.plugin_buffer(k))?;
        let certainty = bonuses.certainty(|k| self.batch.plugin_buffer(k))?;
        let transitions = Some(bonuses.transitions(fusing));
        Ok(Some(BonusTotals { names: bonuses.config().names(), means, total, transitions, counted, channels, certainty }))
    }

    pub fn write_curves(&self) -> Result<()> {
        curves::write(&self.home.path().join("curves.parquet"), self.batch.world().spec(), &self.progressed.curves)
    }

    fn seconds(&self) -> f64 {
        self.before + self.begun.elapsed().as_secs_f64()
    }

    fn part(&self, k: usize) -> PathBuf {
        self.home.path().join("traces").join(format!("part-{k:05}.parquet"))
    }

    /// Writes the rows in memory to the disk as the next part.
    pub fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.rows.sort_by_key(|row| row.instance);
        let (k, path) = (self.progressed.parts, self.part(self.progressed.parts));
        traces::write(&path, &**self.batch.world(), &self.meta, &self.rows)?;
        self.rows.clear();
        // If earlier parts of an older version have no hashes, later parts cannot have any either.
        if self.progressed.part_hashes.len() == k {
            self.progressed.part_hashes.push(hash_of(&read_bytes(&path)?));
        }
        self.progressed.parts += 1;
        Ok(())
    }

    pub fn checkpoint(&mut self, progress: &mut dyn Progress) -> Result<()> {
        progress.doing(RunPhase::Saving);
        self.flush()?;
        self.progressed.seconds = self.seconds();
        self.progressed.stats = self.batch.stats().clone();
        self.progressed.agent = self.driver.save();
        checkpoint::save(&self.home.path().join("checkpoint.bin"), &mut self.batch, &self.progressed)?;
        self.write_curves()
    }

    /// Returns the summary, and writes it to summary.json.
    pub fn summary(&mut self) -> Result<Summary> {
        let seconds = self.seconds();
        let mut summary = Summary::of(self.plan, &mut self.batch, &*self.driver, &self.progressed, seconds)?;
        let own = self.begun.elapsed().as_secs_f64().max(1e-9);
        summary.forked_steps_per_s = self.driver.forked_steps().map(|steps| steps as f64 / own);
        let json = serde_json::to_string_pretty(&summary).map_err(|e| Error::Data(e.to_string()))?;
        write_bytes(&self.home.path().join("summary.json"), format!("{json}\n").as_bytes())?;
        Ok(summary)
    }
}

/// Returns the steps per second between two marks.
fn rate(now: (u64, f64), before: (u64, f64)) -> f64 {
    now.0.saturating_sub(before.0) as f64 / (now.1 - before.1).max(1e-6)
}
