//! The bonuses that there are, by name, with their options and what these are unless said.

use serde::{Deserialize, Serialize};

use super::empowerment::{DREAMS, ROLLOUTS, default_key};
use super::forks::HORIZON;
use crate::envs::shared::key::Key;
use crate::envs::{Family, LeftToChance, World};
use crate::error::{Error, Result};

/// One bonus. What is None has not been said; [`Entry::resolved`] says it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    pub name: String,
    /// What counts as the same state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// `shared`, `instance` or `episode`: whose counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// `count`: `sqrt`, `inverse`, `first-visit` or `product`; `bebold`: `inverse` or `sqrt`; `entropy`: `level`, `delta` or `surprisal`;
    /// `information-gain`: `belief`, `posterior-prior` or `prior-posterior`; `knn`: `nearest` or `mean`; `empowerment`: `level` or `delta`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Slots of a table that an instance owns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slots: Option<u32>,
    /// `entropy`: only the last so many arrivals of the instance count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
    /// `information-gain`: outcomes that an action is believed to have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcomes: Option<u32>,
    /// `knn`, `pseudo-count`, `e3b`: integers of a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dims: Option<usize>,
    /// `knn`, `pseudo-count`: points that an instance keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<usize>,
    /// `knn`, `pseudo-count`: k.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<usize>,
    /// `empowerment`: actions of a sequence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon: Option<u32>,
    /// `empowerment`: `exact` (the summary counts the states in which chance had a say; where it has one in all, as in Crafter, the default is
    /// `frozen` noise of one dream, which pays the same), `frozen` noise over so many `dreams`, or `sampled` with so many `rollouts` of all sequences of actions or of
    /// so many random `sequences`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dreams: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollouts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequences: Option<u32>,
    /// `e3b`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ridge: Option<f32>,
    /// beta.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// kappa: what the weight loses each step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decay: Option<f64>,
}

/// A bonus that there is: its name, the options that it has beside `weight` and `decay`, and what it is in a sentence.
pub struct Known {
    pub name: &'static str,
    pub options: &'static [&'static str],
    pub about: &'static str,
}

/// All bonuses by name.
pub const KNOWN: &[Known] = &[
    Known {
        name: "count",
        options: &["key", "scope", "form", "slots"],
        about: "1 / sqrt(n) of the visits n of the state arrived at",
    },
    Known {
        name: "simhash",
        options: &["key", "scope", "form", "slots"],
        about: "count over signs of random projections of the view",
    },
    Known {
        name: "bebold",
        options: &["key", "form", "slots"],
        about: "how much newer the state is than the last, at its first visit in the episode",
    },
    Known {
        name: "entropy",
        options: &["key", "scope", "form", "slots", "window"],
        about: "what the entropy of the states visited has grown by, its level, or the surprisal",
    },
    Known {
        name: "information-gain",
        options: &["key", "scope", "form", "slots", "outcomes"],
        about: "what the step teaches a Dirichlet model of transitions",
    },
    Known {
        name: "knn",
        options: &["scope", "form", "dims", "points", "nearest"],
        about: "ln(1 + distance to the k-th nearest observation seen)",
    },
    Known {
        name: "pseudo-count",
        options: &["scope", "dims", "points", "nearest"],
        about: "1 / sqrt of a kernel pseudo-count over near observations (NGU)",
    },
    Known { name: "e3b", options: &["scope", "dims", "ridge"], about: "elliptical bonus over fixed features of observations" },
    Known {
        name: "empowerment",
        options: &["key", "form", "horizon", "mode", "dreams", "rollouts", "sequences"],
        about: "how much can be brought about from the state arrived at, in bits, by forking",
    },
    Known { name: "reward", options: &[], about: "the reward of the environment itself" },
];

impl Entry {
    /// `NAME` or `NAME:KEY`.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such bonus or key.
    pub fn parse(text: &str) -> Result<Entry> {
        let (name, key) = text.split_once(':').map_or((text, None), |(name, key)| (name, Some(key)));
        known(name)?;
        let key = key.map(|key| key.parse::<Key>().map_err(|e| Error::Usage(format!("bonus {name}: {e}")))).transpose()?;
        Ok(Entry { name: name.to_string(), key, ..Entry::default() })
    }

