//! Stores the recomputed bonus values of one instance, by row.

use crate::error::{Error, Result};

/// The bonus values of one instance, in the order of its rows.
#[derive(Debug)]
pub struct Collected {
    pub instance: u32,
    /// `[rows, columns]`; 0 in rows without values.
    values: Vec<i32>,
    /// For each row, whether it has values.
    has: Vec<bool>,
}

impl Collected {
    /// Creates an empty store for `instance`.
    pub fn new(instance: u32) -> Collected {
        Collected { instance, values: Vec::new(), has: Vec::new() }
    }

    /// Adds the next row of a trace with `columns` bonus columns. `row` is empty if the row has no values.
    pub fn push(&mut self, row: &[i32], columns: usize) {
        self.has.push(!row.is_empty());
        self.values.extend((0..columns).map(|c| row.get(c).copied().unwrap_or(0)));
    }

    /// Returns the values of a row, one for each column. None if the row has no values.
    ///
    /// # Errors
    /// [`Error::Usage`] if the row was not collected.
    pub fn of(&self, row: u64, columns: usize) -> Result<Option<&[i32]>> {
        let known = usize::try_from(row).ok().and_then(|row| Some((row, *self.has.get(row)?)));
        let Some((row, has)) = known else {
            return Err(Error::Usage(format!("bonuses of row {row} were not worked out: the recording ends before their step")));
        };
        Ok(has.then(|| &self.values[row * columns..(row + 1) * columns]))
    }
}
