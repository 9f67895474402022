//! Every tenth step each chunk that ever held an object may gain or lose one creature of each kind.

use super::lane::{Lane, Mob};
use super::rules::{BalanceRule, Rules, kind};
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::entity;

pub fn update(lane: &mut Lane, rules: &Rules, chance: &mut impl Chance, day_ix: usize) {
    let at = &rules.at;
    for k in 0..lane.world[at.chunk_order] as usize {
        let chunk = lane.world[at.chunk_order + 1 + k] as usize;
        chance.turn(entity::CHUNK + chunk as u32);
        for rule in &rules.balance {
            let n = lane.world[at.chunk_mobs + chunk] >> shift_of(rule.kind) & 0xff;
            let space = lane.world[at.chunk_space + chunk] >> if rule.material == super::rules::material::GRASS { 0 } else { 16 }
                & 0xffff;
            let least = if space < rule.min_space { 0 } else { rule.min[day_ix] };
            if n < least && chance.uniform53() < rule.spawn {
                spawn(lane, rules, rule, chance, chunk, space);
            } else if n > rule.max[day_ix] && chance.uniform53() < rule.despawn {
                despawn(lane, rules, rule, chance, chunk, n);
            }
        }
    }
    lane.compact(at);
}

fn shift_of(kind: u32) -> u32 {
    match kind {
        kind::COW => 0,
        kind::ZOMBIE => 8,
        _ => 16,
    }
}

/// (first column, end, first row, end) of a chunk.
fn bounds(rules: &Rules, chunk: usize) -> (u32, u32, u32, u32) {
    let [w, h] = rules.set.chunk;
    let (cx, cy) = (chunk as u32 % rules.at.chunks_x, chunk as u32 / rules.at.chunks_x);
    (cx * w, ((cx + 1) * w).min(rules.at.width), cy * h, ((cy + 1) * h).min(rules.at.height))
}

/// Picks one of the chunk's cells of the material, column by column; nothing comes of it if the cell is taken or too near.
fn spawn(lane: &mut Lane, rules: &Rules, rule: &BalanceRule, chance: &mut impl Chance, chunk: usize, space: u32) {
    let mut left = chance.randint(space);
    let (x0, x1, y0, y1) = bounds(rules, chunk);
    for x in x0..x1 {
        for y in y0..y1 {
            let cell = (y * rules.at.width + x) as usize;
            if lane.material(cell) != rule.material {
                continue;
            }
            if left == 0 {
                if !lane.is_occupied(&rules.at, cell) && lane.distance(x, y) >= rule.spawn_distance {
                    lane.add(&rules.at, Mob { x, y, kind: rule.kind, facing: 0, health: birth_health(rules, rule.kind) }, 0);
                }
                return;
            }
            left -= 1;
        }
    }
}

/// Picks one of the chunk's creatures of the kind, in order of entering; it stays if the player is too near.
fn despawn(lane: &mut Lane, rules: &Rules, rule: &BalanceRule, chance: &mut impl Chance, chunk: usize, n: u32) {
    let mut left = chance.randint(n);
    for slot in 0..lane.n_mobs() {
        let mob = lane.mob(slot);
        if mob.kind != rule.kind || super::lane::chunk_of(&rules.at, mob.x, mob.y) != chunk {
            continue;
        }
        if left == 0 {
            if lane.distance(mob.x, mob.y) >= rule.despawn_distance {
                lane.remove(&rules.at, slot);
            }
            return;
        }
        left -= 1;
    }
}

pub fn birth_health(rules: &Rules, kind: u32) -> u32 {
    match kind {
        kind::COW => rules.set.cow.health,
        kind::ZOMBIE => rules.set.zombie.health,
        kind::SKELETON => rules.set.skeleton.health,
        kind::PLANT => rules.set.plant.health,
        _ => 0,
    }
}
