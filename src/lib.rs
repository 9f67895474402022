//! Explorarium steps thousands of small exploration worlds at once (Crafter, MiniGrid, tabular grid-worlds), bit for bit as the
//! reference packages, and records what agents do in them.
//!
//! `envs` holds the worlds, and `shaders` the code that they share. Everything under `src` is host code and contains no game rule.

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
pub mod maps;
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

/// The examples of the pages in `docs`, compiled and run with the other examples.
#[cfg(doctest)]
#[doc = include_str!("../docs/pictures.md")]
struct Pages;
