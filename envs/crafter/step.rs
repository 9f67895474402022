//! One step of one instance, in the reference's order: clock, player, objects in the order in which they entered, balance, reward.

use super::instance::Instance;
use super::layout::body;
use super::rules::Rules;
use super::{balance, creatures, player};
use crate::envs::shared::core::Core;
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::entity;

/// Rewards are counted in tenths.
pub const REWARD_DENOMINATOR: u32 = 10;

pub fn step(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance) {
    instance.core[Core::STEP] += 1;
    let step = instance.core[Core::STEP];
    // Objects that are added during the step get their first turn in the next step.
    let n_mobs = instance.n_mobs();
    chance.turn(entity::PLAYER);
    player::update(instance, rules, chance);
    for first in (0..n_mobs).step_by(64) {
        let mut bits = near(instance, rules, first..n_mobs.min(first + 64));
        while bits != 0 {
            let slot = first + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            let mob = instance.mob(slot);
            chance.turn(entity::CELL + mob.y * rules.at.width + mob.x);
            creatures::update(instance, rules, chance, slot, mob);
        }
    }
    instance.compact();
    if step.is_multiple_of(rules.set.balance.every) {
        balance::update(instance, rules, chance, rules.day_ix(step));
    }
    reward_and_end(instance, rules, step);
}

/// Returns the bits of those slots, at most 64, whose objects get a turn. The player has moved already, and an object moves only in its
/// own turn. So all distances are known before the first turn.
fn near(instance: &Instance, rules: &Rules, slots: std::ops::Range<usize>) -> u64 {
    let (px, py, reach) = (instance.body[body::X] as i32, instance.body[body::Y] as i32, rules.reach as i32);
    let mut inside = [0u8; 64];
    for (flag, word) in inside.iter_mut().zip(&instance.mobs[1 + slots.start..1 + slots.end]) {
        let distance = ((word & 0xff) as i32 - px).abs() + ((word >> 8 & 0xff) as i32 - py).abs();
        *flag = u8::from(distance < reach);
    }
    let mut bits = 0;
    for (k, eight) in inside.chunks_exact(8).enumerate() {
        let flags = eight.iter().enumerate().fold(0u64, |sum, (b, flag)| sum | u64::from(*flag) << (8 * b));
        // Gathers the lowest bit of each byte into one byte.
        bits |= (flags.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * k);
    }
    bits
}

/// Sets reward and flags, and the fault if the next step may lack room.
fn reward_and_end(instance: &mut Instance, rules: &Rules, step: u32) {
    let health = instance.item(rules.roles.health);
    let mut reward = health - instance.body[body::PAID_HEALTH] as i32;
    instance.body[body::PAID_HEALTH] = health as u32;
    if instance.body[body::UNLOCKED] & !instance.body[body::PAID] != 0 {
        reward += REWARD_DENOMINATOR as i32;
    }
    instance.body[body::PAID] = instance.body[body::UNLOCKED];
    instance.core[Core::REWARD] = reward as u32;
    let dead = if health <= 0 { Core::TERMINATED } else { 0 };
    let over = if step >= rules.set.length { Core::TRUNCATED } else { 0 };
    instance.core[Core::FLAGS] = dead | over;
    if !rules.at.mobs.has_room(instance.mobs, 1) {
        instance.core[Core::FAULT] = Core::NEEDS_ROOM;
    }
}
