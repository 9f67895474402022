//! The twin of step.wgsl: one step of one instance, with u32 words and integers only.
//!
//! Order of a step: the player's move (slip or current, then ice), keys and doors of the cell where it ends, reward, TVs, end of the
//! episode.

use super::map;
use super::rules::{Rules, act, cell, kind, on};
use crate::envs::shared::core::Core;
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::{Keyed, entity};

/// Words of the `grid` buffer. From `TVS` on, each word holds eight TVs with four bits of colour each.
pub mod word {
    pub const X: usize = 0;
    pub const Y: usize = 1;
    pub const FACING: usize = 2;
    /// Letters of the keys the player has, as bits.
    pub const CARRIED: usize = 3;
    /// Keys picked up, by number, as bits.
    pub const TAKEN: usize = 4;
    /// Doors opened by a spent key, by number, as bits.
    pub const OPENED: usize = 5;
    pub const TVS: usize = 6;
}

const TVS_A_WORD: usize = 8;
/// No direction: the player stays.
pub const NOWHERE: u32 = 4;
/// Facing after a turn to the left and to the right, by direction.
const LEFT_OF: [u32; 4] = [map::S, map::N, map::W, map::E];
const RIGHT_OF: [u32; 4] = [map::N, map::S, map::E, map::W];

/// Number of words of an instance in `grid` in a world with `n_tvs` TVs.
pub fn words(n_tvs: usize) -> usize {
    word::TVS + n_tvs.div_ceil(TVS_A_WORD)
}

/// The cell under the player. A position outside counts as the nearest cell inside, so that no state can lead off the map.
#[inline]
pub fn here(rules: &Rules, grid: &[u32]) -> u32 {
    let x = grid[word::X].min(rules.width - 1);
    let y = grid[word::Y].min(rules.height - 1);
    y * rules.width + x
}

#[inline]
pub fn tv_colour(grid: &[u32], tv: usize) -> u32 {
    grid[word::TVS + tv / TVS_A_WORD] >> (tv % TVS_A_WORD * 4) & 15
}

#[inline]
fn set_tv_colour(grid: &mut [u32], tv: usize, colour: u32) {
    let shift = tv % TVS_A_WORD * 4;
    let at = &mut grid[word::TVS + tv / TVS_A_WORD];
    *at = *at & !(15 << shift) | colour << shift;
}

/// Writes the first state of an episode.
pub fn begin(rules: &Rules, core: &[u32], grid: &mut [u32]) {
    let mut chance = Keyed::new([core[Core::SEED_LO], core[Core::SEED_HI]], core[Core::EPISODE], 0, entity::PLAYER);
    let start = rules.starts[chance.randint(rules.starts.len() as u32) as usize];
    grid.fill(0);
    grid[word::X] = start % rules.width;
    grid[word::Y] = start / rules.width;
    grid[word::FACING] = rules.facing;
    for (ix, tv) in rules.tvs.iter().enumerate().filter(|(_, tv)| tv.on == on::ALWAYS) {
        chance.turn(entity::CELL + tv.cell);
        set_tv_colour(grid, ix, chance.randint(tv.colours));
    }
}

/// Takes one step of one instance.
pub fn step(rules: &Rules, core: &mut [u32], grid: &mut [u32]) {
    let now = core[Core::STEP].wrapping_add(1);
    let mut chance = Keyed::new([core[Core::SEED_LO], core[Core::SEED_HI]], core[Core::EPISODE], now, entity::PLAYER);
    step_by(rules, core, grid, &mut chance);
}

/// [`step`] with random numbers from any source.
#[inline]
pub fn step_by<C: Chance>(rules: &Rules, core: &mut [u32], grid: &mut [u32], chance: &mut C) {
    let now = core[Core::STEP].wrapping_add(1);
    let action = core[Core::ACTION];
    let known = (action as usize) < rules.actions.len();
    let deed = if known { rules.actions[action as usize] } else { act::STAY };
    let paid = if known { rules.action_rewards[action as usize] } else { 0 };

    let to = moved(rules, deed, grid, chance);
    grid[word::X] = to % rules.width;
    grid[word::Y] = to / rules.width;
    let reward = paid.wrapping_add(arrive(rules, to, grid));
    watch(rules, action, grid, chance);

    let terminated = rules.cells[to as usize] & cell::TERMINAL != 0;
    let truncated = !terminated && now >= rules.max_steps;
    core[Core::REWARD] = reward as u32;
    core[Core::FLAGS] = (u32::from(terminated) * Core::TERMINATED) | (u32::from(truncated) * Core::TRUNCATED);
    core[Core::STEP] = now;
}

