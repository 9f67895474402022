//! Tables of results, as CSV, Parquet and JSON.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::files::write_bytes;
use crate::traces::write_batch;

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Texts; every row has one.
    Text(Vec<String>),
    /// Whole numbers. None where there is no value.
    Whole(Vec<Option<u64>>),
    /// Finite numbers. None where there is no value.
    Real(Vec<Option<f64>>),
}

/// The value of a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    Whole(Option<u64>),
    Real(Option<f64>),
}

/// A table of named columns. A missing value is empty in CSV, and null elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Name of the table.
    pub name: &'static str,
    /// Names and values of the columns, each with one value for each row.
    pub columns: Vec<(String, Column)>,
}

impl Table {
    /// A table without rows or columns.
    pub fn new(name: &'static str) -> Table {
        Table { name, columns: Vec::new() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self.columns.first() {
            None => 0,
            Some((_, Column::Text(v))) => v.len(),
            Some((_, Column::Whole(v))) => v.len(),
            Some((_, Column::Real(v))) => v.len(),
        }
    }

    /// Adds a row. The first row defines the columns, and every other row must have the same.
    ///
    /// # Errors
    /// [`Error::Data`] if the columns differ.
    pub fn push(&mut self, row: Vec<(&str, Cell)>) -> Result<()> {
        if self.columns.is_empty() {
            let empty = |cell: &Cell| match cell {
                Cell::Text(_) => Column::Text(Vec::new()),
                Cell::Whole(_) => Column::Whole(Vec::new()),
                Cell::Real(_) => Column::Real(Vec::new()),
            };
            self.columns = row.iter().map(|(name, cell)| ((*name).to_string(), empty(cell))).collect();
        }
        let fits = row.len() == self.columns.len() && row.iter().zip(&self.columns).all(|((a, _), (b, _))| a == b);
        if !fits {
            return Err(Error::Data(format!("table {}: a row with other columns than the first", self.name)));
        }
        for ((name, cell), (_, column)) in row.into_iter().zip(&mut self.columns) {
            match (column, cell) {
                (Column::Text(v), Cell::Text(value)) => v.push(value),
                (Column::Whole(v), Cell::Whole(value)) => v.push(value),
                (Column::Real(v), Cell::Real(value)) => v.push(value.filter(|value| value.is_finite())),
                _ => return Err(Error::Data(format!("table {}: column {name} changes its kind", self.name))),
            }
        }
        Ok(())
    }

    /// Returns the column of this name, if there is one.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }

    /// Returns the number in column `name` of row `row`.
    pub fn real(&self, name: &str, row: usize) -> Option<f64> {
        match self.column(name)? {
            Column::Real(v) => *v.get(row)?,
            Column::Whole(v) => v.get(row)?.map(|v| v as f64),
            Column::Text(_) => None,
        }
    }

    /// Returns the text in column `name` of row `row`, or "" if there is none.
    pub fn text(&self, name: &str, row: usize) -> &str {
        match self.column(name) {
            Some(Column::Text(v)) => v.get(row).map_or("", |text| text),
            _ => "",
        }
    }

    /// Returns CSV (RFC 4180) with a header line. Lines end with a line feed. Numbers have all their digits.
    pub fn csv(&self) -> String {
        let quoted = |text: &str| {
            if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_string() }
        };
        let header: Vec<String> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        let mut csv = header.join(",") + "\n";
        for row in 0..self.rows() {
            let cells = self.columns.iter().map(|(_, column)| match column {
                Column::Text(v) => quoted(&v[row]),
                Column::Whole(v) => v[row].map_or(String::new(), |v| v.to_string()),
                Column::Real(v) => v[row].map_or(String::new(), |v| v.to_string()),
            });
            csv += &(cells.collect::<Vec<_>>().join(",") + "\n");
        }
        csv
    }

    /// Returns a list of objects, one for each row.
    pub fn json(&self) -> Value {
        let cell = |column: &Column, row: usize| match column {
            Column::Text(v) => Value::from(v[row].as_str()),
            Column::Whole(v) => Value::from(v[row]),
            Column::Real(v) => Value::from(v[row]),
        };
        let object = |row| self.columns.iter().map(|(name, column)| (name.clone(), cell(column, row))).collect();
        Value::Array((0..self.rows()).map(|row| Value::Object(object(row))).collect())
    }

    /// Writes [`Table::csv`] to a file.
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn write_csv(&self, path: &Path) -> Result<()> {
        write_bytes(path, self.csv().as_bytes())
    }

    /// Writes the table as a Parquet file.
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn write_parquet(&self, path: &Path) -> Result<()> {
        let arrays = self.columns.iter().map(|(name, column)| {
            let array: ArrayRef = match column {
                Column::Text(v) => Arc::new(v.iter().map(Some).collect::<StringArray>()),
                Column::Whole(v) => Arc::new(v.iter().copied().collect::<UInt64Array>()),
                Column::Real(v) => Arc::new(v.iter().copied().collect::<Float64Array>()),
            };
            (name.clone(), array, true)
        });
        let batch = RecordBatch::try_from_iter_with_nullable(arrays).map_err(|e| Error::Data(e.to_string()))?;
        write_batch(path, &batch, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_read_the_same_in_every_form() {
        let mut table = Table::new("t");
        let row = |a: &str, b, c| vec![("a", Cell::Text(a.to_string())), ("b", Cell::Whole(b)), ("c", Cell::Real(c))];
        table.push(row("x, \"y\"", Some(3), None)).expect("fits");
        table.push(row("z", None, Some(0.1))).expect("fits");
        table.push(row("w", Some(1), Some(f64::NAN))).expect("fits");
        assert_eq!(table.csv(), "a,b,c\n\"x, \"\"y\"\"\",3,\nz,,0.1\nw,1,\n");
        assert_eq!(table.json()[1], serde_json::json!({ "a": "z", "b": null, "c": 0.1 }));
        assert_eq!((table.rows(), table.real("b", 0), table.real("c", 2), table.text("a", 1)), (3, Some(3.0), None, "z"));
        assert!(table.push(vec![("a", Cell::Text(String::new()))]).is_err());
        assert!(table.push(vec![("a", Cell::Whole(None)), ("b", Cell::Whole(None)), ("c", Cell::Real(None))]).is_err());
    }
}
