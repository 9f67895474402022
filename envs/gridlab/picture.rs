//! The map as a picture: tiles of 8 x 8 pixels, drawn by code. The still part is drawn once; a frame copies it and puts on top what changes.

use super::map::{E, Map, N, S, W};
use super::observe::sees;
use super::rules::{LETTERS, MAX_COLOURS, Rules, act, cell, kind};
use super::step::{here, passable, tv_colour, word};
use crate::envs::shared::picture::Rgb;
use crate::envs::shared::stamp::{self, Stamp, turned};

pub const TILE: usize = stamp::SIDE;
/// Longest side of a picture in pixels.
pub const MAX_SIDE_PX: usize = 1024;

const FLOOR: Rgb = [238, 232, 218];
const GRAIN: Rgb = [229, 222, 205];
const WALL: Rgb = [74, 78, 92];
const MORTAR: Rgb = [58, 61, 73];
const LINE: Rgb = [40, 42, 54];
const GOAL: Rgb = [88, 172, 92];
const FLAG: Rgb = [246, 246, 240];
const LAVA: Rgb = [214, 72, 32];
const EMBER: Rgb = [250, 168, 52];
const ICE: Rgb = [186, 222, 242];
const GLINT: Rgb = [240, 250, 255];
const ARROW: Rgb = [126, 116, 98];
const CASE: Rgb = [52, 48, 56];
const DARK: Rgb = [24, 24, 28];
const WOOD: Rgb = [128, 88, 52];
const PLAYER: Rgb = [38, 84, 172];
const OUTLINE: Rgb = [248, 250, 255];

/// Colours of keys, doors and marked floors by letter.
const LETTER_COLOURS: [Rgb; LETTERS] = [
    [222, 184, 40],
    [64, 120, 208],
    [196, 60, 60],
    [60, 150, 80],
    [142, 80, 180],
    [230, 126, 40],
    [60, 170, 180],
    [120, 120, 120],
];

/// What a TV shows, by colour number.
const TV_COLOURS: [Rgb; MAX_COLOURS as usize] = [
    [20, 20, 24],
    [230, 25, 75],
    [60, 180, 75],
    [255, 225, 25],
    [67, 99, 216],
    [245, 130, 49],
    [145, 30, 180],
    [70, 240, 240],
    [240, 50, 230],
    [188, 246, 12],
    [250, 190, 212],
    [0, 128, 128],
    [220, 190, 255],
    [154, 99, 36],
    [255, 250, 200],
    [128, 0, 0],
];

const GRAIN_STAMP: Stamp = [0, 0x10, 0, 0x02, 0, 0x40, 0, 0x08];
const MORTAR_STAMP: Stamp = [0xff, 0x10, 0x10, 0x10, 0xff, 0x01, 0x01, 0x01];
const FLAG_STAMP: Stamp = [0x00, 0x3c, 0x3e, 0x3c, 0x20, 0x20, 0x20, 0x00];
const EMBER_STAMP: Stamp = [0x00, 0x62, 0x94, 0x08, 0x00, 0x31, 0x4a, 0x84];
const GLINT_STAMP: Stamp = [0x00, 0x04, 0x08, 0x10, 0x20, 0x02, 0x04, 0x00];
const KEY_STAMP: Stamp = [0x00, 0x38, 0x28, 0x38, 0x10, 0x18, 0x10, 0x18];
const DOOR_STAMP: Stamp = [0x00, 0x7e, 0x7e, 0x7e, 0x7a, 0x7e, 0x7e, 0x7e];
const AJAR_STAMP: Stamp = [0x00, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60, 0x60];
const SCREEN_STAMP: Stamp = [0x00, 0x7e, 0x7e, 0x7e, 0x7e, 0x7e, 0x00, 0x00];
const MARK_STAMP: Stamp = [0x00, 0x18, 0x24, 0x42, 0x42, 0x24, 0x18, 0x00];
const PLAYER_STAMP: Stamp = [0x00, 0x18, 0x18, 0x3c, 0x5a, 0x18, 0x24, 0x24];
const HALO_STAMP: Stamp = [0x3c, 0x3c, 0x7e, 0xff, 0xff, 0x7e, 0x7e, 0x7e];
/// A pointer to the north.
const POINTER_STAMP: Stamp = [0x00, 0x18, 0x18, 0x3c, 0x3c, 0x7e, 0x7e, 0x00];

/// Everything that draws one world.
#[derive(Clone, Debug)]
pub struct Painter {
    width_px: usize,
    /// `[height, width, 3]` bytes of the still part, packed as the pixel buffer is.
    still: Vec<u32>,
    /// Cells of keys, doors and TVs: what has to be drawn in each frame.
    lively: Vec<u32>,
}

impl Painter {
    /// # Errors
    /// If the picture would be larger than allowed.
    pub fn new(rules: &Rules, map: &Map) -> Result<Self, String> {
        let (width_px, height_px) = (map.width * TILE, map.height * TILE);
        if width_px.max(height_px) > MAX_SIDE_PX {
            return Err(format!("a picture of {width_px} x {height_px} pixels is too large; a side may have {MAX_SIDE_PX}"));
        }
        let mut painter = Painter {
            width_px,
            still: vec![0; (width_px * height_px * 3).div_ceil(4)],
            lively: (0..rules.cells.len()).filter(|&at| is_lively(rules.cells[at])).map(|at| at as u32).collect(),
        };
        let mut still = std::mem::take(&mut painter.still);
        for at in 0..rules.cells.len() {
            ground(rules.cells[at], &mut |stamp, colour| painter.stamp(&mut still, at, stamp, colour));
            lines(map, at, &mut |stamp, colour| painter.stamp(&mut still, at, stamp, colour));
        }
        painter.still = still;
        Ok(painter)
    }

