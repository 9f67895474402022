//! Options of an agent: a table without unknown names, which is written back with all defaults.

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

use crate::envs::catalog::distance;
use crate::error::{Error, Result};

/// Reads the options of `agent`.
///
/// # Errors
/// [`Error::Usage`] with the wrong option and a known name that is similar to it.
pub fn read<T: DeserializeOwned>(agent: &str, table: &Table) -> Result<T> {
    T::deserialize(table.clone()).map_err(|e| {
        let why = e.to_string();
        let why = why.lines().next().unwrap_or_default().trim_end();
        let names: Vec<&str> = why.split('`').skip(1).step_by(2).collect();
        let hint = match names.split_first() {
            Some((wanted, known)) if why.starts_with("unknown field") => suggestion(wanted, known),
            _ => String::new(),
        };
        Error::Usage(format!("agent {agent}: {why}{hint}"))
    })
}

/// Returns the options as a table, defaults included.
///
/// # Errors
/// [`Error::Data`] if they cannot be written as TOML.
pub fn write<T: Serialize>(options: &T) -> Result<Table> {
    Table::try_from(options).map_err(|e| Error::Data(format!("options: {e}")))
}

/// Returns "; did you mean 'x'?" if one of `known` is similar to `wanted`, else an empty string.
pub fn suggestion(wanted: &str, known: &[&str]) -> String {
    let near = known.iter().map(|name| (distance(&wanted.to_lowercase(), name), name)).min();
    let near = near.filter(|(apart, name)| *apart <= 1 + name.len() / 3);
    near.map_or(String::new(), |(_, name)| format!("; did you mean '{name}'?"))
}

/// Returns `value` if it lies from `least` to `most`.
///
/// # Errors
/// [`Error::Usage`] with the option's name.
pub fn within<T: PartialOrd + std::fmt::Display>(agent: &str, name: &str, value: T, least: T, most: T) -> Result<T> {
    if value >= least && value <= most {
        return Ok(value);
    }
    Err(Error::Usage(format!("agent {agent}: {name} = {value} is not from {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Example {
        explore_steps: u32,
        repeat: f64,
    }

    #[test]
    fn mistakes_are_named_with_what_may_be_meant() {
        let error = |text: &str| read::<Example>("x", &text.parse().expect("TOML")).expect_err(text).to_string();
        let unknown = error("explore_step = 1");
        assert!(unknown.contains("explore_step") && unknown.contains("did you mean 'explore_steps'"), "{unknown}");
        assert!(!error("xyzzy = 1").contains("did you mean"));
        assert!(error("repeat = 'often'").contains("often"));
        assert!(error("explore_steps = -1").contains("-1"));
        let read: Example = read("x", &"repeat = 1".parse().expect("TOML")).expect("an integer is a number");
        assert_eq!(read, Example { repeat: 1.0, ..Example::default() });
        assert_eq!(write(&read).expect("written").len(), 2);
        assert!(within("x", "repeat", 1.5, 0.0, 1.0).is_err() && within("x", "repeat", f64::NAN, 0.0, 1.0).is_err());
    }
}
