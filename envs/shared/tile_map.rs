//! The map as numbers of tiles, for whoever draws cells by themselves: pictures on the CPU, a shader, overlays.

use std::collections::BTreeMap;

use super::picture::{Picture, Rgb};

/// The map of an instance as numbers of tiles, whose pixels [`Tiles::draw_tile`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileMap {
    /// Cells of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `[height, width]`: tiles of the terrain alone.
    pub ground: Vec<u32>,
    /// `[height, width]`: tiles with entities and the agent; the same number as in `ground` where neither is.
    pub cells: Vec<u32>,
}

/// Light that changes the pixels of tiles. Only Crafter has a night and a player who sleeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Daylight {
    /// 1 by day, less at night.
    pub daylight: f64,
    /// Whether the agent sleeps, which darkens what it sees.
    pub asleep: bool,
}

impl Daylight {
    /// Full daylight, awake: tiles as they are.
    pub const DAY: Daylight = Daylight { daylight: 1.0, asleep: false };
}

/// A small picture of a thing, with transparent ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `[height, width, 4]`: red, green, blue, alpha; not multiplied.
    pub rgba: Vec<u8>,
}

/// The tiles of a world, by number.
pub trait Tiles {
    /// The tile of a number in [`TileMap`], `[side, side]` pixels in full daylight.
    ///
    /// # Errors
    /// Textures that cannot be read; a number that no tile has.
    fn draw_tile(&self, number: u32, side: u32) -> Result<Vec<Rgb>, String>;

    /// Side of the tiles as they are drawn, in pixels; other sizes are scaled.
    fn tile_side(&self) -> u32;

    /// The picture of an item or achievement by its name; None if there is none.
    fn icon(&self, _name: &str) -> Option<Icon> {
        None
    }

    /// A pixel of a tile in some light.
    fn shade(&self, pixel: Rgb, _light: Daylight) -> Rgb {
        pixel
    }
}

/// Tiles of one size of a world, each drawn once.
#[derive(Debug, Default)]
pub struct TileCache {
    side: u32,
    known: BTreeMap<u32, Vec<Rgb>>,
}

impl TileCache {
    /// No tile yet, of `side` x `side` pixels.
    pub fn new(side: u32) -> TileCache {
        TileCache { side, known: BTreeMap::new() }
    }

    /// The side of a tile in pixels.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// The pixels of a tile in full daylight, `[side, side]`.
    ///
    /// # Errors
    /// As [`Tiles::draw_tile`].
    pub fn tile<W: Tiles + ?Sized>(&mut self, world: &W, number: u32) -> Result<&[Rgb], String> {
        if !self.known.contains_key(&number) {
            self.known.insert(number, world.draw_tile(number, self.side)?);
        }
        Ok(&self.known[&number])
    }

    /// A picture of the tiles `cells`, `[rows, columns]`, in some light.
    ///
    /// # Errors
    /// As [`Tiles::draw_tile`]; a tile of no size or one that makes the picture too large ([`super::picture::MAX_TILE`]).
    pub fn picture<W: Tiles + ?Sized>(
        &mut self,
        world: &W,
        (columns, rows): (u32, u32),
        cells: &[u32],
        light: Daylight,
    ) -> Result<Picture, String> {
        let (mut picture, side) = (Picture::of_cells((columns, rows), self.side)?, self.side);
        let mut shaded: BTreeMap<u32, Vec<Rgb>> = BTreeMap::new();
        for (cell, number) in cells.iter().enumerate() {
            let at = (cell as u32 % columns, cell as u32 / columns);
            let pixels = self.tile(world, *number)?;
            if light == Daylight::DAY {
                picture.put(at, side, pixels);
            } else {
                let lit =
                    shaded.entry(*number).or_insert_with(|| pixels.iter().map(|pixel| world.shade(*pixel, light)).collect());
                picture.put(at, side, lit);
            }
        }
        Ok(picture)
    }
}
