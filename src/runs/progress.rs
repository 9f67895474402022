//! Progress that a run reports.

use crate::sim::Stats;

/// Receives the progress of a run.
pub trait Progress {
    /// Called about once every [`super::REPORT_SECONDS`], and at the end of the stepping.
    fn report(&mut self, report: &Report);

    /// Called when a phase begins. A user who stops the run can then be told what it waits for.
    fn doing(&mut self, _doing: RunPhase) {}

    /// Called when `--resume` can continue the run in the folder from now on.
    fn begun(&mut self) {}

    /// Called after instances have grown: each takes `_each` bytes from now on, all together take `_all`.
    fn grown(&mut self, _each: u64, _all: u128) {}
}

/// A phase of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunPhase {
    /// The first worlds are generated, or the worlds of the checkpoint are restored.
    Worlds,
    /// The batch is stepped.
    Steps,
    /// Rows, curves and checkpoint are written to the disk.
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

/// A report on a run in progress.
#[derive(Debug)]
pub struct Report<'a> {
    /// Steps done so far, all instances together.
    pub steps: u64,
    /// Steps that the run has when it is done, all instances together.
    pub total: u64,
    /// Wall-clock seconds that the run has taken so far.
    pub seconds: f64,
    /// Steps per second of all instances together, since the previous report.
    pub steps_per_s: f64,
    /// Sums over the episodes that have finished since the start of the run.
    pub stats: &'a Stats,
}
