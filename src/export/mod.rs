//! Recorded play as files for other programs: pictures, animations, videos, tables.
//!
//! Everything is written as a stream: memory does not grow with the number of steps.

mod animation;
mod frames;
mod rows;
mod span;
mod still;
mod video;

pub use animation::{Apng, Gif, MAX_GIF_FPS};
pub use frames::{Frame, FrameOptions, Frames, HeatOf, Window};
pub use rows::{write_csv, write_parquet};
pub use span::{Selection, Span};
pub use still::Still;
pub use video::Video;

use crate::error::{Error, Result};

/// Takes the frames of a file, all of one size, one after the other.
pub trait Encoder {
    /// The next frame, `[height, width, 3]` bytes.
    ///
    /// # Errors
    /// If it cannot be written, or has another size.
    fn frame(&mut self, rgb: &[u8]) -> Result<()>;

    /// All frames were given.
    ///
    /// # Errors
    /// If the rest cannot be written.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// Size of frames in pixels, and how fast they follow each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameFormat {
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames.
    pub frames: u32,
    /// Frames a second.
    pub fps: f64,
}

impl FrameFormat {
    /// Refuses a frame of another size.
    pub(crate) fn check(&self, rgb: &[u8]) -> Result<()> {
        let expected = self.width as usize * self.height as usize * 3;
        if rgb.len() == expected {
            return Ok(());
        }
        Err(Error::Usage(format!(
            "a frame of {} bytes, where {} x {} pixels have {expected}",
            rgb.len(),
            self.width,
            self.height
        )))
    }
}
