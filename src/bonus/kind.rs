//! What a bonus is, beside its two files: the entry of the catalog that each has.

use std::sync::{PoisonError, RwLock};

use super::catalog::BUILTIN;
use super::entry::Entry;
use super::forks::Forked;
use super::kept::Paying;
use crate::envs::{Key, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::Bonus;

/// What an option is unless said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Usual {
    /// One of these names, the first of them.
    Name(&'static [&'static str]),
    Whole(u32),
    Real(f64),
    /// A whole number, which is not there unless said.
    NoWhole,
}

/// An option of a bonus, beside `key`, `weight` and `decay`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptionKind {
    pub name: &'static str,
    pub usual: Usual,
    pub about: &'static str,
}

/// Who works a bonus out.
#[derive(Clone, Copy, Debug)]
pub enum Made {
    /// A twin with its kernel.
    Kernel(fn(&Entry, &dyn World) -> Result<Box<dyn Bonus>>),
    /// The host, or a card, by forking.
    ByForking,
    /// The batch: the reward of the world.
    Reward,
}

/// The entry of a bonus in the catalog.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub name: &'static str,
    /// What it pays, in a sentence.
    pub about: &'static str,
    /// The same as a formula.
    pub formula: &'static str,
    /// What counts as the same state unless said; None for a bonus that counts none.
    pub key: Option<fn(&dyn World) -> Key>,
    pub options: &'static [OptionKind],
    /// Options whose default depends on others, or on the world.
    pub complete: fn(&mut Entry, &dyn World),
    /// Whether values are equal on every backend in every bit; those of others are floats within a bound.
    pub is_exact: fn(&Entry) -> bool,
    pub made: Made,
}

/// Bonuses that were added to those of the program.
static ADDED: RwLock<Vec<&'static Kind>> = RwLock::new(Vec::new());

impl Kind {
    /// Adds a bonus to the catalog, for this process: from here on runs, traces and the command line know its name. Once for each, before
    /// anything that speaks of it is read.
    ///
    /// # Errors
    /// [`Error::Usage`] if the name is taken, or is no name that columns of traces can have.
    pub fn add(self) -> Result<()> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || !self.name.chars().all(plain) || self.name == super::AIRS {
            return Err(Error::Usage(format!("a bonus cannot be called '{}': take small letters, digits and '-'", self.name)));
        }
        let mut added = ADDED.write().unwrap_or_else(PoisonError::into_inner);
        if BUILTIN.iter().chain(added.iter().copied()).any(|kind| kind.name == self.name) {
            return Err(Error::Usage(format!("there is a bonus '{}' already", self.name)));
        }
        added.push(Box::leak(Box::new(self)));
        Ok(())
    }

    /// The bonus of that name.
    ///
    /// # Errors
    /// [`Error::Usage`] with the names that there are.
    pub fn of(name: &str) -> Result<&'static Kind> {
        let all = Kind::all();
        all.iter().find(|kind| kind.name == name).copied().ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|kind| kind.name).collect();
            Error::Usage(format!("unknown bonus '{name}'; there are {}", names.join(", ")))
        })
    }

    /// All of them, those of the program first.
    pub fn all() -> Vec<&'static Kind> {
        BUILTIN.iter().chain(ADDED.read().unwrap_or_else(PoisonError::into_inner).iter().copied()).collect()
    }

    /// An option by name.
    pub fn option(&self, name: &str) -> Option<&OptionKind> {
        self.options.iter().find(|option| option.name == name)
    }

    /// Names of all options, as they are said.
    pub fn option_names(&self) -> Vec<&'static str> {
        let key = self.key.map(|_| "key");
        key.into_iter().chain(self.options.iter().map(|option| option.name)).chain(["weight", "decay"]).collect()
    }

    /// The bonus that a resolved entry means; None for the reward, which nobody works out.
    pub(super) fn make(&self, entry: &Entry, world: &dyn World) -> Result<Option<Paying>> {
        Ok(match self.made {
            Made::Kernel(make) => Some(Paying::Kernel(make(entry, world)?)),
            Made::ByForking => Some(Paying::Forks(Box::new(Forked::new(entry, world)?))),
            Made::Reward => None,
        })
    }
}
