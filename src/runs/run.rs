//! A run from its first file to its summary.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::folder::FolderClaim;
use super::pace::Pace;
use super::plan::Plan;
use super::prepared::Prepared;
use super::progress::{Progress, RunPhase};
use super::running::{Home, RunParts, Running, make_folder};
use super::summary::Summary;
use crate::error::Result;
use crate::gpu::Gpu;

/// Settings of a run that are not in its plan. They do not change the results.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// The GPU to step on; None for the CPU.
    pub gpu: Option<Arc<Gpu>>,
    /// Whether to resume from the checkpoint in the folder.
    pub resume: bool,
    /// When steps are taken; None for as fast as it goes.
    pub pace: Option<Arc<Pace>>,
}

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// All steps are done, or the agent has nothing more to do.
    Done(Box<Summary>),
    /// Stopped on request. [`FolderClaim::resumes`] says whether `--resume` can continue it.
    Interrupted,
}

/// Executes `plan` with what was prepared for it in the folder of `claim`, or resumes from the checkpoint there. An older run is replaced
/// only when this one has begun. If this one cannot begin, [`FolderClaim::resumes`] is false and [`FolderClaim::abandon`] removes its
/// files.
///
/// # Errors
/// After any error, the rows recorded so far are written to the disk if possible. [`crate::Error::Fault`] if an instance met a limit;
/// [`crate::Error::Data`] if the files in the folder do not belong together; [`crate::Error::Io`] with the path.
pub fn run(
    plan: &Plan,
    prepared: Prepared,
    claim: &mut FolderClaim,
    how: &RunSettings,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Outcome> {
    run_in((plan, prepared), Home { claim, seed: None, first: !how.resume }, how, progress, stop)
}

pub(super) fn run_in(
    (plan, prepared): (&Plan, Prepared),
    home: Home,
    how: &RunSettings,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Outcome> {
    if !how.resume {
        make_folder(&home.path().join("traces"))?;
        plan.save(&home.path().join("run.toml"))?;
        if !home.claim.replaces() {
            home.claim.commit()?;
        }
    }
    if home.claim.resumes() {
        progress.begun();
    }
    progress.doing(RunPhase::Worlds);
    let made = RunParts::new(plan, prepared, how.gpu.clone());
    if made.is_err() && home.first {
        home.claim.set_unbegun();
    }
    let mut running = Running::new(plan, home, made?, (how.resume, how.pace.clone()))?;
    if !running.home.claim.resumes() {
        // The older run is removed only when this one is on the disk.
        running.checkpoint(progress)?;
        if stop.load(Ordering::SeqCst) {
            return Ok(Outcome::Interrupted);
        }
        running.home.claim.commit()?;
        progress.begun();
    }
    let stepped = running.step_all(progress, stop);
    if stepped.is_err() {
        // Best effort: the error of the steps is the one to report.
        let _ = running.flush().and_then(|()| running.write_curves());
    }
    let finished = stepped?;
    running.checkpoint(progress)?;
    if !finished {
        return Ok(Outcome::Interrupted);
    }
    running.summary().map(|summary| Outcome::Done(Box::new(summary)))
}
