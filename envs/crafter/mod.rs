use std::sync::Arc;

use super::shared::catalog::{LoadError, Options, Source};
use super::shared::world::World;

/// (id, ruleset text) of the built-in worlds of this family.
pub const BUILTIN: &[(&str, &str)] = &[];

/// # Errors
/// See [`LoadError`].
pub fn load(source: &Source, _options: &Options) -> Result<Arc<dyn World>, LoadError> {
    Err(source.impossible("this family is not there yet"))
}
