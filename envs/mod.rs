//! Worlds, one folder a family: rules as twins, numbers as TOML.

pub mod crafter;
pub mod gridlab;
pub mod minigrid;
pub mod shared;

pub use shared::catalog::{self, LoadError, Options, load};
pub use shared::world::{Block, BufferSpec, Column, ColumnKind, Core, Family, Pose, World, WorldSpec};

/// The WGSL files of this folder: path from the root of the project, text.
pub const WGSL: &[(&str, &str)] = &[("envs/shared/world.wgsl", include_str!("shared/world.wgsl"))];
