//! The view of observe.rs for a group of instances at a time. A column of a view is one u64 whose lowest byte is the farthest cell, and
//! the same column of all instances is computed together. This is for views of up to 7 by 7, which all ids of the reference package have.
//! The twin in observe.rs, which goes cell by cell, remains the definition of the rules; a test compares the two.

use super::cells::{CLOSED_FIRST, EMPTY, TRIPLES, WALL_END, WALL_GREY};
use super::layout::Body;
use super::rules::Rules;

/// Number of instances in a group: so many that the compiler keeps loops over them as loops and vectorizes them.
pub const SIMD_WIDTH: usize = 32;
/// Minimum number of bytes of a grid, padding included.
pub const MIN_BYTES: usize = 8;

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = LOW << 7;
const WALLS: u64 = LOW * WALL_GREY as u64;

type Simd = [u64; SIMD_WIDTH];
/// Columns (or rows) of the views of a group.
type Views = [Simd; 8];

/// The views of a group of instances while they are computed.
pub struct Group {
    views: Views,
    dir: Simd,
}

impl Group {
    /// Computes the views of the agents `bodies`, each in its grid.
    #[inline]
    pub fn look<const SIDE: usize>(rules: &Rules, grids: [&[u8]; SIMD_WIDTH], bodies: [Body; SIMD_WIDTH]) -> Group {
        let dir = bodies.map(|body| u64::from(body.dir));
        let mut group = Group { views: rows::<SIDE>(rules, grids, bodies), dir };
        group.turn::<SIDE>();
        if !rules.see_through_walls {
            group.occlude::<SIDE>();
        }
        let own = (SIDE - 1) * 8;
        let shown = bodies.map(|body| u64::from(if body.carries() { body.carrying } else { EMPTY }) << own);
        let middle = &mut group.views[SIDE / 2];
        for l in 0..SIMD_WIDTH {
            middle[l] = middle[l] & !(0xff << own) | shown[l];
        }
        group
    }

    /// Writes the bytes of one observation: `image[x][y][channel]`, then the direction.
    #[inline]
    pub fn pack<const SIDE: usize>(&self, l: usize, obs: &mut [u8]) {
        let n = SIDE * SIDE;
        let obs = &mut obs[..n * 3 + 1];
        let mut codes = [0u8; 64];
        for i in 0..SIDE {
            codes[i * SIDE..i * SIDE + 8].copy_from_slice(&self.views[i][l].to_le_bytes());
        }
        // Three bytes per cell; the next cell overwrites the fourth byte of each word.
        for (k, code) in codes[..n].iter().enumerate() {
            obs[k * 3..k * 3 + 4].copy_from_slice(&TRIPLES[usize::from(*code)].to_le_bytes());
        }
        obs[n * 3] = self.dir[l] as u8;
    }

    /// Turns rows of the map into columns of the views.
    #[inline]
    fn turn<const SIDE: usize>(&mut self) {
        let rows = self.views;
        let columns = transposed(rows);
        for i in 0..SIDE {
            let j = SIDE - 1 - i;
            for l in 0..SIMD_WIDTH {
                // All ones if it holds. A choice between loads would not be vectorized.
                let mask = |holds: bool| u64::from(holds).wrapping_neg();
                let (turned, back) = (mask(self.dir[l] & 1 == 1), mask(self.dir[l] == 1 || self.dir[l] == 2));
                let near_first = columns[i][l] & turned | rows[i][l] & !turned;
                let far_first = columns[j][l] & turned | rows[j][l] & !turned;
                let line = far_first & back | near_first & !back;
                let flip = mask(self.dir[l] < 2);
                self.views[i][l] = (line.swap_bytes() >> (64 - 8 * SIDE)) & flip | line & !flip;
            }
        }
    }

    /// Hides the cells that the agents cannot see; [`super::observe`] has the rule. Row j of a view is byte j of a u64,
    /// and column i is bit i of that byte.
    #[inline]
    fn occlude<const SIDE: usize>(&mut self) {
        let mut clear = [0; SIMD_WIDTH];
        for i in 0..SIDE {
            for l in 0..SIMD_WIDTH {
                clear[l] |= (!opaque(self.views[i][l]) & HIGH) >> (7 - i);
            }
        }
        let (all, first, last) = ((1u64 << SIDE) - 1, 1u64, 1u64 << (SIDE - 1));
        let mut lit = [1u64 << (SIDE / 2); SIMD_WIDTH];
        let mut seen = [0; SIMD_WIDTH];
        for j in (0..SIDE).rev() {
            for l in 0..SIMD_WIDTH {
                let open = clear[l] >> (8 * j) & all;
                // The carry of the sum runs from each lit cell through the clear cells above it.
                let to_right = lit[l] | (((lit[l] & open) + open) ^ open) & all;
                let mut row = to_right;
                let mut through = open >> 1;
                row |= row >> 1 & through;
                through &= through >> 1;
                row |= row >> 2 & through;
                through &= through >> 2;
                row |= row >> 4 & through;
                seen[l] |= row << (8 * j);
                let (right, left) = (to_right & open & !last, row & open & !first);
                lit[l] = right | right << 1 | left | left >> 1;
            }
        }
        for i in 0..SIDE {
            for l in 0..SIMD_WIDTH {
                let bits = seen[l] >> i & LOW;
                self.views[i][l] &= (bits << 8).wrapping_sub(bits);
            }
        }
    }
}

