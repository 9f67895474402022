//! The twins of accumulate.wgsl, score.wgsl and best.wgsl: for each action some rollouts on forks, and the action whose best rollout has
//! the largest score.
//!
//! Fork `a * rollouts + r` of an instance takes action `a`, then random actions, with noise index `r`. Rollouts of the same number share
//! their noise and their random actions, so actions are compared under equal noise.

use crate::envs::shared::core::Core;
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::{Keyed, entity};

/// Separates the key of ties from those of worlds, forks and the random agent.
const KEY: [u32; 2] = [0x6c6f_6f6b, 0x6168_6561];
/// Unit of discounts: a discount of 1.
pub const DISCOUNT_ONE: u32 = 1 << 16;

/// Returns the discount of the step after the one that has `discount`.
pub fn next_discount(discount: u32, gamma: u32) -> u32 {
    (discount * gamma.min(DISCOUNT_ONE - 1) + DISCOUNT_ONE / 2) >> 16
}

/// Adds `value` times `discount` to `score`, saturating.
pub fn accumulate(score: i32, value: i32, discount: u32) -> i32 {
    let discounted = (i64::from(value.unsigned_abs()) * i64::from(discount)) >> 16;
    score.saturating_add(if value < 0 { -discounted as i32 } else { discounted as i32 })
}

/// Returns the score of an action: the largest score of its rollouts.
#[inline]
pub fn score(rollouts: &[i32]) -> i32 {
    rollouts.iter().copied().max().unwrap_or(i32::MIN)
}

/// Returns the action with the largest score. Ties are broken by the agent's own random stream. `scores` are `[num_actions, rollouts]`.
pub fn best(seed: u64, num_actions: u32, scores: &[i32], core: &[u32]) -> u32 {
    let rollouts = scores.len() / num_actions as usize;
    let best_of = |a: u32| score(&scores[a as usize * rollouts..][..rollouts]);
    let best = (0..num_actions).map(best_of).max().unwrap_or(i32::MIN);
    let ties = (0..num_actions).filter(|a| best_of(*a) == best).count() as u32;
    let key = [core[Core::SEED_LO] ^ KEY[0] ^ seed as u32, core[Core::SEED_HI] ^ KEY[1] ^ (seed >> 32) as u32];
    let mut left = Keyed::new(key, core[Core::EPISODE], core[Core::STEP], entity::AGENT).randint(ties.max(1));
    for a in 0..num_actions {
        if best_of(a) == best {
            if left == 0 {
                return a;
            }
            left -= 1;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_far_ahead_count_less() {
        let half = DISCOUNT_ONE / 2;
        assert_eq!(accumulate(0, 1000, DISCOUNT_ONE), 1000);
        assert_eq!(accumulate(10, 1000, half), 510);
        assert_eq!(accumulate(10, -1000, half), -490);
        assert_eq!(next_discount(DISCOUNT_ONE, half), half);
        assert_eq!(next_discount(half, half), half / 2);
        assert_eq!(accumulate(i32::MAX - 1, i32::MAX, DISCOUNT_ONE), i32::MAX);
    }

    #[test]
    fn the_best_rollout_decides_and_ties_are_broken_by_chance() {
        let core = |step: u32| [0, 0, 0, 1, step, 7, 0, 0];
        // Action 1 has the best single rollout, action 2 the best mean.
        assert_eq!(super::best(0, 3, &[0, 0, 9, -9, 5, 5], &core(0)), 1);
        let chosen: Vec<u32> = (0..300).map(|step| super::best(0, 3, &[4, 0, 3, 3, 1, 4], &core(step))).collect();
        let zeros = chosen.iter().filter(|a| **a == 0).count();
        assert!(chosen.iter().all(|a| *a != 1) && (100..200).contains(&zeros), "{zeros} of 300");
    }
}
