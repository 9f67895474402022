//! A Crafter scenario that is being painted: changes of the first state of a world.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::shapes::Cell;

/// A creature that is added.
#[derive(Clone, Debug, PartialEq)]
pub struct Creature {
    /// Its kind, as in the scenario.
    pub kind: String,
    /// Where it stands.
    pub at: Cell,
    /// health, cooldown, reload, grown, facing.
    pub attributes: Map<String, Value>,
}

/// The parts of a scenario, and the world whose first state they change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// Id of the world.
    pub world: String,
    /// Seed of the world.
    pub seed: i64,
    /// Cells whose creature is removed.
    pub remove: BTreeSet<Cell>,
    /// Material of cells.
    pub terrain: BTreeMap<Cell, String>,
    /// pos, facing, sleeping, inventory, counters.
    pub player: Map<String, Value>,
    /// The step counter: the time of day.
    pub step: Option<u32>,
    /// Creatures that are added.
    pub add: Vec<Creature>,
}

impl Scenario {
    /// Changes nothing of the first state of a world.
    pub fn new(world: &str, seed: i64) -> Scenario {
        Scenario { world: world.to_string(), seed, ..Scenario::default() }
    }

    /// Reads the text of a scenario file. None if it has not the form of one; [`super::check::why_not`] says what is wrong with it.
    pub fn parse(world: &str, seed: i64, text: &str) -> Option<Scenario> {
        let Value::Object(parts) = serde_json::from_str(text).ok()? else { return None };
        let mut scenario = Scenario::new(world, seed);
        for (name, value) in parts {
            match name.as_str() {
                "remove" => scenario.remove = serde_json::from_value(value).ok()?,
                "terrain" => {
                    let cells: Vec<(u32, u32, String)> = serde_json::from_value(value).ok()?;
                    scenario.terrain = cells.into_iter().map(|(x, y, material)| ((x, y), material)).collect();
                }
                "player" => scenario.player = serde_json::from_value(value).ok()?,
                "step" => scenario.step = Some(serde_json::from_value(value).ok()?),
                "add" => scenario.add = value.as_array()?.iter().map(creature).collect::<Option<_>>()?,
                _ => return None,
            }
        }
        Some(scenario)
    }

    /// The text of the file: one change a line.
    pub fn text(&self) -> String {
        let mut parts = Vec::new();
        let remove = self.remove.iter().map(|(x, y)| json!([x, y]));
        let terrain = self.terrain.iter().map(|((x, y), material)| json!([x, y, material]));
        let add = self.add.iter().map(|creature| {
            let Creature { kind, at: (x, y), attributes } = creature;
            if attributes.is_empty() { json!([kind, x, y]) } else { json!([kind, x, y, attributes]) }
        });
        list(&mut parts, "remove", remove.collect());
        list(&mut parts, "terrain", terrain.collect());
        if !self.player.is_empty() {
            parts.push(format!("  \"player\": {}", Value::Object(self.player.clone())));
        }
        if let Some(step) = self.step {
            parts.push(format!("  \"step\": {step}"));
        }
        list(&mut parts, "add", add.collect());
        if parts.is_empty() { "{}\n".to_string() } else { format!("{{\n{}\n}}\n", parts.join(",\n")) }
    }

    /// Sets the material of a cell; None for that of the world.
    pub fn set_material(&mut self, cell: Cell, material: Option<&str>) {
        match material {
            Some(material) => self.terrain.insert(cell, material.to_string()),
            None => self.terrain.remove(&cell),
        };
    }

    /// Takes away the creature of a cell. `is_first`: the first state of the world has one there.
    pub fn clear(&mut self, cell: Cell, is_first: bool) {
        self.add.retain(|creature| creature.at != cell);
        if is_first {
            self.remove.insert(cell);
        }
    }

    /// Puts a creature on its cell, in place of the one that is there.
    pub fn place(&mut self, creature: Creature, is_first: bool) {
        self.clear(creature.at, is_first);
        self.add.push(creature);
    }

    /// The count of an item, if the scenario sets it.
    pub fn item(&self, name: &str) -> Option<u32> {
        self.player.get("inventory")?.get(name)?.as_u64().and_then(|count| u32::try_from(count).ok())
    }

    /// Sets the count of an item.
    pub fn set_item(&mut self, name: &str, count: u32) {
        let inventory = self.player.entry("inventory").or_insert_with(|| json!({}));
        if let Value::Object(inventory) = inventory {
            inventory.insert(name.to_string(), count.into());
        }
    }
}

fn creature(json: &Value) -> Option<Creature> {
    let (kind, x, y, attributes) = match json.as_array()?.len() {
        3 => {
            let (kind, x, y): (String, u32, u32) = serde_json::from_value(json.clone()).ok()?;
            (kind, x, y, Map::new())
        }
        _ => serde_json::from_value(json.clone()).ok()?,
    };
    Some(Creature { kind, at: (x, y), attributes })
}

fn list(parts: &mut Vec<String>, name: &str, members: Vec<Value>) {
    if members.is_empty() {
        return;
    }
    let mut part = format!("  \"{name}\": [");
    for (k, member) in members.iter().enumerate() {
        let _ = write!(part, "{}\n    {member}", if k == 0 { "" } else { "," });
    }
    parts.push(part + "\n  ]");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_written_and_read_again() {
        let mut scenario = Scenario::new("crafter", 7);
        assert_eq!(scenario.text(), "{}\n");
        scenario.set_material((3, 4), Some("water"));
        scenario.set_material((5, 4), Some("lava"));
        scenario.set_material((5, 4), None);
        scenario.set_item("wood_sword", 1);
        scenario.step = Some(270);
        let zombie = |at: Cell| Creature { kind: "zombie".to_string(), at, attributes: Map::new() };
        scenario.place(zombie((30, 32)), false);
        scenario.place(Creature { attributes: Map::from_iter([("health".to_string(), 2.into())]), ..zombie((30, 32)) }, false);
        scenario.place(zombie((8, 9)), true);
        scenario.clear((8, 9), true);
        let text = scenario.text();
        assert!(text.contains("[3,4,\"water\"]") && !text.contains("lava"), "{text}");
        assert_eq!((scenario.add.len(), scenario.remove.len()), (1, 1));
        assert_eq!(Scenario::parse("crafter", 7, &text).as_ref(), Some(&scenario));
        assert_eq!(scenario.item("wood_sword"), Some(1));
        for broken in ["[]", "{", "{\"weather\": 1}", "{\"terrain\": [[1, 2]]}", "{\"add\": [[\"Cow\", 1]]}"] {
            assert!(Scenario::parse("crafter", 7, broken).is_none(), "{broken}");
        }
    }
}
