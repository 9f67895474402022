//! A participant's way through a study plan, without a window.

mod screen;

pub use screen::{Input, PageView, PlayState, PlayView, Screen};
