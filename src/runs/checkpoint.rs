//! The checkpoint of a run: the whole batch, its sums, the curves so far, and the number of trace parts that belong to it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::curves::Point;
use crate::error::{Error, Result};
use crate::files::{read_bytes, write_bytes};
use crate::shaders::shared::hash::hash_words;
use crate::sim::{Batch, Stats};

const MAGIC: &[u8; 8] = b"XPLCKPT1";

/// A stretch of a run with unchanged settings. A run that is resumed with more steps, another backend or other threads has several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Steps of the whole batch before the stretch.
    pub from: u64,
    /// Requested steps of the run.
    pub steps: u64,
    /// `cpu` or `gpu`.
    pub backend: String,
    /// Name of the GPU; on the CPU, processor and platform.
    pub adapter: String,
    /// Threads of the CPU pool.
    pub threads: usize,
    /// Version of the program.
    pub program: String,
}

/// The contents of a checkpoint besides the words of the batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Progressed {
    /// Wall-clock seconds that the run has taken so far, summed over its parts if it was resumed.
    pub seconds: f64,
    /// Number of trace parts written before the checkpoint. A resumed run removes later parts and writes them again.
    pub parts: usize,
    /// Sums over the finished episodes.
    pub stats: Stats,
    /// Rows of the curves so far.
    pub curves: Vec<Point>,
    /// [`super::Plan::identity`] of the run. Files of older versions lack this field and the next two.
    #[serde(default)]
    pub plan: Option<String>,
    /// SHA-256 of each trace part.
    #[serde(default)]
    pub part_hashes: Vec<String>,
    /// The stretches of the run, in order.
    #[serde(default)]
    pub stretches: Vec<Stretch>,
    /// Words per instance in every buffer of the batch. Empty in files of older versions.
    #[serde(default)]
    pub sizes: Vec<u32>,
    /// The saved state of the agent. Null in files of older versions.
    #[serde(default)]
    pub agent: serde_json::Value,
}

/// Writes a checkpoint: magic | length of the JSON | JSON | words of the batch | 64-bit hash of the words before it.
///
/// # Errors
/// [`Error::Io`] with the path.
pub fn save(path: &Path, batch: &mut Batch, progressed: &Progressed) -> Result<()> {
    let dump = batch.dump()?;
    let mut json =
        serde_json::to_vec(&Progressed { sizes: dump.sizes, ..progressed.clone() }).map_err(|e| Error::Data(e.to_string()))?;
    json.resize(json.len().next_multiple_of(4), b' ');
    let mut bytes = MAGIC.to_vec();
    bytes.extend((json.len() as u32).to_le_bytes());
    bytes.extend(json);
    bytes.extend(dump.words.iter().flat_map(|w| w.to_le_bytes()));
    bytes.extend(hash_words(0, &words(&bytes)).to_le_bytes());
    write_bytes(path, &bytes)
}

/// Reads a checkpoint. Returns its JSON and the words of the batch.
///
/// # Errors
/// [`Error::Io`] if there is none; [`Error::Data`] if it is damaged.
pub fn read(path: &Path) -> Result<(Progressed, Vec<u32>)> {
    let wrong = |why: &str| Error::Data(format!("{}: {why}", path.display()));
    let bytes = read_bytes(path)?;
    if bytes.len() < 20 || bytes.len() % 4 != 0 || &bytes[..8] != MAGIC {
        return Err(wrong("this is no checkpoint, or it is cut off"));
    }
    let (body, hash) = bytes.split_at(bytes.len() - 8);
    if hash_words(0, &words(body)).to_le_bytes() != hash {
        return Err(wrong("damaged: the hash at its end does not fit"));
    }
    let length = words(&body[8..12])[0] as usize;
    let json = body.get(12..12 + length).ok_or_else(|| wrong("cut off"))?;
    let progressed: Progressed = serde_json::from_slice(json).map_err(|e| wrong(&e.to_string()))?;
    Ok((progressed, words(&body[12 + length..])))
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}
