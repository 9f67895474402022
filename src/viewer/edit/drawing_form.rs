//! What is not painted of an ASCII world: its size and rules.

use egui::Ui;
use toml_edit::{Item, value};

use super::brush::words_of;
use super::controls::{choice, line, number, switch, whole};
use super::document::Document;
use super::drawing::{Drawing, Form, MAX_CELLS, MAX_SIDE};
use super::editor::Editor;
use super::scenario_form::seed_number;
use crate::envs::gridlab::ruleset::MAX_STEPS;
use crate::envs::minigrid::ruleset::VIEWS;
use crate::viewer::theme::Tokens;
use crate::viewer::widgets::section;

/// Sets of actions of gridlab, as its files name them.
const ACTIONS: [&str; 5] = ["NSEW+stay", "NSEW", "WE", "turn", "dive"];
const STARTS: [&str; 2] = ["marked", "anywhere"];
/// Largest reward that can be chosen here; a file may have a larger one.
const MAX_REWARD: f64 = 1000.0;
/// Largest denominator that can be chosen here.
const MAX_DENOMINATOR: u32 = 1_000_000;

/// A size that is chosen but not applied yet: a drag passes sizes at which cells would be lost.
pub type ChosenSize = Option<(u32, u32)>;

/// Shows the form of a drawing.
pub fn show(ui: &mut Ui, t: &Tokens, editor: &mut Editor, chosen: &mut ChosenSize) {
    let Document::Drawing(drawing) = &editor.document else { return };
    let form = drawing.form;
    if section(ui, t, "Size", "", true) {
        size(ui, t, editor, chosen);
    }
    if section(ui, t, "Rules", "", true) {
        if form == Form::MiniGrid {
            minigrid(ui, t, editor)
        } else {
            gridlab(ui, t, editor)
        }
        if let Some(seed) = seed_number(ui, t, editor.document.seed()) {
            editor.change(Some("Seed"), |document| document.set_seed(seed));
        }
    }
    if form != Form::MiniGrid && section(ui, t, "Rewards", "", true) {
        rewards(ui, t, editor);
    }
}

fn change(editor: &mut Editor, by: &'static str, how: impl FnOnce(&mut Drawing)) {
    editor.change(Some(by), |document| {
        if let Document::Drawing(drawing) = document {
            how(drawing);
        }
    });
}

fn size(ui: &mut Ui, t: &Tokens, editor: &mut Editor, chosen: &mut ChosenSize) {
    let Document::Drawing(drawing) = &editor.document else { return };
    let (before, mut now) = (drawing.size(), chosen.unwrap_or(drawing.size()));
    // A map that is longer than what can be chosen keeps its length.
    let range = |side: u32| 1.0..=f64::from(MAX_SIDE.max(side));
    if let Some(width) = number(ui, t, "Columns", f64::from(now.0), range(before.0), 1.0) {
        now.0 = width as u32;
    }
    if let Some(height) = number(ui, t, "Rows", f64::from(now.1), range(before.1), 1.0) {
        now.1 = height as u32;
    }
    *chosen = (now != before).then_some(now);
    if !ui.input(|input| input.pointer.primary_down())
        && let Some((width, height)) = chosen.take()
    {
        // The rows of a map that is longer end where its cells would be too many.
        let now = (width, height.min(MAX_CELLS / width));
        change(editor, "Size", |drawing| drawing.resize(now, '.'));
        editor.seal();
    }
}

fn whole_field(drawing: &Drawing, name: &str, otherwise: u32) -> u32 {
    drawing.field(name).and_then(Item::as_integer).and_then(|n| u32::try_from(n).ok()).unwrap_or(otherwise)
}

fn real(item: Option<&Item>) -> Option<f64> {
    let item = item?;
    item.as_float().or_else(|| item.as_integer().map(|whole| whole as f64))
}

fn word(drawing: &Drawing, name: &str, otherwise: &str) -> String {
    drawing.field(name).and_then(Item::as_str).unwrap_or(otherwise).to_string()
}

fn steps(ui: &mut Ui, t: &Tokens, editor: &mut Editor) {
    let Document::Drawing(drawing) = &editor.document else { return };
    let now = whole_field(drawing, "max_steps", 1);
    if let Some(steps) = number(ui, t, "Steps", f64::from(now), 1.0..=f64::from(MAX_STEPS), 1.0) {
        change(editor, "Steps", |drawing| drawing.set_field("max_steps", steps as i64));
    }
}

