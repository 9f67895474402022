//! Pictures of the agent's view: one tile per cell of the view. The tiles are the project's own and are drawn once by code.

use super::cells::{self, EMPTY, TRIPLES, UNSEEN, class, class_of};
use super::layout::Body;
use super::observe;
use super::rules::Rules;
use crate::envs::shared::picture::Rgb;
use crate::envs::shared::stamp::{self, turned};

/// Side of a tile in pixels.
pub const TILE: usize = 8;
const TILE_BYTES: usize = TILE * TILE * 3;

/// Colours of things by MiniGrid's colour number: red, green, blue, purple, yellow, grey.
const PALETTE: [Rgb; 6] = [[222, 60, 50], [70, 190, 80], [60, 110, 230], [150, 80, 200], [236, 200, 60], [130, 134, 140]];
const GROUND: Rgb = [22, 24, 30];
const GRID_LINE: Rgb = [44, 48, 58];
const UNSEEN_GROUND: Rgb = [0, 0, 0];
const LAVA: Rgb = [240, 110, 30];
const LAVA_WAVE: Rgb = [120, 30, 16];
const AGENT: Rgb = [250, 250, 250];

/// Shapes, one byte per row; the high bit is the leftmost pixel.
mod shape {
    pub const KEY: [u8; 8] = [0x00, 0x18, 0x24, 0x18, 0x08, 0x18, 0x08, 0x18];
    pub const BALL: [u8; 8] = [0x00, 0x00, 0x3c, 0x7e, 0x7e, 0x7e, 0x3c, 0x00];
    pub const BOX: [u8; 8] = [0x00, 0x7e, 0x42, 0x42, 0x7e, 0x42, 0x42, 0x7e];
    pub const WAVES: [u8; 8] = [0x00, 0x66, 0x99, 0x00, 0x66, 0x99, 0x00, 0x00];
    pub const DOOR_OPEN: [u8; 8] = [0x03, 0x03, 0x03, 0x03, 0x03, 0x03, 0x03, 0x03];
    pub const DOOR_CLOSED: [u8; 8] = [0xff, 0x81, 0xbd, 0xbd, 0xb9, 0xbd, 0x81, 0xff];
    pub const DOOR_LOCKED: [u8; 8] = [0xff, 0xff, 0xff, 0xe7, 0xe7, 0xef, 0xff, 0xff];
    /// The agent, which always faces up in its own view.
    pub const AGENT: [u8; 8] = [0x00, 0x18, 0x18, 0x3c, 0x3c, 0x7e, 0x66, 0x00];
}

/// The tiles of all codes.
#[derive(Clone)]
pub struct Painter {
    tiles: Vec<[u8; TILE_BYTES]>,
}

impl std::fmt::Debug for Painter {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Painter({} tiles)", self.tiles.len())
    }
}

impl Painter {
    #[allow(clippy::new_without_default)] // `new` draws 256 tiles, which is no cheap default
    pub fn new() -> Self {
        Painter { tiles: (0..=255).map(tile).collect() }
    }

    /// Draws the view into `pixels`, rows from the top, three bytes a pixel.
    pub fn paint(&self, rules: &Rules, grid: &[u8], body: Body, pixels: &mut [u8]) {
        let side = rules.view as usize;
        let view = observe::view(rules, grid, body);
        for j in 0..side {
            for i in 0..side {
                let tile = &self.tiles[usize::from(view[i * side + j])];
                for (row, line) in tile.chunks_exact(TILE * 3).enumerate() {
                    let at = ((j * TILE + row) * side + i) * TILE * 3;
                    pixels[at..at + TILE * 3].copy_from_slice(line);
                }
            }
        }
        self.paint_agent(side, pixels);
    }

    /// Returns the tiles of all codes for the GPU, then the mask of the agent over its cell, then the agent's colour.
    pub fn words(&self) -> Vec<u32> {
        let (mut mask, mut colour) = (Tile([0; TILE_BYTES]), Tile([0; TILE_BYTES]));
        mask.stamp(shape::AGENT, [255; 3]);
        colour.fill(AGENT);
        let tiles = self.tiles.iter().chain([&mask.0, &colour.0]);
        tiles.flat_map(|tile| tile.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes))).collect()
    }

    /// Draws the agent in the middle of the last row, over what it carries.
    fn paint_agent(&self, side: usize, pixels: &mut [u8]) {
        for (row, bits) in shape::AGENT.into_iter().enumerate() {
            for column in (0..TILE).filter(|column| bits >> (7 - column) & 1 == 1) {
                let at = (((side - 1) * TILE + row) * side * TILE + side / 2 * TILE + column) * 3;
                pixels[at..at + 3].copy_from_slice(&AGENT);
            }
        }
    }
}

/// Returns the tile of one code, for pictures of any size. If `agent` is given, the agent is on it and
/// faces that way (as [`turned`] counts).
pub fn cell(code: u8, agent: Option<u32>) -> stamp::Tile {
    let mut drawn = stamp::Tile::from_bytes(&tile(code));
    if let Some(way) = agent {
        drawn.stamp(turned(shape::AGENT, way), AGENT);
    }
    drawn
}

/// Returns the tile of one code.
fn tile(code: u8) -> [u8; TILE_BYTES] {
    let colour = PALETTE[usize::from(cells::colour_of(code)) % PALETTE.len()];
    let mut tile = Tile([0; TILE_BYTES]);
    match class_of(code) {
        _ if code == UNSEEN || TRIPLES[usize::from(code)] == 0 => tile.fill(UNSEEN_GROUND),
        class::WALL => {
            tile.fill(colour);
            tile.edge(shade(colour, 3, 4));
        }
        class::GOAL => tile.fill(colour),
        class::LAVA => {
            tile.fill(LAVA);
            tile.stamp(shape::WAVES, LAVA_WAVE);
        }
        class => {
            tile.fill(GROUND);
            tile.edge(GRID_LINE);
            match class {
                class::FLOOR => tile.fill(shade(colour, 1, 2)),
                class::KEY => tile.stamp(shape::KEY, colour),
                class::BALL => tile.stamp(shape::BALL, colour),
                class::DOOR_OPEN => tile.stamp(shape::DOOR_OPEN, colour),
                class::DOOR_CLOSED => tile.stamp(shape::DOOR_CLOSED, colour),
                class::DOOR_LOCKED => tile.stamp(shape::DOOR_LOCKED, colour),
                _ if code == EMPTY => {}
                _ => tile.stamp(shape::BOX, colour),
            }
        }
    }
    tile.0
}

fn shade(colour: Rgb, n: u8, of: u8) -> Rgb {
    colour.map(|channel| channel / of * n)
}

struct Tile([u8; TILE_BYTES]);

impl Tile {
    fn fill(&mut self, colour: Rgb) {
        self.0.as_chunks_mut::<3>().0.fill(colour);
    }

    /// Colours the first row and the first column.
    fn edge(&mut self, colour: Rgb) {
        self.stamp([0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80], colour);
    }

    fn stamp(&mut self, shape: [u8; TILE], colour: Rgb) {
        for (pixel, slot) in self.0.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            if shape[pixel / TILE] >> (7 - pixel % TILE) & 1 == 1 {
                *slot = colour;
            }
        }
    }
}
