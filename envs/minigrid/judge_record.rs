//! The record of a state that is compared with the reference, and the map as text.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::cells::{self, EMPTY, class, class_of};
use super::layout::{Body, word};
use super::map::AGENTS;
use super::observe;
use super::rules::Rules;
use crate::envs::shared::core::Core;

/// Hex digits of a sha256.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The parts of an instance that a record shows.
pub struct Shown<'a> {
    pub core: &'a [u32],
    pub grid: &'a [u8],
    pub agent: &'a [u32],
    pub stream: &'a [u32],
    pub mission: String,
    pub reward: f64,
}

/// Returns the record of a state in the format of the reference's judge.
pub fn record(rules: &Rules, it: &Shown, action: Option<u32>) -> Value {
    let body = Body::unpack(it.agent[word::BODY]);
    let flags = if action.is_some() { it.core[Core::FLAGS] } else { 0 };
    let reward = if action.is_some() { it.reward } else { 0.0 };
    let mut line = json!({
        "step": it.core[Core::STEP],
        "action": action,
        "reward": rounded(reward),
        "terminated": flags & Core::TERMINATED != 0,
        "truncated": flags & Core::TRUNCATED != 0,
        "pos": [body.x, body.y],
        "direction": body.dir,
        "carrying": body.carries().then(|| cells::triple(body.carrying)[..2].to_vec()),
        "mission": it.mission,
        "image": digest(&image(rules, it.grid, body)),
        "grid": digest(&encoded(rules, it.grid)),
        "boxes": boxes(rules, it.grid, body),
        "rng": digest(bytemuck::cast_slice(it.stream)),
    });
    if action.is_none() {
        line["max_steps"] = json!(rules.max_steps);
    }
    line
}

/// Python's `round(reward, 6)`: the nearest decimal, ties to even.
fn rounded(reward: f64) -> f64 {
    format!("{reward:.6}").parse().unwrap_or(reward)
}

/// Returns the bytes of the partial view.
fn image(rules: &Rules, grid: &[u8], body: Body) -> Vec<u8> {
    let n = (rules.view * rules.view) as usize;
    observe::view(rules, grid, body)[..n].iter().flat_map(|&code| cells::triple(code)).collect()
}

/// Returns three bytes per cell, x-major.
fn encoded(rules: &Rules, grid: &[u8]) -> Vec<u8> {
    columns_first(rules).flat_map(|(x, y)| cells::triple(grid[(y * rules.width + x) as usize])).collect()
}

fn columns_first(rules: &Rules) -> impl Iterator<Item = (u32, u32)> {
    let height = rules.height;
    (0..rules.width).flat_map(move |x| (0..height).map(move |y| (x, y)))
}

/// Returns [x, y, object, colour] of what boxes hide, x-major; a carried box comes last.
fn boxes(rules: &Rules, grid: &[u8], body: Body) -> Vec<[i64; 4]> {
    let on_map = columns_first(rules).map(|(x, y)| (i64::from(x), i64::from(y), grid[(y * rules.width + x) as usize]));
    on_map
        .chain([(-1, -1, body.carrying)])
        .filter(|(_, _, code)| cells::is_box(*code) && cells::content(*code) != EMPTY)
        .map(|(x, y, code)| {
            let [thing, colour, _] = cells::triple(cells::content(code));
            [x, y, thing.into(), colour.into()]
        })
        .collect()
}

/// Returns one character per cell: walls '#', floor ',', keys 'k', balls 'o', boxes 'b', goal 'G', lava '~', doors '/' open, 'D'
/// closed, 'L' locked; the agent as an arrow.
pub fn ascii(rules: &Rules, grid: &[u8], body: Body) -> String {
    let glyph = |x: u32, y: u32| {
        if (x, y) == (body.x, body.y) {
            return AGENTS[(body.dir & 3) as usize];
        }
        match class_of(grid[(y * rules.width + x) as usize]) {
            class::NOTHING => '.',
            class::FLOOR => ',',
            class::KEY => 'k',
            class::BALL => 'o',
            class::GOAL => 'G',
            class::LAVA => '~',
            class::DOOR_OPEN => '/',
            class::DOOR_CLOSED => 'D',
            class::DOOR_LOCKED => 'L',
            class::WALL => '#',
            _ => 'b',
        }
    };
    let rows: Vec<String> = (0..rules.height).map(|y| (0..rules.width).map(|x| glyph(x, y)).collect()).collect();
    rows.join("\n")
}

#[cfg(test)]
mod tests {
    use super::rounded;

    /// Printed by Python's `round(x, 6)`; the first two lie exactly between two decimals.
    #[test]
    fn rounding_is_that_of_python() {
        for (value, expected) in
            [(0.992_187_5, 0.992_188), (0.007_812_5, 0.007_812), (1.0 - 0.9 * (5.0 / 640.0), 0.992_969), (-1.0, -1.0)]
        {
            assert_eq!(rounded(value), expected);
        }
    }
}
