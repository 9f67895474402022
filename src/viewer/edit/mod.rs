//! Painting: a Crafter scenario or an ASCII world as a document that every subcommand takes.
//!
//! The document is plain data. A thread makes its first state with the functions that `run` uses, so the page shows what the command
//! line makes, and says what it says.

mod bar;
mod blank;
mod brush;
mod canvas;
mod check;
mod checked;
mod checker;
mod controls;
mod document;
mod drawing;
mod drawing_form;
mod editor;
#[cfg(test)]
mod file_tests;
mod files;
mod history;
mod jobs;
mod legend;
mod map_paint;
mod page;
mod palette_pane;
mod scenario;
mod scenario_form;
mod shapes;
mod start;
mod strokes;
mod take_over;
#[cfg(test)]
mod tests;
mod tv;

pub use page::{EditPage, is_document};
