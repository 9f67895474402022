//! The player's turn: action, life statistics, recovery, clamping, waking when hurt. In this order, as the reference has it.

use super::lane::{Lane, Mob, Occupant};
use super::layout::body;
use super::rules::{DIRECTIONS, Op, Rules, kind, material};
use crate::shaders::shared::chance::Chance;

pub fn update(lane: &mut Lane, rules: &Rules, chance: &mut impl Chance) {
    let mut op = rules.ops[lane.core[crate::envs::shared::core::Core::ACTION] as usize];
    if lane.body[body::SLEEPING] == 1 {
        if lane.item(rules.roles.energy) < rules.item_max[rules.roles.energy] {
            op = Op::Sleep;
        } else {
            lane.body[body::SLEEPING] = 0;
            lane.achieve(&rules.at, rules.roles.wake_up);
        }
    }
    match op {
        Op::Noop => {}
        Op::Move(direction) => walk(lane, rules, direction),
        Op::Do => act(lane, rules, chance),
        Op::Sleep => {
            if lane.item(rules.roles.energy) < rules.item_max[rules.roles.energy] {
                lane.body[body::SLEEPING] = 1;
            }
        }
        Op::Place(ix) => place(lane, rules, ix),
        Op::Make(ix) => make(lane, rules, ix),
    }
    live(lane, rules);
    recover(lane, rules);
    for item in 0..rules.at.n_items {
        let count = lane.item(item).clamp(0, rules.item_max[item]);
        lane.body[body::ITEMS + item] = count as u32;
    }
    // After the clamping: waking looks at the health that the inventory will show.
    let health = lane.item(rules.roles.health) as u32;
    if health < lane.body[body::LAST_HEALTH] {
        lane.body[body::SLEEPING] = 0;
    }
    lane.body[body::LAST_HEALTH] = health;
}

/// Health is a property of the inventory that never goes below 0.
pub fn hurt(lane: &mut Lane, rules: &Rules, damage: u32) {
    let health = lane.item(rules.roles.health);
    lane.body[body::ITEMS + rules.roles.health] = (health - damage as i32).max(0) as u32;
}

fn walk(lane: &mut Lane, rules: &Rules, direction: u32) {
    lane.body[body::FACING] = direction;
    let (x, y) = lane.faced();
    if lane.is_free(&rules.at, x, y, rules.walkable_player) {
        lane.relocate_player(&rules.at, x as u32, y as u32);
    }
    let here = (lane.body[body::Y] * rules.at.width + lane.body[body::X]) as usize;
    if lane.material(here) == material::LAVA {
        lane.body[body::ITEMS + rules.roles.health] = 0;
    }
}

fn act(lane: &mut Lane, rules: &Rules, chance: &mut impl Chance) {
    let (x, y) = lane.faced();
    let Some(cell) = lane.cell(&rules.at, x, y) else { return };
    match lane.occupant(&rules.at, cell) {
        Occupant::Mob(slot) => strike(lane, rules, slot),
        Occupant::Player => {}
        Occupant::Nobody => collect(lane, rules, chance, cell),
    }
}

fn strike(lane: &mut Lane, rules: &Rules, slot: usize) {
    let best = rules.damage.iter().filter(|(item, _)| lane.item(*item) != 0).map(|(_, damage)| *damage).max();
    let damage = best.unwrap_or(0).max(1) as u32;
    let mut mob = lane.mob(slot);
    match mob.kind {
        kind::PLANT => {
            if lane.extra(slot) > rules.set.plant.ripe_above {
                lane.set_extra(slot, 0);
                lane.add_item(rules.roles.food, rules.set.plant.food as i32);
                lane.achieve(&rules.at, rules.roles.eat_plant);
            }
            return;
        }
        kind::ARROW => return,
        _ => {}
    }
    mob.health = mob.health.saturating_sub(damage);
    lane.set_mob(slot, mob);
    if mob.health > 0 {
        return;
    }
    match mob.kind {
        kind::ZOMBIE => lane.achieve(&rules.at, rules.roles.defeat_zombie),
        kind::SKELETON => lane.achieve(&rules.at, rules.roles.defeat_skeleton),
        _ => {
            lane.add_item(rules.roles.food, rules.set.cow.food as i32);
            lane.achieve(&rules.at, rules.roles.eat_cow);
            lane.body[body::HUNGER] = 0;
        }
    }
}

fn collect(lane: &mut Lane, rules: &Rules, chance: &mut impl Chance, cell: usize) {
    let Some(rule) = &rules.collect[lane.material(cell) as usize] else { return };
    if rule.resets_thirst {
        lane.body[body::THIRST] = 0;
    }
    if rule.requires.iter().any(|(item, n)| lane.item(*item) < *n) {
        return;
    }
    lane.set_material(&rules.at, cell, rule.leaves);
    if chance.uniform53() <= rule.most {
        for (item, n, achievement) in &rule.gives {
            lane.add_item(*item, *n);
            lane.achieve(&rules.at, *achievement);
        }
    }
}

