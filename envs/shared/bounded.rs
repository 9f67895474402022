//! Reads files up to a maximum size, so that a file without an end, or a wrong file, cannot fill the memory.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Maximum number of bytes of a ruleset, or of another file that people write by hand.
pub const MAX_TEXT: u64 = 64 << 20;

/// Returns the bytes of a file that has at most `most` bytes.
///
/// # Errors
/// The error of the operating system, or that the file is longer.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let why = format!("longer than {most} bytes, so this is not the file that is meant");
        return Err(Error::new(ErrorKind::FileTooLarge, why));
    }
    Ok(bytes)
}

/// [`read`] as text.
///
/// # Errors
/// See [`read`]; also if it is not UTF-8.
pub fn read_text(path: &Path, most: u64) -> Result<String> {
    String::from_utf8(read(path, most)?).map_err(|e| Error::new(ErrorKind::InvalidData, format!("not UTF-8: {e}")))
}
