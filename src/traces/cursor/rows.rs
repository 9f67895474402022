//! Rows as they were recorded, read in bounded pieces.

use std::sync::Arc;

use arrow_array::RecordBatch;

use super::causes::changed;
use super::index::Instance;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::traces::parts::{PartFile, RowChunk, typed};
use crate::traces::values::{Value, at};

/// Number of rows around the requested row that are read and kept at a time.
const WINDOW: u64 = 256;

/// One row as it was recorded, with all columns. Each column has the type that it has in a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedRow(RecordBatch);

impl RecordedRow {
    /// The row as an Arrow batch with one row.
    pub fn batch(&self) -> &RecordBatch {
        &self.0
    }

    /// The value of a column; None if there is no such column.
    pub fn value(&self, column: &str) -> Option<Value<'_>> {
        self.0.column_by_name(column).map(|array| at(&**array, 0))
    }

    /// All columns with their values, in the order of the file.
    pub fn values(&self) -> impl Iterator<Item = (String, Value<'_>)> {
        let schema = self.0.schema();
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        names.into_iter().zip(self.0.columns().iter().map(|array| at(&**array, 0)))
    }
}

/// Rows around the row that was requested last.
#[derive(Debug, Default)]
pub struct Window {
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    instance: u32,
    /// Index of the first row among the rows of the instance (`first`) and of the part (`at`).
    first: u64,
    at: u64,
    part: usize,
    rows: RecordBatch,
}

impl Window {
    /// Returns row `row` of instance `number` as a piece with one row.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such row; [`Error::Data`] or [`Error::Io`] if it cannot be read.
    pub fn piece<'p>(
        &mut self,
        world: Option<&dyn World>,
        parts: &'p [Arc<PartFile>],
        (number, instance): (u32, &Instance),
        row: u64,
    ) -> Result<RowChunk<'p>> {
        let is_in =
            |kept: &&Kept| kept.instance == number && (kept.first..kept.first + kept.rows.num_rows() as u64).contains(&row);
        if self.kept.as_ref().filter(is_in).is_none() {
            self.kept = Some(read(world, parts, (number, instance), row)?);
        }
        let Some(kept) = self.kept.as_ref().filter(is_in) else { return Err(beyond(number, row, instance.rows)) };
        let ahead = row - kept.first;
        let rows = kept.rows.slice(ahead as usize, 1);
        Ok(RowChunk { part: &parts[kept.part], first: kept.at + ahead, rows })
    }
}

/// Reads columns of rows of instance `number` from `row` on: at most `n` rows, and those of one part. Columns that the part does not have are
/// left out.
///
/// # Errors
/// As [`Window::piece`].
pub fn columns(
    world: Option<&dyn World>,
    parts: &[Arc<PartFile>],
    (number, instance): (u32, &Instance),
    (row, n): (u64, u64),
    names: &[&str],
) -> Result<RecordBatch> {
    let segment = instance.segments_from(row).next().filter(|segment| segment.first <= row && row < segment.first + segment.rows);
    let segment = segment.ok_or_else(|| beyond(number, row, instance.rows))?;
    let part = &parts[segment.part];
    let n = n.min(segment.first + segment.rows - row);
    let names: Vec<&str> = names.iter().copied().filter(|name| part.schema().field_with_name(name).is_ok()).collect();
    let mut pieces = part.range(segment.at + (row - segment.first), n, Some(&names))?;
    let mut batches = Vec::new();
    while let Some((first, stored)) = pieces.next_rows()? {
        batches.push(typed(part, world, first, &stored)?.rows);
    }
    let schema = batches.first().ok_or_else(|| changed(part))?.schema();
    let rows = arrow_select::concat::concat_batches(&schema, &batches).map_err(|e| part.wrong(e))?;
    if rows.num_rows() as u64 == n { Ok(rows) } else { Err(changed(part)) }
}

impl Window {
    /// Rows of instance `number` from `row` on, at most `n` and those of one window.
    ///
    /// # Errors
    /// As [`Window::piece`].
    pub fn rows(
        &mut self,
        world: Option<&dyn World>,
        parts: &[Arc<PartFile>],
        of: (u32, &Instance),
        (row, n): (u64, u64),
    ) -> Result<RecordBatch> {
        self.piece(world, parts, of, row)?;
        let Some(kept) = &self.kept else { return Err(beyond(of.0, row, of.1.rows)) };
        let ahead = (row - kept.first) as usize;
        Ok(kept.rows.slice(ahead, (kept.rows.num_rows() - ahead).min(usize::try_from(n).unwrap_or(usize::MAX))))
    }

    /// Row `row` of instance `number`.
    ///
    /// # Errors
    /// As [`Window::piece`].
    pub fn row(
        &mut self,
        world: Option<&dyn World>,
        parts: &[Arc<PartFile>],
        of: (u32, &Instance),
        row: u64,
    ) -> Result<RecordedRow> {
        Ok(RecordedRow(self.piece(world, parts, of, row)?.rows))
    }
}

fn beyond(number: u32, row: u64, rows: u64) -> Error {
    Error::Usage(format!("instance {number} has rows 0 to {}; row {row} is none of them", rows.saturating_sub(1)))
}

/// Reads the rows around `row` that lie in one segment.
fn read(world: Option<&dyn World>, parts: &[Arc<PartFile>], (number, instance): (u32, &Instance), row: u64) -> Result<Kept> {
    let begin = row / WINDOW * WINDOW;
    let whole = instance.segments_from(begin).find(|segment| row < segment.first + segment.rows);
    let Some(segment) = whole.filter(|segment| segment.first <= row) else { return Err(beyond(number, row, instance.rows)) };
    let part = &parts[segment.part];
    let n = segment.rows.min(begin + WINDOW - segment.first);
    let mut pieces = part.range(segment.at, n, None)?;
    let mut batches = Vec::new();
    while let Some((first, stored)) = pieces.next_rows()? {
        batches.push(typed(part, world, first, &stored)?.rows);
    }
    let schema = batches.first().ok_or_else(|| changed(part))?.schema();
    let rows = arrow_select::concat::concat_batches(&schema, &batches).map_err(|e| part.wrong(e))?;
    if rows.num_rows() as u64 != n {
        return Err(changed(part));
    }
    Ok(Kept { instance: number, first: segment.first, at: segment.at, part: segment.part, rows })
}
