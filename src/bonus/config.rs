//! Which bonuses a run pays, as it is written: names on the command line, sections `[bonus.NAME]` in a file, and in `run.toml` all of it
//! resolved.

use serde::{Deserialize, Serialize};

use super::airs::AirsOptions;
use super::entry::Entry;
use super::kind::{AIRS, Kind};
use crate::envs::World;
use crate::error::{Error, Result};
use crate::shaders::bonus::ONE;
use crate::shaders::bonus::rms::CLIP;

/// Bonuses and how they make one value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BonusConfig {
    /// `sum`, `product`, `cycle`, `cycle-by-episode`, `maximum` or `airs`.
    pub fusion: Option<String>,
    /// `none`, or `rms`: each value is divided by its running deviation in the instance.
    pub normalise: Option<String>,
    /// How fusion `airs` chooses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub airs: Option<AirsOptions>,
    /// The bonuses, one a column of values.
    pub list: Vec<Entry>,
}

/// The most that a value comes to: an i32 in units of 1 / [`ONE`].
const MAX: f64 = (1u64 << 31) as f64 / ONE as f64;

impl BonusConfig {
    /// Names (and keys) separated by commas.
    ///
    /// # Errors
    /// See [`Entry::parse`].
    pub fn parse(text: &str) -> Result<BonusConfig> {
        let list = text.split(',').map(|part| Entry::parse(part.trim())).collect::<Result<_>>()?;
        Ok(BonusConfig { list, ..BonusConfig::default() })
    }

    /// With all that was not said as it is by default in `world`; the reward, if it is one of the list, goes last.
    ///
    /// # Errors
    /// See [`Entry::resolved`].
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

    /// With the present names of all options.
    ///
    /// # Errors
    /// See [`Kind::rename`].
    pub fn renamed(&self) -> Result<BonusConfig> {
        let list = self.list.iter().map(Entry::renamed).collect::<Result<_>>()?;
        Ok(BonusConfig { list, ..self.clone() })
    }

    /// A name for each: its own, with the key if the same bonus is there with another one, numbered if it is there with the same one.
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

    /// Takes in what sections say: `fusion`, `normalise`, `airs`, and a table of options for each bonus of that name.
    ///
    /// # Errors
    /// [`Error::Usage`] on an option that there is not, or a section of a bonus that is not used.
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

    /// Whether all values are equal on every backend in every bit.
    pub fn is_exact(&self) -> bool {
        self.list.iter().all(is_exact)
    }

    /// Whether the values of the bonus at this place are.
    pub fn is_exact_at(&self, at: usize) -> bool {
        self.list.get(at).is_none_or(is_exact)
    }

    /// Whether the agent chooses which bonus is paid.
    pub fn is_chosen(&self) -> bool {
        self.fusion.as_deref() == Some(AIRS)
    }

    /// The most that is paid, if the product of normalised values can come to more. Of other values it is not known how large they are.
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
