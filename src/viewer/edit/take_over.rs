//! Takes over a state as a scenario over the first state of its world.

use serde_json::{Map, Value, json};

use super::brush::{STEPS, counter_of};
use super::check::{Loaded, check};
use super::document::Document;
use super::scenario::{Creature, Scenario};
use crate::envs::{Entity, Facing, Layers};

/// The scenario that leads from the first state of a world to `layers`, at a step. Hidden counters (hunger, thirst, fatigue, recovery) are
/// those of the first state.
///
/// # Errors
/// If the world cannot be loaded or has another size.
pub fn scenario((world, seed): (&str, i64), layers: &Layers, step: u32) -> Result<Scenario, String> {
    let mut scenario = Scenario::new(world, seed);
    let first = check(&Document::Scenario(scenario.clone()), &mut Loaded::default())?;
    if (first.layers.width, first.layers.height) != (layers.width, layers.height) {
        return Err(format!("{world} has another size than the shown world"));
    }
    for (at, (kind, before)) in layers.terrain.iter().zip(&first.layers.terrain).enumerate() {
        if kind != before {
            let cell = (at as u32 % layers.width, at as u32 / layers.width);
            scenario.set_material(cell, first.names.terrain.get(usize::from(*kind)).map(String::as_str));
        }
    }
    // All creatures anew: their order decides who acts first.
    if first.layers.entities != layers.entities {
        scenario.remove = first.layers.entities.iter().map(|entity| (entity.x, entity.y)).collect();
        let name = |entity: &Entity| first.names.entities.get(usize::from(entity.kind)).cloned().unwrap_or_default();
        scenario.add = layers.entities.iter().map(|entity| creature(&name(entity), entity)).collect();
    }
    let (agent, before) = (&layers.agent, &first.layers.agent);
    let player = &mut scenario.player;
    if (agent.x, agent.y) != (before.x, before.y) {
        player.insert("pos".to_string(), json!([agent.x, agent.y]));
    }
    if agent.facing != before.facing {
        player.insert("facing".to_string(), facing(agent.facing));
    }
    if agent.asleep {
        player.insert("sleeping".to_string(), true.into());
    }
    let count = |carrying: &[crate::envs::Item], item: usize| {
        carrying.iter().find(|carried| usize::from(carried.kind) == item).map_or(0, |carried| carried.count)
    };
    for (item, name) in first.names.items.iter().enumerate() {
        let now = count(&agent.carrying, item);
        if now != count(&before.carrying, item) {
            scenario.set_item(name, now);
        }
    }
    scenario.step = (step > 0).then_some(step);
    Ok(scenario)
}

/// A direction as a step of one cell.
pub fn facing(facing: Facing) -> Value {
    let (x, y) = STEPS[facing as usize];
    json!([x, y])
}

fn creature(kind: &str, entity: &Entity) -> Creature {
    let mut attributes = Map::new();
    if let Some(health) = entity.health {
        attributes.insert("health".to_string(), health.into());
    }
    if let Some(name) = counter_of(kind).filter(|_| entity.counter > 0) {
        attributes.insert(name.to_string(), entity.counter.into());
    }
    if let Some(way) = entity.facing {
        attributes.insert("facing".to_string(), facing(way));
    }
    Creature { kind: kind.to_string(), at: (entity.x, entity.y), attributes }
}
