//! A world as people look at it: the map with heat, trail, agent and field of view drawn over it, as RGBA on the CPU.
//!
//! Order from below: terrain, heat, entities, trail, agent, field of view.

mod heat;
mod mask;
mod oklab;
mod painter;
mod ramp;
mod scale;
mod theme;
mod trail;

pub use heat::Heat;
pub use painter::{Overlays, ScenePainter};
pub use ramp::Ramp;
pub use scale::{FittedScale, Scale};
pub use theme::Theme;
pub use trail::{TRAIL_STEPS, Trail};

#[cfg(feature = "plots")]
pub(crate) use oklab::to_srgb;
