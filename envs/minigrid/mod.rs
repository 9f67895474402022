//! MiniGrid: small rooms, doors, keys and a partial view. All 76 ids of the reference package (except those of wave function
//! collapse) are equal bit for bit: same level, same observation, same reward, same state of the random stream. README.md has the
//! rules, the options and the differences.

mod builtin;
pub mod cells;
mod describe;
mod draw;
mod judge;
mod judge_record;
pub mod keys;
pub mod layout;
pub mod levels;
pub mod map;
pub mod mission;
pub mod npy;
pub mod observe;
mod picture;
pub mod rules;
pub mod ruleset;
pub mod step;
mod trace_keys;
pub mod window;
mod world;

use std::sync::Arc;

pub use builtin::BUILTIN;
pub use trace_keys::TRACE_KEYS;
pub use world::MiniGrid;

use super::shared::source::{LoadError, Options, Source};
use super::shared::world::World;

/// # Errors
/// See [`LoadError`].
pub fn load(source: &Source, options: &Options) -> Result<Arc<dyn World>, LoadError> {
    Ok(Arc::new(MiniGrid::new(source, options)?))
}
