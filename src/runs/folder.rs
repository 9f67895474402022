//! The folder of a run or a sweep. It is never overwritten by accident, and only one process at a time works in it.
//!
//! A run that replaces an older one begins in [`NEXT`] inside the folder. After its first checkpoint is on the disk, its files replace
//! those of the older run. A process that is killed meanwhile leaves [`SWAP`] or [`MOVE`]. The next process that claims the folder finishes
//! the replacement.

use std::fs;
use std::path::{Path, PathBuf};

use super::contents::{Contents, clear};
use super::lock::{HOLDER, LOCK, Lock};
use super::names::{MOVE, NEXT, SWAP, SWEEP};
use crate::error::{Error, Result};

/// Returns `runs/<utc>-<env>-<agent>`, with a number appended if that exists.
pub fn default_folder(env: &str, agent: &str) -> PathBuf {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let name: String =
        env.trim_end_matches(".toml").chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let base = format!("{now}-{}-{agent}", name.trim_matches('_'));
    let numbered = |n: u32| Path::new("runs").join(if n == 1 { base.clone() } else { format!("{base}-{n}") });
    (1..).map(numbered).find(|path| !path.exists()).unwrap_or_else(|| numbered(1))
}

/// Returns the error for a `folder` without a run to resume, with the folder to give instead.
fn no_run(folder: &Path) -> Error {
    let what = if folder.is_dir() { "holds no run: no run.toml or sweep.toml is in it" } else { "is no folder" };
    // Names begin with the time, so the largest name is the newest.
    let newest =
        fs::read_dir("runs").into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).max();
    let newest = newest.map_or(String::new(), |path| format!(", like {}, the newest here", path.display()));
    Error::Usage(format!(
        "{} {what}; --resume takes the folder that `explorarium run` named when it began{newest}; without --resume a new run begins",
        folder.display()
    ))
}

/// A claim on a folder: the folder belongs to this process until the claim is dropped.
#[derive(Debug)]
pub struct FolderClaim {
    folder: PathBuf,
    lock: Lock,
    /// The lock of the enclosing sweep, if the folder is that of a seed.
    around: Option<Lock>,
    /// Whether this claim created the folder.
    made: bool,
    /// Whether an older run is still there. Then new files go to [`NEXT`].
    replaces: bool,
    /// Whether `--resume` can continue the run in the folder.
    resumes: bool,
}

impl FolderClaim {
    /// Claims a folder for a new run or sweep. Leftovers of a process that was killed before its run began are ignored. With `force`,
    /// [`FolderClaim::commit`] replaces an older run or sweep in the folder.
    ///
    /// # Errors
    /// [`Error::Usage`] if the folder contains something that must not be replaced, with its name; [`Error::Busy`] if another process works
    /// in it; [`Error::Io`] if it cannot be created.
    pub fn new(folder: &Path, force: bool) -> Result<FolderClaim> {
        let made = !folder.exists();
        if !made {
            // Checked before anything is written to the folder, including the lock.
            Contents::of(folder)?.check(folder, force)?;
        }
        fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
        let lock = Lock::take(folder)?;
        finish_swap(folder)?;
        let contents = Contents::of(folder)?;
        let replaces = contents.check(folder, force)?;
        contents.remove_leftovers()?;
        let claim = FolderClaim { folder: folder.to_path_buf(), lock, around: None, made, replaces, resumes: false };
        fs::create_dir_all(claim.place()).map_err(|e| Error::io(claim.place(), e))?;
        Ok(claim)
    }

    /// Claims a folder whose run or sweep is resumed.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such folder or no run has begun in it; [`Error::Busy`] if another process works in it; [`Error::Io`]
    /// with the path.
    pub fn reopen(folder: &Path) -> Result<FolderClaim> {
        if !folder.is_dir() {
            return Err(no_run(folder));
        }
        let begun = |folder: &Path| ["run.toml", SWEEP, SWAP, MOVE].iter().any(|name| folder.join(name).exists());
        if !begun(folder) {
            if Contents::of(folder)?.is_nothing() {
                let what = "the run in it was stopped before it began; start it again with -o in place of --resume";
                return Err(Error::Usage(format!("--resume {}: {what}", folder.display())));
            }
            return Err(no_run(folder));
        }
        let sweep = folder.join("..").join(SWEEP);
        let around = if sweep.exists() { Some(Lock::take(&folder.join(".."))?) } else { None };
        let lock = Lock::take(folder)?;
        finish_swap(folder)?;
        Contents::of(folder)?.remove_leftovers()?;
        Ok(FolderClaim { folder: folder.to_path_buf(), lock, around, made: false, replaces: false, resumes: true })
    }

