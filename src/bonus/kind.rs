//! The catalog entry of a bonus.

use super::entry::Entry;
use crate::envs::{Key, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::Bonus;

/// Name of the fusion in which a bandit selects the bonus by its returns.
pub const AIRS: &str = "airs";

/// The default of an option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OptionDefault {
    /// One of these names; the first is the default.
    Name(&'static [&'static str]),
    /// A whole number.
    Whole(u32),
    /// A real number.
    Real(f64),
    /// A whole number without a default.
    NoWhole,
}

/// An option of a bonus, in addition to `key`, `weight` and `decay`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptionKind {
    /// Name in configuration files and `--set`.
    pub name: &'static str,
    /// Name in files of earlier versions; it is accepted too.
    pub old_name: Option<&'static str>,
    /// Value if none is given, and with it the type of the option.
    pub default: OptionDefault,
    /// What it means, in a few words.
    pub about: &'static str,
}

/// How the values of a bonus are computed.
#[derive(Clone, Copy, Debug)]
pub enum Factory {
    /// By a kernel and its twin.
    Kernel(fn(&Entry, &dyn World) -> Result<Box<dyn Bonus>>),
    /// By forking, on the host or on a GPU.
    ByForking,
    /// By the batch: the value is the reward of the world.
    Reward,
}

/// The entry of a bonus in the catalog.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Unique name: small letters, digits and `-`.
    pub name: &'static str,
    /// The value in a sentence.
    pub about: &'static str,
    /// The value as a formula.
    pub formula: &'static str,
    /// Returns the default key; None for a bonus without a key.
    pub key: Option<fn(&dyn World) -> Key>,
    /// Options in addition to `key`, `weight` and `decay`.
    pub options: &'static [OptionKind],
    /// Sets the options whose default depends on other options or on the world.
    pub complete: fn(&mut Entry, &dyn World),
    /// Whether values are equal in every bit on every backend. Values of other bonuses are floats within a bound.
    pub is_exact: fn(&Entry) -> bool,
    /// How the values are computed.
    pub factory: Factory,
}

impl Kind {
    /// An option by name.
    pub fn option(&self, name: &str) -> Option<&OptionKind> {
        self.options.iter().find(|option| option.name == name)
    }

    /// Renames options that have names of earlier versions to their current names.
    ///
    /// # Errors
    /// [`Error::Usage`] if an option is given under both names.
    pub fn rename(&self, options: &mut toml::Table) -> Result<()> {
        for (old, name) in self.options.iter().filter_map(|option| Some((option.old_name?, option.name))) {
            let Some(value) = options.remove(old) else { continue };
            if options.insert(name.to_string(), value).is_some() {
                return Err(Error::Usage(format!("bonus {}: {old} is the earlier name of {name}; leave out one", self.name)));
            }
        }
        Ok(())
    }

    /// Names of all options, as configuration files use them.
    pub fn option_names(&self) -> Vec<&'static str> {
        let key = self.key.map(|_| "key");
        key.into_iter().chain(self.options.iter().map(|option| option.name)).chain(["weight", "decay"]).collect()
    }
}
