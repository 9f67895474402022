//! Finding a world by id or path, and loading its ruleset.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

pub use super::source::{LoadError, Options, Source};
use super::spec::Family;
pub use super::spelling::distance;
use super::text;
use super::trace_key::TraceKeys;
use super::world::World;
use crate::envs::{crafter, gridlab, minigrid};

/// Makes a world from a ruleset.
type Load = fn(&Source, &Options) -> Result<Arc<dyn World>, LoadError>;

/// The names and functions of a family of worlds.
#[derive(Debug)]
pub struct FamilyEntry {
    /// The family that [`WorldSpec::family`](super::spec::WorldSpec::family) of its worlds names.
    pub family: Family,
    /// The value of `family` in its rulesets.
    pub name: &'static str,
    /// (id, ruleset) of the built-in worlds.
    pub builtin: &'static [(&'static str, &'static str)],
    /// Makes a world from a ruleset whose `family` is [`FamilyEntry::name`]; the function fails with [`LoadError`].
    pub load: Load,
    /// The keys that its traces can have.
    pub trace_keys: &'static TraceKeys,
}

/// All families, in the order in which `envs ls` prints them.
pub static FAMILIES: [FamilyEntry; 3] = [
    FamilyEntry {
        family: Family::Crafter,
        name: "crafter",
        builtin: crafter::BUILTIN,
        load: crafter::load,
        trace_keys: &crafter::TRACE_KEYS,
    },
    FamilyEntry {
        family: Family::MiniGrid,
        name: "minigrid",
        builtin: minigrid::BUILTIN,
        load: minigrid::load,
        trace_keys: &minigrid::TRACE_KEYS,
    },
    FamilyEntry {
        family: Family::GridLab,
        name: "gridlab",
        builtin: gridlab::BUILTIN,
        load: gridlab::load,
        trace_keys: &gridlab::TRACE_KEYS,
    },
];

/// Returns the keys that traces of `family` can have.
pub fn trace_keys(family: Family) -> &'static TraceKeys {
    FAMILIES.iter().find(|entry| entry.family == family).map_or(FAMILIES[0].trace_keys, |entry| entry.trace_keys)
}

/// Returns the family to which the columns of a trace belong, for traces that do not name their world. Grid-worlds have no columns of
/// their own, so they are the default.
pub fn family_of_columns<'a>(names: impl Iterator<Item = &'a str>) -> Family {
    let names: Vec<&str> = names.collect();
    let has = |prefix: &&str| names.iter().any(|name| name.starts_with(prefix));
    FAMILIES.iter().find(|entry| entry.trace_keys.columns.iter().any(has)).map_or(Family::GridLab, |entry| entry.family)
}

/// The one field that every ruleset has, read first.
#[derive(Deserialize)]
struct Header {
    family: String,
}

/// All built-in ids with their rulesets, in the order `envs ls` prints them.
pub fn builtin() -> Vec<(&'static str, &'static str)> {
    FAMILIES.iter().flat_map(|entry| entry.builtin.iter().copied()).collect()
}

/// Returns the ruleset of a built-in id or of a TOML file.
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
    match FAMILIES.iter().find(|entry| entry.name == header.family) {
        Some(entry) => (entry.load)(source, options),
        None => Err(source.malformed(format!("unknown family '{}'; it is crafter, minigrid or gridlab", header.family))),
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
