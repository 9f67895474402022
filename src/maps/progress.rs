//! How the caller is told how far a map is, and how it is stopped.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// What pieces of work are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Steps of all instances together.
    Steps,
    /// Cells on which the player is put.
    Cells,
}

impl Work {
    /// The plural that people read: "steps", "cells".
    pub fn name(self) -> &'static str {
        match self {
            Work::Steps => "steps",
            Work::Cells => "cells",
        }
    }
}

/// What a map of empowerment will take, if every cell takes as much as the player's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Steps of forks.
    pub forked_steps: f64,
    /// Cells that are measured.
    pub cells: u64,
    /// Seconds on all threads of the pool.
    pub seconds: f64,
}

/// What is told of a map while it is made. `()` ignores all of it.
pub trait MapProgress: Sync {
    /// There are `total` pieces of work.
    fn begin(&self, _total: u64, _work: Work) {}

    /// Whether [`MapProgress::estimate`] is called. The estimate takes up to three measurements of the player's own cell.
    fn wants_estimate(&self) -> bool {
        false
    }

    /// What all of it will take.
    fn estimate(&self, _estimate: Estimate) {}

    /// `n` more pieces are done. Called from all threads.
    fn done(&self, _n: u64) {}

    /// The work has ended, done or not.
    fn finish(&self) {}
}

impl MapProgress for () {}

/// # Errors
/// [`Error::Interrupted`] once `stop` is set.
pub(super) fn go_on(stop: &AtomicBool) -> Result<()> {
    if stop.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
}
