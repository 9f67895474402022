//! A ruleset as its TOML file writes it. What the numbers must satisfy is checked where the tables are made of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::map::Layout;
use crate::envs::shared::source::{LoadError, Options, Source};

/// Longest episode a ruleset may ask for.
pub const MAX_STEPS: u32 = 1 << 30;

/// Which moves the player has, in the order of the action ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActionSet {
    #[serde(rename = "NSEW+stay")]
    Stay,
    #[serde(rename = "NSEW")]
    Compass,
    #[serde(rename = "WE")]
    Line,
    #[serde(rename = "turn")]
    Turn,
    #[serde(rename = "dive")]
    Dive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    W,
    E,
    N,
    S,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// On a cell marked 'S', each as likely.
    Marked,
    /// On any plain floor cell, each as likely.
    Anywhere,
}

/// A move that meets a current: it holds the player or throws it back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Current {
    /// The move against it.
    pub against: Direction,
    /// Probability that the player stays where it is.
    pub stay: f64,
    /// Probability that it is moved the opposite way.
    pub back: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    Always,
    Action,
    Chance,
}

/// A noisy TV: a cell that shows one of `colours` colours, drawn anew when it is `on`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tv {
    pub on: On,
    pub colours: u32,
    /// The action that switches it, for `on = "action"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// How likely it switches in a step, for `on = "chance"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// The player cannot step on it.
    #[serde(default = "yes")]
    pub solid: bool,
    /// Greatest distance, in columns or rows, from which it is seen; from everywhere if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sight: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruleset {
    pub family: String,
    /// One sentence for `envs ls`.
    #[serde(default)]
    pub about: String,
    pub actions: ActionSet,
    pub max_steps: u32,
    /// Direction the player faces at first; only action set `turn` changes it.
    #[serde(default = "east")]
    pub facing: Direction,
    #[serde(default = "marked")]
    pub start: Start,
    /// Probability that another move takes the place of the chosen one.
    #[serde(default)]
    pub slip: f64,
    /// A door takes the key that opens it, and stays open.
    #[serde(default)]
    pub spend_keys: bool,
    #[serde(default = "one")]
    pub reward_denominator: u32,
    /// Glyphs of the cells that end an episode.
    #[serde(default = "goal_and_lava")]
    pub terminal: Vec<char>,
    pub layout: Layout,
    pub map: String,
    /// What a step that ends on a cell pays, by glyph.
    #[serde(default)]
    pub rewards: BTreeMap<char, f64>,
    /// What taking an action pays, by its name.
    #[serde(default)]
    pub action_rewards: BTreeMap<String, f64>,
    #[serde(default)]
    pub current: Vec<Current>,
    /// By glyph, '0' to '9'.
    #[serde(default)]
    pub tv: BTreeMap<char, Tv>,
}

fn yes() -> bool {
    true
}

fn one() -> u32 {
    1
}

fn east() -> Direction {
    Direction::E
}

fn marked() -> Start {
    Start::Marked
}

fn goal_and_lava() -> Vec<char> {
    vec!['*', '~']
}

impl Ruleset {
    /// Reads a ruleset and puts the options of the run in the place of its fields.
    ///
    /// # Errors
    /// If the text is not a ruleset, or an option makes no sense here.
    pub fn read(source: &Source, text: &str, options: &Options) -> Result<Self, LoadError> {
        let mut rules: Ruleset = toml::from_str(text).map_err(|e| source.malformed(e.to_string().trim_end()))?;
        if options.area.is_some() {
            return Err(source.impossible("its size is that of its map; --area is for Crafter"));
        }
        if options.textures.is_some() {
            return Err(source.impossible("gridlab draws its own tiles; --textures is for Crafter"));
        }
        if options.picture_noise {
            return Err(source.impossible("gridlab has no night; --picture-noise is for Crafter"));
        }
        rules.max_steps = options.length.unwrap_or(rules.max_steps);
        if !(1..=MAX_STEPS).contains(&rules.max_steps) {
            return Err(source.impossible(format!("max_steps is {}, it must be 1 to {MAX_STEPS}", rules.max_steps)));
        }
        Ok(rules)
    }
}

impl ActionSet {
    pub fn names(self) -> &'static [&'static str] {
        match self {
            ActionSet::Stay => &["N", "S", "E", "W", "stay"],
            ActionSet::Compass => &["N", "S", "E", "W"],
            ActionSet::Line => &["W", "E"],
            ActionSet::Turn => &["left", "right", "forward"],
            ActionSet::Dive => &["left", "right"],
        }
    }
}
