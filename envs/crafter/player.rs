//! The player's turn, in the reference's order: action, vitals, recovery, clamping of items, waking when hurt.

use super::instance::{Instance, Mob, Occupant};
use super::layout::body;
use super::rules::{DIRECTIONS, Op, Rules, kind, material};
use crate::shaders::shared::chance::Chance;

pub fn update(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance) {
    let mut op = rules.ops[instance.core[crate::envs::shared::core::Core::ACTION] as usize];
    if instance.body[body::SLEEPING] == 1 {
        if instance.item(rules.roles.energy) < rules.item_max[rules.roles.energy] {
            op = Op::Sleep;
        } else {
            instance.body[body::SLEEPING] = 0;
            instance.achieve(&rules.at, rules.roles.wake_up);
        }
    }
    match op {
        Op::Noop => {}
        Op::Move(direction) => walk(instance, rules, direction),
        Op::Do => act(instance, rules, chance),
        Op::Sleep => {
            if instance.item(rules.roles.energy) < rules.item_max[rules.roles.energy] {
                instance.body[body::SLEEPING] = 1;
            }
        }
        Op::Place(ix) => place(instance, rules, ix),
        Op::Make(ix) => make(instance, rules, ix),
    }
    live(instance, rules);
    recover(instance, rules);
    for item in 0..rules.at.n_items {
        let count = instance.item(item).clamp(0, rules.item_max[item]);
        instance.body[body::ITEMS + item] = count as u32;
    }
    // This follows the clamping, because waking depends on the clamped health.
    let health = instance.item(rules.roles.health) as u32;
    if health < instance.body[body::LAST_HEALTH] {
        instance.body[body::SLEEPING] = 0;
    }
    instance.body[body::LAST_HEALTH] = health;
}

/// Subtracts `damage` from health, which does not go below 0.
pub fn hurt(instance: &mut Instance, rules: &Rules, damage: u32) {
    let health = instance.item(rules.roles.health);
    instance.body[body::ITEMS + rules.roles.health] = (health - damage as i32).max(0) as u32;
}

fn walk(instance: &mut Instance, rules: &Rules, direction: u32) {
    instance.body[body::FACING] = direction;
    let (x, y) = instance.faced();
    if instance.is_free(&rules.at, x, y, rules.walkable_player) {
        instance.relocate_player(&rules.at, x as u32, y as u32);
    }
    let here = (instance.body[body::Y] * rules.at.width + instance.body[body::X]) as usize;
    if instance.material(here) == material::LAVA {
        instance.body[body::ITEMS + rules.roles.health] = 0;
    }
}

fn act(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance) {
    let (x, y) = instance.faced();
    let Some(cell) = instance.cell(&rules.at, x, y) else { return };
    match instance.occupant(&rules.at, cell) {
        Occupant::Mob(slot) => strike(instance, rules, slot),
        Occupant::Player => {}
        Occupant::Nobody => collect(instance, rules, chance, cell),
    }
}

fn strike(instance: &mut Instance, rules: &Rules, slot: usize) {
    let best = rules.damage.iter().filter(|(item, _)| instance.item(*item) != 0).map(|(_, damage)| *damage).max();
    let damage = best.unwrap_or(0).max(1) as u32;
    let mut mob = instance.mob(slot);
    match mob.kind {
        kind::PLANT => {
            if instance.extra(slot) > rules.set.plant.ripe_above {
                instance.set_extra(slot, 0);
                instance.add_item(rules.roles.food, rules.set.plant.food as i32);
                instance.achieve(&rules.at, rules.roles.eat_plant);
            }
            return;
        }
        kind::ARROW => return,
        _ => {}
    }
    mob.health = mob.health.saturating_sub(damage);
    instance.set_mob(slot, mob);
    if mob.health > 0 {
        return;
    }
    match mob.kind {
        kind::ZOMBIE => instance.achieve(&rules.at, rules.roles.defeat_zombie),
        kind::SKELETON => instance.achieve(&rules.at, rules.roles.defeat_skeleton),
        _ => {
            instance.add_item(rules.roles.food, rules.set.cow.food as i32);
            instance.achieve(&rules.at, rules.roles.eat_cow);
            instance.body[body::HUNGER] = 0;
        }
    }
}

fn collect(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance, cell: usize) {
    let Some(rule) = &rules.collect[instance.material(cell) as usize] else { return };
    if rule.resets_thirst {
        instance.body[body::THIRST] = 0;
    }
    if rule.requires.iter().any(|(item, n)| instance.item(*item) < *n) {
        return;
    }
    instance.set_material(&rules.at, cell, rule.leaves);
    if chance.uniform53() <= rule.most {
        for (item, n, achievement) in &rule.gives {
            instance.add_item(*item, *n);
            instance.achieve(&rules.at, *achievement);
        }
    }
}

