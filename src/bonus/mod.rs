//! The host side of exploration bonuses: the catalog, the growth of tables, and the passes that the batch runs.
//!
//! The kernels and twins that compute the values are in `shaders/bonus`.

pub mod airs;
mod catalog;
pub mod config;
mod deferred;
pub mod empowerment;
mod empowerment_bonus;
mod entry;
mod kind;
mod passes;
mod plugin;
mod registry;
mod resolve;
mod runtime;
mod slot;
pub mod tables;

pub use catalog::PROJECTION_SEED;
pub use config::BonusConfig;
pub use empowerment_bonus::{Certainty, Channels};
pub use entry::Entry;
pub use kind::{AIRS, Factory, Kind, OptionDefault, OptionKind};
pub use runtime::{Bonuses, Counted, FUSING, FUSIONS, NORMALISATIONS};
pub use slot::{ForkTransition, Searches};

/// Incremented with every change of the values of a bonus for the same steps. Traces of another revision are not recomputed.
pub const REVISION: u32 = 1;
