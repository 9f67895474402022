//! The run folder: never overwritten by accident.

use std::fs;
use std::path::{Path, PathBuf};

use super::sweep::SWEEP;
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

/// Whether `folder` is one that a run or a sweep can go on in.
///
/// # Errors
/// [`Error::Usage`] with what to give instead.
pub fn check_resumable(folder: &Path) -> Result<()> {
    let holds = |name: &str| folder.join(name).exists();
    if holds("run.toml") || holds(SWEEP) {
        return Ok(());
    }
    let what = if folder.is_dir() { "holds no run: no run.toml or sweep.toml is in it" } else { "is no folder" };
    let runs = Path::new("runs");
    // The name begins with the time.
    let newest = fs::read_dir(runs).into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).max();
    let newest = newest.map_or(String::new(), |path| format!(", like {}, the newest here", path.display()));
    Err(Error::Usage(format!(
        "{} {what}; --resume takes the folder that `explorarium run` named when it began{newest}; without --resume a new run begins",
        folder.display()
    )))
}

/// Makes an empty run folder. One that exists and is not empty is refused; with `force` an older run in it is deleted.
///
/// # Errors
/// [`Error::Usage`] if the folder is in use; [`Error::Io`] if it cannot be made.
pub fn prepare(folder: &Path, force: bool) -> Result<()> {
    clear(folder, force)?;
    let traces = folder.join("traces");
    fs::create_dir_all(&traces).map_err(|e| Error::io(&traces, e))
}

/// Makes an empty folder for a sweep, like [`prepare`].
///
/// # Errors
/// See [`prepare`].
pub fn prepare_sweep(folder: &Path, force: bool) -> Result<()> {
    clear(folder, force)?;
    fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))
}

fn clear(folder: &Path, force: bool) -> Result<()> {
    let filled = folder.exists() && fs::read_dir(folder).map_err(|e| Error::io(folder, e))?.next().is_some();
    if filled && !force {
        return Err(Error::Usage(format!(
            "{} exists and is not empty; choose another folder with -o, or give --force to replace the run in it",
            folder.display()
        )));
    }
    if filled && !folder.join("run.toml").exists() && !folder.join(SWEEP).exists() {
        return Err(Error::Usage(format!(
            "{} holds no run.toml or {SWEEP}, so it is no run; --force deletes runs only",
            folder.display()
        )));
    }
    if filled {
        fs::remove_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    }
    Ok(())
}
