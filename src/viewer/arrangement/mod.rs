//! Where panes stand on the Inspect page: people move them by their tabs and change their widths, and both are remembered.

mod panes;
mod place;
mod tiles;

pub use panes::{Arrangement, PaneKind, keep_widths, set_visible};
pub use place::Place;
pub use tiles::{PanePart, PaneTiles};
