//! Reports the progress of a map to the caller, and stops the work.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// The unit of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Steps of all instances together.
    Steps,
    /// Cells on which the player is placed.
    Cells,
}

impl Work {
    /// The plural for users: "steps", "cells".
    pub fn name(self) -> &'static str {
        match self {
            Work::Steps => "steps",
            Work::Cells => "cells",
        }
    }
}

/// The estimated cost of a map of empowerment, if every cell takes as much as the player's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Steps of forks.
    pub forked_steps: f64,
    /// Cells that are measured.
    pub cells: u64,
    /// Seconds on all threads of the pool.
    pub seconds: f64,
}

/// Receives the progress of a map. `()` ignores it.
pub trait MapProgress: Sync {
    /// Called at the start, with the total number of units of work.
    fn begin(&self, _total: u64, _work: Work) {}

    /// Whether [`MapProgress::estimate`] is called. The estimate takes up to three measurements of the player's own cell.
    fn wants_estimate(&self) -> bool {
        false
    }

    /// Called with the estimated cost of the work.
    fn estimate(&self, _estimate: Estimate) {}

    /// Called when more units of work are done. Called from all threads.
    fn done(&self, _n: u64) {}

    /// Called when the work has ended, whether it is complete or not.
    fn finish(&self) {}
}

impl MapProgress for () {}

/// # Errors
/// [`Error::Interrupted`] once `stop` is set.
pub(super) fn go_on(stop: &AtomicBool) -> Result<()> {
    if stop.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
}
