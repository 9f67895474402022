//! Opens a recording before its rows are read, and reads them in steps.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{finished, one_run};
use super::open::{Cursor, CursorOptions};
use super::unread::{ReadBytes, Unread, size_of_files, with};
use crate::error::{Error, Result};
use crate::traces::order::Common;
use crate::traces::parts::RowChunk;
use crate::traces::paths::number;
use crate::traces::recorded::{BegunPart, runs};

/// Number of files whose descriptions are read at once.
const FILES_AT_ONCE: usize = 32;

impl Cursor {
    /// Opens a trace file, a `traces` folder or a run folder as [`Cursor::open`] does, but reads no rows: [`Cursor::read_more`] does. Until then
    /// the cursor lists nothing.
    ///
    /// # Errors
    /// As [`Cursor::open`], as far as the first part shows it.
    pub fn open_first(path: &Path, options: &CursorOptions) -> Result<Cursor> {
        let (mut files, unfinished) = finished(path)?;
        // Files whose names do not say which part they are have to be opened to be put in order.
        let named = files.iter().all(|file| number(file).is_some());
        files.sort_by_key(|file| number(file).filter(|_| named));
        let rest = if named { files.split_off(1) } else { Vec::new() };
        let run = one_run(path, runs(&files)?)?;
        let mut cursor = Cursor::unread(path, options, run, unfinished)?;
        let total = cursor.stamps.iter().map(|stamp| stamp.bytes).sum::<u64>() + size_of_files(&rest);
        let (begun, held, bytes) = (None, Vec::new(), ReadBytes { read: 0, total });
        cursor.unread = Some(Unread { files: rest.into(), next: 0, begun, held, bytes });
        Ok(cursor)
    }

    /// Reads at least `rows` more rows of a recording that [`Cursor::open_first`] opened, as far as there are so many, and lists them. The rows of a part of at
    /// most [`CursorOptions::rows_checked_first`] rows are listed together. Returns false once all rows are read, those included that were written in the meantime; from then
    /// on [`Cursor::refresh`] looks for more. What is shown stays.
    ///
    /// # Errors
    /// As [`Cursor::open`]. Then no more is read, and this and [`Cursor::refresh`] return the error again. What was listed before can still
    /// be shown: all rows before the damaged part, and, if that part is larger, its rows before the one that the error names or, if the
    /// error names none, all its rows.
    pub fn read_more(&mut self, rows: u64) -> Result<bool> {
        self.check_halted()?;
        let Some(mut unread) = self.unread.take() else { return Ok(false) };
        match self.read_on(&mut unread, rows) {
            Ok(true) => self.unread = Some(unread),
            Ok(false) => self.extend()?,
            Err(why) => {
                self.halted = Some(why.to_string());
                return Err(why);
            }
        }
        Ok(self.unread.is_some())
    }

    /// How much is read; None once all is read, or no more can be.
    pub fn reading(&self) -> Option<ReadBytes> {
        let unread = self.unread.as_ref()?;
        let of_part = |begun: &BegunPart| {
            let bytes = self.stamps.get(unread.next).map_or(0, |stamp| stamp.bytes);
            (u128::from(bytes) * u128::from(begun.rows) / u128::from(begun.part.rows.max(1))) as u64
        };
        let read = unread.bytes.read + unread.begun.as_ref().map_or(0, of_part);
        Some(ReadBytes { read: read.min(unread.bytes.total), total: unread.bytes.total })
    }

    /// # Errors
    /// The error that ended the reading.
    pub(super) fn check_halted(&self) -> Result<()> {
        self.halted.as_ref().map_or(Ok(()), |why| Err(Error::Data(why.clone())))
    }

    fn read_on(&mut self, unread: &mut Unread, rows: u64) -> Result<bool> {
        let mut left = rows.max(1);
        while left > 0 {
            if unread.next == self.run.parts.len() && !self.list_parts(unread)? {
                return Ok(false);
            }
            let begun = match &mut unread.begun {
                Some(begun) => begun,
                none => none.insert(BegunPart::of(&self.run.parts[unread.next], 0)?),
            };
            let (world, part) = (self.run.world.as_deref(), unread.next);
            let (is_held, before) = (begun.part.rows <= self.options.rows_checked_first, begun.rows);
            let (index, held) = (&mut self.index, &mut unread.held);
            let mut each = |piece: &RowChunk, common: &Common| {
                if is_held {
                    held.push((piece.first, common.clone()));
                    return Ok(());
                }
                index.add(piece.first, common, part, world.is_none())
            };
            let mut more = self.reader.read_piece(world, begun, &mut each)?;
            if more && begun.rows >= begun.part.rows {
                more = self.reader.read_piece(world, begun, &mut each)?;
            }
            left = left.saturating_sub(begun.rows - before);
            if !more {
                for (first, common) in unread.held.drain(..) {
                    self.index.add(first, &common, part, world.is_none())?;
                }
                unread.bytes.read += self.stamps[part].bytes;
                (unread.begun, unread.next) = (None, part + 1);
            }
        }
        Ok(true)
    }

    /// Reads the descriptions of the next files. Returns false if there are none.
    fn list_parts(&mut self, unread: &mut Unread) -> Result<bool> {
        if unread.files.is_empty() {
            let (files, unfinished) = finished(&self.path)?;
            let known: BTreeSet<&Path> = self.run.parts.iter().map(|part| &*part.path).collect();
            let mut news: Vec<PathBuf> = files.into_iter().filter(|file| !known.contains(&**file)).collect();
            news.sort_by_key(|file| number(file));
            unread.bytes.total += size_of_files(&news);
            (unread.files, self.unfinished) = (news.into(), unfinished);
        }
        let n = unread.files.len().min(FILES_AT_ONCE);
        if n == 0 {
            return Ok(false);
        }
        let files = unread.files.make_contiguous();
        // What comes before a file that cannot be opened is read first.
        let (run, stamps) = match with(&self.run, &files[..n]) {
            Err(_) if n > 1 => with(&self.run, &files[..1])?,
            listed => listed?,
        };
        unread.files.drain(..stamps.len());
        self.stamps.extend(stamps);
        self.run = Arc::new(run);
        Ok(true)
    }
}
