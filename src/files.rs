//! Files that appear only when they are complete. Each is written under a temporary name in the same folder, flushed to the disk, and
//! renamed.
//!
//! If the program is killed at any time, the old file or the new one is there, never a part of one.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::envs::shared::bounded;
pub use crate::envs::shared::bounded::MAX_TEXT;
use crate::error::{Error, Result};
use crate::memory::{self, shown};

/// Extension of a file that is still being written. A killed program may leave such a file; no program reads it.
pub const UNFINISHED: &str = "tmp";

/// Lets `fill` write the file, then puts it in place. If that fails, no new file is left behind.
///
/// # Errors
/// [`Error::Io`] with the path, whichever operation fails; also what `fill` returns.
pub fn write_atomic(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    write_atomic_by(path, |temporary| {
        let mut file = File::create(temporary).map_err(|e| Error::io(path, e))?;
        fill(&mut file)?;
        file.flush().and_then(|()| file.sync_all()).map_err(|e| Error::io(path, e))
    })
}

/// [`write_atomic`] for a file that another program writes: `fill` gets the path under which it is to do so.
///
/// # Errors
/// See [`write_atomic`].
pub fn write_atomic_by(path: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let temporary = temporary_name(path);
    let placed = fill(&temporary).and_then(|()| fs::rename(&temporary, path).map_err(|e| Error::io(path, e)));
    if placed.is_err() {
        // Best effort: the error above is the one to report.
        let _ = fs::remove_file(&temporary);
        return placed;
    }
    sync_folder(path)
}

/// [`write_atomic`] for given bytes.
///
/// # Errors
/// See [`write_atomic`].
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write_atomic(path, |file| file.write_all(bytes).map_err(|e| Error::io(path, e)))
}

/// Reads a whole file.
///
/// # Errors
/// [`Error::Io`] with the path; [`Error::Limit`] if there is not enough memory for it.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    let size = fs::metadata(path).map_err(|e| Error::io(path, e))?.len();
    memory::check(u128::from(size)).map_err(|short| {
        let (size, there) = (shown(u128::from(size)), shown(u128::from(short.allowed)));
        Error::Limit(format!("{}: {size} have to be read, and {there} of memory can be taken ({})", path.display(), short.source))
    })?;
    // The size of a device is 0 and says nothing about where it ends, so the read is bounded.
    read_at_most(path, size.max(MAX_TEXT))
}

/// Reads a text of at most `most` bytes; for files that people write by hand, this is [`MAX_TEXT`].
///
/// # Errors
/// [`Error::Io`] with the path; [`Error::Data`] if it is longer or not UTF-8.
pub fn read_text(path: &Path, most: u64) -> Result<String> {
    String::from_utf8(read_at_most(path, most)?).map_err(|e| Error::Data(format!("{}: not UTF-8: {e}", path.display())))
}

fn read_at_most(path: &Path, most: u64) -> Result<Vec<u8>> {
    bounded::read(path, most).map_err(|e| match e.kind() {
        std::io::ErrorKind::FileTooLarge => Error::Data(format!("{}: {e}", path.display())),
        _ => Error::io(path, e),
    })
}

/// SHA-256 of bytes, in hexadecimal.
pub fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn temporary_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(UNFINISHED);
    path.with_file_name(name)
}

/// Syncs the folder of a file: a rename is on the disk only after that. Only Unix can open a folder for it.
///
/// # Errors
/// [`Error::Io`] with the folder.
pub fn sync_folder(path: &Path) -> Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Error::io(folder, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn what_has_no_end_is_no_file() {
        for read in [read_bytes(Path::new("/dev/zero")), read_text(Path::new("/dev/zero"), 1000).map(String::into_bytes)] {
            let error = read.expect_err("no end").to_string();
            assert!(error.contains("/dev/zero: longer than"), "{error}");
        }
        assert_eq!(read_text(Path::new("/dev/null"), 0).expect("empty"), "");
    }

    #[test]
    fn a_failed_file_leaves_the_old_one() {
        let folder = std::env::temp_dir().join(format!("explorarium-files-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("folder");
        let path = folder.join("a.txt");
        write_bytes(&path, b"old").expect("first");
        let failed = write_atomic(&path, |file| {
            file.write_all(b"ne").expect("written");
            Err(Error::Data("stopped half way".to_string()))
        });
        assert!(failed.is_err());
        assert_eq!(read_bytes(&path).expect("read"), b"old");
        assert_eq!(fs::read_dir(&folder).expect("folder").count(), 1, "no temporary file stays");
        fs::remove_dir_all(&folder).expect("cleaned");
    }
}
