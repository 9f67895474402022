//! Keys of a state: the twin of key.wgsl.

use super::observe::{CELL, tvs_at};
use super::rules::{Rules, act, cell, kind};
use super::step::{here, passable, word};
use super::{GridLab, map};
use crate::envs::shared::block::Block;
use crate::envs::shared::core::Core;
use crate::envs::shared::key::{DefaultKeys, Key, KeyHash, KeyPart, TabularKey, obs_byte};
use crate::envs::shared::world::StateKeys;

/// Returns the key parts that have a meaning under these rules, each with a description.
pub fn parts(rules: &Rules) -> Vec<(KeyPart, String)> {
    let part = |part, about: &str| (part, about.to_string());
    let turns = rules.actions.iter().any(|deed| matches!(deed & 255, act::TURN_LEFT | act::TURN_RIGHT));
    let mut parts = vec![part(KeyPart::Position, "x and y")];
    if turns {
        parts.push(part(KeyPart::Facing, "the direction that turns change"));
    }
    parts.push(part(KeyPart::View, "what the player stands on, and the colour of each TV in sight"));
    if rules.n_keys > 0 {
        parts.push(part(KeyPart::Inventory, "the letters of the keys had"));
    }
    if turns {
        parts.push(part(
            KeyPart::Faced,
            "the cell ahead: its kind and letter, whether its key is taken or its door lets through; a wall if no way leads there",
        ));
    }
    parts.extend([
        part(
            KeyPart::Full,
            "all that is stored but the clock: position, facing, keys had and taken, doors opened, colours of all TVs",
        ),
        part(KeyPart::Clock, "the step of the episode"),
    ]);
    parts
}

/// The key of one instance, given its words.
#[inline]
pub fn key(rules: &Rules, mask: u32, core: &[u32], grid: &[u32], obs: &[u32]) -> u64 {
    let has = |part: KeyPart| mask & part.bit() != 0;
    let mut key = KeyHash::new(mask);
    if has(KeyPart::Position) {
        key.word(grid[word::X]);
        key.word(grid[word::Y]);
    }
    if has(KeyPart::Facing) {
        key.word(grid[word::FACING]);
    }
    if has(KeyPart::View) {
        key.word(obs_byte(obs, CELL as u32));
        (0..rules.tvs.len()).for_each(|k| key.word(obs_byte(obs, (tvs_at(rules) + k) as u32)));
    }
    if has(KeyPart::Inventory) {
        key.word(grid[word::CARRIED]);
    }
    if has(KeyPart::Faced) {
        key.word(faced(rules, grid));
    }
    if has(KeyPart::Full) {
        key.words(grid);
    }
    if has(KeyPart::Clock) {
        key.word(core[Core::STEP]);
    }
    key.end()
}

/// Returns the cell in front of the player as kind | letter << 4 | taken or passable << 9; a wall if the player's cell has no exit there.
#[inline]
fn faced(rules: &Rules, grid: &[u32]) -> u32 {
    let from = here(rules, grid);
    let facing = grid[word::FACING] & 3;
    if rules.cells[from as usize] & cell::EXITS & 1 << facing == 0 {
        return kind::WALL;
    }
    let to = match facing {
        map::W => from - 1,
        map::E => from + 1,
        map::N => from - rules.width,
        _ => from + rules.width,
    };
    let there = rules.cells[to as usize];
    let done = match cell::kind(there) {
        kind::KEY => grid[word::TAKEN] >> (cell::number(there) & 31) & 1,
        kind::DOOR => u32::from(passable(rules, there, grid)),
        _ => 0,
    };
    cell::kind(there) | cell::letter(there) << 4 | done << 9
}

impl StateKeys for GridLab {
    fn default_keys(&self) -> DefaultKeys {
        DefaultKeys {
            counts: Key::of(&[KeyPart::Position]),
            archive: Key::of(&[KeyPart::Position]),
            ends: Key::of(&[KeyPart::Position]),
            tabular: TabularKey::Default(Key::of(&[KeyPart::Position])),
        }
    }

    fn key_parts(&self) -> Vec<(KeyPart, String)> {
        parts(&self.rules)
    }

    /// All bytes: the cell and a few TVs alone would hardly differ between states.
    fn simhash_bytes(&self) -> usize {
        self.spec.obs_bytes
    }

    /// Positions and bits of keys use all values of a byte.
    fn simhash_values(&self) -> usize {
        256
    }

    #[inline]
    fn key_of(&self, mask: u32, i: usize, block: &Block) -> u64 {
        let n = self.spec.obs_words();
        key(&self.rules, mask, block.core_of(i), self.grid(i, block), &block.obs[i * n..(i + 1) * n])
    }
}
