//! Recorded and recomputed bonuses.

use super::index::Index;
use crate::error::Result;
use crate::traces::order::Common;
use crate::traces::parts::typed;
use crate::traces::recompute::{self, Column, Recompute};
use crate::traces::recorded::Recorded;
use crate::traces::room;

/// Bytes of memory for a row: a flag that says whether the row has values, and one value for each column.
const ROW_BYTES: u64 = 1;
const VALUE_BYTES: u64 = 4;

/// Where values of a bonus column can come from in a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BonusSource {
    /// It can be recomputed.
    Recomputed {
        /// Whether every backend computes the same bits. If not, another backend may have recorded other last digits.
        exact: bool,
    },
    /// It can only be read as recorded.
    Recorded {
        /// Why it cannot be recomputed, in words.
        why: String,
    },
}

/// A bonus column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BonusColumn {
    /// Its name in the trace: `bonus_NAME`, or `bonus_total` for the fused value.
    pub name: String,
    /// Where its values can come from.
    pub source: BonusSource,
}

/// The value of a bonus column in one row.
#[derive(Clone, Debug, PartialEq)]
pub struct BonusValue {
    /// Name of the column.
    pub name: String,
    /// The recorded value. None in the row of a first state and of a restored one.
    pub recorded: Option<f64>,
    /// The recomputed value. None in the same rows, and if the column can only be read.
    pub recomputed: Option<f64>,
}

/// The bonuses of a run, recomputed part by part as far as they were requested.
#[derive(Debug)]
pub struct Bonuses {
    columns: Vec<Column>,
    recompute: Option<Recompute>,
    instance: u32,
    /// Number of parts that were recomputed.
    parts: usize,
}

impl Bonuses {
    /// Creates the bonuses of `instance`, before its first row.
    ///
    /// # Errors
    /// [`crate::Error::Limit`] or others if the batch cannot be created.
    pub fn new(run: &Recorded, instance: u32) -> Result<Bonuses> {
        let (columns, mut recompute) = recompute::of(run)?;
        if let Some(recompute) = &mut recompute {
            recompute.collect(instance);
        }
        Ok(Bonuses { columns, recompute, instance, parts: 0 })
    }

    pub fn instance(&self) -> u32 {
        self.instance
    }

    pub fn columns(&self) -> Vec<BonusColumn> {
        let source = |c: usize, column: &Column| match (&column.left_out, &self.recompute) {
            (None, Some(recompute)) => BonusSource::Recomputed { exact: recompute.is_exact(c) },
            (why, _) => BonusSource::Recorded { why: why.clone().unwrap_or_default() },
        };
        let named = |(c, column): (usize, &Column)| BonusColumn { name: column.name.clone(), source: source(c, column) };
        self.columns.iter().enumerate().map(named).collect()
    }

    /// Returns the values of row `row` of the instance, one for each column. The row lies in part `part`. All are None if no column can be
    /// recomputed.
    ///
    /// # Errors
    /// [`crate::Error::Data`] if the recorded actions do not lead to the recorded rows, or a part cannot be read;
    /// [`crate::Error::Limit`] if the values do not fit into memory.
    pub fn values(&mut self, run: &Recorded, index: &Index, row: u64, part: usize) -> Result<Vec<Option<f64>>> {
        let Some(recompute) = &mut self.recompute else { return Ok(vec![None; self.columns.len()]) };
        while self.parts <= part {
            let (file, number) = (&run.parts[self.parts], self.parts);
            let rows = index.instance(self.instance)?.segments.iter().filter(|segment| segment.part == number);
            let rows: u64 = rows.map(|segment| segment.rows).sum();
            room::check("rows of bonuses", 2 * rows, ROW_BYTES + VALUE_BYTES * self.columns.len() as u64)?;
            let mut pieces = file.pieces()?;
            while let Some((first, stored)) = pieces.next_rows()? {
                let piece = typed(file, run.world.as_deref(), first, &stored)?;
                recompute.take(&piece, &Common::of(&piece)?)?;
            }
            recompute.catch_up()?;
            self.parts += 1;
        }
        let values = recompute.collected(row)?;
        let value = |(c, column): (usize, &Column)| values.as_ref()?.get(c).copied().filter(|_| column.left_out.is_none());
        Ok(self.columns.iter().enumerate().map(value).collect())
    }
}