fn gridlab(ui: &mut Ui, t: &Tokens, editor: &mut Editor) {
    steps(ui, t, editor);
    let Document::Drawing(drawing) = &editor.document else { return };
    let (actions, start) = (word(drawing, "actions", ACTIONS[0]), word(drawing, "start", STARTS[0]));
    let slip = real(drawing.field("slip")).unwrap_or(0.0);
    let spends = drawing.field("spend_keys").and_then(Item::as_bool).unwrap_or(false);
    if let Some(other) = choice(ui, t, "Actions", &actions, &ACTIONS) {
        change(editor, "Actions", |drawing| drawing.set_field("actions", ACTIONS[other]));
        editor.seal();
    }
    if let Some(other) = choice(ui, t, "Starts", &start, &STARTS) {
        change(editor, "Start", |drawing| drawing.set_field("start", STARTS[other]));
        editor.seal();
    }
    if let Some(slip) = number(ui, t, "Slip", slip, 0.0..=1.0, 0.01) {
        change(editor, "Slip", |drawing| drawing.set_field("slip", (slip * 1000.0).round() / 1000.0));
    }
    if switch(ui, t, "Doors spend keys", spends) {
        change(editor, "Doors spend keys", |drawing| drawing.set_field("spend_keys", !spends));
        editor.seal();
    }
}

fn minigrid(ui: &mut Ui, t: &Tokens, editor: &mut Editor) {
    steps(ui, t, editor);
    let Document::Drawing(drawing) = &editor.document else { return };
    let mission = word(drawing, "mission", "");
    let view = whole_field(drawing, "view", 7).to_string();
    let through = drawing.field("see_through_walls").and_then(Item::as_bool).unwrap_or(false);
    if let Some(mission) = line(ui, t, "Mission", &mission) {
        change(editor, "Mission", |drawing| drawing.set_field("mission", mission));
    }
    let views = VIEWS.map(|side| side.to_string());
    if let Some(other) = choice(ui, t, "Side of the view", &view, &views.each_ref().map(String::as_str)) {
        change(editor, "View", |drawing| drawing.set_field("view", i64::from(VIEWS[other])));
        editor.seal();
    }
    if switch(ui, t, "Sees through walls", through) {
        change(editor, "Sees through walls", |drawing| drawing.set_field("see_through_walls", !through));
        editor.seal();
    }
}

/// The rewards of cells: of those on the map that can have one, and of those in the file.
fn rewards(ui: &mut Ui, t: &Tokens, editor: &mut Editor) {
    let Document::Drawing(drawing) = &editor.document else { return };
    let mut glyphs: Vec<char> = drawing.entries("rewards").iter().filter_map(|name| name.chars().next()).collect();
    let mut there = [false; 128];
    drawing.glyphs().for_each(|glyph| there[glyph as usize & 127] = true);
    glyphs.extend(('!'..='~').filter(|glyph| there[*glyph as usize] && !matches!(glyph, '#' | '.' | 'S')));
    glyphs.sort_unstable();
    glyphs.dedup();
    let rows: Vec<(char, String, f64)> = glyphs
        .into_iter()
        .map(|glyph| (glyph, words_of(drawing, glyph), real(drawing.entry("rewards", &glyph.to_string())).unwrap_or(0.0)))
        .collect();
    for (glyph, words, now) in rows {
        if let Some(reward) = number(ui, t, &format!("Reward: {words}"), now, -MAX_REWARD..=MAX_REWARD, 0.01) {
            let reward = (reward * 1000.0).round() / 1000.0;
            // What is 0 needs no entry, and a cell that is not on the map may have none.
            let entry = (reward != 0.0).then(|| value(reward));
            change(editor, "Reward", |drawing| drawing.set_entry("rewards", &glyph.to_string(), entry));
        }
    }
    let Document::Drawing(drawing) = &editor.document else { return };
    let denominator = whole_field(drawing, "reward_denominator", 1);
    if let Some(units) = whole(ui, t, "Reward denominator", denominator, MAX_DENOMINATOR) {
        change(editor, "Reward denominator", |drawing| drawing.set_field("reward_denominator", i64::from(units)));
    }
}
