//! A world as people look at it: the map with heat, trail, agent and field of view drawn over it, as RGBA on the CPU.
//!
//! Order from below: terrain, heat, entities, trail, agent, field of view.

mod heat;
mod mask;
mod oklab;
mod ramp;
mod scale;
mod scene;
mod theme;
mod trail;

pub use heat::Heat;
pub use ramp::Ramp;
pub use scale::{FittedScale, Scale};
pub use scene::{Overlays, ScenePainter};
pub use theme::Theme;
pub use trail::{TRAIL_STEPS, Trail};

pub(crate) use oklab::to_srgb;
