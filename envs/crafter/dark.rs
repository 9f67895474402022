//! Pictures at night: adds the night's noise to colours. The pixels of a channel are contiguous, so that
//! the arithmetic runs on SIMD vectors.
//!
//! Pixels are stored column by column, the order in which the reference package draws their noise.

use super::light::{LUMA, NIGHT, NIGHT_COLOUR, NOISE, SLEEP, TINT};

/// Number of pixels that are darkened together.
const GROUP: usize = 64;
/// Number of bytes that are copied at a time. Columns of a tile are padded to a multiple of it.
pub const STRIP: usize = 8;

/// Parameters of the darkness of one picture.
#[derive(Clone, Copy, Debug)]
pub struct Night {
    pub daylight: f64,
    /// Weight of the noise at full vignette.
    pub amount: f64,
    pub asleep: bool,
}

/// Buffers for a picture while it is darkened.
#[derive(Debug, Default)]
pub struct Planes {
    colours: [Vec<u8>; 3],
    grains: Vec<f64>,
    /// Red, green and blue in the low three bytes.
    seen: Vec<u32>,
}

/// Rounds a number of pixels up to whole groups.
pub fn padded(pixels: usize) -> usize {
    pixels.next_multiple_of(GROUP)
}

impl Planes {
    /// Makes room for `pixels` pixels. Returns the slice for their noise numbers in 0..1, which the caller fills in order.
    pub fn begin(&mut self, pixels: usize) -> &mut [f64] {
        let room = padded(pixels);
        self.colours.iter_mut().for_each(|plane| plane.resize(room + STRIP, 0));
        self.grains.resize(room, 0.0);
        self.seen.resize(room, 0);
        &mut self.grains[..pixels]
    }

    /// Writes a column of a tile, given as padded columns of red, green and blue. The padding is written too, past the end of the
    /// column; the caller must overwrite it.
    #[inline]
    pub fn put(&mut self, pixel: usize, strips: [&[u8]; 3]) {
        for (plane, strip) in self.colours.iter_mut().zip(strips) {
            for (to, bytes) in plane[pixel..].as_chunks_mut().0.iter_mut().zip(strip.as_chunks::<STRIP>().0) {
                *to = *bytes;
            }
        }
    }

    /// Darkens all pixels. `weights` holds each pixel's weight in the vignette, padded to whole groups.
    pub fn darken(&mut self, night: Night, weights: &[f64]) -> &[u32] {
        let Planes { colours: [red, green, blue], grains, seen } = self;
        let groups = weights.chunks_exact(GROUP).zip(grains.chunks_exact(GROUP)).zip(seen.chunks_exact_mut(GROUP));
        let colours = red.chunks_exact(GROUP).zip(green.chunks_exact(GROUP)).zip(blue.chunks_exact(GROUP));
        for (((weights, grains), seen), ((red, green), blue)) in groups.zip(colours) {
            darken(night, weights, grains, [red, green, blue], seen);
        }
        &self.seen
    }
}

/// Darkens one group; every slice has `GROUP` elements.
fn darken(night: Night, weights: &[f64], grains: &[f64], colours: [&[u8]; 3], seen: &mut [u32]) {
    let mut dimmed = [[0i32; GROUP]; 3];
    for (dimmed, colours) in dimmed.iter_mut().zip(colours) {
        for (((dimmed, colour), weight), grain) in dimmed.iter_mut().zip(colours).zip(weights).zip(grains) {
            let (mask, noise) = (night.amount * weight, NOISE.0 + (NOISE.1 - NOISE.0) * grain);
            *dimmed = whole((1.0 - mask) * f64::from(*colour) + mask * noise);
        }
    }
    let luma = luma(&dimmed);
    let mut lit = [[0i32; GROUP]; 3];
    for (((lit, dimmed), colours), tint) in lit.iter_mut().zip(&dimmed).zip(colours).zip(NIGHT) {
        for (((lit, dimmed), luma), colour) in lit.iter_mut().zip(dimmed).zip(&luma).zip(colours) {
            let faded = whole(f64::from(*luma as f32 + NIGHT_COLOUR * (*dimmed as f32 - *luma as f32)));
            let dark = (1.0 - TINT) * f64::from(faded) + TINT * tint;
            *lit = whole(night.daylight * f64::from(*colour) + (1.0 - night.daylight) * dark);
        }
    }
    if night.asleep {
        let luma = self::luma(&lit);
        for (lit, tint) in lit.iter_mut().zip(SLEEP) {
            for (lit, luma) in lit.iter_mut().zip(&luma) {
                *lit = whole((1.0 - TINT) * f64::from(*luma) + TINT * tint);
            }
        }
    }
    let [red, green, blue] = lit;
    for (l, seen) in seen.iter_mut().enumerate().take(GROUP) {
        *seen = (red[l] | green[l] << 8 | blue[l] << 16) as u32;
    }
}

/// Returns the whole part of a number that is at least 0 and less than 2^31. `as i32` would check the range,
/// which prevents vectorization of loops.
#[inline]
fn whole(x: f64) -> i32 {
    const SHIFT: f64 = 4_503_599_627_370_496.0; // 2^52: the last bit of a number this large is worth 1
    let nearest = x + SHIFT;
    nearest.to_bits() as u32 as i32 - i32::from(nearest - SHIFT > x)
}

/// Returns the luma of each pixel.
#[inline]
fn luma(colours: &[[i32; GROUP]; 3]) -> [i32; GROUP] {
    let [red, green, blue] = colours;
    let mut luma = [0; GROUP];
    for l in 0..GROUP {
        luma[l] = (red[l] * LUMA[0] + green[l] * LUMA[1] + blue[l] * LUMA[2] + 0x8000) >> 16;
    }
    luma
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_parts_are_those_of_the_conversion() {
        for n in 0..260 {
            for x in [0.0, 0.25, 0.49999, 0.5, 0.50001, 0.75, 1.0 - 1e-9] {
                let x = f64::from(n) + x;
                for x in [x, x.next_up(), x.next_down().max(0.0)] {
                    assert_eq!(whole(x), x as i32, "{x}");
                }
            }
        }
    }
}
