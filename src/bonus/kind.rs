//! What a bonus is, beside its two files: the entry of the catalog that each has.

use super::entry::Entry;
use crate::envs::{Key, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::Bonus;

/// Name of the fusion that chooses the bonus with the largest return.
pub const AIRS: &str = "airs";

/// The default of an option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OptionDefault {
    /// One of these names, the first of them.
    Name(&'static [&'static str]),
    /// A whole number.
    Whole(u32),
    /// A real number.
    Real(f64),
    /// A whole number without a default.
    NoWhole,
}

/// An option of a bonus, beside `key`, `weight` and `decay`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptionKind {
    /// Name in configuration files and `--set`.
    pub name: &'static str,
    /// The name in files of earlier versions, which is read as well.
    pub old_name: Option<&'static str>,
    /// Value if none is given, and with it the type of the option.
    pub default: OptionDefault,
    /// What it means, in a few words.
    pub about: &'static str,
}

/// How a bonus is computed.
#[derive(Clone, Copy, Debug)]
pub enum Factory {
    /// A twin with its kernel.
    Kernel(fn(&Entry, &dyn World) -> Result<Box<dyn Bonus>>),
    /// The host, or a GPU, by forking.
    ByForking,
    /// The batch: the reward of the world.
    Reward,
}

/// The entry of a bonus in the catalog.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Unique name: small letters, digits and `-`.
    pub name: &'static str,
    /// What it pays, in a sentence.
    pub about: &'static str,
    /// The same as a formula.
    pub formula: &'static str,
    /// What counts as the same state unless said; None for a bonus that counts none.
    pub key: Option<fn(&dyn World) -> Key>,
    /// Options beside `key`, `weight` and `decay`.
    pub options: &'static [OptionKind],
    /// Options whose default depends on others, or on the world.
    pub complete: fn(&mut Entry, &dyn World),
    /// Whether values are equal on every backend in every bit; those of others are floats within a bound.
    pub is_exact: fn(&Entry) -> bool,
    /// Where its values come from.
    pub factory: Factory,
}

impl Kind {
    /// An option by name.
    pub fn option(&self, name: &str) -> Option<&OptionKind> {
        self.options.iter().find(|option| option.name == name)
    }

    /// Gives the options that are named as in earlier versions their present names.
    ///
    /// # Errors
    /// [`Error::Usage`] if one is there under both names.
    pub fn rename(&self, options: &mut toml::Table) -> Result<()> {
        for (old, name) in self.options.iter().filter_map(|option| Some((option.old_name?, option.name))) {
            let Some(value) = options.remove(old) else { continue };
            if options.insert(name.to_string(), value).is_some() {
                return Err(Error::Usage(format!("bonus {}: {old} is the earlier name of {name}; leave out one", self.name)));
            }
        }
        Ok(())
    }

    /// Names of all options, as they are said.
    pub fn option_names(&self) -> Vec<&'static str> {
        let key = self.key.map(|_| "key");
        key.into_iter().chain(self.options.iter().map(|option| option.name)).chain(["weight", "decay"]).collect()
    }
}
