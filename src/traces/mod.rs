//! Traces: Parquet files with one row a step, from which a run can be replayed exactly.
//!
//! A run writes `traces/part-NNNNN.parquet`. Each part appears only when it is complete (see `files.rs`). Parts end at checkpoints, so a
//! killed run loses at most the rows since its last checkpoint, and `--resume` produces exactly these rows again.
//!
//! [`runs`] and [`Recorded::read`] read traces, and the plays in the files of studies (`studies/`). They join the parts of a run, return the rows in bounded pieces, and refuse an invalid
//! recording with the number of the row.

mod collected;
mod compare;
pub mod cursor;
mod digest;
mod format;
mod order;
mod parts;
mod paths;
mod player;
mod recompute;
mod recorded;
mod replay;
mod room;
mod source;
mod stored;
#[cfg(feature = "study")]
pub mod studies;
#[cfg(not(feature = "study"))]
#[path = "without_studies.rs"]
pub mod studies;
mod timeline;
mod values;
mod verify;
mod worlds;

pub use compare::FieldDifference;
pub use cursor::Cursor;
pub use format::{
    BonusNote, COMMON, FORMAT_PLAIN, FORMAT_VERSION, FORMAT_WITH_RESTORED, HISTORY, Meta, NEEDED, TOTAL, WORLD, bonus_columns,
    plain_name, ranges,
};
pub use order::Common;
pub use parts::{Part, PartFile, RowChunk, content_hash, read, write, write_batch, write_batch_as};
pub use paths::{list, runs_of_sweep};
pub use player::restored_origin;
pub use recorded::{ReadOutcome, Recorded, runs};
pub use replay::{Replays, recording};
pub use room::check as check_room;
pub use timeline::{Happening, TimedItem, Timeline};
pub use values::{Kind, OwnedValue, Value, as_kind, at};
pub use verify::{Verified, verify};