    /// Returns the requested folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the folder to write to.
    pub fn place(&self) -> PathBuf {
        if self.replaces { self.folder.join(NEXT) } else { self.folder.clone() }
    }

    /// Returns a warning for the user if no lock keeps other processes out.
    pub fn warning(&self) -> Option<String> {
        self.lock.warning().or_else(|| self.around.as_ref()?.warning())
    }

    /// Whether an older run is still there, which [`FolderClaim::commit`] removes.
    pub fn replaces(&self) -> bool {
        self.replaces
    }

    /// Whether `--resume` can continue the run in the folder.
    pub fn resumes(&self) -> bool {
        self.resumes
    }

    /// Marks the new run as one that can be resumed. It replaces the older run, if there is one.
    ///
    /// # Errors
    /// [`Error::Io`] with the path; the next process that claims the folder finishes the replacement.
    pub fn commit(&mut self) -> Result<()> {
        if self.replaces {
            // A folder with this name always contains the complete new run.
            rename(&self.folder.join(NEXT), &self.folder.join(SWAP))?;
            finish_swap(&self.folder)?;
            self.replaces = false;
        }
        self.resumes = true;
        Ok(())
    }

    /// Marks a committed run as one that did not begin.
    pub(super) fn set_unbegun(&mut self) {
        self.resumes = false;
    }

    /// Gives the folder up before a run has begun. Removes everything that was written for the run and keeps an older run as it is.
    pub fn abandon(self) {
        let FolderClaim { folder, lock, made, replaces, .. } = self;
        // Best effort: the reason why the run did not begin is the error to report.
        let place = if replaces { folder.join(NEXT) } else { folder.clone() };
        let _ = clear(&place, &[LOCK, HOLDER]);
        if replaces {
            let _ = fs::remove_dir(&place);
        }
        drop(lock);
        if made && fs::remove_file(folder.join(LOCK)).is_ok() {
            let _ = fs::remove_dir(&folder);
        }
    }
}

/// Finishes a replacement that has begun, possibly in a process that was killed. Does nothing if there is none.
fn finish_swap(folder: &Path) -> Result<()> {
    let (swap, moving) = (folder.join(SWAP), folder.join(MOVE));
    if swap.exists() {
        clear(folder, &[LOCK, HOLDER, SWAP])?;
        rename(&swap, &moving)?;
    }
    if moving.exists() {
        for entry in fs::read_dir(&moving).map_err(|e| Error::io(&moving, e))? {
            let entry = entry.map_err(|e| Error::io(&moving, e))?;
            rename(&entry.path(), &folder.join(entry.file_name()))?;
        }
        fs::remove_dir(&moving).map_err(|e| Error::io(&moving, e))?;
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|e| Error::io(to, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with an older run, and the files of a newer one in `next`.
    fn folder(name: &str, next: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("explorarium-folder-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for place in [folder.clone(), folder.join(next)] {
            fs::create_dir_all(place.join("traces")).expect("folder");
            let text = if place == folder { "old" } else { "new" };
            for file in ["run.toml", "checkpoint.bin", "traces/part-00000.parquet"] {
                fs::write(place.join(file), text).expect("written");
            }
        }
        fs::write(folder.join("summary.json"), "old").expect("written");
        folder
    }

    #[test]
    fn a_swap_that_was_cut_anywhere_is_finished() {
        let whole = folder("swap", SWAP);
        finish_swap(&whole).expect("swapped");
        let cut = folder("move", MOVE);
        // As if killed after the older run was gone and one file of the newer one had moved.
        clear(&cut, &[MOVE]).expect("cleared");
        fs::rename(cut.join(MOVE).join("run.toml"), cut.join("run.toml")).expect("moved");
        finish_swap(&cut).expect("moved");
        for folder in [whole, cut] {
            for file in ["run.toml", "checkpoint.bin", "traces/part-00000.parquet"] {
                assert_eq!(fs::read_to_string(folder.join(file)).expect(file), "new");
            }
            assert_eq!(fs::read_dir(&folder).expect("folder").count(), 3, "nothing of the older run stays");
            fs::remove_dir_all(&folder).expect("cleaned");
        }
    }
}
