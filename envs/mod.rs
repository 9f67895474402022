//! Worlds, one folder a family: rules as twins, numbers as TOML.

pub mod crafter;
pub mod gridlab;
pub mod minigrid;
pub mod shared;

pub use shared::catalog::{self, LoadError, Options, load};
pub use shared::world::{Block, BufferSpec, Column, ColumnKind, Core, Family, Pose, World, WorldSpec};
