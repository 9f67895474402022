//! Textures, scaled and blended as the package draws them: nearest-neighbour scaling as Pillow does it, alpha in float32, truncation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::envs::shared::bounded;

/// Limits of the pixels of a side, the bytes of a file, and the bytes of all pictures of a folder. All textures of the game are smaller.
const MAX_SIDE: u32 = 4096;
const MAX_FILE: u64 = 128 << 20;
const MAX_TOTAL: u64 = 512 << 20;

/// An RGB or RGBA texture, row by row.
#[derive(Clone, Debug)]
pub struct Texture {
    pub width: usize,
    pub height: usize,
    /// 3 or 4.
    pub channels: usize,
    pub bytes: Vec<u8>,
}

/// Textures by name.
pub type Textures = BTreeMap<String, Texture>;

/// The textures of a world, read at the first use.
#[derive(Debug)]
pub struct Sheet {
    /// None for the project's own textures.
    folder: Option<PathBuf>,
    read: OnceLock<Result<Textures, String>>,
}

impl Sheet {
    pub fn new(folder: Option<PathBuf>) -> Sheet {
        Sheet { folder, read: OnceLock::new() }
    }

    /// # Errors
    /// As [`from_folder`].
    pub fn get(&self) -> Result<&Textures, String> {
        let read = || self.folder.as_deref().map_or_else(built_in, from_folder);
        self.read.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

/// The project's own tiles.
pub fn built_in() -> Result<Textures, String> {
    super::art::TILES
        .iter()
        .map(|(name, bytes)| Ok((name.to_string(), decode(bytes).map_err(|e| format!("{name}.png: {e}"))?)))
        .collect()
}

/// Reads every PNG of a folder; names are file names.
///
/// # Errors
/// If the folder or a picture in it cannot be read.
pub fn from_folder(folder: &Path) -> Result<Textures, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("textures: cannot read {}: {e}", folder.display()))?;
    let (mut textures, mut total) = (Textures::new(), 0);
    for entry in entries {
        let path = entry.map_err(|e| format!("textures: {e}"))?.path();
        if path.extension().is_none_or(|e| e != "png") {
            continue;
        }
        let bytes = bounded::read(&path, MAX_FILE).map_err(|e| format!("textures: cannot read {}: {e}", path.display()))?;
        let texture = decode(&bytes).map_err(|e| format!("textures: {}: {e}", path.display()))?;
        total += texture.bytes.len() as u64;
        if total > MAX_TOTAL {
            return Err(format!("textures: the pictures in {} take more than {} MiB", folder.display(), MAX_TOTAL >> 20));
        }
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        textures.insert(name, texture);
    }
    Ok(textures)
}

fn decode(bytes: &[u8]) -> Result<Texture, String> {
    // The limit also covers data other than pixels (profiles, texts).
    let limits = png::Limits { bytes: MAX_FILE as usize };
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(bytes), limits);
    let header = decoder.read_header_info().map_err(|e| e.to_string())?;
    if header.width > MAX_SIDE || header.height > MAX_SIDE {
        let (width, height) = (header.width, header.height);
        return Err(format!("{width} x {height} pixels; a texture has at most {MAX_SIDE} x {MAX_SIDE}"));
    }
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|e| e.to_string())?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("picture too large")?];
    let info = reader.next_frame(&mut pixels).map_err(|e| e.to_string())?;
    pixels.truncate(info.buffer_size());
    let channels = match info.color_type {
        png::ColorType::Rgb => 3,
        png::ColorType::Rgba => 4,
        other => return Err(format!("colour type {other:?}; wanted RGB or RGBA")),
    };
    Ok(Texture { width: info.width as usize, height: info.height as usize, channels, bytes: pixels })
}

impl Texture {
    /// Nearest-neighbour scaling. Positions are summed up, not multiplied: a sum just below a whole number picks the pixel before it.
    pub fn scaled(&self, width: usize, height: usize) -> Texture {
        let (columns, rows) = (positions(self.width, width), positions(self.height, height));
        let mut bytes = Vec::with_capacity(width * height * self.channels);
        for y in &rows {
            for x in &columns {
                let at = (y * self.width + x) * self.channels;
                bytes.extend_from_slice(&self.bytes[at..at + self.channels]);
            }
        }
        Texture { width, height, channels: self.channels, bytes }
    }

    /// Returns a pixel's colour without alpha.
    pub fn rgb(&self, pixel: usize) -> [u8; 3] {
        let at = pixel * self.channels;
        [self.bytes[at], self.bytes[at + 1], self.bytes[at + 2]]
    }

    /// Returns this texture's pixel blended over `below`.
    pub fn over(&self, pixel: usize, below: [u8; 3]) -> [u8; 3] {
        let colour = self.rgb(pixel);
        if self.channels == 3 {
            return colour;
        }
        let alpha = f32::from(self.bytes[pixel * 4 + 3]) / 255.0;
        std::array::from_fn(|c| {
            let blended = alpha * (f32::from(colour[c]) / 255.0) + (1.0 - alpha) * (f32::from(below[c]) / 255.0);
            (255.0 * blended) as u8
        })
    }
}

fn positions(from: usize, to: usize) -> Vec<usize> {
    let step = from as f64 / to as f64;
    let mut at = step * 0.5;
    let mut positions = Vec::with_capacity(to);
    for _ in 0..to {
        positions.push((at as usize).min(from - 1));
        at += step;
    }
    positions
}
