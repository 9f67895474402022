//! The host's side of exploration bonuses: which there are, what keeps their tables large enough, and their passes beside the simulation.
//!
//! What a bonus computes stands in `shaders/bonus`, twice.

pub mod airs;
mod beside;
mod catalog;
pub mod config;
pub mod empowerment;
mod entry;
mod forks;
mod kept;
mod kind;
mod late;
mod passes;
mod registry;
mod resolve;
mod runtime;
pub mod tables;

pub use catalog::PROJECTION_SEED;
pub use config::BonusConfig;
pub use entry::Entry;
pub use forks::{Certainty, Channels};
pub use kept::{Imagined, Searches};
pub use kind::{AIRS, Kind, Made, OptionKind, Usual};
pub use runtime::{Bonuses, Counted, FUSING};

/// Raised with every change of what a bonus pays for the same steps: traces of another revision are not paid again.
pub const REVISION: u32 = 1;
