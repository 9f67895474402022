//! A cursor over recorded play: seeks to any step of a trace and shows the state there.
//!
//! A seek starts from the last keyframe before the step and replays the recorded actions. A background thread makes the keyframes. Their
//! memory is bounded.

mod agreement;
mod background;
mod bonus_rows;
mod bonuses;
mod branch;
mod causes;
mod files;
mod glance;
mod glanced;
mod gradual;
mod index;
mod keyframes;
mod open;
mod progress;
mod rows;
mod scan;
mod show;
mod shown;
mod unread;

pub use agreement::{Agreement, Difference};
pub use bonuses::{BonusColumn, BonusSource, BonusValue};
pub use branch::Branch;
pub use glanced::GlancedRow;
pub use index::{Begins, Episode};
pub use keyframes::{DEFAULT_KEYFRAME_BYTES, DEFAULT_KEYFRAME_INTERVAL};
pub use open::{Cursor, CursorOptions, Refreshed};
pub use progress::Progress;
pub use rows::RecordedRow;
pub use show::{Picture, Position};
pub use unread::{DEFAULT_ROWS_CHECKED_FIRST, ReadBytes};
