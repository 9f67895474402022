//! The ruleset as written in TOML. Every number of the game is here; `compile.rs` turns it into what the kernels read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::envs::shared::text::pair;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ruleset {
    pub family: String,
    #[serde(deserialize_with = "pair")]
    pub area: [u32; 2],
    #[serde(deserialize_with = "pair")]
    pub view: [u32; 2],
    #[serde(deserialize_with = "pair")]
    pub picture: [u32; 2],
    pub length: u32,
    #[serde(deserialize_with = "pair")]
    pub chunk: [u32; 2],
    pub max_objects: u32,
    pub actions: Vec<String>,
    pub achievements: Vec<String>,
    pub walkable: Vec<String>,
    pub items: Vec<Item>,
    pub collect: Vec<Collect>,
    pub place: Vec<Place>,
    pub make: Vec<Make>,
    pub damage: Vec<Damage>,
    pub day: Day,
    pub vitals: Vitals,
    pub cow: Cow,
    pub zombie: Zombie,
    pub skeleton: Skeleton,
    pub arrow: Arrow,
    pub plant: Plant,
    pub balance: Balance,
    pub terrain: Terrain,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub name: String,
    pub initial: u32,
    pub max: u32,
}

/// Counts by item name.
pub type Counts = BTreeMap<String, u32>;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    pub material: String,
    pub requires: Counts,
    pub gives: Counts,
    pub leaves: String,
    #[serde(default = "always")]
    pub probability: f64,
    #[serde(default)]
    pub resets_thirst: bool,
}

fn always() -> f64 {
    1.0
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub name: String,
    pub uses: Counts,
    pub on: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Make {
    pub item: String,
    pub uses: Counts,
    pub near: Vec<String>,
    pub gives: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Damage {
    pub item: String,
    pub damage: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Day {
    pub length: u32,
    pub start: f64,
    pub angle: f64,
    pub power: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Vitals {
    pub hunger: Need,
    pub thirst: Need,
    pub fatigue: Fatigue,
    pub recover: Recover,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    pub limit: f64,
    pub awake: f64,
    pub asleep: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fatigue {
    pub tired_above: f64,
    pub rested_below: f64,
    pub awake: f64,
    pub asleep: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Recover {
    pub heal_above: f64,
    pub hurt_below: f64,
    pub awake: f64,
    pub asleep: f64,
    pub starving_awake: f64,
    pub starving_asleep: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cow {
    pub health: u32,
    #[serde(rename = "move")]
    pub walk: f64,
    pub food: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Zombie {
    pub health: u32,
    pub near: u32,
    pub chase: f64,
    pub long_axis: f64,
    pub reach: u32,
    pub damage: u32,
    pub damage_asleep: u32,
    pub cooldown: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Skeleton {
    pub health: u32,
    pub retreat_within: u32,
    pub retreat_long_axis: f64,
    pub shoot_within: u32,
    pub shoot: f64,
    pub reload: u32,
    pub approach_within: u32,
    pub approach: f64,
    pub approach_long_axis: f64,
    #[serde(rename = "move")]
    pub walk: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Arrow {
    pub damage: u32,
    pub breaks: Vec<String>,
    pub leaves: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plant {
    pub health: u32,
    pub ripe_above: u32,
    pub food: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Balance {
    pub every: u32,
    pub kinds: Vec<BalanceKind>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BalanceKind {
    pub kind: String,
    pub on: String,
    pub spawn_distance: u32,
    pub despawn_distance: u32,
    pub spawn: f64,
    pub despawn: f64,
    pub min_space: u32,
    pub min: ByLight,
    pub max: ByLight,
}

/// `base + light * daylight`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ByLight {
    pub base: f64,
    pub light: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Terrain {
    pub mountain: f64,
    pub caves: NoiseMountain,
    pub tunnels: f64,
    pub coal: NoiseDraw,
    pub iron: NoiseDraw,
    pub diamond: MountainDraw,
    pub lava: NoiseMountain,
    pub sand: Sand,
    pub water: f64,
    pub tree: NoiseDraw,
    pub cow: DistanceDraw,
    pub zombie: DistanceDraw,
    pub skeleton: Draw,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NoiseMountain {
    pub noise: f64,
    pub mountain: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NoiseDraw {
    pub noise: f64,
    pub draw: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MountainDraw {
    pub mountain: f64,
    pub draw: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sand {
    pub water_above: f64,
    pub water_to: f64,
    pub noise: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DistanceDraw {
    pub distance: u32,
    pub draw: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    pub draw: f64,
}
