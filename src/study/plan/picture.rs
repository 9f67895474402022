//! Pictures of a plan: PNG files beside it.

use std::fs::metadata;
use std::io::Cursor;
use std::path::{Component, Path, PathBuf};

use super::bounds::{MAX_PICTURE, MAX_PICTURES, MAX_SIDE};
use super::fields::{Read, shortened};
use crate::envs::shared::bounded;

/// Reads pictures and counts their bytes.
#[derive(Debug)]
pub struct Pictures {
    folder: Option<PathBuf>,
    bytes: u64,
}

impl Pictures {
    /// No pictures yet. Their paths begin at `folder`.
    pub fn new(folder: Option<&Path>) -> Pictures {
        Pictures { folder: folder.map(Path::to_path_buf), bytes: 0 }
    }

    /// Reads a PNG file and checks that it can be drawn.
    pub fn read(&mut self, name: &str) -> Read<Vec<u8>> {
        let shown = shortened(name);
        let outside = |part: Component| !matches!(part, Component::Normal(_) | Component::CurDir);
        if Path::new(name).components().any(outside) {
            return Err(format!("'{shown}' lies outside the folder of the plan; put the picture beside the plan"));
        }
        let folder = self.folder.as_ref().ok_or_else(|| format!("'{shown}': pictures lie beside a plan that is a file"))?;
        let path = folder.join(name);
        // A device or a pipe may never end.
        let about = metadata(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        if !about.is_file() {
            return Err(format!("{} is no file", path.display()));
        }
        let bytes = bounded::read(&path, MAX_PICTURE).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        self.bytes += bytes.len() as u64;
        if self.bytes > MAX_PICTURES {
            return Err(format!("the pictures of the plan take more than {} MiB", MAX_PICTURES >> 20));
        }
        check(&bytes).map_err(|why| format!("{}: {why}", path.display()))?;
        Ok(bytes)
    }
}

/// Checks that a PNG can be drawn.
fn check(bytes: &[u8]) -> Read<()> {
    let limits = png::Limits { bytes: 4 * MAX_PICTURE as usize };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    let header = decoder.read_header_info().map_err(|e| format!("no PNG: {e}"))?;
    if header.width > MAX_SIDE || header.height > MAX_SIDE {
        return Err(format!("{} x {} pixels; a picture has at most {MAX_SIDE} x {MAX_SIDE}", header.width, header.height));
    }
    let mut reader = decoder.read_info().map_err(|e| format!("no PNG: {e}"))?;
    // Rows one by one: a picture need not be held whole to be checked.
    while reader.next_row().map_err(|e| format!("damaged: {e}"))?.is_some() {}
    Ok(())
}
