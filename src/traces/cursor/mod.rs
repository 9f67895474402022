//! A cursor over recorded play: goes to any step of a trace and shows what was there.
//!
//! A step is reached from the keyframe before it, by playing the recorded actions. Keyframes are made by a thread of their own while
//! somebody already looks; their memory is bounded.

mod agreement;
mod background;
mod bonus_rows;
mod bonuses;
mod causes;
mod files;
mod index;
mod keyframes;
mod open;
mod progress;
mod rows;
mod show;
mod shown;

pub use agreement::{Agreement, Difference};
pub use bonuses::{BonusColumn, BonusSource, BonusValue};
pub use index::{Begins, Episode};
pub use keyframes::{DEFAULT_KEYFRAME_BYTES, DEFAULT_KEYFRAME_INTERVAL};
pub use open::{Cursor, CursorOptions, Refreshed};
pub use progress::Progress;
pub use rows::RecordedRow;
pub use show::{Picture, Position};
