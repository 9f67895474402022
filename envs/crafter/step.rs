//! One step of one instance, in the order of the reference: clock, player, objects in order of entering, balance, reward.

use super::lane::{Lane, Mob};
use super::layout::body;
use super::rules::Rules;
use super::{balance, creatures, player};
use crate::envs::shared::world::Core;
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::entity;

/// Rewards are tenths.
pub const REWARD_DENOMINATOR: u32 = 10;

pub fn step(lane: &mut Lane, rules: &Rules, chance: &mut impl Chance) {
    lane.core[Core::STEP] += 1;
    let step = lane.core[Core::STEP];
    // Objects that enter during the step wait for the next one.
    let n_mobs = lane.n_mobs();
    chance.turn(entity::PLAYER);
    player::update(lane, rules, chance);
    for slot in 0..n_mobs {
        let mob = Mob::unpack(lane.mobs[1 + slot]);
        if mob.kind != 0 && lane.distance(mob.x, mob.y) < rules.reach {
            chance.turn(entity::CELL + mob.y * rules.at.width + mob.x);
            creatures::update(lane, rules, chance, slot, mob);
        }
    }
    lane.compact(&rules.at);
    if step.is_multiple_of(rules.set.balance.every) {
        balance::update(lane, rules, chance, rules.day_ix(step));
    }
    settle(lane, rules, step);
}

/// Reward and flags.
fn settle(lane: &mut Lane, rules: &Rules, step: u32) {
    let health = lane.item(rules.roles.health);
    let mut reward = health - lane.body[body::PAID_HEALTH] as i32;
    lane.body[body::PAID_HEALTH] = health as u32;
    let mut unlocked = 0;
    for a in 0..rules.at.n_achievements {
        unlocked |= u32::from(lane.body[rules.at.achievements + a] > 0) << a;
    }
    if unlocked & !lane.body[body::UNLOCKED] != 0 {
        reward += REWARD_DENOMINATOR as i32;
    }
    lane.body[body::UNLOCKED] |= unlocked;
    lane.core[Core::REWARD] = reward as u32;
    let dead = if health <= 0 { Core::TERMINATED } else { 0 };
    let over = if step >= rules.set.length { Core::TRUNCATED } else { 0 };
    lane.core[Core::FLAGS] = dead | over;
}
