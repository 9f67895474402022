//! The main job: a batch explored headlessly, with progress, results and a run folder that survives being killed.
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
//! Every file appears only finished. A checkpoint is taken every [`CHECKPOINT_SECONDS`], when the run is asked to stop and at the end, after
//! the rows up to it are on the disk; a run is deterministic, so `--resume` makes again exactly what a killed run had not yet written. It goes
//! on only if run.toml, checkpoint and trace parts are those of one run, which their hashes tell. One process at a time has the folder.

mod checkpoint;
mod contents;
mod curves;
mod folder;
mod lock;
mod names;
mod plan;
mod prepared;
mod progress;
mod run;
mod running;
mod summary;
mod sweep;
mod sweep_plan;
mod swept;

pub use checkpoint::{Progressed, Stretch, read as read_checkpoint};
pub use curves::{BonusTotals, Point};
pub use folder::{FolderClaim, default_folder};
pub use names::SWEEP;
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
/// Seconds between checkpoints, unless told otherwise.
pub const CHECKPOINT_SECONDS: f64 = 10.0;
/// Recorded rows that are written at the next report instead of waiting for the checkpoint; they come with a checkpoint too.
pub const ROWS_HELD: usize = 100_000;
