//! The loop of a run.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::checkpoint::{self, Progressed};
use super::curves::{self, Paid, Point};
use super::plan::Plan;
use super::summary::Summary;
use super::{REPORT_SECONDS, ROWS_HELD};
use crate::agents::Driver;
use crate::bonus::{Bonuses, FUSING};
use crate::error::{Error, Result};
use crate::files::{sweep, write_bytes};
use crate::gpu::Gpu;
use crate::sim::{Batch, Beside, Config, Row, Stats};
use crate::traces::{self, Meta};

/// Seconds of stepping between looks at the clock and at Ctrl-C.
const CHUNK_SECONDS: f64 = 0.1;

/// What is shown while a run goes on.
pub trait Progress {
    fn report(&mut self, report: &Report);
}

/// A moment of a run.
#[derive(Debug)]
pub struct Report<'a> {
    pub steps: u64,
    pub total: u64,
    pub seconds: f64,
    pub steps_per_s: f64,
    pub stats: &'a Stats,
}

/// Where a run lives.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// Made by `prepare`.
    pub folder: &'a Path,
    /// Go on from the checkpoint there.
    pub resume: bool,
    pub checkpoint_seconds: f64,
    /// The card to step on; None for the CPU. What comes out is the same.
    pub gpu: Option<Arc<Gpu>>,
}

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    Done(Box<Summary>),
    /// Stopped on request; `--resume` goes on.
    Interrupted,
}

/// A run at work in its folder.
struct Running<'a> {
    plan: &'a Plan,
    folder: &'a Path,
    meta: Meta,
    batch: Batch,
    driver: Box<dyn Driver>,
    bonuses: Option<Arc<Bonuses>>,
    progressed: Progressed,
    rows: Vec<Row>,
    /// Start of this process's part of the run, and seconds of the parts before.
    begun: Instant,
    before: f64,
    checkpoint_seconds: f64,
}

/// Does what `plan` says, or goes on from the checkpoint.
///
/// # Errors
/// [`Error::Fault`] if an instance met a limit (what was recorded up to then is on the disk); [`Error::Io`] with the path.
pub fn run(plan: &Plan, place: &Place, progress: &mut dyn Progress, stop: &AtomicBool) -> Result<Outcome> {
    let Place { folder, resume, checkpoint_seconds, .. } = *place;
    if !resume {
        plan.save(&folder.join("run.toml"))?;
    }
    let world = plan.world()?;
    let bonuses = plan.bonuses(&world)?;
    if let (Some(bonuses), Some(gpu)) = (&bonuses, &place.gpu) {
        bonuses.limit_tables(gpu.largest() as u64);
        bonuses.check_card()?;
    }
    let driver = plan.driver(&world, bonuses.clone())?;
    let batch = Batch::new(
        world,
        Config { gpu: place.gpu.clone(), beside: bonuses.clone().map(|bonuses| bonuses as Arc<dyn Beside>), ..plan.config()? },
    )?;
    let mut running = Running {
        plan,
        folder,
        meta: plan.meta()?,
        batch,
        driver,
        bonuses,
        progressed: Progressed::default(),
        rows: Vec::new(),
        begun: Instant::now(),
        before: 0.0,
        checkpoint_seconds,
    };
    if resume {
        running.resume()?;
    } else {
        running.rows = running.batch.take_rows();
    }
    let stepped = running.step_all(progress, stop);
    if matches!(stepped, Err(Error::Fault { .. } | Error::Limit(_) | Error::Gpu(_))) {
        // The failure is the news; that what was recorded lies on the disk is worth a try, not another error.
        let _ = running.flush().and_then(|()| running.write_curves());
    }
    let finished = stepped?;
    running.checkpoint()?;
    running.write_curves()?;
    if !finished {
        return Ok(Outcome::Interrupted);
    }
    let seconds = running.seconds();
    let mut summary = Summary::of(plan, &mut running.batch, &*running.driver, &running.progressed.curves, seconds)?;
    let own = running.begun.elapsed().as_secs_f64().max(1e-9);
    summary.forked_steps_per_s = running.driver.forked_steps().map(|steps| steps as f64 / own);
    let json = serde_json::to_string_pretty(&summary).map_err(|e| Error::Data(e.to_string()))?;
    write_bytes(&folder.join("summary.json"), format!("{json}\n").as_bytes())?;
    Ok(Outcome::Done(Box::new(summary)))
}

