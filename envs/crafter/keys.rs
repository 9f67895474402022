//! Keys of a state: the twin of key.wgsl and, for the full state, of key_full.wgsl.

use super::layout::{MOBS, WORLD, body};
use super::rules::{DIRECTIONS, KINDS, PLAYER_ID, Rules};
use super::world::Crafter;
use crate::envs::shared::block::Block;
use crate::envs::shared::core::Core;
use crate::envs::shared::key::{DefaultKeys, Key, KeyHash, KeyPart, TabularKey, obs_byte};
use crate::envs::shared::world::StateKeys;

/// Read access to one instance's words.
pub struct Words<'a> {
    pub core: &'a [u32],
    pub world: &'a [u32],
    pub mobs: &'a [u32],
    pub body: &'a [u32],
    pub obs: &'a [u32],
}

/// Returns the key parts of this world with a description of each.
pub fn parts(rules: &Rules) -> Vec<(KeyPart, String)> {
    let (items, roles) = (&rules.set.items, &rules.roles);
    let vitals = [roles.health, roles.food, roles.drink, roles.energy].map(|item| items[item].name.as_str()).join(", ");
    let mut parts = vec![
        (KeyPart::Position, "x and y".to_string()),
        (KeyPart::Facing, "left, right, up or down".into()),
        (KeyPart::View, "the semantic ids in view; neither inventory nor daylight".into()),
        (KeyPart::Inventory, format!("the counts of all items but {vitals}")),
        (KeyPart::Achievements, "which are unlocked in this episode, not how often".into()),
    ];
    if shows_faced(rules) {
        parts.push((KeyPart::Faced, "the semantic id of the cell that the player faces".into()));
    }
    let full = "all that is stored but the random stream and the clock: map, creatures in their order, chunks in their order, \
                inventory, how often each achievement was done, and the player's hidden counters";
    parts.extend([
        (KeyPart::Full, full.into()),
        (KeyPart::Vitals, format!("the counts of {vitals}")),
        (KeyPart::Clock, "the step of the episode, and with it the time of day".into()),
    ]);
    parts
}

/// Whether the faced cell is always in view.
fn shows_faced(rules: &Rules) -> bool {
    rules.set.view[0] >= 3 && rules.map_rows() >= 3
}

#[inline]
pub fn key(rules: &Rules, mask: u32, it: &Words) -> u64 {
    if mask & KeyPart::Full.bit() != 0 {
        return key_full(mask, it);
    }
    let has = |part: KeyPart| mask & part.bit() != 0;
    let mut key = KeyHash::new(mask);
    if has(KeyPart::Position) {
        key.word(it.body[body::X]);
        key.word(it.body[body::Y]);
    }
    if has(KeyPart::Facing) {
        key.word(it.body[body::FACING]);
    }
    if has(KeyPart::View) {
        key.bytes(it.obs, (rules.set.view[0] * rules.map_rows()) as usize);
    }
    if has(KeyPart::Inventory) {
        for k in (0..rules.at.n_items).filter(|k| !is_vital(rules, *k)) {
            key.word(it.body[body::ITEMS + k]);
        }
    }
    if has(KeyPart::Achievements) {
        key.word(it.body[body::UNLOCKED]);
    }
    if has(KeyPart::Faced) {
        key.word(faced(rules, it));
    }
    if has(KeyPart::Vitals) {
        let roles = &rules.roles;
        [roles.health, roles.food, roles.drink, roles.energy].into_iter().for_each(|k| key.word(it.body[body::ITEMS + k]));
    }
    if has(KeyPart::Clock) {
        key.word(it.core[Core::STEP]);
    }
    key.end()
}

#[inline]
fn is_vital(rules: &Rules, item: usize) -> bool {
    let roles = &rules.roles;
    item == roles.health || item == roles.food || item == roles.drink || item == roles.energy
}

/// Returns the semantic id that the view shows in the cell that the player faces, or 0 if that cell lies outside the view.
#[inline]
fn faced(rules: &Rules, it: &Words) -> u32 {
    let (view_w, view_h) = (rules.set.view[0], rules.map_rows());
    let (dx, dy) = DIRECTIONS[(it.body[body::FACING] & 3) as usize];
    let column = (view_w / 2).wrapping_add_signed(dx);
    let row = (view_h / 2).wrapping_add_signed(dy);
    if column >= view_w || row >= view_h {
        return 0;
    }
    obs_byte(it.obs, row * view_w + column)
}

/// Returns the key of all that is stored except the random stream; the clock is included only if `mask` has it.
/// Unused slots of objects are not read.
fn key_full(mask: u32, it: &Words) -> u64 {
    let mut key = KeyHash::new(mask);
    key.words(it.world);
    let capacity = it.mobs.len() / 2;
    let n = (it.mobs[0] as usize).min(capacity);
    key.word(n as u32);
    for slot in 0..n {
        key.word(it.mobs[1 + slot]);
        key.word(it.mobs[1 + capacity + slot]);
    }
    key.words(it.body);
    if mask & KeyPart::Clock.bit() != 0 {
        key.word(it.core[Core::STEP]);
    }
    key.end()
}

impl StateKeys for Crafter {
    fn default_keys(&self) -> DefaultKeys {
        DefaultKeys {
            counts: Key::of(&[KeyPart::Inventory, KeyPart::Achievements]),
            archive: Key::of(&[KeyPart::Achievements, KeyPart::Inventory]),
            ends: Key::of(&[KeyPart::Position, KeyPart::Facing, KeyPart::Inventory, KeyPart::Faced]),
            tabular: TabularKey::TooMany,
        }
    }

    fn key_parts(&self) -> Vec<(KeyPart, String)> {
        parts(&self.rules)
    }

    fn simhash_bytes(&self) -> usize {
        (self.rules.set.view[0] * self.rules.map_rows()) as usize
    }

    /// Number of semantic ids: materials, then kinds of objects.
    fn simhash_values(&self) -> usize {
        PLAYER_ID as usize + KINDS.len()
    }

    #[inline]
    fn key_of(&self, mask: u32, i: usize, block: &Block) -> u64 {
        let (at, obs_words) = (&self.rules.at, self.spec.obs_words());
        let mobs_words = block.words_each(MOBS, at.mobs_words);
        let words = Words {
            core: block.core_of(i),
            world: &block.state[WORLD][i * at.world_words..(i + 1) * at.world_words],
            mobs: &block.state[MOBS][i * mobs_words..(i + 1) * mobs_words],
            body: self.body(i, block),
            obs: &block.obs[i * obs_words..(i + 1) * obs_words],
        };
        key(&self.rules, mask, &words)
    }
}