    /// Draws one frame.
    pub fn paint(&self, rules: &Rules, grid: &[u32], pixels: &mut [u32]) {
        pixels.copy_from_slice(&self.still);
        for &at in &self.lively {
            thing(rules, grid, at, &mut |stamp, colour| self.stamp(pixels, at as usize, stamp, colour));
        }
        let at = here(rules, grid) as usize;
        player(rules, grid, &mut |stamp, colour| self.stamp(pixels, at, stamp, colour));
    }

    /// The picture without player, keys, doors and TV pictures.
    #[cfg(test)]
    pub fn still_words(&self) -> Vec<u32> {
        self.still.clone()
    }

    fn stamp(&self, pixels: &mut [u32], at: usize, stamp: Stamp, colour: Rgb) {
        let columns = self.width_px / TILE;
        let (left, top) = (at % columns * TILE, at / columns * TILE);
        for (row, bits) in stamp.into_iter().enumerate() {
            for column in (0..TILE).filter(|column| bits >> (7 - column) & 1 == 1) {
                let first = ((top + row) * self.width_px + left + column) * 3;
                for (byte, value) in (first..).zip(colour) {
                    let shift = byte % 4 * 8;
                    pixels[byte / 4] = pixels[byte / 4] & !(255 << shift) | u32::from(value) << shift;
                }
            }
        }
    }
}

/// One cell as it is now, for pictures of any size.
pub fn cell_tile(rules: &Rules, map: &Map, grid: &[u32], at: usize) -> stamp::Tile {
    let mut tile = stamp::Tile([[0; 3]; TILE * TILE]);
    let mut put = |stamp, colour| tile.stamp(stamp, colour);
    ground(rules.cells[at], &mut put);
    lines(map, at, &mut put);
    if is_lively(rules.cells[at]) {
        thing(rules, grid, at as u32, &mut put);
    }
    if at as u32 == here(rules, grid) {
        player(rules, grid, &mut put);
    }
    tile
}

/// Whether a cell has to be drawn in each frame.
fn is_lively(word: u32) -> bool {
    matches!(cell::kind(word), kind::KEY | kind::DOOR | kind::TV)
}

/// What never changes about a cell.
fn ground(word: u32, put: &mut impl FnMut(Stamp, Rgb)) {
    let (ground, stamp, colour) = match cell::kind(word) {
        kind::WALL => (WALL, MORTAR_STAMP, MORTAR),
        kind::GOAL => (GOAL, FLAG_STAMP, FLAG),
        kind::LAVA => (LAVA, EMBER_STAMP, EMBER),
        kind::ICE => (ICE, GLINT_STAMP, GLINT),
        kind::ONE_WAY => (FLOOR, turned(POINTER_STAMP, cell::letter(word)), ARROW),
        kind::TV => (CASE, SCREEN_STAMP, DARK),
        kind::MARK => (FLOOR, MARK_STAMP, LETTER_COLOURS[cell::letter(word) as usize % LETTERS]),
        _ => (FLOOR, GRAIN_STAMP, GRAIN),
    };
    put([0xff; TILE], ground);
    put(stamp, colour);
}

/// Thin walls: a dark line on the side of the cell from which there is no way.
fn lines(map: &Map, at: usize, put: &mut impl FnMut(Stamp, Rgb)) {
    for (way, stamp) in [(W, [0x80; TILE]), (E, [0x01; TILE]), (N, edge(0)), (S, edge(TILE - 1))] {
        if map.next(at, way).is_some() && map.open[at] >> way & 1 == 0 {
            put(stamp, LINE);
        }
    }
}

/// A key, a door or a TV as it is now.
fn thing(rules: &Rules, grid: &[u32], at: u32, put: &mut impl FnMut(Stamp, Rgb)) {
    let word = rules.cells[at as usize];
    let colour = LETTER_COLOURS[cell::letter(word) as usize % LETTERS];
    match cell::kind(word) {
        kind::KEY if grid[word::TAKEN] >> (cell::number(word) & 31) & 1 == 0 => put(KEY_STAMP, colour),
        kind::DOOR if passable(rules, word, grid) => put(AJAR_STAMP, colour),
        kind::DOOR => {
            put([0xff; TILE], WOOD);
            put(DOOR_STAMP, colour);
        }
        kind::TV => {
            let ix = cell::number(word) as usize;
            let seen = sees(rules, &rules.tvs[ix], here(rules, grid));
            put(SCREEN_STAMP, if seen { TV_COLOURS[tv_colour(grid, ix) as usize] } else { DARK });
        }
        _ => {}
    }
}

/// The player: a pointer where it can turn.
fn player(rules: &Rules, grid: &[u32], put: &mut impl FnMut(Stamp, Rgb)) {
    if rules.actions.contains(&act::FORWARD) {
        put(turned(POINTER_STAMP, grid[word::FACING] & 3), PLAYER);
    } else {
        put(HALO_STAMP, OUTLINE);
        put(PLAYER_STAMP, PLAYER);
    }
}

/// One full row of a tile.
fn edge(row: usize) -> Stamp {
    let mut stamp = [0; TILE];
    stamp[row] = 0xff;
    stamp
}
