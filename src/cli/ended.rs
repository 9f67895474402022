//! How a run or a sweep has ended, and what is said of it.

use super::progress::Console;
use super::stop::Stop;
use crate::error::Error;
use crate::gpu::GpuError;
use crate::runs::{FolderClaim, Outcome};

/// What is said and left when a run or a sweep has ended, however it did. None if it was stopped.
pub(super) fn ended<T: Ended>(
    outcome: crate::Result<T>,
    claim: FolderClaim,
    console: &mut Console,
    stop: &Stop,
) -> crate::Result<Option<T>> {
    console.finish();
    if let Err(Error::Gpu(GpuError::Lost(_))) = &outcome {
        console.say(&format!("to go on: explorarium run --resume {}", claim.folder().display()));
    }
    if !claim.resumes() {
        claim.abandon();
    }
    let outcome = outcome?;
    if outcome.is_interrupted() {
        console.say(&stop.farewell());
        return Ok(None);
    }
    Ok(Some(outcome))
}

/// How something that can be stopped has ended.
pub(super) trait Ended {
    fn is_interrupted(&self) -> bool;
}

impl Ended for Outcome {
    fn is_interrupted(&self) -> bool {
        matches!(self, Outcome::Interrupted)
    }
}
