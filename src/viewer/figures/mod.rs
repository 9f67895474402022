//! Measures of what is open: a thread that reads the traces and measures them with the functions of `explorarium measure`.

mod export;
mod handle;
mod mailbox;
mod measured;
mod names;
mod request;
mod thread;

pub use handle::Figures;
pub use mailbox::Progress;
pub use measured::{GroupCurve, Measured, PlotFigures, Row};
pub use names::{figure_words, is_main};
pub use request::{LeftOut, Readiness};