/// Returns the rows of the map under each view, from west in the lowest byte to east; cells outside the map are walls.
#[inline]
fn rows<const SIDE: usize>(rules: &Rules, grids: [&[u8]; SIMD_WIDTH], bodies: [Body; SIMD_WIDTH]) -> Views {
    let (side, half) = (SIDE as i32, SIDE as i32 / 2);
    let (w, h) = (rules.width as i32, rules.height as i32);
    let back = [0, half, side - 1, half];
    let west = bodies.map(|body| body.x as i32 - back[(body.dir & 3) as usize]);
    let north = bodies.map(|body| body.y as i32 - back[(body.dir.wrapping_sub(1) & 3) as usize]);
    // Eight bytes are read within a row, then shifted to their place in the view.
    let from = west.map(|west| west.clamp(0, (w - 8).max(0)));
    let mut views = [[WALLS; SIMD_WIDTH]; 8];
    for l in 0..SIMD_WIDTH {
        let (grid, last) = (grids[l], grids[l].len() - MIN_BYTES);
        for (k, row) in views.iter_mut().take(SIDE).enumerate() {
            let y = (north[l] + k as i32).clamp(0, h - 1);
            let at = (y * w + from[l]) as usize;
            // This is beyond the last eight bytes of the grid only in maps narrower than eight cells.
            let read = at.min(last);
            row[l] = grid[read..].first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes)) >> ((at - read) * 8);
        }
    }
    let mut inside = [0; SIMD_WIDTH];
    for l in 0..SIMD_WIDTH {
        let (before, after) = ((-west[l]).clamp(0, 7) as u32 * 8, (west[l] + 8 - w).clamp(0, 7) as u32 * 8);
        inside[l] = u64::MAX << before & u64::MAX >> after;
    }
    let left = std::array::from_fn::<u64, SIMD_WIDTH, _>(|l| ((from[l] - west[l]).clamp(0, 7) * 8) as u64);
    let right = std::array::from_fn::<u64, SIMD_WIDTH, _>(|l| ((west[l] - from[l]).clamp(0, 7) * 8) as u64);
    for (k, row) in views.iter_mut().take(SIDE).enumerate() {
        for l in 0..SIMD_WIDTH {
            let on_map = if (0..h).contains(&(north[l] + k as i32)) { inside[l] } else { 0 };
            row[l] = row[l] << left[l] >> right[l] & on_map | WALLS & !on_map;
        }
    }
    views
}

/// Transposes the 8 x 8 bytes of each lane.
#[inline]
fn transposed(mut m: Views) -> Views {
    for (apart, keep) in [(4, 0x0000_0000_ffff_ffffu64), (2, 0x0000_ffff_0000_ffff), (1, 0x00ff_00ff_00ff_00ff)] {
        for i in (0..8).filter(|i| i & apart == 0) {
            let (bits, j) = (apart * 8, i + apart);
            for l in 0..SIMD_WIDTH {
                let (a, b) = (m[i][l], m[j][l]);
                m[i][l] = a & keep | (b & keep) << bits;
                m[j][l] = a >> bits & keep | b & !keep;
            }
        }
    }
    m
}

/// Sets the high bit of each byte that is the code of a wall or of a door that is not open. Other bits have no meaning.
#[inline]
fn opaque(codes: u64) -> u64 {
    let low = codes & !HIGH;
    let from = low + LOW * u64::from(0x80 - CLOSED_FIRST);
    let past = low + LOW * u64::from(0x80 - WALL_END);
    from & !past & !codes
}

#[cfg(test)]
mod tests {
    use super::super::cells::{class, code, colour};
    use super::super::layout::grid_words;
    use super::super::observe::{obs_bytes, observe};
    use super::super::rules::Task;
    use super::*;
    use crate::shaders::shared::chance::Chance;
    use crate::shaders::shared::keyed::Keyed;

    /// Returns a random cell. Clear cells are somewhat more frequent than opaque ones.
    fn cell(chance: &mut Keyed) -> u8 {
        match chance.randint(8) {
            0..4 => EMPTY,
            4 => WALL_GREY,
            _ => code(class::FLOOR + chance.randint(u32::from(class::END - class::FLOOR)) as u8, chance.randint(6) as u8),
        }
    }

    fn compare<const SIDE: usize>(chance: &mut Keyed) {
        let (width, height) = (3 + chance.randint(12), 3 + chance.randint(12));
        let see_through_walls = chance.randint(4) == 0;
        let rules = Rules { width, height, max_steps: 9, view: SIDE as u32, see_through_walls, task: Task::Goal };
        let bytes = grid_words(width, height) * 4;
        let grids: [Vec<u8>; SIMD_WIDTH] = std::array::from_fn(|_| (0..bytes).map(|_| cell(chance)).collect());
        let bodies: [Body; SIMD_WIDTH] = std::array::from_fn(|_| Body {
            x: chance.randint(width),
            y: chance.randint(height),
            dir: chance.randint(4),
            carrying: if chance.randint(2) == 0 { 0 } else { code(class::KEY, colour::BLUE) },
        });
        let group = Group::look::<SIDE>(&rules, std::array::from_fn(|l| &grids[l][..]), bodies);
        let words = obs_bytes(rules.view).div_ceil(4);
        for l in 0..SIMD_WIDTH {
            let (mut plain, mut fast) = (vec![0u32; words], vec![0u32; words]);
            observe(&rules, &grids[l], bodies[l], &mut plain);
            group.pack::<SIDE>(l, bytemuck::cast_slice_mut(&mut fast));
            assert_eq!(fast, plain, "{SIDE}, {width} x {height}, {:?}, {:?}", bodies[l], grids[l]);
        }
    }

    #[test]
    fn groups_see_what_the_twin_sees() {
        let mut chance = Keyed::new([11, 12], 0, 0, 0);
        for _ in 0..100 {
            compare::<3>(&mut chance);
            compare::<5>(&mut chance);
            compare::<7>(&mut chance);
        }
    }
}
