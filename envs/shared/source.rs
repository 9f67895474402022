//! A ruleset as text, and what is chosen about a world beside it.

use std::path::PathBuf;

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
