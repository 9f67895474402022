//! What is left to be read of a recording that is read in steps.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::causes::changed;
use super::files::Stamp;
use crate::error::Result;
use crate::traces::order::Common;
use crate::traces::recorded::{BegunPart, Recorded};

/// See [`super::CursorOptions::rows_checked_first`]. Rows that wait take about 60 bytes each.
pub const DEFAULT_ROWS_CHECKED_FIRST: u64 = 1 << 18;

/// How much of a recording is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadBytes {
    /// Bytes of the files, or of the shares of them, that were read.
    pub read: u64,
    /// Bytes of all files that are known.
    pub total: u64,
}

/// What is left to be read.
pub struct Unread {
    /// Files whose descriptions were not read yet, in order.
    pub files: VecDeque<PathBuf>,
    /// Index of the part that is being read or comes next.
    pub next: usize,
    pub begun: Option<BegunPart>,
    /// Rows of that part that are not listed yet, with the index of the first one.
    pub held: Vec<(u64, Common)>,
    /// Bytes of the parts that were read, and of all files.
    pub bytes: ReadBytes,
}

impl std::fmt::Debug for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Unread(part {}, {} files after it, {:?})", self.next, self.files.len(), self.bytes)
    }
}

/// The run with these files as its next parts, and the files' stamps.
pub fn with(known: &Recorded, files: &[PathBuf]) -> Result<(Recorded, Vec<Stamp>)> {
    let stamps = files.iter().map(|file| Stamp::of(file)).collect::<Result<Vec<Stamp>>>()?;
    let mut run = known.clone();
    run.add(files)?;
    if let Some((part, _)) = known.parts.iter().zip(&run.parts).find(|(was, is)| was.path != is.path) {
        return Err(changed(part));
    }
    // Several files can be in another order than their names.
    let stamped = |path: &Path| files.iter().position(|file| file == path);
    let order = run.parts[known.parts.len()..].iter().map(|part| stamped(&part.path));
    let stamps = order.flatten().map(|k| stamps[k].clone()).collect();
    Ok((run, stamps))
}

/// Bytes of the files that are there.
pub fn size_of_files(files: &[PathBuf]) -> u64 {
    files.iter().filter_map(|file| file.metadata().ok()).map(|about| about.len()).sum()
}
