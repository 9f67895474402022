//! In place of the reader of study files, where the program is built without them.

use std::path::{Path, PathBuf};

use super::parts::PartFile;
use crate::error::{Error, Result};

/// Says that study files cannot be read.
fn refuse<T>(path: &Path) -> Result<Option<T>> {
    if !is_study(path) {
        return Ok(None);
    }
    Err(Error::Usage(format!("{}: this program was built without the feature `study`, which reads study files", path.display())))
}

/// Whether a path names a study file, or plays of it.
pub fn is_study(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.ends_with(".study.sqlite") || text.contains(".study.sqlite#")
}

/// No study file is open.
#[derive(Debug, Default)]
pub struct OpenStudies {}

impl OpenStudies {
    /// # Errors
    /// [`Error::Usage`] if `path` names a study file.
    pub fn part(&mut self, path: &Path) -> Result<Option<PartFile>> {
        refuse(path)
    }
}

/// Never made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckedItems {
    /// Number of participants.
    pub participants: usize,
    /// Number of sessions.
    pub sessions: usize,
    /// Number of plays.
    pub plays: usize,
    /// Number of items of the sessions.
    pub items: u64,
}

/// # Errors
/// [`Error::Usage`] if `path` names a study file.
pub fn check(path: &Path) -> Result<Option<CheckedItems>> {
    refuse(path)
}

/// # Errors
/// [`Error::Usage`] if `path` names a study file.
pub fn paths(path: &Path) -> Result<Option<Vec<PathBuf>>> {
    refuse(path)
}

/// # Errors
/// [`Error::Io`] if there is no such file.
pub fn canonical(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(|e| Error::io(path, e))
}

/// Whether a file exists.
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// # Errors
/// [`Error::Usage`] if `path` names a study file.
pub fn without_practice(path: &Path) -> Result<Option<(Vec<PathBuf>, usize)>> {
    refuse(path)
}

/// Where a play stands among those of its file; never made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayPlace {
    /// The study file.
    pub file: PathBuf,
    /// Id of the participant.
    pub participant: String,
    /// The whole name of the play.
    pub name: String,
    /// The name among the plays of the participant.
    pub number: String,
}

/// None: no play can be read.
pub fn place_of(_: &Path) -> Option<PlayPlace> {
    None
}
