//! Who acts in a batch.
//!
//! An [`crate::sim::Agent`] chooses actions where the batch is; a [`Driver`] is whoever a run can be driven by, and every `Agent` is one.
//! `choice.rs` lists them all by name.

mod bonus_selector;
mod choice;
mod driver;
pub mod empowerment;
pub mod go_explore;
pub mod lookahead;
pub mod options;
mod random;
pub mod replay;
pub mod tabular;

pub use choice::{AGENTS, Kind, Setup, find, make};
pub use driver::{Driver, look};
pub use empowerment::EmpowermentAgent;
pub use go_explore::GoExplore;
pub use lookahead::Lookahead;
pub use random::Random;
pub use replay::{Recorded, Recording, ReplayAgent};
