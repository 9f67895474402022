//! The bonus configuration of a run, as it is written: names on the command line, sections `[bonus.NAME]` in a file, and the resolved
//! configuration in `run.toml`.

use serde::{Deserialize, Serialize};

use super::airs::AirsOptions;
use super::entry::Entry;
use super::kind::{AIRS, Kind};
use crate::envs::World;
use crate::error::{Error, Result};
use crate::shaders::bonus::ONE;
use crate::shaders::bonus::rms::CLIP;

/// Bonuses and how they are combined into one value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BonusConfig {
    /// `sum`, `product`, `cycle`, `cycle-by-episode`, `maximum` or `airs`.
    pub fusion: Option<String>,
    /// `none`, or `rms`: each value is divided by its running standard deviation in the instance.
    pub normalise: Option<String>,
    /// Options of fusion `airs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub airs: Option<AirsOptions>,
    /// The bonuses. Each has one column of values.
    pub list: Vec<Entry>,
}

/// Bound of a value: the range of an i32 in units of 1 / [`ONE`].
const MAX: f64 = (1u64 << 31) as f64 / ONE as f64;

impl BonusConfig {
    /// Parses `NAME` or `NAME:KEY`, separated by commas.
    ///
    /// # Errors
    /// See [`Entry::parse`].
    pub fn parse(text: &str) -> Result<BonusConfig> {
        let list = text.split(',').map(|part| Entry::parse(part.trim())).collect::<Result<_>>()?;
        Ok(BonusConfig { list, ..BonusConfig::default() })
    }

    /// Returns the configuration with all defaults for `world`. The reward, if it is in the list, goes last.
    ///
    /// # Errors
    /// See [`Entry::resolved`]. [`Error::Usage`] if there are options of `airs` and the fusion is another one.
    pub fn resolved(&self, world: &dyn World) -> Result<BonusConfig> {
        let mut list = self.list.iter().map(|entry| entry.resolved(world)).collect::<Result<Vec<_>>>()?;
        list.sort_by_key(|entry| entry.name == "reward");
        let text = |explicit: &Option<String>, default: &str| Some(explicit.clone().unwrap_or_else(|| default.to_string()));
        let (fusion, normalise) = (text(&self.fusion, "sum"), text(&self.normalise, "none"));
        let airs = match (fusion.as_deref(), self.airs) {
            (Some(AIRS), options) => Some(options.unwrap_or_default().resolved()),
            (Some(other), Some(_)) => {
                return Err(Error::Usage(format!("options of airs, and fusion is {other}: set bonus.fusion=airs")));
            }
            (_, None) | (None, _) => None,
        };
        Ok(BonusConfig { fusion, normalise, airs, list })
    }

    /// Returns the configuration with the current names of all options.
    ///
    /// # Errors
    /// See [`Kind::rename`].
    pub fn renamed(&self) -> Result<BonusConfig> {
        let list = self.list.iter().map(Entry::renamed).collect::<Result<_>>()?;
        Ok(BonusConfig { list, ..self.clone() })
    }

    /// Returns a distinct name for each bonus: its name, with the key if the list has several bonuses of that name, and with a number if
    /// that name is taken.
    pub fn names(&self) -> Vec<String> {
        let twin = |entry: &Entry| self.list.iter().filter(|other| other.name == entry.name).count() > 1;
        let name = |entry: &Entry| match entry.key.filter(|_| twin(entry)) {
            Some(key) => format!("{}:{key}", entry.name),
            None => entry.name.clone(),
        };
        let mut names: Vec<String> = Vec::with_capacity(self.list.len());
        for plain in self.list.iter().map(name) {
            let numbered = |n: u32| if n == 1 { plain.clone() } else { format!("{plain}-{n}") };
            let free = (1..).map(numbered).find(|name| !names.contains(name));
            names.extend(free);
        }
        names
    }

