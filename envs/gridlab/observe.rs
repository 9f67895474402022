//! The twin of observe.wgsl: writes the symbolic observation, bytes packed little-endian into words.

use super::rules::{ANYWHERE, LETTERS, MAX_DOORS, MAX_KEYS, MAX_TVS, Rules, TvRule, cell};
use super::step::{here, tv_colour, word};

/// Index of the byte that shows the kind of the player's cell.
pub const CELL: usize = 5;
/// Number of bytes before the optional parts.
const FIXED: usize = 7;
/// Value of a TV that is out of sight.
pub const UNSEEN: u8 = 255;
const MAX: usize = FIXED + MAX_KEYS / 8 + MAX_DOORS / 8 + MAX_TVS;
const MAX_WORDS: usize = MAX.div_ceil(4);

/// (name, shape, meaning) of each part, in order.
pub fn parts(rules: &Rules) -> Vec<(String, Vec<usize>, String)> {
    let part = |name: &str, n: usize, about: &str| (name.to_string(), vec![n], about.to_string());
    let mut parts = vec![
        part("position", 4, "x, then y, two bytes each, low byte first; x counts from the left, y from the top"),
        part("facing", 1, "0 west, 1 east, 2 north, 3 south; only the actions left and right change it"),
        part(
            "cell",
            1,
            "what the player stands on: 0 floor, 1 wall, 2 goal, 3 lava, 4 ice, 5 one-way, 6 key, 7 door, 8 TV, 9 marked floor",
        ),
        part("keys", 1, "bit l is set if the player has a key of letter 'a' + l"),
    ];
    if rules.n_keys > 0 {
        parts.push(part("taken", taken_bytes(rules), "bit k is set if key k (counted row by row) was picked up, low byte first"));
    }
    if opened_bytes(rules) > 0 {
        parts.push(part("opened", opened_bytes(rules), "bit d is set if door d (counted row by row) was opened, low byte first"));
    }
    if !rules.tvs.is_empty() {
        parts.push(part("tv", rules.tvs.len(), "colour of each TV (counted row by row), 255 if it is out of sight"));
    }
    parts
}

pub fn taken_bytes(rules: &Rules) -> usize {
    rules.n_keys.div_ceil(8)
}

/// The state of doors is stored only if keys are spent on them.
pub fn opened_bytes(rules: &Rules) -> usize {
    if rules.spend_keys { rules.n_doors.div_ceil(8) } else { 0 }
}

pub fn bytes(rules: &Rules) -> usize {
    tvs_at(rules) + rules.tvs.len()
}

/// Index of the byte that shows the first TV.
pub fn tvs_at(rules: &Rules) -> usize {
    FIXED + taken_bytes(rules) + opened_bytes(rules)
}

/// Whether the player sees a TV from where it is.
#[inline]
pub fn sees(rules: &Rules, tv: &TvRule, at: u32) -> bool {
    let columns = (at % rules.width).abs_diff(tv.cell % rules.width);
    let rows = (at / rules.width).abs_diff(tv.cell / rules.width);
    tv.sight == ANYWHERE || columns.max(rows) <= tv.sight
}

/// Writes the observation of one instance.
pub fn observe(rules: &Rules, grid: &[u32], obs: &mut [u32]) {
    let at = here(rules, grid);
    let (x, y) = (at % rules.width, at / rules.width);
    let mut packed = [0u32; MAX_WORDS];
    packed[0] = x | y << 16;
    packed[1] =
        grid[word::FACING] & 3 | cell::kind(rules.cells[at as usize]) << 8 | (grid[word::CARRIED] & ((1 << LETTERS) - 1)) << 16;
    let mut next = FIXED;
    let mut put = |byte: u32| {
        packed[next / 4] |= byte << (next % 4 * 8);
        next += 1;
    };
    (0..taken_bytes(rules)).for_each(|b| put(grid[word::TAKEN] >> (8 * b) & 255));
    (0..opened_bytes(rules)).for_each(|b| put(grid[word::OPENED] >> (8 * b) & 255));
    for (ix, tv) in rules.tvs.iter().enumerate() {
        put(if sees(rules, tv, at) { tv_colour(grid, ix) } else { u32::from(UNSEEN) });
    }
    obs.copy_from_slice(&packed[..obs.len()]);
}
