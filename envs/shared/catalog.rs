//! Finding a world by id or path, and loading its ruleset.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::text;
use super::world::World;
use crate::envs::{crafter, gridlab, minigrid};

/// What a run chooses about any world, beside its ruleset.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Chance in play from the counter-based stream instead of the reference package's own.
    pub keyed: bool,
    /// Crafter: pictures take their night noise from the world's stream, as the package does (`--render` of the judge).
    pub picture_noise: bool,
    /// Draw an RGB picture in every step.
    pub pixels: bool,
    /// Folder of 16 x 16 PNG tiles to draw with instead of the built-in ones.
    pub textures: Option<PathBuf>,
    /// Replaces the ruleset's number of steps after which an episode is truncated.
    pub length: Option<u32>,
    /// Replaces the ruleset's map size.
    pub area: Option<(u32, u32)>,
}

/// Why a world could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("unknown environment '{id}'{hint}; `explorarium envs ls` lists all ids, and a path to a TOML file works too")]
    UnknownId { id: String, hint: String },
    #[error("cannot read {path}: {why}")]
    Unreadable { path: String, why: String },
    #[error("{origin}: {why}")]
    Malformed { origin: String, why: String },
    #[error("{origin}: impossible ruleset: {why}")]
    Impossible { origin: String, why: String },
}

/// A ruleset as text, with where it came from (for messages and for paths relative to it).
pub struct Source {
    pub id: String,
    pub text: String,
    /// Folder that relative paths in the ruleset start from; None for built-in worlds.
    pub folder: Option<PathBuf>,
}

impl Source {
    pub fn malformed(&self, why: impl ToString) -> LoadError {
        LoadError::Malformed { origin: self.id.clone(), why: why.to_string() }
    }

    pub fn impossible(&self, why: impl ToString) -> LoadError {
        LoadError::Impossible { origin: self.id.clone(), why: why.to_string() }
    }
}

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

/// Levenshtein distance.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let swap = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = swap.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
