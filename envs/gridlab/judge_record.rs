//! The text output of a GridLab world: the line of a trace, and the map as text.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::map::{Layout, Map};
use super::rules::{Rules, cell, kind};
use super::step::{here, passable, tv_colour, word};
use crate::envs::shared::core::Core;

/// MiniGrid's object number of a key, for the field `carrying`.
const KEY_ID: u32 = 5;
/// MiniGrid's numbers (0 east, 1 south, 2 west, 3 north) of the directions of gridlab (0 west, 1 east, 2 north, 3 south).
const MINIGRID_DIRECTION: [u32; 4] = [2, 0, 3, 1];
/// A bit of a cell's third byte. It is set for a door that the player can pass, and for a key that was taken.
const OPEN: u8 = 16;
const MICRO: f64 = 1e6;

/// Returns the SHA-256 of bytes as hex digits.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns three bytes for each cell, x-major as in MiniGrid's encoding: kind; letter, one-way direction or TV colour; exits and `OPEN`.
pub fn codes(rules: &Rules, grid: &[u32]) -> Vec<u8> {
    let mut codes = Vec::with_capacity(rules.cells.len() * 3);
    for x in 0..rules.width {
        for y in 0..rules.height {
            let here = rules.cells[(y * rules.width + x) as usize];
            let (shade, open) = match cell::kind(here) {
                kind::DOOR => (cell::letter(here), passable(rules, here, grid)),
                kind::KEY => (cell::letter(here), grid[word::TAKEN] >> (cell::number(here) & 31) & 1 == 1),
                kind::TV => (tv_colour(grid, cell::number(here) as usize), false),
                _ => (cell::letter(here), false),
            };
            codes.extend([cell::kind(here) as u8, shade as u8, (here & cell::EXITS) as u8 | if open { OPEN } else { 0 }]);
        }
    }
    codes
}

/// Returns the fields of the MiniGrid judge that have a meaning in gridlab.
pub fn record(rules: &Rules, core: &[u32], grid: &[u32], action: Option<u32>, reward: f64) -> Value {
    let at = here(rules, grid);
    let flags = if action.is_some() { core[Core::FLAGS] } else { 0 };
    let carried = grid[word::CARRIED];
    let mut line = json!({
        "step": core[Core::STEP],
        "action": action,
        "reward": if action.is_some() { (reward * MICRO).round_ties_even() / MICRO } else { 0.0 },
        "terminated": flags & Core::TERMINATED != 0,
        "truncated": flags & Core::TRUNCATED != 0,
        "pos": [at % rules.width, at / rules.width],
        "direction": MINIGRID_DIRECTION[(grid[word::FACING] & 3) as usize],
        "carrying": if carried == 0 { Value::Null } else { json!([KEY_ID, carried]) },
        "grid": digest(&codes(rules, grid)),
    });
    if action.is_none() {
        line["max_steps"] = json!(rules.max_steps);
    }
    line
}

/// Returns the map in the layout of its ruleset: '@' is the player, '.' a cell whose key was taken, '\'' a door that the player can pass.
pub fn ascii(rules: &Rules, map: &Map, layout: Layout, drawing: &str, grid: &[u32]) -> String {
    let mut rows: Vec<Vec<char>> = drawing.trim_matches(['\r', '\n']).lines().map(|line| line.chars().collect()).collect();
    let player = here(rules, grid) as usize;
    for (at, &code) in rules.cells.iter().enumerate() {
        let glyph = match cell::kind(code) {
            _ if at == player => '@',
            kind::KEY if grid[word::TAKEN] >> (cell::number(code) & 31) & 1 == 1 => '.',
            kind::DOOR if passable(rules, code, grid) => '\'',
            kind::FLOOR => '.',
            _ => map.glyphs[at],
        };
        let (x, y) = (at % map.width, at / map.width);
        match layout {
            Layout::Cells => rows[y][x] = glyph,
            Layout::ThinWalls => rows[2 * y + 1][2 * x + 1] = glyph,
        }
    }
    let rows: Vec<String> = rows.into_iter().map(String::from_iter).collect();
    rows.join("\n")
}
