//! The turns of cows, zombies, skeletons, arrows and plants.
//!
//! A creature with health 0 leaves the world at the start of its turn and then finishes the turn: it draws its random numbers and may hit
//! or shoot. Its walk tests the target cell but moves nothing.

use super::instance::{Instance, Mob, Occupant};
use super::player;
use super::rules::{DIRECTIONS, Rules, kind};
use crate::shaders::shared::chance::Chance;

/// The state of a creature's turn: its position, and whether it has left the world.
struct Turn {
    slot: usize,
    x: u32,
    y: u32,
    gone: bool,
}

impl Turn {
    fn begin(instance: &mut Instance, rules: &Rules, slot: usize, mob: Mob) -> Turn {
        let gone = mob.health == 0;
        if gone {
            instance.remove(&rules.at, slot);
        }
        Turn { slot, x: mob.x, y: mob.y, gone }
    }

    /// Moves the creature if the target cell is free. Returns whether the cell is free.
    fn walk(&mut self, instance: &mut Instance, rules: &Rules, (dx, dy): (i32, i32)) -> bool {
        let (x, y) = (self.x as i32 + dx, self.y as i32 + dy);
        let free = instance.is_free(&rules.at, x, y, rules.walkable);
        if free && !self.gone {
            (self.x, self.y) = (x as u32, y as u32);
            instance.relocate(&rules.at, self.slot, self.x, self.y);
        }
        free
    }

    fn wander(&mut self, instance: &mut Instance, rules: &Rules, chance: &mut impl Chance) {
        let direction = DIRECTIONS[chance.randint(4) as usize];
        self.walk(instance, rules, direction);
    }

    fn distance(&self, instance: &Instance) -> u32 {
        instance.distance(self.x, self.y)
    }

    fn set_extra(&self, instance: &mut Instance, value: u32) {
        if !self.gone {
            instance.set_extra(self.slot, value);
        }
    }
}

pub fn update(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance, slot: usize, mob: Mob) {
    match mob.kind {
        kind::COW => cow(instance, rules, chance, slot, mob),
        kind::ZOMBIE => zombie(instance, rules, chance, slot, mob),
        kind::SKELETON => skeleton(instance, rules, chance, slot, mob),
        kind::ARROW => arrow(instance, rules, slot, mob),
        _ => plant(instance, rules, slot, mob),
    }
}

fn cow(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance, slot: usize, mob: Mob) {
    let mut turn = Turn::begin(instance, rules, slot, mob);
    if chance.uniform53() < rules.odds.cow_walk {
        turn.wander(instance, rules, chance);
    }
}

fn zombie(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance, slot: usize, mob: Mob) {
    let set = &rules.set.zombie;
    let cooldown = instance.extra(slot);
    let mut turn = Turn::begin(instance, rules, slot, mob);
    if turn.distance(instance) <= set.near && chance.uniform53() < rules.odds.zombie_chase {
        let long_axis = chance.uniform53() < rules.odds.zombie_long;
        let step = instance.toward(turn.x, turn.y, long_axis);
        turn.walk(instance, rules, step);
    } else {
        turn.wander(instance, rules, chance);
    }
    if turn.distance(instance) > set.reach {
        return;
    }
    if cooldown > 0 {
        turn.set_extra(instance, cooldown - 1);
    } else {
        let asleep = instance.body[super::layout::body::SLEEPING] == 1;
        player::hurt(instance, rules, if asleep { set.damage_asleep } else { set.damage });
        turn.set_extra(instance, set.cooldown);
    }
}

fn skeleton(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance, slot: usize, mob: Mob) {
    let (set, odds) = (&rules.set.skeleton, &rules.odds);
    let reload = instance.extra(slot).saturating_sub(1);
    let mut turn = Turn::begin(instance, rules, slot, mob);
    turn.set_extra(instance, reload);
    let distance = turn.distance(instance);
    if distance <= set.retreat_within {
        let long_axis = chance.uniform53() < odds.retreat_long;
        let (dx, dy) = instance.toward(turn.x, turn.y, long_axis);
        if turn.walk(instance, rules, (-dx, -dy)) {
            return;
        }
    }
    if distance <= set.shoot_within && chance.uniform53() < odds.shoot {
        shoot(instance, rules, &turn, reload);
    } else if distance <= set.approach_within && chance.uniform53() < odds.approach {
        let long_axis = chance.uniform53() < odds.approach_long;
        let step = instance.toward(turn.x, turn.y, long_axis);
        turn.walk(instance, rules, step);
    } else if chance.uniform53() < odds.skeleton_walk {
        turn.wander(instance, rules, chance);
    }
}

fn shoot(instance: &mut Instance, rules: &Rules, turn: &Turn, reload: u32) {
    let (dx, dy) = instance.toward(turn.x, turn.y, true);
    if reload > 0 || (dx, dy) == (0, 0) {
        return;
    }
    let (x, y) = (turn.x as i32 + dx, turn.y as i32 + dy);
    if instance.is_free(&rules.at, x, y, rules.walkable_arrow) {
        let facing = DIRECTIONS.iter().position(|d| *d == (dx, dy)).unwrap_or(0) as u32;
        instance.add(&rules.at, Mob { x: x as u32, y: y as u32, kind: kind::ARROW, facing, health: 0 }, 0);
        turn.set_extra(instance, rules.set.skeleton.reload);
    }
}

fn arrow(instance: &mut Instance, rules: &Rules, slot: usize, mob: Mob) {
    let (dx, dy) = DIRECTIONS[mob.facing as usize];
    let (x, y) = (mob.x as i32 + dx, mob.y as i32 + dy);
    let Some(cell) = instance.cell(&rules.at, x, y) else { return instance.remove(&rules.at, slot) };
    match instance.occupant(&rules.at, cell) {
        Occupant::Player => {
            player::hurt(instance, rules, rules.set.arrow.damage);
            instance.remove(&rules.at, slot);
        }
        Occupant::Mob(other) => {
            let mut hit = instance.mob(other);
            hit.health = hit.health.saturating_sub(rules.set.arrow.damage);
            instance.set_mob(other, hit);
            instance.remove(&rules.at, slot);
        }
        Occupant::Nobody => {
            let material = instance.material(cell);
            if rules.walkable_arrow >> material & 1 == 1 {
                return instance.relocate(&rules.at, slot, x as u32, y as u32);
            }
            instance.remove(&rules.at, slot);
            if rules.breaks >> material & 1 == 1 {
                instance.set_material(&rules.at, cell, rules.arrow_leaves);
            }
        }
    }
}

fn plant(instance: &mut Instance, rules: &Rules, slot: usize, mob: Mob) {
    let grown = instance.extra(slot);
    instance.set_extra(slot, grown.saturating_add(1));
    let trampled = DIRECTIONS.iter().any(|(dx, dy)| {
        let cell = instance.cell(&rules.at, mob.x as i32 + dx, mob.y as i32 + dy);
        cell.is_some_and(|cell| match instance.occupant(&rules.at, cell) {
            Occupant::Mob(other) => matches!(instance.mob(other).kind, kind::COW | kind::ZOMBIE | kind::SKELETON),
            _ => false,
        })
    });
    let health = mob.health.saturating_sub(u32::from(trampled));
    instance.set_mob(slot, Mob { health, ..mob });
    if health == 0 {
        instance.remove(&rules.at, slot);
    }
}
