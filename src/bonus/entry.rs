//! One bonus as it is configured: its name, its key, and the options that its kind has.

use serde::Deserialize;
use toml::Value;

use crate::envs::shared::key::Key;
use crate::error::{Error, Result};

/// One bonus. It holds only the options that were given; [`Entry::resolved`] adds the defaults.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// Name of the bonus in the catalog ([`super::Kind::of`]).
    pub name: String,
    /// The key: which states count as the same.
    pub key: Option<Key>,
    /// Factor of the values (beta), 0 to 2048; 1 by default.
    pub weight: Option<f64>,
    /// Fraction of the weight that is lost each step (kappa), 0 to below 1; 0 by default.
    pub decay: Option<f64>,
    /// The other options, by name ([`super::Kind::options`]).
    #[serde(flatten)]
    pub options: toml::Table,
}

impl Entry {
    /// Sets an option.
    #[must_use]
    pub fn with(mut self, option: &str, value: impl Into<Value>) -> Entry {
        self.set(option, value);
        self
    }

    /// Sets an option and replaces an earlier value. [`Entry::resolved`] checks it.
    pub fn set(&mut self, option: &str, value: impl Into<Value>) {
        self.options.insert(option.to_string(), value.into());
    }

    /// Whether the option has a value.
    pub fn has(&self, option: &str) -> bool {
        self.options.contains_key(option)
    }

    /// The value of a text option; empty if it is not set.
    pub fn text(&self, option: &str) -> &str {
        self.options.get(option).and_then(Value::as_str).unwrap_or_default()
    }

    /// The value of an option that is a whole number; None if it is not set.
    pub fn explicit(&self, option: &str) -> Option<u32> {
        self.options.get(option).and_then(Value::as_integer).and_then(|n| u32::try_from(n).ok())
    }

    /// The value of an option that is a whole number; 0 if it is not set.
    pub fn whole(&self, option: &str) -> u32 {
        self.explicit(option).unwrap_or_default()
    }

    /// The value of an option that is a number; 0 if it is not set.
    pub fn real(&self, option: &str) -> f64 {
        match self.options.get(option) {
            Some(Value::Float(x)) => *x,
            Some(Value::Integer(n)) => *n as f64,
            _ => 0.0,
        }
    }

    /// Returns the value in `all` whose name the option holds.
    ///
    /// # Errors
    /// [`Error::Usage`] with the names in `all`, if none of them fits.
    pub fn choice<T: Copy>(&self, option: &str, all: &[(&str, T)]) -> Result<T> {
        let name = self.text(option);
        let found = all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        found.ok_or_else(|| self.no_such(option, &all.iter().map(|(name, _)| *name).collect::<Vec<_>>()))
    }

    pub(super) fn no_such(&self, option: &str, names: &[&str]) -> Error {
        Error::Usage(format!("bonus {}: {option} '{}'; there are {}", self.name, self.text(option), names.join(", ")))
    }
}
