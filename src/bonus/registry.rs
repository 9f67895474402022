//! All bonuses by name: the built-in ones, and those that were added.

use std::sync::{PoisonError, RwLock};

use super::catalog::BUILTIN;
use super::empowerment_bonus::EmpowermentBonus;
use super::entry::Entry;
use super::kind::{AIRS, Factory, Kind};
use super::slot::Evaluator;
use crate::envs::World;
use crate::error::{Error, Result};

/// Bonuses that were added to the built-in ones.
static ADDED: RwLock<Vec<&'static Kind>> = RwLock::new(Vec::new());

impl Kind {
    /// Adds a bonus to the catalog of this process, so that runs, traces and the command line accept its name. Add each bonus once, before
    /// anything that names it is read.
    ///
    /// # Errors
    /// [`Error::Usage`] if the name is taken, or is not a valid name of a trace column.
    pub fn add(self) -> Result<()> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || !self.name.chars().all(plain) || self.name == AIRS {
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
    /// [`Error::Usage`] with all names, if there is no such bonus.
    pub fn of(name: &str) -> Result<&'static Kind> {
        let all = Kind::all();
        all.iter().find(|kind| kind.name == name).copied().ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|kind| kind.name).collect();
            Error::Usage(format!("unknown bonus '{name}'; there are {}", names.join(", ")))
        })
    }

    /// All bonuses, the built-in ones first.
    pub fn all() -> Vec<&'static Kind> {
        BUILTIN.iter().chain(ADDED.read().unwrap_or_else(PoisonError::into_inner).iter().copied()).collect()
    }

    /// Creates the evaluator of a resolved entry; None for the reward, which needs none.
    pub(super) fn make(&self, entry: &Entry, world: &dyn World) -> Result<Option<Evaluator>> {
        Ok(match self.factory {
            Factory::Kernel(make) => Some(Evaluator::Kernel(make(entry, world)?)),
            Factory::ByForking => Some(Evaluator::Forks(Box::new(EmpowermentBonus::new(entry, world)?))),
            Factory::Reward => None,
        })
    }
}
