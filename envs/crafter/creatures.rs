//! What cows, zombies, skeletons, arrows and plants do in their turn.
//!
//! A creature at health 0 leaves the world at the start of its turn and then finishes the turn: it draws its numbers, may hit or
//! shoot, and its walk tests the target without moving anything.

use super::lane::{Lane, Mob, Occupant};
use super::player;
use super::rules::{DIRECTIONS, Rules, kind};
use crate::shaders::shared::chance::Chance;

/// A creature in its turn: where it stands and whether it has left the world.
struct Turn {
    slot: usize,
    x: u32,
    y: u32,
    gone: bool,
}

impl Turn {
    fn begin(lane: &mut Lane, rules: &Rules, slot: usize, mob: Mob) -> Turn {
        let gone = mob.health == 0;
        if gone {
            lane.remove(&rules.at, slot);
        }
        Turn { slot, x: mob.x, y: mob.y, gone }
    }

    /// Takes a step if the target is free; true if it was.
    fn walk(&mut self, lane: &mut Lane, rules: &Rules, (dx, dy): (i32, i32)) -> bool {
        let (x, y) = (self.x as i32 + dx, self.y as i32 + dy);
        let free = lane.is_free(&rules.at, x, y, rules.walkable);
        if free && !self.gone {
            (self.x, self.y) = (x as u32, y as u32);
            lane.relocate(&rules.at, self.slot, self.x, self.y);
        }
        free
    }

    fn wander(&mut self, lane: &mut Lane, rules: &Rules, chance: &mut impl Chance) {
        let direction = DIRECTIONS[chance.randint(4) as usize];
        self.walk(lane, rules, direction);
    }

    fn distance(&self, lane: &Lane) -> u32 {
        lane.distance(self.x, self.y)
    }

    fn set_extra(&self, lane: &mut Lane, value: u32) {
        if !self.gone {
            lane.set_extra(self.slot, value);
        }
    }
}

pub fn update(lane: &mut Lane, rules: &Rules, chance: &mut impl Chance, slot: usize, mob: Mob) {
    match mob.kind {
        kind::COW => cow(lane, rules, chance, slot, mob),
        kind::ZOMBIE => zombie(lane, rules, chance, slot, mob),
        kind::SKELETON => skeleton(lane, rules, chance, slot, mob),
        kind::ARROW => arrow(lane, rules, slot, mob),
        _ => plant(lane, rules, slot, mob),
    }
}

fn cow(lane: &mut Lane, rules: &Rules, chance: &mut impl Chance, slot: usize, mob: Mob) {
    let mut turn = Turn::begin(lane, rules, slot, mob);
    if chance.uniform53() < rules.odds.cow_walk {
        turn.wander(lane, rules, chance);
    }
}

fn zombie(lane: &mut Lane, rules: &Rules, chance: &mut impl Chance, slot: usize, mob: Mob) {
    let set = &rules.set.zombie;
    let cooldown = lane.extra(slot);
    let mut turn = Turn::begin(lane, rules, slot, mob);
    if turn.distance(lane) <= set.near && chance.uniform53() < rules.odds.zombie_chase {
        let long_axis = chance.uniform53() < rules.odds.zombie_long;
        let step = lane.toward(turn.x, turn.y, long_axis);
        turn.walk(lane, rules, step);
    } else {
        turn.wander(lane, rules, chance);
    }
    if turn.distance(lane) > set.reach {
        return;
    }
    if cooldown > 0 {
        turn.set_extra(lane, cooldown - 1);
    } else {
        let asleep = lane.body[super::layout::body::SLEEPING] == 1;
        player::hurt(lane, rules, if asleep { set.damage_asleep } else { set.damage });
        turn.set_extra(lane, set.cooldown);
    }
}

fn skeleton(lane: &mut Lane, rules: &Rules, chance: &mut impl Chance, slot: usize, mob: Mob) {
    let (set, odds) = (&rules.set.skeleton, &rules.odds);
    let reload = lane.extra(slot).saturating_sub(1);
    let mut turn = Turn::begin(lane, rules, slot, mob);
    turn.set_extra(lane, reload);
    let distance = turn.distance(lane);
    if distance <= set.retreat_within {
        let long_axis = chance.uniform53() < odds.retreat_long;
        let (dx, dy) = lane.toward(turn.x, turn.y, long_axis);
        if turn.walk(lane, rules, (-dx, -dy)) {
            return;
        }
    }
    if distance <= set.shoot_within && chance.uniform53() < odds.shoot {
        shoot(lane, rules, &turn, reload);
    } else if distance <= set.approach_within && chance.uniform53() < odds.approach {
        let long_axis = chance.uniform53() < odds.approach_long;
        let step = lane.toward(turn.x, turn.y, long_axis);
        turn.walk(lane, rules, step);
    } else if chance.uniform53() < odds.skeleton_walk {
        turn.wander(lane, rules, chance);
    }
}

fn shoot(lane: &mut Lane, rules: &Rules, turn: &Turn, reload: u32) {
    let (dx, dy) = lane.toward(turn.x, turn.y, true);
    if reload > 0 || (dx, dy) == (0, 0) {
        return;
    }
    let (x, y) = (turn.x as i32 + dx, turn.y as i32 + dy);
    if lane.is_free(&rules.at, x, y, rules.walkable_arrow) {
        let facing = DIRECTIONS.iter().position(|d| *d == (dx, dy)).unwrap_or(0) as u32;
        lane.add(&rules.at, Mob { x: x as u32, y: y as u32, kind: kind::ARROW, facing, health: 0 }, 0);
        turn.set_extra(lane, rules.set.skeleton.reload);
    }
}

fn arrow(lane: &mut Lane, rules: &Rules, slot: usize, mob: Mob) {
    let (dx, dy) = DIRECTIONS[mob.facing as usize];
    let (x, y) = (mob.x as i32 + dx, mob.y as i32 + dy);
    let Some(cell) = lane.cell(&rules.at, x, y) else { return lane.remove(&rules.at, slot) };
    match lane.occupant(&rules.at, cell) {
        Occupant::Player => {
            player::hurt(lane, rules, rules.set.arrow.damage);
            lane.remove(&rules.at, slot);
        }
        Occupant::Mob(other) => {
            let mut hit = lane.mob(other);
            hit.health = hit.health.saturating_sub(rules.set.arrow.damage);
            lane.set_mob(other, hit);
            lane.remove(&rules.at, slot);
        }
        Occupant::Nobody => {
            let material = lane.material(cell);
            if rules.walkable_arrow >> material & 1 == 1 {
                return lane.relocate(&rules.at, slot, x as u32, y as u32);
            }
            lane.remove(&rules.at, slot);
            if rules.breaks >> material & 1 == 1 {
                lane.set_material(&rules.at, cell, rules.arrow_leaves);
            }
        }
    }
}

fn plant(lane: &mut Lane, rules: &Rules, slot: usize, mob: Mob) {
    let grown = lane.extra(slot);
    lane.set_extra(slot, grown.saturating_add(1));
    let trampled = DIRECTIONS.iter().any(|(dx, dy)| {
        let cell = lane.cell(&rules.at, mob.x as i32 + dx, mob.y as i32 + dy);
        cell.is_some_and(|cell| match lane.occupant(&rules.at, cell) {
            Occupant::Mob(other) => matches!(lane.mob(other).kind, kind::COW | kind::ZOMBIE | kind::SKELETON),
            _ => false,
        })
    });
    let health = mob.health.saturating_sub(u32::from(trampled));
    lane.set_mob(slot, Mob { health, ..mob });
    if health == 0 {
        lane.remove(&rules.at, slot);
    }
}
