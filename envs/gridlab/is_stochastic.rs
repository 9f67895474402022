//! Which steps are stochastic: the twin of is_stochastic.wgsl.
//!
//! Random numbers decide where the player ends and which colours TVs show. Everything else in the next state follows from the cell on
//! which
//! the player ends. So a step is certain if it can end on one cell only and, where colours are part of the key, no TV may switch.

use super::map;
use super::rules::{Rules, act, cell, kind, on};
use super::step::{NOWHERE, go, here, word};
use crate::envs::shared::key::{Key, KeyPart};
use crate::envs::shared::packing::ChanceKernel;
use crate::envs::shared::world::Stochasticity;

/// 2^53: a draw of 53 bits is always below it.
const SURE: u64 = 1 << 53;

/// Returns whether the key may depend on the colour of a TV. `None` means the whole state.
pub fn sees_tvs(rules: &Rules, key: Option<Key>) -> bool {
    let tells = |key: Key| key.signs().is_some() || key.mask() & (KeyPart::View.bit() | KeyPart::Full.bit()) != 0;
    !rules.tvs.is_empty() && key.is_none_or(tells)
}

/// Returns whether a rule of the world (slip, currents or ice) can make the end of a move random.
pub fn has_slip(rules: &Rules) -> bool {
    rules.slip > 0 || rules.has_currents || rules.cells.iter().any(|word| cell::kind(*word) == kind::ICE)
}

/// `has_slip` is the result of [`has_slip`] for these rules.
pub fn stochasticity(rules: &Rules, has_slip: bool, key: Option<Key>) -> Stochasticity {
    let sees = sees_tvs(rules, key);
    if has_slip || sees {
        let kernel =
            ChanceKernel { name: "envs/gridlab/is_stochastic.wgsl", state: &[(0, "grid")], params: vec![u32::from(sees)] };
        Stochasticity::ByStep(kernel)
    } else {
        Stochasticity::Never
    }
}

/// Returns whether the step with `action` can have more than one outcome. `sees` is true if colours of TVs are part of an outcome.
pub fn is_stochastic(rules: &Rules, sees: bool, action: u32, grid: &[u32]) -> bool {
    sees && switches(rules, action) || is_astray(rules, action, grid)
}

/// Whether a TV may show another colour after the step.
fn switches(rules: &Rules, action: u32) -> bool {
    rules.tvs.iter().any(|tv| match tv.on {
        on::ACTION => action == tv.action,
        on::CHANCE => tv.below > 0,
        _ => true,
    })
}

/// Whether the step may end on more than one cell.
fn is_astray(rules: &Rules, action: u32, grid: &[u32]) -> bool {
    let Some(deed) = rules.actions.get(action as usize) else { return false };
    let way = match deed & 255 {
        act::MOVE | act::DIVE => deed >> act::WAY_SHIFT & 3,
        act::FORWARD => grid[word::FACING] & 3,
        _ => return false,
    };
    let mut start = here(rules, grid);
    if deed & 255 == act::DIVE {
        start = go(rules, start, map::S, grid);
    } else if cell::kind(rules.cells[start as usize]) == kind::ICE {
        return differ(rules, start, 15, NOWHERE, grid);
    }
    differ(rules, start, ways(rules, way), way, grid)
}

/// Returns the directions that a move in direction `way` can take after slip or a current, as bits. The bit [`NOWHERE`] means that the
/// player
/// stays.
fn ways(rules: &Rules, way: u32) -> u32 {
    if rules.slip > 0 {
        let others = rules.ways & !(1 << way);
        return if rules.slip >= SURE { others } else { others | 1 << way };
    }
    let current = rules.currents[way as usize];
    if !rules.has_currents || current.back == 0 {
        return 1 << way;
    }
    let mut made = if current.back >= SURE { 0 } else { 1 << way };
    made |= if current.stay > 0 { 1 << NOWHERE } else { 0 };
    made | if current.stay != current.back { 1 << (way ^ 1) } else { 0 }
}

/// Whether moves from `start` in the directions `made` end on different cells. On ice (`way` is [`NOWHERE`]), moves that end on `start`
/// do not
/// count.
fn differ(rules: &Rules, start: u32, made: u32, way: u32, grid: &[u32]) -> bool {
    let mut first = None;
    for d in (0..=NOWHERE).filter(|d| made >> d & 1 == 1) {
        let to = if d < NOWHERE { go(rules, start, d, grid) } else { start };
        if way == NOWHERE && to == start {
            continue;
        }
        if first.is_some_and(|first| first != to) {
            return true;
        }
        first = Some(to);
    }
    false
}
