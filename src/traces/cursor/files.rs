//! The files of a recording. Some of them may not be complete yet.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, Result};
use crate::traces::parts::PartFile;
use crate::traces::paths::{is_finished, list};
use crate::traces::recorded::{Recorded, runs};

/// Identifies a version of a file by its size and modification time. This is enough because no part is written twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub bytes: u64,
    /// None on systems that do not report it.
    modified: Option<SystemTime>,
}

impl Stamp {
    /// The stamp of a part. Rows of a play may follow at any time, which changes its file but not the rows before them.
    ///
    /// # Errors
    /// [`Error::Io`] if its file is not there.
    pub fn of_part(part: &PartFile) -> Result<Stamp> {
        match part.stored_rows() {
            Some(_) => Ok(Stamp { bytes: part.rows, modified: None }),
            None => Stamp::of(&part.path),
        }
    }

    /// # Errors
    /// [`Error::Io`] if the file is not there.
    pub fn of(path: &Path) -> Result<Stamp> {
        let about = std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
        Ok(Stamp { bytes: about.len(), modified: about.modified().ok() })
    }
}

/// Returns the complete files that `path` names, and the incomplete ones at their end.
///
/// # Errors
/// As [`list`].
pub fn finished(path: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let mut files = list(path)?;
    let mut unfinished = Vec::new();
    // A file that the user names is always read, so that the user sees the error.
    while path.is_dir()
        && files.len() > 1
        && let Some(last) = files.pop_if(|last| !is_finished(last))
    {
        unfinished.push(last);
    }
    Ok((files, unfinished))
}

/// Returns the one run that `path` names, with its complete parts, and the incomplete files.
///
/// # Errors
/// As [`runs`]; [`Error::Usage`] if the files belong to several runs.
pub fn recording(path: &Path) -> Result<(Recorded, Vec<PathBuf>)> {
    let (files, unfinished) = finished(path)?;
    Ok((one_run(path, runs(&files)?)?, unfinished))
}

/// Returns the run, if there is only one.
///
/// # Errors
/// [`Error::Usage`] if there are several.
pub fn one_run(path: &Path, mut runs: Vec<Recorded>) -> Result<Recorded> {
    match (runs.pop(), runs.len()) {
        (Some(run), 0) => Ok(run),
        (Some(last), n) if last.parts[0].stored_rows().is_some() => {
            let (path, last) = (path.display(), last.parts[0].path.display());
            Err(Error::Usage(format!("{path}: {} plays; name one of them, such as {last}", n + 1)))
        }
        (_, n) => Err(Error::Usage(format!("{}: parts of {} runs; a cursor opens one", path.display(), n + 1))),
    }
}
