//! Figures as PNG and SVG: panels of curves and points, heat maps. Nothing here depends on what is plotted.

mod colour;
mod heat;
mod page;
mod panel;
mod scale;
mod strip;
mod surface;

pub use heat::{Heat, heat_map};
pub use page::Page;
pub use panel::{Dots, Line, Note, Panel};
pub use strip::{MIN_STRIP, Strip};
