//! Maps of worlds in the window, drawn by the GPU from numbers of tiles.

mod atlas;
mod camera;
mod difference;
mod draw;
#[cfg(test)]
mod exact;
mod overlay;
mod scaled;
mod thumbnails;

pub use atlas::{Atlas, packed};
pub use camera::{Camera, Projection, is_visible};
pub use difference::{Difference, Rows};
pub use draw::{MapPaint, TargetFormat, Uploaded, View};
pub use overlay::{HeatKey, HeatMap, HeatOf, ramp_words, shares, ticks, trail};
pub use scaled::ScaledTiles;
pub use thumbnails::Thumbnails;
