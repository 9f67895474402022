//! The files of a recording, some of which may still be written.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, Result};
use crate::traces::paths::{is_finished, list};
use crate::traces::recorded::{Recorded, runs};

/// By what a file is known to be the one that it was: parts are never written twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    bytes: u64,
    /// None on systems that do not tell.
    modified: Option<SystemTime>,
}

impl Stamp {
    /// # Errors
    /// [`Error::Io`] if the file is not there.
    pub fn of(path: &Path) -> Result<Stamp> {
        let about = std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
        Ok(Stamp { bytes: about.len(), modified: about.modified().ok() })
    }
}

/// Of all parts.
///
/// # Errors
/// As [`Stamp::of`].
pub fn stamps(run: &Recorded) -> Result<Vec<Stamp>> {
    run.parts.iter().map(|part| Stamp::of(&part.path)).collect()
}

/// The files that `path` names, as far as they are finished, and those that are not.
///
/// # Errors
/// As [`list`].
pub fn finished(path: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let mut files = list(path)?;
    let mut unfinished = Vec::new();
    // A file that somebody names is to be read, or the error is theirs.
    while path.is_dir()
        && files.len() > 1
        && let Some(last) = files.pop_if(|last| !is_finished(last))
    {
        unfinished.push(last);
    }
    Ok((files, unfinished))
}

/// The one run that `path` names, as far as its parts are finished, and those that are not.
///
/// # Errors
/// As [`runs`]; [`Error::Usage`] if it is more than one.
pub fn recording(path: &Path) -> Result<(Recorded, Vec<PathBuf>)> {
    let (files, unfinished) = finished(path)?;
    let mut runs = runs(&files)?;
    match (runs.pop(), runs.len()) {
        (Some(run), 0) => Ok((run, unfinished)),
        (_, n) => Err(Error::Usage(format!("{}: parts of {} runs; a cursor opens one", path.display(), n + 1))),
    }
}
