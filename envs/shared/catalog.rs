//! Finding a world by id or path, and loading its ruleset.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

pub use super::source::{LoadError, Options, Source};
pub use super::spelling::distance;
use super::text;
use super::world::World;
use crate::envs::{crafter, gridlab, minigrid};

/// The one field that every ruleset has, read first.
#[derive(Deserialize)]
struct Header {
    family: String,
}

/// All built-in ids with their rulesets, in the order `envs ls` prints them.
pub fn builtin() -> Vec<(&'static str, &'static str)> {
    [crafter::BUILTIN, minigrid::BUILTIN, gridlab::BUILTIN].concat()
}

/// The ruleset of a built-in id or of a TOML file.
///
/// # Errors
/// If there is no such id or the file cannot be read.
pub fn find(id: &str) -> Result<Source, LoadError> {
    if let Some((name, text)) = builtin().into_iter().find(|(name, _)| *name == id) {
        return Ok(Source { id: name.to_string(), text: text.to_string(), folder: None });
    }
    if let Some(text) = gridlab::template::find(id) {
        return Ok(Source { id: id.to_string(), text, folder: None });
    }
    if id.ends_with(".toml") {
        let text = text::read(Path::new(id)).map_err(|why| LoadError::Unreadable { path: id.to_string(), why })?;
        let folder = Path::new(id).parent().map(Path::to_path_buf);
        return Ok(Source { id: id.to_string(), text, folder });
    }
    Err(LoadError::UnknownId { id: id.to_string(), hint: nearest(id) })
}

/// Loads the world that `id` (an id or a path to a TOML file) names.
///
/// # Errors
/// See [`LoadError`].
pub fn load(id: &str, options: &Options) -> Result<Arc<dyn World>, LoadError> {
    load_source(&find(id)?, options)
}

/// Loads a world from the text of its ruleset.
///
/// # Errors
/// See [`LoadError`].
pub fn load_source(source: &Source, options: &Options) -> Result<Arc<dyn World>, LoadError> {
    let header: Header = toml::from_str(&source.text).map_err(|e| source.malformed(e.to_string().trim_end()))?;
    match header.family.as_str() {
        "crafter" => crafter::load(source, options),
        "minigrid" => minigrid::load(source, options),
        "gridlab" => gridlab::load(source, options),
        other => Err(source.malformed(format!("unknown family '{other}'; it is crafter, minigrid or gridlab"))),
    }
}

/// ", did you mean 'X'?" for the closest id, if any is close.
fn nearest(id: &str) -> String {
    let wanted = id.to_lowercase();
    builtin()
        .into_iter()
        .map(|(name, _)| (distance(&wanted, &name.to_lowercase()), name))
        .min()
        .filter(|(d, name)| *d <= 2 + name.len() / 3)
        .map_or(String::new(), |(_, name)| format!(", did you mean '{name}'?"))
}
