//! Tiles that are drawn by code: 8 x 8 pixels, shapes stamped over each other.

use super::picture::Rgb;

/// Number of pixels of a side.
pub const SIDE: usize = 8;
/// Rows of a tile, one bit for each pixel; the leftmost pixel is bit 7.
pub type Stamp = [u8; SIDE];

/// A stamp that points north, turned to `way`: 0 west, 1 east, 2 north, 3 south.
pub fn turned(stamp: Stamp, way: u32) -> Stamp {
    let mut out = [0; SIDE];
    for (row, bits) in out.iter_mut().enumerate() {
        for column in 0..SIDE {
            let (r, c) = match way {
                2 => (row, column),
                3 => (SIDE - 1 - row, column),
                0 => (column, row),
                _ => (SIDE - 1 - column, row),
            };
            *bits |= (stamp[r] >> (7 - c) & 1) << (7 - column);
        }
    }
    out
}

/// `[SIDE, SIDE]` pixels, row by row.
#[derive(Clone)]
pub struct Tile(
    /// The pixels.
    pub [Rgb; SIDE * SIDE],
);

impl Tile {
    /// A tile from three bytes per pixel.
    pub fn from_bytes(bytes: &[u8; SIDE * SIDE * 3]) -> Tile {
        Tile(std::array::from_fn(|k| [bytes[3 * k], bytes[3 * k + 1], bytes[3 * k + 2]]))
    }

    /// Sets the pixels of `stamp` to this colour.
    pub fn stamp(&mut self, stamp: Stamp, colour: Rgb) {
        for (k, pixel) in self.0.iter_mut().enumerate() {
            if stamp[k / SIDE] >> (7 - k % SIDE) & 1 == 1 {
                *pixel = colour;
            }
        }
    }

    /// Returns the tile as `[side, side]` pixels. If these are more pixels than the tile has, each copies the nearest one; otherwise each
    /// is a mean, so that nothing thin is lost.
    pub fn scaled(&self, side: u32) -> Vec<Rgb> {
        let side = side as usize;
        let span = |k: usize| (k * SIDE / side, ((k + 1) * SIDE).div_ceil(side).clamp(1, SIDE));
        let mut pixels = Vec::with_capacity(side * side);
        for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
            let ((top, bottom), (left, right)) = (span(y), span(x));
            if side >= SIDE {
                pixels.push(self.0[top * SIDE + left]);
                continue;
            }
            let sum = (top..bottom)
                .flat_map(|r| (left..right).map(move |c| r * SIDE + c))
                .fold([0u32; 3], |sum, k| std::array::from_fn(|channel| sum[channel] + u32::from(self.0[k][channel])));
            let n = ((bottom - top) * (right - left)) as u32;
            pixels.push(sum.map(|channel| ((channel + n / 2) / n) as u8));
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_scaled() {
        let mut tile = Tile([[0; 3]; 64]);
        tile.stamp([0xff, 0xff, 0, 0, 0, 0, 0, 0x01], [64, 0, 128]);
        assert_eq!(tile.scaled(8), tile.0);
        let twice = tile.scaled(16);
        assert!((0..256).all(|k| twice[k] == tile.0[k / 32 * 8 + k % 16 / 2]));
        assert_eq!(tile.scaled(4)[..5], [[64, 0, 128], [64, 0, 128], [64, 0, 128], [64, 0, 128], [0, 0, 0]]);
        assert_eq!(tile.scaled(4)[15], [16, 0, 32], "one pixel of four");
        assert_eq!(tile.scaled(1), [[17, 0, 34]], "17 of 64 pixels");
        assert_eq!((tile.scaled(3).len(), tile.scaled(100).len()), (9, 10_000));
    }

    #[test]
    fn stamps_turn() {
        let north = [0x18, 0, 0, 0, 0, 0, 0, 0x01];
        assert_eq!(turned(north, 2), north);
        assert_eq!(turned(north, 3), [0x01, 0, 0, 0, 0, 0, 0, 0x18]);
        assert_eq!(turned(north, 0), [0, 0, 0, 0x80, 0x80, 0, 0, 0x01]);
        assert_eq!(turned(north, 1)[3..5], [0x01, 0x01]);
    }
}
