//! What is not painted of a scenario: world, time, player, inventory.

use egui::Ui;
use serde_json::Value;

use super::brush::STEPS;
use super::checked::Checked;
use super::controls::{choice, number, switch, whole};
use super::document::{Document, player_of};
use super::editor::Editor;
use super::scenario::Scenario;
use super::take_over::facing;
use crate::envs::{Facing, Family, catalog};
use crate::viewer::theme::Tokens;
use crate::viewer::widgets::section;

/// The largest count of an item, as the scenario allows it.
const MAX_COUNT: u32 = 255;
/// The largest step that can be chosen here; a file may have a larger one.
const MAX_STEP: u32 = 1_000_000;
/// The largest hidden counter that can be chosen here.
const MAX_COUNTER: f64 = 100.0;
const FACINGS: [Facing; 4] = [Facing::West, Facing::East, Facing::North, Facing::South];
const WAYS: [&str; 4] = ["left", "right", "up", "down"];

/// Shows the form of a scenario.
pub fn show(ui: &mut Ui, t: &Tokens, editor: &mut Editor) {
    if section(ui, t, "World", "", true) {
        world(ui, t, editor);
    }
    let Some(checked) = editor.checked.clone() else { return };
    let Document::Scenario(scenario) = &editor.document else { return };
    let daylight = format!("daylight {:.0} %", checked.daylight.daylight * 100.0);
    let now = scenario.step.unwrap_or(checked.step);
    if section(ui, t, "Time", &daylight, true)
        && let Some(step) = whole(ui, t, "Step", now, MAX_STEP)
    {
        change(editor, "Step", |scenario| scenario.step = Some(step));
    }
    if section(ui, t, "Player", "", true) {
        player(ui, t, editor, &checked);
    }
    if section(ui, t, "Inventory", "", true) {
        inventory(ui, t, editor, &checked);
    }
}

fn change(editor: &mut Editor, by: &'static str, how: impl FnOnce(&mut Scenario)) {
    editor.change(Some(by), |document| {
        if let Document::Scenario(scenario) = document {
            how(scenario);
        }
    });
}

fn world(ui: &mut Ui, t: &Tokens, editor: &mut Editor) {
    let Document::Scenario(scenario) = &editor.document else { return };
    let (world, seed) = (scenario.world.clone(), scenario.seed);
    let known: Vec<&str> = catalog::FAMILIES
        .iter()
        .filter(|entry| entry.family == Family::Crafter)
        .flat_map(|entry| entry.builtin.iter().map(|(id, _)| *id))
        .collect();
    if let Some(other) = choice(ui, t, "Ruleset", &world, &known) {
        change(editor, "World", |scenario| scenario.world = known[other].to_string());
        editor.seal();
    }
    if let Some(other) = seed_number(ui, t, seed) {
        change(editor, "Seed", |scenario| scenario.seed = other);
    }
}

/// The seed of a run; larger ones can be given on the command line.
pub fn seed_number(ui: &mut Ui, t: &Tokens, now: i64) -> Option<i64> {
    let most = f64::from(u32::MAX);
    number(ui, t, "Seed", now as f64, -most..=most, 1.0).map(|seed| seed as i64)
}

fn player(ui: &mut Ui, t: &Tokens, editor: &mut Editor, checked: &Checked) {
    let Document::Scenario(scenario) = &editor.document else { return };
    let (x, y) = player_of(scenario, checked);
    let agent = &checked.layers.agent;
    let counter = |name: &str| scenario.player.get(name).and_then(Value::as_f64).unwrap_or(0.0);
    let counters = ["hunger", "thirst", "fatigue", "recover"].map(|name| (name, counter(name)));
    let put = |x: u32, y: u32| {
        move |scenario: &mut Scenario| {
            scenario.player.insert("pos".to_string(), serde_json::json!([x, y]));
        }
    };
    if let Some(x) = whole(ui, t, "Column", x, checked.layers.width - 1) {
        change(editor, "Column", put(x, y));
    }
    if let Some(y) = whole(ui, t, "Row", y, checked.layers.height - 1) {
        change(editor, "Row", put(x, y));
    }
    if let Some(way) = choice(ui, t, "Faces", WAYS[agent.facing as usize % STEPS.len()], &WAYS) {
        change(editor, "Faces", |scenario| {
            scenario.player.insert("facing".to_string(), facing(FACINGS[way]));
        });
    }
    if switch(ui, t, "Sleeps", agent.asleep) {
        let asleep = !agent.asleep;
        change(editor, "Sleeps", |scenario| {
            scenario.player.insert("sleeping".to_string(), asleep.into());
        });
        editor.seal();
    }
    for (name, now) in counters {
        let title = ["Hunger counter", "Thirst counter", "Fatigue counter", "Recovery counter"];
        let title = title[["hunger", "thirst", "fatigue", "recover"].iter().position(|known| *known == name).unwrap_or(0)];
        if let Some(value) = number(ui, t, title, now, -MAX_COUNTER..=MAX_COUNTER, 0.5) {
            change(editor, title, |scenario| {
                scenario.player.insert(name.to_string(), value.into());
            });
        }
    }
}

fn inventory(ui: &mut Ui, t: &Tokens, editor: &mut Editor, checked: &Checked) {
    for (item, name) in checked.names.items.iter().enumerate() {
        let Document::Scenario(scenario) = &editor.document else { return };
        let carried = checked.layers.agent.carrying.iter().find(|carried| usize::from(carried.kind) == item);
        let now = scenario.item(name).unwrap_or_else(|| carried.map_or(0, |carried| carried.count));
        let mut title = name.replace('_', " ");
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        if let Some(count) = whole(ui, t, &title, now, MAX_COUNT) {
            change(editor, "Inventory", |scenario| scenario.set_item(name, count));
        }
    }
}
