//! Compares recorded rows with replayed rows.

use arrow_array::{Array, ArrayRef};

use super::format::{CHECKSUM, columns};
use super::parts::RowChunk;
use super::values::{OwnedValue, Value, at};
use crate::envs::World;
use crate::error::Result;
use crate::sim::Row;

/// A column whose recorded value differs from the replayed value.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDifference {
    /// Name of the column.
    pub field: String,
    /// Its value in the file.
    pub recorded: OwnedValue,
    /// Its value in the replay.
    pub replayed: OwnedValue,
}

impl std::fmt::Display for FieldDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let FieldDifference { field, recorded, replayed } = self;
        write!(f, "{field} recorded {}, replayed {}", recorded.as_value(), replayed.as_value())
    }
}

/// Returns the first row of the piece that differs from the replayed `rows`, counted from the start of the piece, and all columns in which
/// it differs.
///
/// # Errors
/// [`crate::Error::Data`] if a column is missing.
pub fn first_difference(piece: &RowChunk, world: &dyn World, rows: &[Row]) -> Result<Option<(usize, Vec<FieldDifference>)>> {
    let replayed = columns(world, &[], rows)?;
    let mut first: Option<(usize, Vec<FieldDifference>)> = None;
    for (field, expected) in replayed.schema().fields().iter().zip(replayed.columns()) {
        let name = field.name();
        let Some(stored) = piece.rows.column_by_name(name) else {
            return Err(piece.part.wrong(format!("column '{name}' is missing")));
        };
        let Some(row) = first_unequal(stored, expected, is_rounded(piece, name)) else { continue };
        let (recorded, replayed) = (at(&**stored, row).into(), at(&**expected, row).into());
        let difference = FieldDifference { field: name.clone(), recorded, replayed };
        match &mut first {
            Some((at, fields)) if *at == row => fields.push(difference),
            Some((at, _)) if *at < row => {}
            _ => first = Some((row, vec![difference])),
        }
    }
    Ok(first)
}

/// Whether the column is the checksum and another program has stored it as floats.
fn is_rounded(piece: &RowChunk, name: &str) -> bool {
    name == CHECKSUM && piece.part.schema().field_with_name(name).is_ok_and(|field| field.data_type().is_floating())
}

/// Returns the first row in which the columns differ. If `rounded`, compares whole numbers as float64, because they were rounded to it.
fn first_unequal(stored: &ArrayRef, expected: &ArrayRef, rounded: bool) -> Option<usize> {
    if stored == expected {
        return None;
    }
    let same = |k: usize| match (at(&**stored, k), at(&**expected, k)) {
        (Value::Whole(a), Value::Whole(b)) if rounded => a as f64 == b as f64,
        (a, b) => a == b,
    };
    (0..stored.len()).find(|k| !same(*k))
}