    /// With all that was not said as it is by default in `world`.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such bonus, it has no such option, or the key means nothing in the world.
    pub fn resolved(&self, world: &dyn World) -> Result<Entry> {
        let known = known(&self.name)?;
        for (option, said) in self.said() {
            if said && !known.options.contains(&option) {
                let options = [known.options, &["weight", "decay"]].concat().join(", ");
                return Err(Error::Usage(format!("bonus {} has no option '{option}'; it has {options}", self.name)));
            }
        }
        let mut entry = self.clone();
        let has = |option: &str| known.options.contains(&option);
        if has("key") {
            let key = match entry.key {
                Some(key) => key,
                None if self.name == "empowerment" => default_key(world),
                None => self.usual_key(world.spec().family)?,
            };
            world.check_key(key).map_err(|why| Error::Usage(format!("bonus {}: {why}", self.name)))?;
            entry.key = Some(key);
        }
        let sampled = entry.rollouts.is_some() || entry.sequences.is_some();
        if self.name == "empowerment" && entry.mode.is_none() && !sampled && world.left_to_chance(entry.key) == LeftToChance::Always {
            // No state would be certain: what one dream says is named as what it is.
            entry.mode = Some("frozen".to_string());
            entry.dreams = Some(entry.dreams.unwrap_or(1));
        }
        entry.fill(known);
        Ok(entry)
    }

    /// What was not said is as usual.
    fn fill(&mut self, known: &Known) {
        let has = |option: &str| known.options.contains(&option);
        let text = |said: &Option<String>, usual: &str| Some(said.clone().unwrap_or_else(|| usual.to_string()));
        let (scope, form) = match self.name.as_str() {
            "entropy" if self.window.is_some() => ("window", "delta"),
            "entropy" => ("shared", "delta"),
            "count" | "simhash" => ("shared", "sqrt"),
            "bebold" => ("shared", "inverse"),
            "information-gain" => ("shared", "belief"),
            "knn" => ("instance", "nearest"),
            "empowerment" => ("", "level"),
            _ => ("episode", ""),
        };
        if has("scope") {
            self.scope = text(&self.scope, scope);
        }
        if has("form") {
            self.form = text(&self.form, form);
        }
        if has("slots") {
            self.slots = Some(self.slots.unwrap_or(SLOTS));
        }
        if has("horizon") {
            self.horizon = Some(self.horizon.unwrap_or(HORIZON));
            self.mode = text(&self.mode, "exact");
        }
        if self.mode.as_deref() == Some("frozen") {
            self.dreams = Some(self.dreams.unwrap_or(DREAMS));
        }
        if self.mode.as_deref() == Some("sampled") {
            self.rollouts = Some(self.rollouts.unwrap_or(ROLLOUTS));
        }
        if has("outcomes") {
            self.outcomes = Some(self.outcomes.unwrap_or(OUTCOMES));
        }
        if has("dims") {
            self.dims = Some(self.dims.unwrap_or(DIMS));
        }
        if has("points") {
            self.points = Some(self.points.unwrap_or(POINTS));
        }
        if has("nearest") {
            self.nearest = Some(self.nearest.unwrap_or(if self.name == "knn" { 3 } else { 10 }));
        }
        if has("ridge") {
            self.ridge = Some(self.ridge.unwrap_or(0.1));
        }
        self.weight = Some(self.weight.unwrap_or(1.0));
        self.decay = Some(self.decay.unwrap_or(0.0));
    }

    /// Which options have been said.
    fn said(&self) -> [(&'static str, bool); 15] {
        [
            ("key", self.key.is_some()),
            ("scope", self.scope.is_some()),
            ("form", self.form.is_some()),
            ("slots", self.slots.is_some()),
            ("window", self.window.is_some()),
            ("outcomes", self.outcomes.is_some()),
            ("dims", self.dims.is_some()),
            ("points", self.points.is_some()),
            ("nearest", self.nearest.is_some()),
            ("ridge", self.ridge.is_some()),
            ("horizon", self.horizon.is_some()),
            ("mode", self.mode.is_some()),
            ("dreams", self.dreams.is_some()),
            ("rollouts", self.rollouts.is_some()),
            ("sequences", self.sequences.is_some()),
        ]
    }

    fn usual_key(&self, family: Family) -> Result<Key> {
        let text = match (self.name.as_str(), family) {
            ("simhash", _) => "simhash:32",
            (_, Family::Crafter) => "inventory+achievements",
            (_, Family::MiniGrid) => "position+facing+inventory",
            (_, Family::GridLab) => "position",
        };
        text.parse().map_err(|e| Error::Usage(format!("{e}")))
    }
}

/// Slots of a table that an instance owns, unless said.
pub const SLOTS: u32 = 1024;
/// Outcomes of an action, unless said.
pub const OUTCOMES: u32 = 8;
/// Integers of a point, unless said.
pub const DIMS: usize = 16;
/// Points that an instance keeps, unless said.
pub const POINTS: usize = 256;

/// The bonus of that name.
///
/// # Errors
/// [`Error::Usage`] with the names that there are.
pub(super) fn known(name: &str) -> Result<&'static Known> {
    KNOWN.iter().find(|known| known.name == name).ok_or_else(|| {
        let names: Vec<&str> = KNOWN.iter().map(|known| known.name).collect();
        Error::Usage(format!("unknown bonus '{name}'; there are {}", names.join(", ")))
    })
}
