//! The time panel and the playhead.

mod axis;
mod happenings;
mod lanes;
mod panel;
mod playback;
mod ruler;
mod toolbar;

pub use lanes::{ActionKind, letter_icon};
pub use panel::TimePanel;
pub use playback::Playback;
