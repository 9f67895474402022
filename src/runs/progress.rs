//! What a run tells while it goes on.

use crate::sim::Stats;

/// What is shown while a run goes on.
pub trait Progress {
    /// Called about once in [`super::REPORT_SECONDS`], and at the end of the stepping.
    fn report(&mut self, report: &Report);

    /// What the run turns to now, so that somebody who wants to stop it can be told what it is at.
    fn doing(&mut self, _doing: RunPhase) {}

    /// From here on `--resume` goes on with what is in the folder.
    fn begun(&mut self) {}

    /// Worlds came to need more room than there was: an instance takes so many bytes from now on, all of them so many.
    fn grown(&mut self, _each: u64, _all: u128) {}
}

/// What a run is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunPhase {
    /// The worlds with which it begins, or those in which it goes on.
    Worlds,
    /// The batch is stepped.
    Steps,
    /// Rows, curves and checkpoint go to the disk.
    Saving,
}

impl std::fmt::Display for RunPhase {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            RunPhase::Worlds => "the worlds to be made",
            RunPhase::Steps => "the step in hand",
            RunPhase::Saving => "the checkpoint to be written",
        })
    }
}

/// A moment of a run.
#[derive(Debug)]
pub struct Report<'a> {
    /// Steps done so far, all instances together.
    pub steps: u64,
    /// Steps that the run is to have, all instances together.
    pub total: u64,
    /// Wall-clock seconds that the run has taken so far.
    pub seconds: f64,
    /// Steps of all instances together a second, since the report before.
    pub steps_per_s: f64,
    /// Sums over the episodes that have finished since the start of the run.
    pub stats: &'a Stats,
}