fn place(lane: &mut Lane, rules: &Rules, ix: usize) {
    let rule = &rules.place[ix];
    let (x, y) = lane.faced();
    let Some(cell) = lane.cell(&rules.at, x, y) else { return };
    if lane.is_occupied(&rules.at, cell) || rule.on >> lane.material(cell) & 1 == 0 {
        return;
    }
    if rule.uses.iter().any(|(item, n)| lane.item(*item) < *n) {
        return;
    }
    for (item, n) in &rule.uses {
        lane.add_item(*item, -n);
    }
    match rule.material {
        Some(material) => lane.set_material(&rules.at, cell, material),
        None => {
            let plant = Mob { x: x as u32, y: y as u32, kind: kind::PLANT, facing: 0, health: rules.set.plant.health };
            lane.add(&rules.at, plant, 0);
        }
    }
    lane.achieve(&rules.at, rule.achievement);
}

fn make(lane: &mut Lane, rules: &Rules, ix: usize) {
    let rule = &rules.make[ix];
    if rule.near & !nearby(lane, rules) != 0 || rule.uses.iter().any(|(item, n)| lane.item(*item) < *n) {
        return;
    }
    for (item, n) in &rule.uses {
        lane.add_item(*item, -n);
    }
    lane.add_item(rule.item, rule.gives);
    lane.achieve(&rules.at, rule.achievement);
}

/// Bits of the materials in the 3 x 3 cells around the player. The reference slices an array for it: at x = 0 or y = 0 the
/// slice starts at -1 and is empty.
fn nearby(lane: &Lane, rules: &Rules) -> u32 {
    let (px, py) = (lane.body[body::X], lane.body[body::Y]);
    if px == 0 || py == 0 {
        return slice_from_the_end(lane, rules, px, py);
    }
    let mut found = 0;
    for y in py - 1..(py + 2).min(rules.at.height) {
        for x in px - 1..(px + 2).min(rules.at.width) {
            found |= 1 << lane.material((y * rules.at.width + x) as usize);
        }
    }
    found
}

/// Python's `a[-1:2]` counts the start from the end: empty unless the side is shorter than three cells.
fn slice_from_the_end(lane: &Lane, rules: &Rules, px: u32, py: u32) -> u32 {
    let range = |p: u32, side: u32| if p == 0 { side - 1..2.min(side) } else { p - 1..(p + 2).min(side) };
    let mut found = 0;
    for y in range(py, rules.at.height) {
        for x in range(px, rules.at.width) {
            found |= 1 << lane.material((y * rules.at.width + x) as usize);
        }
    }
    found
}

fn live(lane: &mut Lane, rules: &Rules) {
    let v = &rules.vitals;
    let asleep = lane.body[body::SLEEPING] as usize;
    for (field, rule, item) in [(body::HUNGER, &v.hunger, rules.roles.food), (body::THIRST, &v.thirst, rules.roles.drink)] {
        let count = lane.body[field] as i32 + rule[1 + asleep];
        lane.body[field] = if count > rule[0] { 0 } else { count as u32 };
        if count > rule[0] {
            lane.add_item(item, -1);
        }
    }
    let mut fatigue = lane.body[body::FATIGUE] as i32 + v.fatigue[asleep];
    if asleep == 1 {
        fatigue = fatigue.min(0);
    }
    if fatigue < v.rested_below {
        fatigue = 0;
        lane.add_item(rules.roles.energy, 1);
    }
    if fatigue > v.tired_above {
        fatigue = 0;
        lane.add_item(rules.roles.energy, -1);
    }
    lane.body[body::FATIGUE] = fatigue as u32;
}

fn recover(lane: &mut Lane, rules: &Rules) {
    let v = &rules.vitals;
    let asleep = lane.body[body::SLEEPING] as usize;
    let roles = &rules.roles;
    let well = lane.item(roles.food) > 0 && lane.item(roles.drink) > 0 && (lane.item(roles.energy) > 0 || asleep == 1);
    let mut count = lane.body[body::RECOVER] as i32 + if well { v.recover[asleep] } else { v.starve[asleep] };
    if count > v.heal_above {
        count = 0;
        lane.add_item(roles.health, 1);
    }
    if count < v.hurt_below {
        count = 0;
        hurt(lane, rules, 1);
    }
    lane.body[body::RECOVER] = count as u32;
}

/// The player as a reset makes him.
pub fn be_born(lane: &mut Lane, rules: &Rules) {
    lane.body.fill(0);
    lane.body[body::FACING] = (DIRECTIONS.len() - 1) as u32;
    for (item, n) in rules.item_initial.iter().enumerate() {
        lane.body[body::ITEMS + item] = *n as u32;
    }
    lane.body[body::LAST_HEALTH] = rules.item_initial[rules.roles.health] as u32;
    lane.body[body::PAID_HEALTH] = lane.body[body::LAST_HEALTH];
}
