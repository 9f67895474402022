//! The twin of the partial view: the code of one invocation, on u32 words and bytes.
//!
//! The view is a square ahead of the agent; the agent is in the middle of its last row. In view cell (i, j), i counts from the agent's
//! left to its right and j from far to near. The cell is stored at i * side + j, which is also its order in the observation.

use super::cells::{self, OPAQUE, TRIPLES, UNSEEN, WALL_GREY};
use super::layout::Body;
use super::rules::Rules;
use super::ruleset::VIEWS;

/// Cells of the largest view.
pub const MAX_CELLS: usize = (VIEWS[VIEWS.len() - 1] * VIEWS[VIEWS.len() - 1]) as usize;
/// Codes of the cells in view.
pub type View = [u8; MAX_CELLS];

/// Returns the bytes of an observation: three per cell, and one for the direction.
pub fn obs_bytes(side: u32) -> usize {
    (side * side * 3 + 1) as usize
}

/// Writes the words of the observation: `image[x][y][channel]`, then the direction.
#[inline]
pub fn observe(rules: &Rules, grid: &[u8], body: Body, obs: &mut [u32]) {
    match rules.view {
        3 => observe_side::<3>(rules, grid, body, obs),
        5 => observe_side::<5>(rules, grid, body, obs),
        9 => observe_side::<9>(rules, grid, body, obs),
        11 => observe_side::<11>(rules, grid, body, obs),
        _ => observe_side::<7>(rules, grid, body, obs),
    }
}

fn observe_side<const SIDE: usize>(rules: &Rules, grid: &[u8], body: Body, obs: &mut [u32]) {
    let view = look::<SIDE>(rules, grid, body);
    pack::<SIDE>(&view, body.dir, obs);
}

/// Returns the codes of the cells in view. Unseen cells are 0; the agent's cell holds what it carries.
pub fn view(rules: &Rules, grid: &[u8], body: Body) -> View {
    match rules.view {
        3 => look::<3>(rules, grid, body),
        5 => look::<5>(rules, grid, body),
        9 => look::<9>(rules, grid, body),
        11 => look::<11>(rules, grid, body),
        _ => look::<7>(rules, grid, body),
    }
}

#[inline]
fn look<const SIDE: usize>(rules: &Rules, grid: &[u8], body: Body) -> View {
    let mut view = gather::<SIDE>(rules, grid, body);
    if !rules.see_through_walls {
        occlude::<SIDE>(&mut view);
    }
    view[SIDE / 2 * SIDE + SIDE - 1] = if body.carries() { body.carrying } else { cells::EMPTY };
    view
}

/// Copies the window out of the grid; cells outside the map are walls.
#[inline]
fn gather<const SIDE: usize>(rules: &Rules, grid: &[u8], body: Body) -> View {
    let (x, y, w, h) = (body.x as i32, body.y as i32, rules.width as i32, rules.height as i32);
    // index steps ahead and to the right in the grid, and numbers of cells ahead, to the right and to the left of the agent
    let (ahead, right, ahead_n, right_n, left_n) = match body.dir {
        0 => (1, w, w - 1 - x, h - 1 - y, y),
        1 => (w, -1, h - 1 - y, x, w - 1 - x),
        2 => (-1, -w, x, y, h - 1 - y),
        _ => (-w, 1, y, w - 1 - x, x),
    };
    let mut view = [WALL_GREY; MAX_CELLS];
    let (side, half) = (SIDE as i32, (SIDE / 2) as i32);
    let here = y * w + x;
    let far = ahead_n.min(side - 1);
    for i in half - left_n.min(half)..=half + right_n.min(half) {
        let mut from = here + (i - half) * right;
        let column = &mut view[i as usize * SIDE..(i as usize + 1) * SIDE];
        for cell in column.iter_mut().rev().take(far as usize + 1) {
            *cell = grid[from as usize];
            from += ahead;
        }
    }
    view
}

/// Hides the cells that the agent cannot see. Visibility starts at the agent's cell. Row by row, from near to far, it
/// spreads along the row through clear cells (first to the right, then to the left), and from each of these to the next
/// row: straight ahead and one cell aside.
#[inline]
fn occlude<const SIDE: usize>(view: &mut View) {
    let mut clear = [0u32; SIDE];
    for i in 0..SIDE {
        for j in 0..SIDE {
            clear[j] |= u32::from(TRIPLES[usize::from(view[i * SIDE + j])] & OPAQUE == 0) << i;
        }
    }
    let all = (1u32 << SIDE) - 1;
    let mut lit = 1u32 << (SIDE / 2);
    for j in (0..SIDE).rev() {
        let to_right = lit | spread_right(lit, clear[j]) & all;
        let passed_right = to_right & clear[j] & (all >> 1);
        let row = to_right | spread_left(to_right, clear[j]);
        let passed_left = row & clear[j] & (all & !1);
        for i in 0..SIDE {
            if row >> i & 1 == 0 {
                view[i * SIDE + j] = UNSEEN;
            }
        }
        lit = (passed_right | passed_right << 1 | passed_left | passed_left >> 1) & all;
    }
}

/// Returns the cells reached from `lit` by steps to higher bits, each out of a clear cell.
#[inline]
fn spread_right(lit: u32, clear: u32) -> u32 {
    let (mut lit, mut open) = (lit, clear << 1);
    for step in [1, 2, 4, 8] {
        lit |= lit << step & open;
        open &= open << step;
    }
    lit
}

/// Returns the cells reached from `lit` by steps to lower bits, each out of a clear cell.
#[inline]
fn spread_left(lit: u32, clear: u32) -> u32 {
    let (mut lit, mut open) = (lit, clear >> 1);
    for step in [1, 2, 4, 8] {
        lit |= lit >> step & open;
        open &= open >> step;
    }
    lit
}

/// Packs three bytes per cell, four cells into three words. The sides are odd, so one cell remains; it shares a word with the direction.
#[inline]
fn pack<const SIDE: usize>(view: &View, direction: u32, obs: &mut [u32]) {
    let triple = |code: u8| TRIPLES[usize::from(code)] & (OPAQUE - 1);
    let n = SIDE * SIDE;
    for (codes, words) in view[..n - 1].chunks_exact(4).zip(obs.chunks_exact_mut(3)) {
        let [a, b, c, d] = [triple(codes[0]), triple(codes[1]), triple(codes[2]), triple(codes[3])];
        words[0] = a | b << 24;
        words[1] = b >> 8 | c << 16;
        words[2] = c >> 16 | d << 8;
    }
    obs[(n - 1) / 4 * 3] = triple(view[n - 1]) | direction << 24;
}
