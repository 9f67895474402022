//! Explorarium keeps thousands of small worlds and watches curiosity at work in them.
//!
//! Worlds live in `envs`, what they share in `shaders`; everything under `src` is host code that knows no game rule.

pub mod agents;
pub mod bonus;
#[cfg(feature = "cli")]
pub mod cli;
#[path = "../envs/mod.rs"]
pub mod envs;
pub mod error;
pub mod files;
pub mod gpu;
mod machine;
pub mod measures;
pub mod memory;
pub mod metrics;
#[cfg(feature = "plots")]
pub mod plots;
pub mod runs;
#[path = "../shaders/mod.rs"]
pub mod shaders;
pub mod sim;
pub mod traces;

pub use error::{Error, Result};
