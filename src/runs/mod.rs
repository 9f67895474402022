//! The main job: a batch explored headlessly, with progress, results and a run folder that survives being killed.
//!
//! ```text
//! runs/<utc>-<env>-<agent>/
//!   run.toml          everything needed to repeat the run, resolved
//!   curves.parquet    one row a report interval
//!   traces/           part-NNNNN.parquet, rows of the recorded instances
//!   checkpoint.bin    where to go on
//!   summary.json      at the end
//! ```
//!
//! Every file appears only finished. A checkpoint is taken every [`CHECKPOINT_SECONDS`], at Ctrl-C and at the end, after the rows up
//! to it are on the disk; a run is deterministic, so `--resume` makes again exactly what a killed run had not yet written.

mod checkpoint;
mod curves;
mod folder;
mod plan;
mod run;
mod summary;
mod sweep;
mod swept;

pub use folder::{check_resumable, default_folder, prepare, prepare_sweep};
pub use plan::Plan;
pub use run::{Outcome, Place, Progress, Report, run};
pub use summary::{BonusSummary, Summary};
pub use sweep::{SWEEP, SweepPlan, SweepProgress, Swept, seed_folder, sweep};
pub use swept::{Figure, Sweep, SweptRun};

/// Seconds between reports: a line of progress, a row of the curves.
pub const REPORT_SECONDS: f64 = 1.0;
/// Seconds between checkpoints, unless told otherwise.
pub const CHECKPOINT_SECONDS: f64 = 10.0;
/// Recorded rows that are written at the next report instead of waiting for the checkpoint; they come with a checkpoint too.
pub const ROWS_HELD: usize = 100_000;
