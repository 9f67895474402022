//! Agents: they choose the actions of a batch.
//!
//! An [`crate::sim::Agent`] chooses actions on the device of the batch. A [`Driver`] is whatever a run can drive, and every `Agent` is a
//! `Driver`. `choice.rs` lists all of them by name.

mod bonus_selector;
mod choice;
mod driver;
pub mod empowerment;
pub mod go_explore;
pub mod human;
pub mod lookahead;
pub mod options;
mod random;
pub mod replay;
pub mod tabular;

pub use choice::{AGENTS, Kind, Setup, find, make};
pub use driver::{Driver, look};
pub use empowerment::EmpowermentAgent;
pub use go_explore::GoExplore;
pub use human::{ActionQueue, Human};
pub use lookahead::Lookahead;
pub use random::Random;
pub use replay::{Recorded, Recording, ReplayAgent};
