//! The folder of a run or a sweep: never overwritten by accident, and the work of one process at a time.
//!
//! A run that takes the place of an older one begins in [`NEXT`] inside the folder. Once it stands there, with its first checkpoint on the disk,
//! the two are swapped. A process that is killed while it swaps leaves [`SWAP`] or [`MOVE`]; whoever takes the folder next finishes that.

use std::fs;
use std::path::{Path, PathBuf};

use super::contents::{Contents, clear};
use super::lock::{HOLDER, LOCK, Lock};
use super::names::{MOVE, NEXT, SWAP, SWEEP};
use crate::error::{Error, Result};

/// `runs/<utc>-<env>-<agent>`, with a number if that is taken.
pub fn default_folder(env: &str, agent: &str) -> PathBuf {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let name: String =
        env.trim_end_matches(".toml").chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let base = format!("{now}-{}-{agent}", name.trim_matches('_'));
    let numbered = |n: u32| Path::new("runs").join(if n == 1 { base.clone() } else { format!("{base}-{n}") });
    (1..).map(numbered).find(|path| !path.exists()).unwrap_or_else(|| numbered(1))
}

/// Why nothing can go on in `folder`, with what to give instead.
fn no_run(folder: &Path) -> Error {
    let what = if folder.is_dir() { "holds no run: no run.toml or sweep.toml is in it" } else { "is no folder" };
    // The name begins with the time.
    let newest =
        fs::read_dir("runs").into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).max();
    let newest = newest.map_or(String::new(), |path| format!(", like {}, the newest here", path.display()));
    Error::Usage(format!(
        "{} {what}; --resume takes the folder that `explorarium run` named when it began{newest}; without --resume a new run begins",
        folder.display()
    ))
}

/// A folder that belongs to this process as long as this lives.
#[derive(Debug)]
pub struct FolderClaim {
    folder: PathBuf,
    lock: Lock,
    /// That of the sweep around it, if the folder is a seed's.
    around: Option<Lock>,
    /// This made the folder.
    made: bool,
    /// An older run is still there, and what is written goes to [`NEXT`].
    replaces: bool,
    /// What is there is a run that `--resume` goes on with.
    resumes: bool,
}

impl FolderClaim {
    /// Takes a folder for something new. What a process left that was killed before it began counts as nothing. With `force` an older run or
    /// sweep there is replaced, when [`FolderClaim::commit`] comes.
    ///
    /// # Errors
    /// [`Error::Usage`] if something is in the folder that may not be replaced, with its name; [`Error::Busy`] if another process works in
    /// it; [`Error::Io`] if it cannot be made.
    pub fn new(folder: &Path, force: bool) -> Result<FolderClaim> {
        let made = !folder.exists();
        if !made {
            // Before anything is written there, the lock too.
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

    /// Takes a folder in which a run or a sweep is to go on.
    ///
    /// # Errors
    /// [`Error::Usage`] if nothing was begun in it; [`Error::Busy`] if another process works in it; [`Error::Io`] if it is not there.
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

    /// The folder that was asked for.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where to write.
    pub fn place(&self) -> PathBuf {
        if self.replaces { self.folder.join(NEXT) } else { self.folder.clone() }
    }

    /// What to tell the user if nothing keeps other processes out.
    pub fn warning(&self) -> Option<String> {
        self.lock.warning().or_else(|| self.around.as_ref()?.warning())
    }

    /// Whether an older run is still there, which goes at [`FolderClaim::commit`].
    pub fn replaces(&self) -> bool {
        self.replaces
    }

    /// Whether `--resume` goes on with what is in the folder.
    pub fn resumes(&self) -> bool {
        self.resumes
    }

    /// What was written can be gone on with; it takes the place of the older run, if there is one.
    ///
    /// # Errors
    /// [`Error::Io`] with the path; the next process that takes the folder finishes what was not.
    pub fn commit(&mut self) -> Result<()> {
        if self.replaces {
            // Whoever finds this name finds all of the new run.
            rename(&self.folder.join(NEXT), &self.folder.join(SWAP))?;
            finish_swap(&self.folder)?;
            self.replaces = false;
        }
        self.resumes = true;
        Ok(())
    }

    /// What was committed came to nothing.
    pub(super) fn set_unbegun(&mut self) {
        self.resumes = false;
    }

    /// Nothing was begun: what this wrote goes, and an older run stays as it is.
    pub fn abandon(self) {
        let FolderClaim { folder, lock, made, replaces, .. } = self;
        // Best effort: the reason why nothing was begun is the one worth reporting.
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

/// Finishes the swap that a killed process had begun, if there is one.
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
