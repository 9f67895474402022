//! The window in which people play and answer: `play`.
//!
//! [`PlayWindow`] draws a [`Screen`](crate::study::session::Screen) of a session with egui and gives back what the participant does.

mod consent;
mod game;
mod key_names;
mod keyboard;
mod legend;
mod look;
mod machine;
mod open_window;
mod options;
mod page;
mod page_button;
mod paint_thread;
mod pause;
mod pictures;
mod play_options;
mod play_window;
mod reading;
mod rich;
mod shown;
mod survey;
mod window;
mod words;

pub use key_names::KeyLabels;
pub use pictures::{PlayPainter, draw_stages};
pub use play_options::{BeginSession, PlayOptions, TellProgress};
pub use play_window::PlayWindow;
pub use window::show_play;