impl Running<'_> {
    /// Back to the checkpoint: parts written after it are of a history that will be made again.
    fn resume(&mut self) -> Result<()> {
        let traces = self.folder.join("traces");
        sweep(self.folder)?;
        sweep(&traces)?;
        self.batch.take_rows();
        let path = self.folder.join("checkpoint.bin");
        if path.exists() {
            self.progressed = checkpoint::load(&path, &mut self.batch)?;
            self.driver.load(&self.batch, &self.progressed.agent)?;
        } else {
            // Killed before the first checkpoint: from the start.
            let config = self.batch.config().clone();
            self.batch = Batch::new(self.plan.world()?, config)?;
            self.rows = self.batch.take_rows();
        }
        self.before = self.progressed.seconds;
        for k in self.progressed.parts.. {
            let part = self.part(k);
            if !part.exists() {
                break;
            }
            std::fs::remove_file(&part).map_err(|e| Error::io(&part, e))?;
        }
        Ok(())
    }

    /// True if all steps are done or the agent has nothing more to do, false if stopped on request.
    fn step_all(&mut self, progress: &mut dyn Progress, stop: &AtomicBool) -> Result<bool> {
        let total = self.plan.batch_steps();
        let (mut reported, mut saved) = (self.seconds(), self.seconds());
        let (mut chunk, mut steps_then) = (1u64, self.batch.steps());
        while self.batch.steps() < total && self.driver.over().is_none() {
            if stop.load(Ordering::SeqCst) {
                return Ok(false);
            }
            let start = Instant::now();
            let n = chunk.min(total - self.batch.steps());
            let stepped = self.driver.advance(&mut self.batch, n);
            self.rows.extend(self.batch.take_rows());
            stepped?;
            let took = start.elapsed().as_secs_f64().max(1e-6);
            chunk = ((n as f64 * CHUNK_SECONDS / took) as u64).clamp(1, chunk * 2);
            let now = self.seconds();
            if now - reported >= REPORT_SECONDS || self.batch.steps() == total || self.driver.over().is_some() {
                let rate = (self.batch.steps() - steps_then) as f64 * self.batch.len() as f64 / (now - reported).max(1e-6);
                self.report(progress, now, rate)?;
                (reported, steps_then) = (now, self.batch.steps());
            }
            if now - saved >= self.checkpoint_seconds || self.rows.len() >= ROWS_HELD {
                self.checkpoint()?;
                saved = now;
            }
        }
        Ok(true)
    }

    fn report(&mut self, progress: &mut dyn Progress, seconds: f64, steps_per_s: f64) -> Result<()> {
        let steps = self.batch.steps() * self.batch.len() as u64;
        let paid = self.paid()?;
        self.progressed.curves.push(Point { steps, seconds, steps_per_s, stats: self.batch.stats().clone(), paid });
        let total = self.plan.batch_steps() * self.batch.len() as u64;
        progress.report(&Report { steps, total, seconds, steps_per_s, stats: self.batch.stats() });
        self.write_curves()
    }

    /// What bonuses have come to; None if none are paid.
    fn paid(&self) -> Result<Option<Paid>> {
        let Some(bonuses) = &self.bonuses else { return Ok(None) };
        let mut means = bonuses.means(self.batch.extra(FUSING)?);
        let total = means.pop().unwrap_or_default();
        let counted = bonuses.counted(&self.batch.table_headers()?);
        let channels = bonuses.channels(|k| self.batch.extra(k))?;
        let certainty = bonuses.certainty(|k| self.batch.extra(k))?;
        Ok(Some(Paid { names: bonuses.config().names(), means, total, counted, channels, certainty }))
    }

    fn write_curves(&self) -> Result<()> {
        curves::write(&self.folder.join("curves.parquet"), self.batch.world().spec(), &self.progressed.curves)
    }

    fn seconds(&self) -> f64 {
        self.before + self.begun.elapsed().as_secs_f64()
    }

    fn part(&self, k: usize) -> std::path::PathBuf {
        self.folder.join("traces").join(format!("part-{k:05}.parquet"))
    }

    /// Puts the rows held on the disk as the next part.
    fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.rows.sort_by_key(|row| row.instance);
        traces::write(&self.part(self.progressed.parts), &**self.batch.world(), &self.meta, &self.rows)?;
        self.rows.clear();
        self.progressed.parts += 1;
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<()> {
        self.flush()?;
        self.progressed.seconds = self.seconds();
        self.progressed.stats = self.batch.stats().clone();
        self.progressed.agent = self.driver.save();
        checkpoint::save(&self.folder.join("checkpoint.bin"), &mut self.batch, &self.progressed)
    }
}