/// Returns the cell to which the action moves the player. Turns change the facing.
fn moved<C: Chance>(rules: &Rules, deed: u32, grid: &mut [u32], chance: &mut C) -> u32 {
    let from = here(rules, grid);
    let facing = grid[word::FACING] & 3;
    let way = match deed & 255 {
        act::MOVE | act::DIVE => deed >> act::WAY_SHIFT & 3,
        act::FORWARD => facing,
        act::TURN_LEFT => {
            grid[word::FACING] = LEFT_OF[facing as usize];
            return from;
        }
        act::TURN_RIGHT => {
            grid[word::FACING] = RIGHT_OF[facing as usize];
            return from;
        }
        _ => return from,
    };
    let way = disturbed(rules, way, chance);
    if deed & 255 == act::DIVE {
        let below = go(rules, from, map::S, grid);
        return go(rules, below, way, grid);
    }
    if cell::kind(rules.cells[from as usize]) == kind::ICE {
        return slide(rules, from, grid, chance);
    }
    go(rules, from, way, grid)
}

/// Returns the direction of a move after slip or a current.
fn disturbed<C: Chance>(rules: &Rules, way: u32, chance: &mut C) -> u32 {
    if rules.slip > 0 && chance.uniform53() < rules.slip {
        let others = rules.ways & !(1 << way);
        return nth_bit(others, chance.randint(others.count_ones()));
    }
    let current = rules.currents[way as usize];
    if rules.has_currents && current.back > 0 {
        let k = chance.uniform53();
        if k < current.stay {
            return NOWHERE;
        }
        if k < current.back {
            return way ^ 1;
        }
    }
    way
}

/// Returns a uniformly random neighbour of an ice cell that the player can enter, or the cell itself if there is none.
fn slide<C: Chance>(rules: &Rules, from: u32, grid: &[u32], chance: &mut C) -> u32 {
    let mut open = 0;
    for way in 0..4 {
        open |= u32::from(go(rules, from, way, grid) != from) << way;
    }
    if open == 0 {
        return from;
    }
    go(rules, from, nth_bit(open, chance.randint(open.count_ones())), grid)
}

/// Position of the n-th set bit (from 0) of a word of four bits.
fn nth_bit(bits: u32, n: u32) -> u32 {
    let mut left = n;
    for way in 0..3 {
        if bits >> way & 1 == 1 {
            if left == 0 {
                return way;
            }
            left -= 1;
        }
    }
    3
}

/// The cell that a move from `from` in direction `way` ends on.
#[inline]
pub fn go(rules: &Rules, from: u32, way: u32, grid: &[u32]) -> u32 {
    let exits = rules.cells[from as usize] & cell::EXITS;
    if exits >> way & 1 == 0 {
        return from;
    }
    let to = match way {
        map::W => from - 1,
        map::E => from + 1,
        map::N => from - rules.width,
        _ => from + rules.width,
    };
    let there = rules.cells[to as usize];
    if cell::kind(there) == kind::DOOR && !passable(rules, there, grid) { from } else { to }
}

/// Returns whether the player can pass a door: it has the key, or the door was opened.
pub fn passable(rules: &Rules, door: u32, grid: &[u32]) -> bool {
    let opened = rules.spend_keys && grid[word::OPENED] >> (cell::number(door) & 31) & 1 == 1;
    opened || grid[word::CARRIED] >> cell::letter(door) & 1 == 1
}

/// Takes the key or opens the door of the cell on which the step ends. Returns the reward of the cell.
fn arrive(rules: &Rules, to: u32, grid: &mut [u32]) -> i32 {
    let there = rules.cells[to as usize];
    let bit = 1 << (cell::number(there) & 31);
    match cell::kind(there) {
        kind::KEY if grid[word::TAKEN] & bit != 0 => return 0,
        kind::KEY => {
            grid[word::TAKEN] |= bit;
            count_keys(rules, cell::letter(there), grid);
        }
        kind::DOOR if rules.spend_keys && grid[word::OPENED] & bit == 0 => {
            grid[word::OPENED] |= bit;
            count_keys(rules, cell::letter(there), grid);
        }
        _ => {}
    }
    rules.rewards[to as usize]
}

/// Updates the bit of a letter in `CARRIED`: the player has a key of the letter if it took more of them than it spent.
fn count_keys(rules: &Rules, letter: u32, grid: &mut [u32]) {
    let taken = (grid[word::TAKEN] & rules.keys_of[(letter & 7) as usize]).count_ones();
    let spent = (grid[word::OPENED] & rules.doors_of[(letter & 7) as usize]).count_ones();
    grid[word::CARRIED] = grid[word::CARRIED] & !(1 << letter) | u32::from(taken > spent) << letter;
}

/// Updates the colours of the TVs. Each TV draws from the stream of its own cell, so other draws do not affect it.
#[inline]
fn watch<C: Chance>(rules: &Rules, action: u32, grid: &mut [u32], chance: &mut C) {
    for (ix, tv) in rules.tvs.iter().enumerate() {
        if tv.on == on::ACTION && action != tv.action {
            continue;
        }
        chance.turn(entity::CELL + tv.cell);
        if tv.on == on::CHANCE && chance.uniform53() >= tv.below {
            continue;
        }
        set_tv_colour(grid, ix, chance.randint(tv.colours));
    }
}
