//! The end of a run or a sweep, and its messages.

use super::progress::Console;
use super::stop::Stop;
use crate::error::Error;
use crate::gpu::GpuError;
use crate::runs::{FolderClaim, Outcome};

/// Ends a run or a sweep: shows the last messages, and abandons a folder that cannot be resumed. Returns None if it was stopped.
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

/// The outcome of something that can be stopped.
pub(super) trait Ended {
    fn is_interrupted(&self) -> bool;
}

impl Ended for Outcome {
    fn is_interrupted(&self) -> bool {
        matches!(self, Outcome::Interrupted)
    }
}
