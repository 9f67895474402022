//! Crafter, step for step equal to the reference package: the rules are twins, the numbers are in `crafter.toml`.

mod art;
mod balance;
mod compile;
mod creatures;
mod dark;
mod describe;
mod draw;
mod field;
mod ground;
mod instance;
mod judge;
mod judge_record;
mod keys;
mod layout;
mod light;
pub mod limits;
mod noise;
mod observe;
mod packed;
mod picture;
mod player;
mod rules;
pub mod ruleset;
mod scenario;
mod step;
mod terrain;
mod tile_set;
mod tiles;
mod trace_keys;
mod world;
mod worldgen;

pub use trace_keys::TRACE_KEYS;
pub use world::load;

/// (id, ruleset text) of the built-in worlds of this family.
pub const BUILTIN: &[(&str, &str)] =
    &[("crafter", include_str!("crafter.toml")), ("crafter-simple", include_str!("crafter-simple.toml"))];
