//! Pictures of worlds for people: tiles of equal size, one for each cell, as RGBA.

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// Maximum number of pixels on a side of a tile.
pub const MAX_TILE: u32 = 256;
/// Maximum number of pixels of a picture, which then takes 256 MiB.
pub const MAX_PIXELS: u64 = 1 << 26;
/// Share of white in the cells that [`Picture::highlight`] brightens, as in the package minigrid.
const HIGHLIGHT: f32 = 0.3;

/// The light in which a world is drawn. Only Crafter has a night; in other families both are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Light {
    /// In full daylight, awake.
    #[default]
    Day,
    /// As observed now, by the time of day and the player's sleep, but without the noise that observations have at night.
    Now,
}

/// A picture: rows from the top, pixels from the left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `[height, width, 4]`: red, green, blue, alpha. Every pixel is opaque: alpha is 255.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// A black picture of `columns` x `rows` cells of `tile` x `tile` pixels.
    ///
    /// # Errors
    /// If `tile` is 0 or more than [`MAX_TILE`], or the picture has more than [`MAX_PIXELS`] pixels; that message names the largest tile
    /// that fits.
    pub(crate) fn of_cells((columns, rows): (u32, u32), tile: u32) -> Result<Picture, String> {
        if !(1..=MAX_TILE).contains(&tile) {
            return Err(format!("a tile of {tile} pixels; it has 1 to {MAX_TILE}"));
        }
        let cells = u64::from(columns) * u64::from(rows);
        let pixels = cells * u64::from(tile * tile);
        if pixels > MAX_PIXELS {
            let fits = (MAX_PIXELS / cells).isqrt();
            return Err(format!(
                "{columns} x {rows} cells with tiles of {tile} pixels make a picture of {pixels} pixels, more than {MAX_PIXELS}; tiles of \
                 {fits} fit"
            ));
        }
        let rgba = [0, 0, 0, 255].repeat(pixels as usize);
        Ok(Picture { width: columns * tile, height: rows * tile, rgba })
    }

    /// Draws a tile, `[tile, tile]` pixels, into the cell (column, row).
    pub(crate) fn put(&mut self, (column, row): (u32, u32), tile: u32, pixels: &[Rgb]) {
        let (side, stride) = (tile as usize, self.width as usize * 4);
        let corner = row as usize * side * stride + column as usize * side * 4;
        for (y, line) in pixels.chunks_exact(side).enumerate() {
            let out = &mut self.rgba[corner + y * stride..][..side * 4];
            for (pixel, [r, g, b]) in out.as_chunks_mut().0.iter_mut().zip(line) {
                *pixel = [*r, *g, *b, 255];
            }
        }
    }

    /// The pixels of the cell (column, row), `[tile, tile]`.
    pub(crate) fn cell(&self, (column, row): (u32, u32), tile: u32) -> Vec<Rgb> {
        let (side, stride) = (tile as usize, self.width as usize * 4);
        let corner = row as usize * side * stride + column as usize * side * 4;
        let lines = (0..side).flat_map(|y| self.rgba[corner + y * stride..][..side * 4].as_chunks::<4>().0);
        lines.map(|[r, g, b, _]| [*r, *g, *b]).collect()
    }

    /// Brightens the cells that are set in `cells`, `[rows, columns]` row by row, of a picture with tiles of `tile` pixels: with
    /// [`super::layers::Layers::field_of_view`], what the agent sees.
    ///
    /// # Errors
    /// If `cells` is not as large as the picture.
    pub fn highlight(&mut self, tile: u32, cells: &[bool]) -> Result<(), String> {
        let (columns, rows) = (self.width / tile.max(1), self.height / tile.max(1));
        if tile == 0
            || (columns * tile, rows * tile) != (self.width, self.height)
            || cells.len() as u64 != u64::from(columns) * u64::from(rows)
        {
            let (width, height) = (self.width, self.height);
            return Err(format!("{} cells with tiles of {tile} pixels are no picture of {width} x {height} pixels", cells.len()));
        }
        for (k, pixel) in self.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let (x, y) = (k as u32 % self.width / tile, k as u32 / self.width / tile);
            if cells[(y * columns + x) as usize] {
                for channel in &mut pixel[..3] {
                    *channel = (f32::from(*channel) + HIGHLIGHT * (255.0 - f32::from(*channel))) as u8;
                }
            }
        }
        Ok(())
    }

    /// The bytes of a PNG file.
    ///
    /// # Errors
    /// If the picture has no pixel, or `rgba` is not as long as its size says.
    pub fn png(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(|e| e.to_string())?;
        writer.write_image_data(&self.rgba).map_err(|e| e.to_string())?;
        writer.finish().map_err(|e| e.to_string())?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_stand_in_their_cells() {
        let mut picture = Picture::of_cells((3, 2), 2).expect("small");
        picture.put((2, 1), 2, &[[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]]);
        let at = |picture: &Picture, x: usize, y: usize| picture.rgba[(y * 6 + x) * 4..][..4].to_vec();
        assert_eq!((picture.width, picture.height, picture.rgba.len()), (6, 4, 96));
        assert_eq!((at(&picture, 4, 2), at(&picture, 5, 2)), (vec![1, 2, 3, 255], vec![4, 5, 6, 255]));
        assert_eq!((at(&picture, 5, 3), at(&picture, 3, 3)), (vec![10, 11, 12, 255], vec![0, 0, 0, 255]));
        let seen = [true, false, false, false, false, true];
        picture.highlight(2, &seen).expect("six cells");
        assert_eq!((at(&picture, 1, 1), at(&picture, 2, 1)), (vec![76, 76, 76, 255], vec![0, 0, 0, 255]));
        assert_eq!(at(&picture, 4, 2), [77, 77, 78, 255]);
        assert!(picture.highlight(2, &seen[1..]).is_err() && picture.highlight(0, &seen).is_err());
        assert!(picture.highlight(4, &[true]).is_err());
        let png = picture.png().expect("a file");
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("PNG");
        let mut read = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut read).expect("a frame");
        assert_eq!(read, picture.rgba);
    }

    #[test]
    fn what_is_too_large_is_refused_with_what_fits() {
        assert!(Picture::of_cells((4, 4), 0).is_err());
        assert!(Picture::of_cells((4, 4), MAX_TILE + 1).is_err());
        let error = Picture::of_cells((1024, 1024), 9).expect_err("too large");
        assert!(error.contains("tiles of 8 fit"), "{error}");
        assert!(Picture::of_cells((u32::MAX, u32::MAX), 1).is_err());
    }
}
