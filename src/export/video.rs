//! Videos by an installed ffmpeg, to which frames are piped.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use super::{Encoder, FrameFormat};
use crate::error::{Error, Result};

/// The program, found along PATH.
const FFMPEG: &str = "ffmpeg";
/// Characters of what ffmpeg reports that are shown.
const REPORT: usize = 400;

/// An H.264 video in an MP4 container. Sides of an odd number of pixels get one more, black.
#[derive(Debug)]
pub struct Video {
    child: Child,
    /// What ffmpeg reports; it is read while frames are written, so that neither waits for the other.
    report: Option<JoinHandle<String>>,
    format: FrameFormat,
}

impl Video {
    /// Starts ffmpeg, which writes to `path`, and replaces what is there.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no ffmpeg.
    pub fn new(path: &Path, format: FrameFormat) -> Result<Video> {
        let size = format!("{}x{}", format.width, format.height);
        let even = "pad=ceil(iw/2)*2:ceil(ih/2)*2";
        let mut command = Command::new(FFMPEG);
        command.args(["-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", &size]);
        command.args(["-r", &format.fps.to_string(), "-i", "-", "-vf", even]);
        command.args(["-c:v", "libx264", "-crf", "14", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"]);
        command.arg(path).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| {
            let instead = "install ffmpeg for videos, or write a .gif or .apng, which need no other program";
            Error::Usage(format!("{FFMPEG} cannot be started ({e}): {instead}"))
        })?;
        let report = child.stderr.take().map(|mut from| {
            std::thread::spawn(move || {
                let mut text = String::new();
                // What is no text is no reason to stop.
                let _ = from.read_to_string(&mut text);
                text
            })
        });
        Ok(Video { child, report, format })
    }

    /// Why it failed, in ffmpeg's words.
    fn failed(&mut self) -> Error {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let report = self.report.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        let report: String = report.trim().chars().take(REPORT).collect();
        Error::io(FFMPEG, std::io::Error::other(if report.is_empty() { "it ended early".to_string() } else { report }))
    }
}

impl Encoder for Video {
    fn frame(&mut self, rgb: &[u8]) -> Result<()> {
        self.format.check(rgb)?;
        let written = self.child.stdin.as_mut().is_some_and(|pipe| pipe.write_all(rgb).is_ok());
        if written { Ok(()) } else { Err(self.failed()) }
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        drop(self.child.stdin.take());
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            _ => Err(self.failed()),
        }
    }
}

impl Drop for Video {
    /// A video that is given up leaves no process.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
