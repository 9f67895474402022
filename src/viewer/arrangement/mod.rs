//! Where panes stand on the Inspect page: people move them by their tabs and change their widths, and both are remembered.

mod pane_kind;
mod panes;
mod place;
mod tiles;

pub use pane_kind::PaneKind;
pub use panes::{Arrangement, keep_widths, set_visible};
pub use place::Place;
pub use tiles::{PanePart, PaneTiles};
