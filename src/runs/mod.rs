//! Runs: step a batch without a window, report progress, and write results to a run folder. A killed run can be resumed.
//!
//! ```text
//! runs/<utc>-<env>-<agent>/
//!   run.toml          everything needed to repeat the run, resolved
//!   curves.parquet    a row every so many steps
//!   traces/           part-NNNNN.parquet, rows of the recorded instances
//!   checkpoint.bin    where to go on
//!   summary.json      at the end
//! ```
//!
//! Every file appears only when it is complete. A checkpoint is written every [`CHECKPOINT_SECONDS`] seconds, when a stop is requested,
//! and at the end. The rows up to it are written first. A run is deterministic, so `--resume` reproduces exactly what a killed run had not
//! yet written. It continues only if the hashes show that run.toml, checkpoint and trace parts belong to one run. One process at a time
//! works in the folder.

mod branched;
mod checkpoint;
mod contents;
mod curves;
mod folder;
mod lock;
mod names;
mod pace;
mod plan;
mod prepared;
mod progress;
mod run;
mod running;
mod summary;
mod sweep;
mod sweep_plan;
mod swept;

pub use branched::{Sequel, branched};
pub use checkpoint::{Progressed, Stretch, read as read_checkpoint};
pub use curves::{BonusTotals, Point};
pub use folder::{FolderClaim, default_folder};
pub use names::SWEEP;
pub use pace::Pace;
pub use plan::{Plan, default_curve_every};
pub use prepared::Prepared;
pub use progress::{Progress, Report, RunPhase};
pub use run::{Outcome, RunSettings, run};
pub use summary::{BonusSummary, Summary};
pub use sweep::{SweepProgress, Swept, extend, seed_folder, sweep};
pub use sweep_plan::SweepPlan;
pub use swept::{Figure, Sweep, SweptRun};

/// Seconds between reports of progress.
pub const REPORT_SECONDS: f64 = 1.0;
/// Default number of seconds between checkpoints.
pub const CHECKPOINT_SECONDS: f64 = 10.0;
/// Number of recorded rows in memory from which a checkpoint is written early.
pub const ROWS_HELD: usize = 100_000;