fn place(instance: &mut Instance, rules: &Rules, ix: usize) {
    let rule = &rules.place[ix];
    let (x, y) = instance.faced();
    let Some(cell) = instance.cell(&rules.at, x, y) else { return };
    if instance.is_occupied(&rules.at, cell) || rule.on >> instance.material(cell) & 1 == 0 {
        return;
    }
    if rule.uses.iter().any(|(item, n)| instance.item(*item) < *n) {
        return;
    }
    for (item, n) in &rule.uses {
        instance.add_item(*item, -n);
    }
    match rule.material {
        Some(material) => instance.set_material(&rules.at, cell, material),
        None => {
            let plant = Mob { x: x as u32, y: y as u32, kind: kind::PLANT, facing: 0, health: rules.set.plant.health };
            instance.add(&rules.at, plant, 0);
        }
    }
    instance.achieve(&rules.at, rule.achievement);
}

fn make(instance: &mut Instance, rules: &Rules, ix: usize) {
    let rule = &rules.make[ix];
    if rule.near & !nearby(instance, rules) != 0 || rule.uses.iter().any(|(item, n)| instance.item(*item) < *n) {
        return;
    }
    for (item, n) in &rule.uses {
        instance.add_item(*item, -n);
    }
    instance.add_item(rule.item, rule.gives);
    instance.achieve(&rules.at, rule.achievement);
}

/// Returns the bits of the materials in the 3 x 3 cells around the player. The reference slices an array: at x = 0 or y = 0 the slice
/// starts at -1 and is empty in most maps (see [`slice_from_the_end`]).
fn nearby(instance: &Instance, rules: &Rules) -> u32 {
    let (px, py) = (instance.body[body::X], instance.body[body::Y]);
    if px == 0 || py == 0 {
        return slice_from_the_end(instance, rules, px, py);
    }
    let mut found = 0;
    for y in py - 1..(py + 2).min(rules.at.height) {
        for x in px - 1..(px + 2).min(rules.at.width) {
            found |= 1 << instance.material((y * rules.at.width + x) as usize);
        }
    }
    found
}

/// Python's `a[-1:2]` counts the start from the end. It is empty unless the side is shorter than three cells.
fn slice_from_the_end(instance: &Instance, rules: &Rules, px: u32, py: u32) -> u32 {
    let range = |p: u32, side: u32| if p == 0 { side - 1..2.min(side) } else { p - 1..(p + 2).min(side) };
    let mut found = 0;
    for y in range(py, rules.at.height) {
        for x in range(px, rules.at.width) {
            found |= 1 << instance.material((y * rules.at.width + x) as usize);
        }
    }
    found
}

fn live(instance: &mut Instance, rules: &Rules) {
    let v = &rules.vitals;
    let asleep = instance.body[body::SLEEPING] as usize;
    for (field, rule, item) in [(body::HUNGER, &v.hunger, rules.roles.food), (body::THIRST, &v.thirst, rules.roles.drink)] {
        let count = instance.body[field] as i32 + rule[1 + asleep];
        instance.body[field] = if count > rule[0] { 0 } else { count as u32 };
        if count > rule[0] {
            instance.add_item(item, -1);
        }
    }
    let mut fatigue = instance.body[body::FATIGUE] as i32 + v.fatigue[asleep];
    if asleep == 1 {
        fatigue = fatigue.min(0);
    }
    if fatigue < v.rested_below {
        fatigue = 0;
        instance.add_item(rules.roles.energy, 1);
    }
    if fatigue > v.tired_above {
        fatigue = 0;
        instance.add_item(rules.roles.energy, -1);
    }
    instance.body[body::FATIGUE] = fatigue as u32;
}

fn recover(instance: &mut Instance, rules: &Rules) {
    let v = &rules.vitals;
    let asleep = instance.body[body::SLEEPING] as usize;
    let roles = &rules.roles;
    let well =
        instance.item(roles.food) > 0 && instance.item(roles.drink) > 0 && (instance.item(roles.energy) > 0 || asleep == 1);
    let mut count = instance.body[body::RECOVER] as i32 + if well { v.recover[asleep] } else { v.starve[asleep] };
    if count > v.heal_above {
        count = 0;
        instance.add_item(roles.health, 1);
    }
    if count < v.hurt_below {
        count = 0;
        hurt(instance, rules, 1);
    }
    instance.body[body::RECOVER] = count as u32;
}

/// Sets the player's words to their values after a reset; the position is set later.
pub fn be_born(instance: &mut Instance, rules: &Rules) {
    instance.body.fill(0);
    instance.body[body::FACING] = (DIRECTIONS.len() - 1) as u32;
    for (item, n) in rules.item_initial.iter().enumerate() {
        instance.body[body::ITEMS + item] = *n as u32;
    }
    instance.body[body::LAST_HEALTH] = rules.item_initial[rules.roles.health] as u32;
    instance.body[body::PAID_HEALTH] = instance.body[body::LAST_HEALTH];
}
