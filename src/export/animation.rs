//! Animations: GIF and APNG. A frame holds only the rectangle that changed.

use std::collections::BTreeMap;
use std::io::Write;

use super::still::png_error;
use super::{Encoder, FrameFormat};
use crate::error::{Error, Result};

/// GIF counts hundredths of a second, and browsers slow down frames that are shorter than two.
pub const MAX_GIF_FPS: f64 = 50.0;
/// Colours of a GIF frame.
const GIF_COLOURS: usize = 256;
/// Speed of the colour quantizer, 1 (best) to 30.
const QUANTIZER_SPEED: i32 = 10;

/// A part of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rectangle {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

/// The smallest rectangle outside of which two frames are equal; one pixel if they are equal everywhere.
fn changed(before: &[u8], now: &[u8], width: u32, height: u32) -> Rectangle {
    let (mut left, mut right, mut top, mut bottom) = (width, 0, height, 0);
    let lines = before.chunks_exact(width as usize * 3).zip(now.chunks_exact(width as usize * 3));
    for (y, (before, now)) in (0..height).zip(lines).filter(|(_, (before, now))| before != now) {
        (top, bottom) = (top.min(y), y + 1);
        let differs = |x: &u32| before[*x as usize * 3..][..3] != now[*x as usize * 3..][..3];
        left = (0..width).find(differs).map_or(left, |x| left.min(x));
        right = (0..width).rev().find(differs).map_or(right, |x| right.max(x + 1));
    }
    if top >= bottom {
        Rectangle { left: 0, top: 0, width: 1, height: 1 }
    } else {
        Rectangle { left, top, width: right - left, height: bottom - top }
    }
}

fn cut(rgb: &[u8], width: u32, part: Rectangle) -> Vec<u8> {
    let lines = (part.top..part.top + part.height).map(|y| (y * width + part.left) as usize * 3);
    lines.flat_map(|at| &rgb[at..at + part.width as usize * 3]).copied().collect()
}

/// An animated GIF. Frames of at most 256 colours keep them all; others are quantized.
pub struct Gif<W: Write> {
    encoder: gif::Encoder<W>,
    format: FrameFormat,
    before: Option<Vec<u8>>,
    given: u32,
    quantized: u32,
}

impl<W: Write> Gif<W> {
    /// Writes to `out`; the animation repeats for ever.
    ///
    /// # Errors
    /// [`Error::Usage`] for a picture that is larger than 65 535 pixels a side, or more than [`MAX_GIF_FPS`].
    pub fn new(out: W, format: FrameFormat) -> Result<Gif<W>> {
        let side =
            |pixels: u32| u16::try_from(pixels).map_err(|_| Error::Usage("a GIF has at most 65535 pixels a side".to_string()));
        if !(format.fps > 0.0 && format.fps <= MAX_GIF_FPS) {
            let fps = format.fps;
            return Err(Error::Usage(format!(
                "{fps} frames a second; a GIF has up to {MAX_GIF_FPS}. Leave out frames, or write an APNG"
            )));
        }
        let mut encoder = gif::Encoder::new(out, side(format.width)?, side(format.height)?, &[]).map_err(gif_error)?;
        encoder.set_repeat(gif::Repeat::Infinite).map_err(gif_error)?;
        Ok(Gif { encoder, format, before: None, given: 0, quantized: 0 })
    }

    /// Frames whose colours were rounded, because there were more than 256.
    pub fn quantized(&self) -> u32 {
        self.quantized
    }

    /// Hundredths of a second that the next frame lasts: rounded so that errors do not add up.
    fn delay(&self) -> u16 {
        let end = |frames: u32| (100.0 * f64::from(frames) / self.format.fps).round();
        (end(self.given + 1) - end(self.given)) as u16
    }
}

impl<W: Write> std::fmt::Debug for Gif<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Gif({:?}, {} frames)", self.format, self.given)
    }
}

