//! The controls of the window.

mod button;
mod parts;
pub mod text;

pub use button::{Button, Look, focus_ring};
pub use parts::{PAIR, SIDE, Status, bar, pair, pair_with, section, status_chip};
