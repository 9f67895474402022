//! Explorarium steps thousands of small exploration worlds at once (Crafter, MiniGrid, tabular grid-worlds), bit for bit as the
//! reference packages, and records what agents do in them.
//!
//! ```
//! use explorarium::envs::{Options, load};
//! use explorarium::sim::{Batch, Config};
//!
//! let world = load("MiniGrid-DoorKey-8x8-v0", &Options::default())?;
//! let num_actions = world.spec().num_actions();
//! let mut batch = Batch::new(world, Config { num_envs: 256, seed: 7, ..Config::default() })?;
//! let mut total = 0.0;
//! for t in 0..100 {
//!     let actions: Vec<u32> = (0..256).map(|i| (i + t) % num_actions).collect();
//!     let output = batch.step(&actions)?;
//!     total += output.rewards.iter().sum::<f32>();
//! }
//! println!("reward {total} in {} finished episodes", batch.stats().episodes);
//! # Ok::<(), explorarium::Error>(())
//! ```
//!
//! Where to go from here:
//!
//! - [`envs`]: worlds by id or from a ruleset; [`envs::World`] is the interface of a world.
//! - [`sim::Batch`]: many instances of a world, stepped on the CPU or, with [`gpu::Gpu`] in [`sim::Config`], on a GPU; equal in every bit.
//! - [`bonus`]: exploration bonuses, computed in the step; [`agents`]: policies, which choose actions.
//! - [`runs`]: the main job of the program, from a plan to a run folder; [`traces`]: recorded steps, and [`traces::Cursor`] over them.
//! - [`measures`], [`maps`] and [`metrics`]: what is computed from trajectories.
//!
//! `envs` holds the worlds, and `shaders` the code that they share. Everything under `src` is host code and contains no game rule. Without
//! default features the crate is a library alone: `cli` is the program, `plots` draws figures.

#![warn(missing_docs)]

pub mod agents;
pub mod bonus;
#[cfg(feature = "cli")]
pub mod cli;
#[path = "../envs/mod.rs"]
pub mod envs;
pub mod error;
pub mod export;
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
pub mod scene;
#[path = "../shaders/mod.rs"]
pub mod shaders;
pub mod sim;
#[cfg(feature = "study")]
pub mod study;
pub mod traces;
#[cfg(feature = "viewer")]
pub mod viewer;

pub use error::{Error, Result};

/// The examples in `docs/pictures.md`, compiled and run with the other examples.
#[cfg(doctest)]
#[doc = include_str!("../docs/pictures.md")]
struct Pages;
