//! The window in which people play and answer: `play`.
//!
//! [`PlayWindow`] draws a [`Screen`](crate::study::session::Screen) of a session with egui and gives back what the participant does.

mod consent;
mod game;
mod key_names;
mod keyboard;
mod legend;
mod look;
mod options;
mod page;
mod page_button;
mod pause;
mod play_window;
mod reading;
mod rich;
mod survey;
mod words;

pub use key_names::KeyLabels;
pub use play_window::PlayWindow;
