//! The record that the reference's judge prints for a state. Digests cover the map, the random stream, and what no other field shows.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::instance::Instance;
use super::layout::body;
use super::rules::{DIRECTIONS, PLAYER_ID, Rules, daylight, kind};
use crate::envs::shared::core::Core;
use crate::shaders::shared::mt19937;

pub fn record(instance: &Instance, rules: &Rules, action: Option<u32>, rng: Option<&[u32]>, pixels: Option<&[u8]>) -> Value {
    let step = instance.core[Core::STEP];
    let (dx, dy) = DIRECTIONS[instance.body[body::FACING] as usize];
    let health = instance.item(rules.roles.health);
    let reward = if action.is_some() { reward(instance.core[Core::REWARD] as i32) } else { 0.0 };
    let mut line = json!({
        "step": step,
        "action": action,
        "reward": (reward * 1e6).round() / 1e6,
        "terminated": health <= 0,
        "truncated": step >= rules.set.length,
        "pos": [instance.body[body::X], instance.body[body::Y]],
        "facing": [dx, dy],
        "sleeping": instance.body[body::SLEEPING] == 1,
        "inventory": (0..rules.at.n_items).map(|i| instance.item(i)).collect::<Vec<_>>(),
        "achievements": &instance.body[rules.at.achievements..rules.at.achievements + rules.at.n_achievements],
        "daylight": daylight(&rules.set, step),
        "semantic": hex(&semantic(instance, rules)),
        "objects": instance.n_mobs() + 1,
        "hidden": hex(&hidden(instance, rules)),
    });
    if let Some(rng) = rng {
        line["rng"] = hex(&stream(rng)).into();
    }
    if let Some(pixels) = pixels {
        line["pixels"] = hex(pixels).into();
    }
    line
}

/// The float64 reward that the package computes from the health change (in tenths) and the unlock.
pub fn reward(raw: i32) -> f64 {
    // A step raises health by at most 1 (in the built-in rulesets), so a raw value above 5 contains the 10 of an unlock.
    let unlocked = raw > 5 && raw - 10 >= -10;
    if unlocked { f64::from(raw - 10) / 10.0 + 1.0 } else { f64::from(raw) / 10.0 }
}

/// The whole map as semantic ids, x-major.
pub fn semantic(instance: &Instance, rules: &Rules) -> Vec<u8> {
    let at = &rules.at;
    let mut map = Vec::with_capacity((at.width * at.height) as usize);
    for x in 0..at.width {
        map.extend((0..at.height).map(|y| instance.material((y * at.width + x) as usize) as u8));
    }
    let mut put = |x: u32, y: u32, id: u32| map[(x * at.height + y) as usize] = id as u8;
    put(instance.body[body::X], instance.body[body::Y], PLAYER_ID);
    for slot in 0..instance.n_mobs() {
        let mob = instance.mob(slot);
        put(mob.x, mob.y, PLAYER_ID + mob.kind);
    }
    map
}

fn hidden(instance: &Instance, rules: &Rules) -> Vec<u8> {
    let b = &instance.body;
    let mut numbers: Vec<i32> =
        [body::HUNGER, body::THIRST, body::FATIGUE, body::RECOVER, body::LAST_HEALTH].iter().map(|f| b[*f] as i32).collect();
    numbers.extend([PLAYER_ID as i32, b[body::X] as i32, b[body::Y] as i32, instance.item(rules.roles.health), 0, 0, 0]);
    for slot in 0..instance.n_mobs() {
        let mob = instance.mob(slot);
        let (dx, dy) = if mob.kind == kind::ARROW { DIRECTIONS[mob.facing as usize] } else { (0, 0) };
        let extra = instance.extra(slot) as i32;
        numbers.extend([(PLAYER_ID + mob.kind) as i32, mob.x as i32, mob.y as i32, mob.health as i32, extra, dx, dy]);
    }
    for k in 0..instance.world[rules.at.chunk_order] as usize {
        let chunk = instance.world[rules.at.chunk_order + 1 + k];
        numbers.push((chunk % rules.at.chunks_x * rules.set.chunk[0]) as i32);
        numbers.push((chunk / rules.at.chunks_x * rules.set.chunk[1]) as i32);
    }
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn stream(rng: &[u32]) -> Vec<u8> {
    let (words, position) = mt19937::numpy_state(rng);
    words.iter().chain([&position]).flat_map(|w| w.to_le_bytes()).collect()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
