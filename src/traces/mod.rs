//! Traces: Parquet files with one row a step, from which a run can be replayed exactly.
//!
//! A run writes `traces/part-NNNNN.parquet`, each only once it is finished (see `files.rs`). Parts end where checkpoints are taken, so
//! a killed run loses at most the rows since its last checkpoint, and `--resume` makes exactly those again.

mod format;
mod parts;
mod verify;

pub use format::{FORMAT_PLAIN, FORMAT_VERSION, FORMAT_WITH_RETURNS, HISTORY, Meta, WORLD};
pub use parts::{Part, list, read, write, write_batch};
pub use verify::{Verified, origin_of, recording, replay, verify};
