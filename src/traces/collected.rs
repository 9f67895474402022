//! Recomputed bonus values of one instance, stored to be looked up by row.

use crate::error::{Error, Result};

/// The values of one instance, row after row.
#[derive(Debug)]
pub struct Collected {
    pub instance: u32,
    /// By column, for each row; 0 where it has none.
    values: Vec<i32>,
    /// For each row, whether it has values.
    has: Vec<bool>,
}

impl Collected {
    /// Nothing yet of `instance`.
    pub fn new(instance: u32) -> Collected {
        Collected { instance, values: Vec::new(), has: Vec::new() }
    }

    /// The next row, of a trace with so many columns; without values if it has none.
    pub fn push(&mut self, row: &[i32], columns: usize) {
        self.has.push(!row.is_empty());
        self.values.extend((0..columns).map(|c| row.get(c).copied().unwrap_or(0)));
    }

    /// The values of a row, by column; None if it has none.
    ///
    /// # Errors
    /// [`Error::Usage`] if the row is none of those that were collected.
    pub fn of(&self, row: u64, columns: usize) -> Result<Option<&[i32]>> {
        let known = usize::try_from(row).ok().and_then(|row| Some((row, *self.has.get(row)?)));
        let Some((row, has)) = known else {
            return Err(Error::Usage(format!("bonuses of row {row} were not worked out: the recording ends before their step")));
        };
        Ok(has.then(|| &self.values[row * columns..(row + 1) * columns]))
    }
}
