//! The world in which rows were recorded.

use std::path::Path;
use std::sync::Arc;

use super::format::Meta;
use crate::envs::World;
use crate::envs::catalog::{Options, Source, load_source};
use crate::error::{Error, Result};

/// Loads the world that `meta`, the description at `path`, is of.
///
/// # Errors
/// [`Error::Data`] with the path if its ruleset cannot be loaded.
pub fn world_of(path: &Path, meta: &Meta) -> Result<Arc<dyn World>> {
    let source = Source { id: meta.id.clone(), text: meta.toml.clone(), folder: None };
    load_source(&source, &Options { keyed: meta.keyed, picture_noise: meta.picture_noise, ..Options::default() })
        .map_err(|e| Error::Data(format!("{}: its ruleset cannot be loaded: {e}", path.display())))
}
