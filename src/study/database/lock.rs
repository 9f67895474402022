//! One program at a time writes a participant, by a lock on a file. The system releases the lock when the program ends, however it ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A lock that is held until this value is dropped.
#[derive(Debug)]
pub struct ParticipantLock {
    /// None where the file system has no locks.
    file: Option<File>,
}

/// The folder of the locks of a study file.
pub fn lock_folder(study: &Path) -> PathBuf {
    let mut name = study.file_name().unwrap_or_default().to_os_string();
    name.push(".locks");
    study.with_file_name(name)
}

impl ParticipantLock {
    /// Locks the participant with this number, who is called `name` in messages.
    ///
    /// # Errors
    /// [`Error::Busy`] if another program has it; [`Error::Io`].
    pub fn take(study: &Path, number: i64, name: &str) -> Result<ParticipantLock> {
        let folder = lock_folder(study);
        fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, e))?;
        // The number, and not the name: nothing of a person is left in a file name.
        let path = folder.join(number.to_string());
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|e| Error::io(&path, e))?;
        match file.try_lock() {
            Ok(()) => Ok(ParticipantLock { file: Some(file) }),
            Err(TryLockError::WouldBlock) => {
                Err(Error::Busy(format!("{name} is playing in another window of this program; end that one first")))
            }
            Err(TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Unsupported => Ok(ParticipantLock { file: None }),
            Err(TryLockError::Error(e)) => Err(Error::io(&path, e)),
        }
    }

    /// What to tell the user if no lock keeps other programs out.
    pub fn warning(&self) -> Option<&'static str> {
        self.file
            .is_none()
            .then_some("this file system has no locks: see to it that no other program writes the same participant")
    }
}
