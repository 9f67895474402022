//! A ruleset as written in its TOML file. `compile` checks its numbers, except `max_steps`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::map::Layout;
use crate::envs::shared::source::{LoadError, Options, Source};

/// Largest `max_steps` of a ruleset.
pub const MAX_STEPS: u32 = 1 << 30;

/// Sets of actions; [`ActionSet::names`] lists the actions of a set in the order of their ids.
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
    /// On a cell marked 'S'; all are equally likely.
    Marked,
    /// On any plain floor cell; all are equally likely.
    Anywhere,
}

/// A current that acts on the moves in one direction: the player stays or moves the opposite way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Current {
    /// The direction of the moves on which it acts.
    pub against: Direction,
    /// Probability that the player stays on its cell.
    pub stay: f64,
    /// Probability that the player moves the opposite way.
    pub back: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    Always,
    Action,
    Chance,
}

/// A noisy TV: a cell that shows one of `colours` colours. A new colour is drawn whenever the condition `on` holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tv {
    pub on: On,
    pub colours: u32,
    /// The action that switches it, for `on = "action"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Probability that it switches in a step, for `on = "chance"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Whether the player cannot step on it.
    #[serde(default = "yes")]
    pub solid: bool,
    /// Maximum distance, in columns and in rows, from which it is visible; without it, it is visible from every cell.
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
    /// Probability that another move replaces the chosen one.
    #[serde(default)]
    pub slip: f64,
    /// Whether opening a door spends a key; the door then stays open.
    #[serde(default)]
    pub spend_keys: bool,
    #[serde(default = "one")]
    pub reward_denominator: u32,
    /// Glyphs of the cells that end an episode.
    #[serde(default = "goal_and_lava")]
    pub terminal: Vec<char>,
    pub layout: Layout,
    pub map: String,
    /// Reward of a step that ends on a cell, by glyph.
    #[serde(default)]
    pub rewards: BTreeMap<char, f64>,
    /// Reward of an action, by its name.
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
    /// Reads a ruleset and applies the options of the run.
    ///
    /// # Errors
    /// If the text is not a ruleset, or an option has no meaning for gridlab.
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
