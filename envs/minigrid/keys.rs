//! Keys of a state: the twin of key.wgsl and, for the full state, of key_full.wgsl.

use super::cells;
use super::layout::{Body, buffer, grid_words, word};
use super::rules::Rules;
use super::step::ahead;
use super::world::MiniGrid;
use crate::envs::shared::block::Block;
use crate::envs::shared::core::Core;
use crate::envs::shared::key::{DefaultKeys, Key, KeyHash, KeyPart, TabularKey};
use crate::envs::shared::world::StateKeys;

/// Read access to one instance's words.
pub struct Words<'a> {
    pub core: &'a [u32],
    /// Codes of the cells, four per word.
    pub grid: &'a [u32],
    pub agent: &'a [u32],
    pub balls: &'a [u32],
    pub obs: &'a [u32],
}

/// Returns the key parts with a description of each.
pub fn parts() -> Vec<(KeyPart, String)> {
    let part = |part, about: &str| (part, about.to_string());
    vec![
        part(KeyPart::Position, "x and y"),
        part(KeyPart::Facing, "the direction"),
        part(KeyPart::View, "the image of the observation; not the direction"),
        part(KeyPart::Inventory, "what is carried"),
        part(KeyPart::Faced, "the code of the cell ahead, with what a box there hides"),
        part(
            KeyPart::Full,
            "all that is stored but the random stream and the clock: cells, agent, mission and its targets, moving balls in their order",
        ),
        part(KeyPart::Clock, "the step of the episode"),
    ]
}

#[inline]
pub fn key(rules: &Rules, mask: u32, it: &Words) -> u64 {
    if mask & KeyPart::Full.bit() != 0 {
        return key_full(mask, it);
    }
    let has = |part: KeyPart| mask & part.bit() != 0;
    let body = Body::unpack(it.agent[word::BODY]);
    let mut key = KeyHash::new(mask);
    if has(KeyPart::Position) {
        key.word(body.x);
        key.word(body.y);
    }
    if has(KeyPart::Facing) {
        key.word(body.dir);
    }
    if has(KeyPart::View) {
        key.bytes(it.obs, (rules.view * rules.view * 3) as usize);
    }
    if has(KeyPart::Inventory) {
        key.word(body.carrying.into());
    }
    if has(KeyPart::Faced) {
        key.word(faced(rules, it.grid, body));
    }
    if has(KeyPart::Clock) {
        key.word(it.core[Core::STEP]);
    }
    key.end()
}

/// Returns the code of the cell ahead; a cell outside the map counts as a wall.
#[inline]
fn faced(rules: &Rules, grid: &[u32], body: Body) -> u32 {
    let (x, y) = ahead(body);
    if x >= rules.width || y >= rules.height {
        return cells::WALL_GREY.into();
    }
    let cell = y * rules.width + x;
    grid[(cell / 4) as usize] >> (cell % 4 * 8) & 255
}

/// Returns the key of all that is stored except the random stream; the clock is included only if `mask` has it.
fn key_full(mask: u32, it: &Words) -> u64 {
    let mut key = KeyHash::new(mask);
    key.words(it.grid);
    key.words(it.agent);
    key.words(it.balls);
    if mask & KeyPart::Clock.bit() != 0 {
        key.word(it.core[Core::STEP]);
    }
    key.end()
}

impl StateKeys for MiniGrid {
    fn default_keys(&self) -> DefaultKeys {
        DefaultKeys {
            counts: Key::of(&[KeyPart::Position, KeyPart::Facing, KeyPart::Inventory]),
            archive: Key::of(&[KeyPart::Position, KeyPart::Facing, KeyPart::Inventory, KeyPart::Faced]),
            ends: Key::of(&[KeyPart::Position, KeyPart::Facing, KeyPart::Inventory]),
            tabular: TabularKey::Explicit,
        }
    }

    fn key_parts(&self) -> Vec<(KeyPart, String)> {
        parts()
    }

    /// Number of bytes of the image.
    fn simhash_bytes(&self) -> usize {
        (self.rules.view * self.rules.view * 3) as usize
    }

    /// Number of objects; there are fewer colours and states.
    fn simhash_values(&self) -> usize {
        cells::object::NAMES.len()
    }

    #[inline]
    fn key_of(&self, mask: u32, i: usize, block: &Block) -> u64 {
        let words = grid_words(self.rules.width, self.rules.height);
        let obs_words = self.spec.obs_words();
        let words = Words {
            core: block.core_of(i),
            grid: &block.state[buffer::GRID][i * words..(i + 1) * words],
            agent: self.agent(i, block),
            balls: block.state.get(buffer::BALLS).map_or(&[][..], |balls| &balls[i * self.balls..(i + 1) * self.balls]),
            obs: &block.obs[i * obs_words..(i + 1) * obs_words],
        };
        key(&self.rules, mask, &words)
    }
}
