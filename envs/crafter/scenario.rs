//! Sets a state by hand after a reset. The scenario is JSON. All parts are optional; they are applied in this order:
//! remove, terrain, player, step, add.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::balance::birth_health;
use super::instance::{Instance, Mob, Occupant};
use super::layout::body;
use super::limits;
use super::rules::{DIRECTIONS, KINDS, MATERIALS, Rules};
use crate::envs::shared::core::Core;

/// The largest counts and healths that a scenario may set. Observations show them as bytes.
const MAX_COUNT: u32 = 255;

#[derive(Default)]
struct Scenario {
    /// Cells whose creature is removed.
    remove: Vec<(u32, u32)>,
    terrain: Vec<(u32, u32, String)>,
    player: Player,
    /// The step counter, which determines the time of day.
    step: Option<u32>,
    add: Vec<Entry>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Player {
    pos: Option<(u32, u32)>,
    facing: Option<(i32, i32)>,
    sleeping: Option<bool>,
    inventory: BTreeMap<String, u32>,
    hunger: Option<f64>,
    thirst: Option<f64>,
    fatigue: Option<f64>,
    recover: Option<f64>,
    last_health: Option<u32>,
}

/// [kind, x, y] or [kind, x, y, attributes].
struct Entry {
    name: String,
    x: u32,
    y: u32,
    attributes: Attributes,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Attributes {
    health: Option<i64>,
    cooldown: Option<u32>,
    reload: Option<u32>,
    grown: Option<u32>,
    facing: Option<(i32, i32)>,
}

impl Scenario {
    fn read(json: &Value) -> Result<Scenario, String> {
        let Value::Object(parts) = json else { return Err(format!("it is {}, not an object {{...}}", kind_of(json))) };
        let mut scenario = Scenario::default();
        for (name, value) in parts {
            match name.as_str() {
                "remove" => scenario.remove = list(value, name, part)?,
                "terrain" => scenario.terrain = list(value, name, part)?,
                "player" => scenario.player = part(value, name)?,
                "step" => scenario.step = part(value, name)?,
                "add" => scenario.add = list(value, name, Entry::read)?,
                other => return Err(format!("unknown part '{other}'; there are remove, terrain, player, step, add")),
            }
        }
        Ok(scenario)
    }
}

impl Entry {
    fn read(json: &Value, place: &str) -> Result<Entry, String> {
        let (name, x, y, attributes) = match json.as_array().map_or(0, Vec::len) {
            3 => {
                let (name, x, y) = part(json, place)?;
                (name, x, y, Attributes::default())
            }
            4 => part(json, place)?,
            _ => return Err(format!("{place}: a creature is [kind, x, y] or [kind, x, y, {{attributes}}]")),
        };
        Ok(Entry { name, x, y, attributes })
    }
}

fn part<T: DeserializeOwned>(json: &Value, place: &str) -> Result<T, String> {
    T::deserialize(json).map_err(|e| format!("{place}: {e}"))
}

/// Reads a list. Errors name a member by its index, from 0.
fn list<T>(json: &Value, name: &str, read: fn(&Value, &str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let members = json.as_array().ok_or_else(|| format!("{name}: it is {}, not a list [...]", kind_of(json)))?;
    members.iter().enumerate().map(|(k, member)| read(member, &format!("{name}[{k}]"))).collect()
}

fn kind_of(json: &Value) -> &'static str {
    match json {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Returns `value`, or an error if it is above `most`.
fn at_most(what: &str, value: u32, most: u32) -> Result<u32, String> {
    if value > most { Err(format!("scenario: {what}: {value} is more than {most}")) } else { Ok(value) }
}

/// Returns the maximum number of objects that a scenario adds to a world: as many as it names, at most one per cell.
pub fn max_added(json: &Value, rules: &Rules) -> usize {
    json.get("add").and_then(Value::as_array).map_or(0, Vec::len).min(rules.at.mobs.most)
}

/// Applies a scenario. There must be room for the objects that it adds ([`max_added`]).
///
/// # Errors
/// If the scenario does not fit the format or the world; the text says what does not fit.
pub fn apply(instance: &mut Instance, rules: &Rules, json: &Value) -> Result<(), String> {
    let scenario = Scenario::read(json).map_err(|why| format!("scenario: {why}"))?;
    for (x, y) in &scenario.remove {
        if let Occupant::Mob(slot) = instance.occupant(&rules.at, cell(instance, rules, *x, *y)?) {
            instance.remove(&rules.at, slot);
        }
    }
    instance.compact();
    for (x, y, name) in &scenario.terrain {
        let material = MATERIALS.iter().position(|m| m == name).filter(|m| *m > 0);
        let material = material.ok_or_else(|| format!("scenario: unknown material '{name}' at [{x}, {y}]"))?;
        let cell = cell(instance, rules, *x, *y)?;
        instance.set_material(&rules.at, cell, material as u32);
    }
    set_player(instance, rules, &scenario.player)?;
    if let Some(step) = scenario.step {
        instance.core[Core::STEP] = at_most("step", step, limits::MAX)?;
    }
    scenario.add.into_iter().try_for_each(|entry| add(instance, rules, entry))
}

fn set_player(instance: &mut Instance, rules: &Rules, player: &Player) -> Result<(), String> {
    if let Some((x, y)) = player.pos
        && (x, y) != (instance.body[body::X], instance.body[body::Y])
    {
        let cell = cell(instance, rules, x, y)?;
        if instance.is_occupied(&rules.at, cell) {
            return Err(format!("scenario: the player cannot stand on [{x}, {y}], a creature does"));
        }
        instance.relocate_player(&rules.at, x, y);
    }
    if let Some(facing) = player.facing {
        instance.body[body::FACING] = direction(facing)?;
    }
    for (name, count) in &player.inventory {
        let item =
            rules.set.items.iter().position(|i| i.name == *name).ok_or_else(|| format!("scenario: unknown item '{name}'"))?;
        instance.body[body::ITEMS + item] = at_most(&format!("the player's {name}"), *count, MAX_COUNT)?;
    }
    instance.body[body::PAID_HEALTH] = instance.item(rules.roles.health) as u32;
    if let Some(sleeping) = player.sleeping {
        instance.body[body::SLEEPING] = u32::from(sleeping);
    }
    let counters = [
        (body::HUNGER, player.hunger),
        (body::THIRST, player.thirst),
        (body::FATIGUE, player.fatigue),
        (body::RECOVER, player.recover),
    ];
    for (field, value) in counters {
        if let Some(value) = value {
            let doubled = value * 2.0;
            if doubled.abs() > 1e6 {
                return Err(format!("scenario: the player's counter {value} does not lie from -500000 to 500000"));
            }
            if doubled.fract() != 0.0 {
                return Err(format!("scenario: the player's counter {value} is not a multiple of 0.5"));
            }
            instance.body[field] = doubled as i32 as u32;
        }
    }
    if let Some(health) = player.last_health {
        instance.body[body::LAST_HEALTH] = at_most("the player's last_health", health, MAX_COUNT)?;
    }
    Ok(())
}

fn add(instance: &mut Instance, rules: &Rules, entry: Entry) -> Result<(), String> {
    let Entry { name, x, y, attributes } = entry;
    let kind = KINDS.iter().skip(1).position(|k| k.eq_ignore_ascii_case(&name)).map(|k| k as u32 + 1);
    let kind =
        kind.ok_or_else(|| format!("scenario: unknown creature '{name}'; known are Cow, Zombie, Skeleton, Arrow, Plant"))?;
    let cell = cell(instance, rules, x, y)?;
    if instance.is_occupied(&rules.at, cell) {
        return Err(format!("scenario: {name} cannot stand on [{x}, {y}], somebody does"));
    }
    let facing = attributes.facing.map_or(Ok(3), direction)?;
    let health = attributes.health.unwrap_or(i64::from(birth_health(rules, kind))).max(0);
    let health = u32::try_from(health)
        .ok()
        .filter(|h| *h <= MAX_COUNT)
        .ok_or_else(|| format!("scenario: health {health} of {name} is more than 255"))?;
    let extra = attributes.cooldown.or(attributes.reload).or(attributes.grown).unwrap_or(0);
    let extra = at_most(&format!("cooldown, reload or grown of {name}"), extra, limits::MAX)?;
    instance.add(&rules.at, Mob { x, y, kind, facing: if KINDS[kind as usize] == "arrow" { facing } else { 0 }, health }, extra);
    Ok(())
}

fn cell(instance: &Instance, rules: &Rules, x: u32, y: u32) -> Result<usize, String> {
    let inside = i32::try_from(x).ok().zip(i32::try_from(y).ok()).and_then(|(x, y)| instance.cell(&rules.at, x, y));
    inside.ok_or_else(|| format!("scenario: [{x}, {y}] is outside the map of {} x {}", rules.at.width, rules.at.height))
}

fn direction(facing: (i32, i32)) -> Result<u32, String> {
    let found = DIRECTIONS.iter().position(|d| *d == facing);
    found.map(|d| d as u32).ok_or_else(|| format!("scenario: facing {facing:?} is not one step left, right, up or down"))
}
