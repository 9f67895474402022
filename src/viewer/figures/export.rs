//! Writes figures as tables.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::measured::Measured;
use crate::error::{Error, Result};

/// Folders of earlier exports that may lie beside a new one.
const MAX_FOLDERS: u32 = 10_000;

/// Writes all tables of `explorarium measure` as CSV, and the table of differences, into a new folder below `folder`. Returns the new folder.
///
/// # Errors
/// [`Error::Io`] with the path.
pub fn write(figures: &Measured, folder: &Path) -> Result<PathBuf> {
    let folder = new_folder(folder)?;
    for table in figures.report.tables().into_iter().chain(&figures.differences) {
        table.write_csv(&folder.join(format!("{}.csv", table.name)))?;
    }
    Ok(folder)
}

/// Makes a folder whose name no other one has.
fn new_folder(below: &Path) -> Result<PathBuf> {
    let name = |n: u32| below.join(format!("explorarium-figures-{n:03}"));
    for path in (1..MAX_FOLDERS).map(name) {
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(why) if why.kind() == ErrorKind::AlreadyExists => {}
            Err(why) => return Err(Error::io(&path, why)),
        }
    }
    let last = name(MAX_FOLDERS - 1);
    Err(Error::Usage(format!("{} and all folders before it exist; move some away", last.display())))
}
