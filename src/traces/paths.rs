//! Finds trace files.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::studies;
use crate::error::{Error, Result};

/// The last bytes of every Parquet file.
const PARQUET_END: [u8; 4] = *b"PAR1";

/// Returns the number in `part-NNNNN.parquet`.
pub fn number(path: &Path) -> Option<u32> {
    path.file_stem()?.to_str()?.strip_prefix("part-")?.parse().ok()
}

/// Returns the trace files that `path` names: the file itself, or the parts in a run folder or in its `traces` folder, in order; for a study
/// file the paths of its plays.
///
/// # Errors
/// [`Error::Usage`] if a study file has no such play; [`Error::Io`] if the path does not exist; [`Error::Data`] if a folder holds no trace.
pub fn list(path: &Path) -> Result<Vec<PathBuf>> {
    if let Some(plays) = studies::paths(path)? {
        return Ok(plays);
    }
    if !path.is_dir() {
        std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
        return Ok(vec![path.to_path_buf()]);
    }
    let inner = path.join("traces");
    let folder = if inner.is_dir() { inner } else { path.to_path_buf() };
    let mut parts = entries(&folder)?;
    parts.retain(|path| path.extension().is_some_and(|ending| ending == "parquet"));
    if parts.is_empty() { Err(Error::Data(format!("{}: no trace (*.parquet) in it", folder.display()))) } else { Ok(parts) }
}

/// Returns the folders of a sweep's runs in the order of their seeds if `path` is the folder of a sweep, the plays of a study file, otherwise
/// `path` itself.
///
/// # Errors
/// [`Error::Io`] if the folder cannot be read; as [`list`] for a study file.
pub fn runs_of_sweep(path: &Path) -> Result<Vec<PathBuf>> {
    if let Some(plays) = studies::paths(path)? {
        return Ok(plays);
    }
    if !path.is_dir() || path.join("traces").is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let seed = |path: &PathBuf| path.file_name()?.to_str()?.strip_prefix("seed-")?.parse::<u64>().ok();
    let mut runs = entries(path)?;
    runs.retain(|path| seed(path).is_some() && path.is_dir());
    runs.sort_by_key(seed);
    Ok(if runs.is_empty() { vec![path.to_path_buf()] } else { runs })
}

/// Whether a file ends as Parquet files do. A file that is still being copied, or was cut off, does not.
pub fn is_finished(path: &Path) -> bool {
    let mut end = [0; PARQUET_END.len()];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::End(-(PARQUET_END.len() as i64)))?;
        file.read_exact(&mut end)
    });
    read.is_ok() && end == PARQUET_END
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| Error::io(folder, e))? {
        found.push(entry.map_err(|e| Error::io(folder, e))?.path());
    }
    found.sort();
    Ok(found)
}
