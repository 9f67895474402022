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

/// The file that is locked for the participant with this number. The number, and not the name: nothing of a person is left in a file name.
pub fn lock_file(study: &Path, number: i64) -> PathBuf {
    lock_folder(study).join(number.to_string())
}

/// Whether a program plays the participant with this number.
pub fn is_locked(study: &Path, number: i64) -> bool {
    let file = OpenOptions::new().write(true).open(lock_file(study, number));
    file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

impl ParticipantLock {
    /// Locks the participant with this number, who is called `name` in messages.
    ///
    /// # Errors
    /// [`Error::Busy`] if another program has it; [`Error::Io`].
    pub fn take(study: &Path, number: i64, name: &str) -> Result<ParticipantLock> {
        let folder = lock_folder(study);
        fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, e))?;
        let path = lock_file(study, number);
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
