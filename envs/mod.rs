//! Worlds, one folder for each family: rules as twins, numbers as TOML.
//!
//! The families are hidden. Callers use a world through [`World`], which [`load`] returns.

#[doc(hidden)]
pub mod crafter;
#[doc(hidden)]
pub mod gridlab;
#[doc(hidden)]
pub mod minigrid;
pub mod shared;

pub use shared::block::Block;
pub use shared::catalog::{self, LoadError, Options, load};
pub use shared::core::Core;
pub use shared::key::{Key, KeyPart};
pub use shared::layers::{AgentLayer, Entity, Facing, Item, LayerNames, Layers};
pub use shared::lists::Lists;
pub use shared::picture::{Light, Picture};
pub use shared::spec::{BufferSpec, Column, ColumnKind, Family, WorldSpec};
pub use shared::stored::Stored;
pub use shared::tile_map::{Daylight, Icon, TileCache, TileMap, Tiles};
pub use shared::world::{Describe, Draw, Dynamics, Judge, Pose, StateKeys, Stochasticity, World};

/// The WGSL files of this folder: path from the root of the project, text.
pub const WGSL: &[(&str, &str)] = &[
    ("envs/crafter/balance.wgsl", include_str!("crafter/balance.wgsl")),
    ("envs/crafter/begin_stream.wgsl", include_str!("crafter/begin_stream.wgsl")),
    ("envs/crafter/creatures.wgsl", include_str!("crafter/creatures.wgsl")),
    ("envs/crafter/key.wgsl", include_str!("crafter/key.wgsl")),
    ("envs/crafter/key_full.wgsl", include_str!("crafter/key_full.wgsl")),
    ("envs/crafter/instance.wgsl", include_str!("crafter/instance.wgsl")),
    ("envs/crafter/observe_draws_nothing.wgsl", include_str!("crafter/observe_draws_nothing.wgsl")),
    ("envs/crafter/picture_noise_keyed.wgsl", include_str!("crafter/picture_noise_keyed.wgsl")),
    ("envs/crafter/picture_noise_in_order.wgsl", include_str!("crafter/picture_noise_in_order.wgsl")),
    ("envs/crafter/observe.wgsl", include_str!("crafter/observe.wgsl")),
    ("envs/crafter/observe_draws_noise.wgsl", include_str!("crafter/observe_draws_noise.wgsl")),
    ("envs/crafter/paint.wgsl", include_str!("crafter/paint.wgsl")),
    ("envs/crafter/player.wgsl", include_str!("crafter/player.wgsl")),
    ("envs/crafter/rules.wgsl", include_str!("crafter/rules.wgsl")),
    ("envs/crafter/pose.wgsl", include_str!("crafter/pose.wgsl")),
    ("envs/crafter/step.wgsl", include_str!("crafter/step.wgsl")),
    ("envs/gridlab/is_stochastic.wgsl", include_str!("gridlab/is_stochastic.wgsl")),
    ("envs/gridlab/key.wgsl", include_str!("gridlab/key.wgsl")),
    ("envs/gridlab/moves.wgsl", include_str!("gridlab/moves.wgsl")),
    ("envs/gridlab/observe.wgsl", include_str!("gridlab/observe.wgsl")),
    ("envs/gridlab/rules.wgsl", include_str!("gridlab/rules.wgsl")),
    ("envs/gridlab/pose.wgsl", include_str!("gridlab/pose.wgsl")),
    ("envs/gridlab/step.wgsl", include_str!("gridlab/step.wgsl")),
    ("envs/minigrid/cells.wgsl", include_str!("minigrid/cells.wgsl")),
    ("envs/minigrid/key.wgsl", include_str!("minigrid/key.wgsl")),
    ("envs/minigrid/key_full.wgsl", include_str!("minigrid/key_full.wgsl")),
    ("envs/minigrid/observe.wgsl", include_str!("minigrid/observe.wgsl")),
    ("envs/minigrid/paint.wgsl", include_str!("minigrid/paint.wgsl")),
    ("envs/minigrid/rules.wgsl", include_str!("minigrid/rules.wgsl")),
    ("envs/minigrid/pose.wgsl", include_str!("minigrid/pose.wgsl")),
    ("envs/minigrid/step.wgsl", include_str!("minigrid/step.wgsl")),
    ("envs/minigrid/view.wgsl", include_str!("minigrid/view.wgsl")),
    ("envs/shared/key.wgsl", include_str!("shared/key.wgsl")),
    ("envs/shared/key_bytes.wgsl", include_str!("shared/key_bytes.wgsl")),
    ("envs/shared/key_frame.wgsl", include_str!("shared/key_frame.wgsl")),
    ("envs/shared/world.wgsl", include_str!("shared/world.wgsl")),
];