impl<W: Write> Encoder for Gif<W> {
    fn frame(&mut self, rgb: &[u8]) -> Result<()> {
        self.format.check(rgb)?;
        let (width, height) = (self.format.width, self.format.height);
        let whole = Rectangle { left: 0, top: 0, width, height };
        let part = self.before.as_ref().map_or(whole, |before| changed(before, rgb, width, height));
        let pixels = cut(rgb, width, part);
        let mut frame = match indexed(&pixels) {
            Some((palette, indices)) => {
                gif::Frame::from_palette_pixels(part.width as u16, part.height as u16, indices, palette, None)
            }
            None => {
                self.quantized += 1;
                gif::Frame::from_rgb_speed(part.width as u16, part.height as u16, &pixels, QUANTIZER_SPEED)
            }
        };
        (frame.left, frame.top) = (part.left as u16, part.top as u16);
        (frame.delay, frame.dispose) = (self.delay(), gif::DisposalMethod::Keep);
        self.encoder.write_frame(&frame).map_err(gif_error)?;
        self.given += 1;
        self.before = Some(rgb.to_vec());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        let mut out = self.encoder.into_inner().map_err(gif_error)?;
        out.flush().map_err(|e| Error::io("the animation", e))
    }
}

/// Palette and index of each pixel; None if there are too many colours.
fn indexed(rgb: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut known, mut palette, mut indices) = (BTreeMap::new(), Vec::new(), Vec::with_capacity(rgb.len() / 3));
    for pixel in rgb.as_chunks::<3>().0 {
        let next = known.len();
        let index = *known.entry(*pixel).or_insert(next);
        if index == GIF_COLOURS {
            return None;
        }
        if index == next {
            palette.extend_from_slice(pixel);
        }
        indices.push(index as u8);
    }
    Some((palette, indices))
}

fn gif_error(error: gif::EncodingError) -> Error {
    match error {
        gif::EncodingError::Io(source) => Error::io("the animation", source),
        other => Error::Usage(other.to_string()),
    }
}

/// An animated PNG: every frame exact.
pub struct Apng<W: Write> {
    writer: png::Writer<W>,
    format: FrameFormat,
    before: Option<Vec<u8>>,
}

impl<W: Write> Apng<W> {
    /// Writes to `out`; the animation repeats for ever. `about` becomes the file's description.
    ///
    /// # Errors
    /// [`Error::Usage`] for more frames a second than the format has.
    pub fn new(out: W, format: FrameFormat, about: &str) -> Result<Apng<W>> {
        // A frame lasts a fraction of a second with 16 bits above and below the line.
        let thousandths = (1000.0 / format.fps).round();
        if !(1.0..=f64::from(u16::MAX)).contains(&thousandths) {
            return Err(Error::Usage(format!("{} frames a second; an APNG has 0.02 to 1000", format.fps)));
        }
        let mut encoder = png::Encoder::new(out, format.width, format.height);
        encoder.set_color(png::ColorType::Rgb);
        let begun = encoder
            .set_animated(format.frames, 0)
            .and_then(|()| encoder.set_frame_delay(thousandths as u16, 1000))
            .and_then(|()| encoder.add_itxt_chunk("Description".to_string(), about.to_string()))
            .and_then(|()| encoder.write_header());
        Ok(Apng { writer: begun.map_err(png_error)?, format, before: None })
    }
}

impl<W: Write> std::fmt::Debug for Apng<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Apng({:?})", self.format)
    }
}

impl<W: Write> Encoder for Apng<W> {
    fn frame(&mut self, rgb: &[u8]) -> Result<()> {
        self.format.check(rgb)?;
        let (width, height) = (self.format.width, self.format.height);
        let part = match &self.before {
            None => Rectangle { left: 0, top: 0, width, height },
            Some(before) => {
                let part = changed(before, rgb, width, height);
                // The position last, since it is checked against the size.
                let placed = self
                    .writer
                    .reset_frame_position()
                    .and_then(|()| self.writer.set_frame_dimension(part.width, part.height))
                    .and_then(|()| self.writer.set_frame_position(part.left, part.top));
                placed.map_err(png_error)?;
                part
            }
        };
        self.writer.write_image_data(&cut(rgb, width, part)).map_err(png_error)?;
        self.before = Some(rgb.to_vec());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.writer.finish().map_err(png_error)
    }
}
