//! Allows one process in a run folder, by a lock on a file in it. The system releases the lock when the process ends, however it ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::write_bytes;

/// The file that is locked. It is not removed when the lock is released, because a waiting process must find the same file.
pub const LOCK: &str = ".lock";
/// The file that names the process that holds the lock, for the error message of another process.
pub const HOLDER: &str = ".lock-holder";

/// A lock that is held until this value is dropped.
#[derive(Debug)]
pub struct Lock {
    /// None where the file system has no locks.
    file: Option<File>,
    folder: PathBuf,
}

impl Lock {
    /// Locks a folder that exists.
    ///
    /// # Errors
    /// [`Error::Busy`] with the process that holds it; [`Error::Io`] with the path.
    pub fn take(folder: &Path) -> Result<Lock> {
        let path = folder.join(LOCK);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|e| Error::io(&path, e))?;
        let file = match file.try_lock() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => return Err(busy(folder)),
            Err(TryLockError::Error(e)) if is_without_locks(&e) => None,
            Err(TryLockError::Error(e)) => return Err(Error::io(&path, e)),
        };
        let holder = format!("process {} on {}\n", std::process::id(), host());
        write_bytes(&folder.join(HOLDER), holder.as_bytes())?;
        Ok(Lock { file, folder: folder.to_path_buf() })
    }

    /// Returns a warning for the user if no lock keeps other processes out.
    pub fn warning(&self) -> Option<String> {
        let text = "its file system has no locks, so see to it that no other process works in it";
        self.file.is_none().then(|| format!("{}: {text}", self.folder.display()))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Best effort: this file is only used in a message.
        let _ = fs::remove_file(self.folder.join(HOLDER));
    }
}

fn busy(folder: &Path) -> Error {
    let holder = fs::read_to_string(folder.join(HOLDER)).unwrap_or_default();
    let holder = if holder.trim().is_empty() { "another process" } else { holder.trim() };
    Error::Busy(format!("{} is in use by {holder}; wait for it to end, or choose another folder", folder.display()))
}

/// Whether locking failed because the file system has no locks.
fn is_without_locks(error: &io::Error) -> bool {
    /// ENOLCK, ENOSYS and EOPNOTSUPP of Linux; the library names only the last two.
    const NO_LOCKS: [i32; 3] = [37, 38, 95];
    error.kind() == io::ErrorKind::Unsupported
        || cfg!(target_os = "linux") && error.raw_os_error().is_some_and(|e| NO_LOCKS.contains(&e))
}

/// Returns the name of this machine, as far as it is known without the network.
fn host() -> String {
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|path| fs::read_to_string(path).ok());
    let named = files.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    named.map(|name| name.trim().to_string()).filter(|name| !name.is_empty()).unwrap_or_else(|| "this machine".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_holder_who_is_named() {
        let folder = std::env::temp_dir().join(format!("explorarium-lock-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("folder");
        let held = Lock::take(&folder).expect("free");
        assert!(held.warning().is_none());
        let error = Lock::take(&folder).expect_err("held").to_string();
        assert!(error.contains(&format!("process {} on ", std::process::id())), "{error}");
        drop(held);
        drop(Lock::take(&folder).expect("free again"));
        fs::remove_dir_all(&folder).expect("cleaned");
    }

    #[test]
    fn a_file_system_without_locks_is_told_from_a_failure() {
        assert!(is_without_locks(&io::ErrorKind::Unsupported.into()));
        assert!(
            !is_without_locks(&io::ErrorKind::PermissionDenied.into()) && !is_without_locks(&io::Error::from_raw_os_error(5))
        );
        let without = Lock { file: None, folder: PathBuf::from("x") };
        assert!(without.warning().is_some_and(|text| text.contains("no locks")));
    }
}
