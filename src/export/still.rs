//! One picture as PNG.

use std::io::Write;

use super::{Encoder, FrameFormat};
use crate::error::{Error, Result};

/// A PNG with one frame.
#[derive(Debug)]
pub struct Still<W: Write> {
    out: Option<W>,
    format: FrameFormat,
    about: String,
}

impl<W: Write> Still<W> {
    /// Writes to `out`. `about` becomes the file's description.
    pub fn new(out: W, format: FrameFormat, about: &str) -> Still<W> {
        Still { out: Some(out), format, about: about.to_string() }
    }
}

impl<W: Write> Encoder for Still<W> {
    fn frame(&mut self, rgb: &[u8]) -> Result<()> {
        self.format.check(rgb)?;
        let Some(out) = self.out.take() else { return Err(Error::Usage("a PNG has one picture".to_string())) };
        let mut encoder = png::Encoder::new(out, self.format.width, self.format.height);
        encoder.set_color(png::ColorType::Rgb);
        let described = encoder.add_itxt_chunk("Description".to_string(), self.about.clone());
        let mut writer = described.and_then(|()| encoder.write_header()).map_err(png_error)?;
        writer.write_image_data(rgb).and_then(|()| writer.finish()).map_err(png_error)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        if self.out.is_none() { Ok(()) } else { Err(Error::Usage("a PNG without a picture".to_string())) }
    }
}

/// What the encoder reports; whoever opened the file puts its path in place.
pub(super) fn png_error(error: png::EncodingError) -> Error {
    match error {
        png::EncodingError::IoError(source) => Error::io("the picture", source),
        other => Error::Usage(other.to_string()),
    }
}
