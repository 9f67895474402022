//! The contents of the folder of a run or a sweep: the files that this program writes there, and all others.

use std::fs;
use std::path::{Path, PathBuf};

use super::lock::{HOLDER, LOCK};
use super::names::{MOVE, NEXT, SWAP, SWEEP};
use super::plan::Plan;
use super::sweep_plan::SweepPlan;
use crate::error::{Error, Result};
use crate::files::UNFINISHED;

/// Files that a run or a sweep writes.
const FILES: [&str; 6] = ["run.toml", "curves.parquet", "checkpoint.bin", "summary.json", SWEEP, "sweep.json"];
/// Subfolders that hold a new run or sweep until it replaces the older one.
const INNER: [&str; 3] = [NEXT, SWAP, MOVE];
/// Number of foreign files that an error names at most.
const TOLD: usize = 3;

/// The entries of a folder and of the subfolders that this program makes.
#[derive(Debug, Default)]
pub struct Contents {
    /// Files of a run or a sweep.
    files: Vec<PathBuf>,
    /// Leftovers of killed processes, and the subfolders that this program makes. They are worthless without the files.
    leftovers: Vec<PathBuf>,
    /// Everything else, including links.
    foreign: Vec<PathBuf>,
}

impl Contents {
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn of(folder: &Path) -> Result<Contents> {
        let mut contents = Contents::default();
        contents.add(folder, false)?;
        Ok(contents)
    }

    /// Adds the entries of `folder`. `left`: whether all of them are leftovers.
    fn add(&mut self, folder: &Path, left: bool) -> Result<()> {
        for entry in fs::read_dir(folder).map_err(|e| Error::io(folder, e))? {
            let entry = entry.map_err(|e| Error::io(folder, e))?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(|e| Error::io(entry.path(), e))?);
            let name = entry.file_name().to_string_lossy().into_owned();
            let finished = name.strip_suffix(&format!(".{UNFINISHED}"));
            let is_file = |name: &str| FILES.contains(&name) || name == HOLDER || is_part(folder, name);
            if kind.is_dir() && (name == "traces" || is_seed(&name) || INNER.contains(&name.as_str())) {
                self.add(&path, left || name == NEXT)?;
                self.leftovers.push(path);
            } else if kind.is_file()
                && (name == LOCK || name == HOLDER || finished.is_some_and(is_file) || left && is_file(&name))
            {
                self.leftovers.push(path);
            } else if kind.is_file() && is_file(&name) {
                self.files.push(path);
            } else {
                self.foreign.push(path);
            }
        }
        Ok(())
    }

    /// Whether the folder contains no file of a run or a sweep and no foreign file.
    pub fn is_nothing(&self) -> bool {
        self.files.is_empty() && self.foreign.is_empty()
    }

    /// Returns whether a run or a sweep in `folder` is going to be replaced.
    ///
    /// # Errors
    /// [`Error::Usage`] with the files that must not be replaced, and what to do.
    pub fn check(&self, folder: &Path, force: bool) -> Result<bool> {
        if self.is_nothing() {
            return Ok(false);
        }
        let shown = folder.display();
        if !force {
            let hint = "choose another folder with -o, or give --force to replace the run in it";
            return Err(Error::Usage(format!("{shown} exists and is not empty; {hint}")));
        }
        let own = if folder.join(SWEEP).exists() { SWEEP } else { "run.toml" };
        let known = if own == SWEEP { SweepPlan::load(folder).map(|_| ()) } else { Plan::load(&folder.join(own)).map(|_| ()) };
        let mut foreign = self.foreign.clone();
        if let Err(Error::Data(_)) = known {
            foreign.push(folder.join(own));
        } else if foreign.is_empty() && known.is_err() {
            return Err(Error::Usage(format!(
                "{shown} holds no run.toml or {SWEEP}, so it is no run; --force replaces runs only"
            )));
        }
        if foreign.is_empty() {
            return Ok(true);
        }
        foreign.sort();
        let names: Vec<String> =
            foreign.iter().take(TOLD).map(|path| path.strip_prefix(folder).unwrap_or(path).display().to_string()).collect();
        let more = if foreign.len() > TOLD { format!(" and {} more", foreign.len() - TOLD) } else { String::new() };
        Err(Error::Usage(format!(
            "{shown} holds {}{more}, which no run wrote; --force removes only what a run made (run.toml and what belongs to it): \
             move that away, or choose another folder with -o",
            names.join(", ")
        )))
    }

    /// Removes the leftovers of killed processes, but not the lock, which is held.
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn remove_leftovers(&self) -> Result<()> {
        let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for path in self.leftovers.iter().filter(|path| ![LOCK, HOLDER].contains(&name(path).as_str())) {
            if !path.is_dir() {
                fs::remove_file(path).map_err(|e| Error::io(path, e))?;
            } else {
                // A folder that is not empty stays.
                let _ = fs::remove_dir(path);
            }
        }
        Ok(())
    }
}

/// Removes from `folder` everything that this program wrote, except the entries with the names `kept`.
///
/// # Errors
/// [`Error::Io`] with the path.
pub fn clear(folder: &Path, kept: &[&str]) -> Result<()> {
    let stays = |path: &Path| {
        let first = path.strip_prefix(folder).ok().and_then(|path| path.iter().next());
        first.is_some_and(|first| kept.iter().any(|name| first == *name))
    };
    let contents = Contents::of(folder)?;
    for path in contents.files.iter().chain(&contents.leftovers).filter(|path| !stays(path)) {
        let removed = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
        removed.map_err(|e| Error::io(path, e))?;
    }
    Ok(())
}

/// Returns the number of the trace part with this file name.
pub fn part_number(name: &str) -> Option<usize> {
    let digits = name.strip_prefix("part-")?.strip_suffix(".parquet")?;
    (digits.len() >= 5 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

fn is_part(folder: &Path, name: &str) -> bool {
    folder.file_name().is_some_and(|folder| folder == "traces") && part_number(name).is_some()
}

fn is_seed(name: &str) -> bool {
    name.strip_prefix("seed-").is_some_and(|seed| !seed.is_empty() && seed.bytes().all(|b| b.is_ascii_digit()))
}