    /// Applies configuration sections: `fusion`, `normalise`, `airs`, and a table of options for all bonuses of that name.
    ///
    /// # Errors
    /// [`Error::Usage`] on an unknown name, an unknown option of `airs`, or a section of a bonus that is not in the list.
    /// [`Entry::resolved`] checks the options of the bonuses.
    pub fn set(&mut self, sections: &toml::Table) -> Result<()> {
        for (name, value) in sections {
            match (name.as_str(), value) {
                ("fusion", toml::Value::String(text)) => self.fusion = Some(text.clone()),
                ("normalise", toml::Value::String(text)) => self.normalise = Some(text.clone()),
                (AIRS, toml::Value::Table(options)) => {
                    let airs = AirsOptions::deserialize(options.clone());
                    self.airs = Some(airs.map_err(|e| Error::Usage(format!("bonus airs: {}", e.to_string().trim_end())))?);
                }
                (_, toml::Value::Table(options)) => self.set_options(name, options)?,
                _ => {
                    return Err(Error::Usage(format!(
                        "[bonus]: '{name}' is neither fusion, normalise, airs nor the section of a bonus"
                    )));
                }
            }
        }
        Ok(())
    }

    fn set_options(&mut self, name: &str, options: &toml::Table) -> Result<()> {
        let kind = Kind::of(name)?;
        let mut options = options.clone();
        kind.rename(&mut options)?;
        let mut found = false;
        for entry in self.list.iter_mut().filter(|entry| entry.name == name) {
            let mut all = toml::Table::try_from(entry.renamed()?).map_err(|e| Error::Usage(e.to_string()))?;
            all.extend(options.clone());
            *entry = Entry::deserialize(all).map_err(|e| Error::Usage(format!("bonus {name}: {}", e.to_string().trim_end())))?;
            found = true;
        }
        if found {
            Ok(())
        } else {
            Err(Error::Usage(format!("there are options for bonus {name}, which is not used: name it with --bonus")))
        }
    }

    /// Whether all values are equal in every bit on every backend.
    pub fn is_exact(&self) -> bool {
        self.list.iter().all(is_exact)
    }

    /// Whether the values of the bonus at index `at` are equal in every bit on every backend.
    pub fn is_exact_at(&self, at: usize) -> bool {
        self.list.get(at).is_none_or(is_exact)
    }

    /// Whether a bandit selects the bonus (fusion `airs`).
    pub fn is_chosen(&self) -> bool {
        self.fusion.as_deref() == Some(AIRS)
    }

    /// Returns the bound at which totals saturate, if the product of normalised values can exceed it. Other values have no known size, so
    /// the result is None.
    pub fn saturates_at(&self) -> Option<f64> {
        let most: f64 = self.list.iter().map(|entry| CLIP * entry.weight.unwrap_or(1.0)).product();
        let normalised = self.fusion.as_deref() == Some("product") && self.normalise.as_deref() == Some("rms");
        (normalised && most > MAX).then_some(MAX)
    }

    /// Whether no bonus is configured.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

fn is_exact(entry: &Entry) -> bool {
    Kind::of(&entry.name).is_ok_and(|kind| (kind.is_exact)(entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_that_can_saturate_says_so() {
        let of = |names: &str, fusion: &str, normalise: &str| {
            let mut config = BonusConfig::parse(names).expect("bonuses");
            (config.fusion, config.normalise) = (Some(fusion.into()), Some(normalise.into()));
            config
        };
        let four = "count,knn,entropy,bebold";
        assert_eq!(of(four, "product", "rms").saturates_at(), Some(2048.0));
        assert_eq!(of("count,knn,entropy", "product", "rms").saturates_at(), None);
        assert_eq!(of(four, "sum", "rms").saturates_at(), None);
        assert_eq!(of(four, "product", "none").saturates_at(), None);
        let mut small = of(four, "product", "rms");
        small.list.iter_mut().for_each(|entry| entry.weight = Some(0.5));
        assert_eq!(small.saturates_at(), None);
    }
}
