//! Pictures of the window as PNG files.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::offscreen::WindowPicture;
use crate::error::{Error, Result};
use crate::files::write_atomic_by;

/// A name that no file in this folder has.
pub fn free_name() -> PathBuf {
    let name = |n: u32| PathBuf::from(format!("explorarium-{n:03}.png"));
    (1..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(0))
}

/// Writes a picture.
///
/// # Errors
/// [`Error::Io`] with the path.
pub fn write(path: &Path, picture: &WindowPicture) -> Result<()> {
    write_atomic_by(path, |unfinished| {
        let file = std::fs::File::create(unfinished).map_err(|e| Error::io(path, e))?;
        let mut out = std::io::BufWriter::new(file);
        let wrong = |e: png::EncodingError| Error::io(path, std::io::Error::other(e));
        let mut encoder = png::Encoder::new(&mut out, picture.width, picture.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(wrong)?;
        writer.write_image_data(&picture.rgba).map_err(wrong)?;
        writer.finish().map_err(wrong)?;
        out.flush().map_err(|e| Error::io(path, e))
    })
}
