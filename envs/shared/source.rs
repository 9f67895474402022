//! A ruleset as text, and the options with which a world is loaded.

use std::path::PathBuf;

/// The options of a run for any world, in addition to the ruleset.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Random outcomes of steps come from the counter-based stream instead of the reference package's own stream.
    pub keyed: bool,
    /// Crafter: the night noise of pictures comes from the world's stream, as in the package (`--render` of the judge).
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
    /// No built-in world or template has this id, and it does not end in `.toml`.
    UnknownId {
        /// The id, as given.
        id: String,
        /// `, did you mean 'X'?` for the closest id; empty if none is close.
        hint: String,
    },
    #[error("cannot read {path}: {why}")]
    /// The ruleset, or a file that it names, cannot be read.
    Unreadable {
        /// The path of that file.
        path: String,
        /// The error of the operating system, or that the file is too long or not UTF-8.
        why: String,
    },
    #[error("{origin}: {why}")]
    /// The text is not a ruleset: it is not TOML, or its fields or types are not those of the family's rulesets.
    Malformed {
        /// [`Source::id`] of the ruleset.
        origin: String,
        /// The reason, for TOML with line and column.
        why: String,
    },
    #[error("{origin}: impossible ruleset: {why}")]
    /// The ruleset is well-formed, but its values, or the [`Options`], do not define a world of the family.
    Impossible {
        /// [`Source::id`] of the ruleset.
        origin: String,
        /// The reason: which value, and what it may be.
        why: String,
    },
}

/// A ruleset as text, with its origin (for messages and for paths relative to it).
pub struct Source {
    /// The built-in id, or the path of the TOML file, as it was given.
    pub id: String,
    /// The ruleset as TOML.
    pub text: String,
    /// Folder that relative paths in the ruleset start from; None for built-in worlds.
    pub folder: Option<PathBuf>,
}

impl Source {
    /// [`LoadError::Malformed`] of this ruleset, with the reason `why`.
    pub fn malformed(&self, why: impl ToString) -> LoadError {
        LoadError::Malformed { origin: self.id.clone(), why: why.to_string() }
    }

    /// [`LoadError::Impossible`] of this ruleset, with the reason `why`.
    pub fn impossible(&self, why: impl ToString) -> LoadError {
        LoadError::Impossible { origin: self.id.clone(), why: why.to_string() }
    }
}
