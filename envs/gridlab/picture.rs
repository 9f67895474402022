//! The map as a picture: tiles of 8 x 8 pixels, drawn by code. The static part is drawn once. A frame copies it and draws what changes
//! over it.

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

/// Colours of a TV, by number.
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
/// An arrow that points north.
const POINTER_STAMP: Stamp = [0x00, 0x18, 0x18, 0x3c, 0x3c, 0x7e, 0x7e, 0x00];

/// Draws the pictures of one world.
#[derive(Clone, Debug)]
pub struct Painter {
    width_px: usize,
    /// `[height, width, 3]` bytes of the static part, packed like the pixel buffer.
    still: Vec<u32>,
    /// Cells of keys, doors and TVs, which are drawn in each frame.
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
            let thing = thing_at(rules, grid, at);
            thing.draw(rules.cells[at as usize], &mut |stamp, colour| self.stamp(pixels, at as usize, stamp, colour));
        }
        let at = here(rules, grid) as usize;
        player(way(rules, grid), &mut |stamp, colour| self.stamp(pixels, at, stamp, colour));
    }

    /// The picture without player, keys, doors and colours of TVs.
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

/// How a cell looks, for pictures of any size. As a number: the cell, then 5 bits of [`Thing`], then 3 bits of the player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellTile {
    /// The cell, counted row by row.
    pub at: usize,
    thing: Thing,
    /// Where the player on it looks; [`NO_WAY`] for one that has no direction.
    player: Option<u32>,
}

/// The player of a world without directions.
const NO_WAY: u32 = 4;
const THING_BITS: u32 = 5;
const PLAYER_BITS: u32 = 3;

impl CellTile {
    /// The cell without things and player.
    pub fn bare(at: usize) -> CellTile {
        CellTile { at, thing: Thing::None, player: None }
    }

    /// The cell as it is.
    pub fn now(rules: &Rules, grid: &[u32], at: usize) -> CellTile {
        let thing = if is_lively(rules.cells[at]) { thing_at(rules, grid, at as u32) } else { Thing::None };
        CellTile { at, thing, player: (at as u32 == here(rules, grid)).then(|| way(rules, grid)) }
    }

    /// The number of the tile.
    pub fn number(self) -> u32 {
        let player = self.player.map_or(0, |way| way + 1);
        (self.at as u32) << (THING_BITS + PLAYER_BITS) | self.thing.number() << PLAYER_BITS | player
    }

    /// The tile of a number; None if it is none.
    pub fn of(number: u32) -> Option<CellTile> {
        let thing = Thing::of(number >> PLAYER_BITS & ((1 << THING_BITS) - 1))?;
        let player = number & ((1 << PLAYER_BITS) - 1);
        let at = (number >> (THING_BITS + PLAYER_BITS)) as usize;
        (player <= NO_WAY + 1).then(|| CellTile { at, thing, player: player.checked_sub(1) })
    }

    /// Its pixels.
    pub fn drawn(self, rules: &Rules, map: &Map) -> stamp::Tile {
        let mut tile = stamp::Tile([[0; 3]; TILE * TILE]);
        let mut put = |stamp, colour| tile.stamp(stamp, colour);
        ground(rules.cells[self.at], &mut put);
        lines(map, self.at, &mut put);
        self.thing.draw(rules.cells[self.at], &mut put);
        if let Some(way) = self.player {
            player(way, &mut put);
        }
        tile
    }
}

/// Whether a cell has to be drawn in each frame.
fn is_lively(word: u32) -> bool {
    matches!(cell::kind(word), kind::KEY | kind::DOOR | kind::TV)
}

/// Draws the static part of a cell.
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

/// Draws thin walls: a dark line on each side that the player cannot cross from this cell.
fn lines(map: &Map, at: usize, put: &mut impl FnMut(Stamp, Rgb)) {
    for (way, stamp) in [(W, [0x80; TILE]), (E, [0x01; TILE]), (N, edge(0)), (S, edge(TILE - 1))] {
        if map.next(at, way).is_some() && map.open[at] >> way & 1 == 0 {
            put(stamp, LINE);
        }
    }
}

/// What changes about a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    /// Nothing is there, or it was taken.
    None,
    Key,
    OpenDoor,
    ClosedDoor,
    /// A TV that is out of sight.
    DarkTv,
    /// The colour of a TV.
    Tv(u32),
}

impl Thing {
    fn number(self) -> u32 {
        match self {
            Thing::None => 0,
            Thing::Key => 1,
            Thing::OpenDoor => 2,
            Thing::ClosedDoor => 3,
            Thing::DarkTv => 4,
            Thing::Tv(colour) => 5 + colour,
        }
    }

    fn of(number: u32) -> Option<Thing> {
        let still = [Thing::None, Thing::Key, Thing::OpenDoor, Thing::ClosedDoor, Thing::DarkTv];
        let colour = || number.checked_sub(5).filter(|colour| *colour < MAX_COLOURS).map(Thing::Tv);
        still.get(number as usize).copied().or_else(colour)
    }

    /// Draws it on the cell `word`.
    fn draw(self, word: u32, put: &mut impl FnMut(Stamp, Rgb)) {
        let colour = LETTER_COLOURS[cell::letter(word) as usize % LETTERS];
        match self {
            Thing::None => {}
            Thing::Key => put(KEY_STAMP, colour),
            Thing::OpenDoor => put(AJAR_STAMP, colour),
            Thing::ClosedDoor => {
                put([0xff; TILE], WOOD);
                put(DOOR_STAMP, colour);
            }
            Thing::DarkTv => put(SCREEN_STAMP, DARK),
            Thing::Tv(colour) => put(SCREEN_STAMP, TV_COLOURS[colour as usize]),
        }
    }
}

/// A key, a door or a TV as it is now.
fn thing_at(rules: &Rules, grid: &[u32], at: u32) -> Thing {
    let word = rules.cells[at as usize];
    match cell::kind(word) {
        kind::KEY if grid[word::TAKEN] >> (cell::number(word) & 31) & 1 == 0 => Thing::Key,
        kind::DOOR if passable(rules, word, grid) => Thing::OpenDoor,
        kind::DOOR => Thing::ClosedDoor,
        kind::TV => {
            let ix = cell::number(word) as usize;
            if sees(rules, &rules.tvs[ix], here(rules, grid)) { Thing::Tv(tv_colour(grid, ix)) } else { Thing::DarkTv }
        }
        _ => Thing::None,
    }
}

/// Where the player looks, if it can turn; else [`NO_WAY`].
fn way(rules: &Rules, grid: &[u32]) -> u32 {
    if rules.actions.contains(&act::FORWARD) { grid[word::FACING] & 3 } else { NO_WAY }
}

/// The player: a pointer where it can turn.
fn player(way: u32, put: &mut impl FnMut(Stamp, Rgb)) {
    if way == NO_WAY {
        put(HALO_STAMP, OUTLINE);
        put(PLAYER_STAMP, PLAYER);
    } else {
        put(turned(POINTER_STAMP, way), PLAYER);
    }
}

/// Returns a stamp with one full row.
fn edge(row: usize) -> Stamp {
    let mut stamp = [0; TILE];
    stamp[row] = 0xff;
    stamp
}
