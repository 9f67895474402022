//! The cells that the player can ever reach.

use super::map;
use super::rules::{Rules, act, cell, kind};
use crate::envs::shared::flood::flood;

/// For each cell, whether the player can ever reach it from the cell `first` or from a cell where an episode may begin. Every door counts
/// as open. A cell that ends the episode leads nowhere, unless it is `first`.
pub fn within_reach(rules: &Rules, first: u32) -> Vec<bool> {
    let go = |from: usize, way: u32| match rules.cells[from] & cell::EXITS & 1 << way {
        0 => from,
        _ => match way {
            map::W => from - 1,
            map::E => from + 1,
            map::N => from - rules.width as usize,
            _ => from + rules.width as usize,
        },
    };
    let dives = rules.actions.iter().any(|deed| deed & 255 == act::DIVE);
    let next = |from: usize, found: &mut Vec<usize>| {
        let here = rules.cells[from];
        if from != first as usize && here & cell::TERMINAL != 0 {
            return;
        }
        let ways = if cell::kind(here) == kind::ICE { 15 } else { rules.ways };
        let start = if dives { go(from, map::S) } else { from };
        found.extend((0..4).filter(|way| ways >> way & 1 == 1).map(|way| go(start, way)));
    };
    let starts: Vec<usize> = rules.starts.iter().chain([&first]).map(|cell| *cell as usize).collect();
    flood(rules.cells.len(), &starts, next)
}
