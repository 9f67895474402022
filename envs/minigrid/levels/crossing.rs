//! Rivers of lava or walls across the room, each with one opening on the way to the goal.

use super::builder::{Builder, Fault};
use crate::envs::minigrid::cells::EMPTY;
use crate::envs::minigrid::layout::MAX_SIDE;
use crate::shaders::shared::pcg64::Generator;

/// Maximum number of rivers, or of their limits.
const CAPACITY: usize = MAX_SIDE as usize + 1;

/// Positions of the rivers of one direction and of the outer walls, in order.
struct Limits {
    at: [i32; CAPACITY],
    n: usize,
}

impl Limits {
    /// The positions are 0, those of the rivers, and that of the far wall, sorted.
    fn new(rivers: impl Iterator<Item = i32>, wall: i32) -> Self {
        let mut limits = Limits { at: [0; CAPACITY], n: 1 };
        for river in rivers.chain([wall]) {
            limits.at[limits.n] = river;
            limits.n += 1;
        }
        limits.at[..limits.n].sort_unstable();
        limits
    }

    fn rivers(&self) -> &[i32] {
        &self.at[1..self.n - 1]
    }
}

pub fn crossing(b: &mut Builder, crossings: usize, obstacle: u8) -> Result<(), Fault> {
    b.start_at(1, 1, 0);
    let mut rivers = [(false, 0); CAPACITY];
    let each = ((b.width - 3) / 2) as usize;
    for (k, river) in rivers.iter_mut().enumerate().take(2 * each) {
        *river = (k < each, 2 + 2 * (k % each) as i32);
    }
    b.rng.shuffle(&mut rivers[..2 * each]);
    let chosen = &rivers[..crossings];
    let limits = |vertical: bool, wall| Limits::new(chosen.iter().filter(|river| river.0 == vertical).map(|river| river.1), wall);
    let vertical = limits(true, b.height - 1);
    let horizontal = limits(false, b.width - 1);
    for &y in horizontal.rivers() {
        (1..b.width - 1).for_each(|x| b.set(x, y, obstacle));
    }
    for &x in vertical.rivers() {
        (1..b.height - 1).for_each(|y| b.set(x, y, obstacle));
    }
    open(b, &vertical, &horizontal);
    Ok(())
}

/// Makes one opening in each river, along a random path through the rooms. In `way` true is a step to the right, through a vertical river.
fn open(b: &mut Builder, vertical: &Limits, horizontal: &Limits) {
    let mut way = [false; CAPACITY];
    let n = vertical.rivers().len();
    let crossings = n + horizontal.rivers().len();
    way[..n].fill(true);
    b.rng.shuffle(&mut way[..crossings]);
    let (mut column, mut row) = (0, 0);
    for &right in &way[..crossings] {
        let (x, y) = if right {
            column += 1;
            (vertical.at[column], b.number(horizontal.at[row] + 1, horizontal.at[row + 1]))
        } else {
            row += 1;
            (b.number(vertical.at[column] + 1, vertical.at[column + 1]), horizontal.at[row])
        };
        b.set(x, y, EMPTY);
    }
}
