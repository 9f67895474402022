//! Rows as tables: CSV and Parquet, columns as recorded.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::span::Span;
use crate::error::{Error, Result};
use crate::traces::{Cursor, Value, at};

/// Calls `each` with the rows of `spans` in bounded batches, and `done` with their number.
fn batches(
    cursor: &mut Cursor,
    spans: &[Span],
    stop: &AtomicBool,
    done: &mut dyn FnMut(u64),
    mut each: impl FnMut(&RecordBatch) -> Result<()>,
) -> Result<()> {
    for span in spans {
        let end = span.first + span.rows;
        let mut row = span.first;
        while row < end {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let batch = cursor.recorded_rows(span.instance, row, end - row)?;
            each(&batch)?;
            row += batch.num_rows() as u64;
            done(batch.num_rows() as u64);
        }
    }
    Ok(())
}

/// Writes rows as CSV (RFC 4180 with line feeds): a line of names, then a line a row. No value is an empty field; bytes are hexadecimal.
///
/// # Errors
/// What reading or writing reports; [`Error::Interrupted`] if `stop` is set.
pub fn write_csv(
    cursor: &mut Cursor,
    spans: &[Span],
    out: &mut File,
    stop: &AtomicBool,
    done: &mut dyn FnMut(u64),
) -> Result<()> {
    let mut out = BufWriter::new(out);
    let failed = |e: std::io::Error| Error::io("the table", e);
    let mut names: Option<Vec<String>> = None;
    batches(cursor, spans, stop, done, |rows| {
        let own: Vec<String> = rows.schema().fields().iter().map(|field| quoted(field.name())).collect();
        match &names {
            None => {
                writeln!(out, "{}", own.join(",")).map_err(failed)?;
                names = Some(own);
            }
            Some(names) if *names != own => {
                return Err(Error::Data("parts of the recording have different columns; export them one by one".to_string()));
            }
            Some(_) => {}
        }
        (0..rows.num_rows()).try_for_each(|k| {
            let line: Vec<String> = rows.columns().iter().map(|column| field(column, k)).collect();
            writeln!(out, "{}", line.join(",")).map_err(failed)
        })
    })?;
    out.flush().map_err(failed)
}

/// Writes rows as a Parquet file with the columns of the trace. It does not hold what a trace says about its run.
///
/// # Errors
/// As [`write_csv`].
pub fn write_parquet(
    cursor: &mut Cursor,
    spans: &[Span],
    out: &mut File,
    stop: &AtomicBool,
    done: &mut dyn FnMut(u64),
) -> Result<()> {
    let failed = |e: parquet::errors::ParquetError| Error::io("the table", std::io::Error::other(e));
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer: Option<ArrowWriter<&mut File>> = None;
    let mut out = Some(out);
    batches(cursor, spans, stop, done, |rows| {
        if let Some(file) = out.take() {
            writer = Some(ArrowWriter::try_new(file, rows.schema(), Some(properties.clone())).map_err(failed)?);
        }
        writer.iter_mut().try_for_each(|writer| writer.write(rows)).map_err(failed)
    })?;
    writer.map_or(Ok(()), |writer| writer.close().map(drop).map_err(failed))
}

/// Value `k` of a column as a field of CSV. Numbers have as many digits as tell them apart in the column's type.
fn field(column: &ArrayRef, k: usize) -> String {
    match at(&**column, k) {
        Value::Null => String::new(),
        Value::Whole(whole) => whole.to_string(),
        Value::Real(real) if *column.data_type() == DataType::Float32 => (real as f32).to_string(),
        Value::Real(real) => real.to_string(),
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Value::Text(text) => quoted(text),
    }
}

/// A text in quotes if it needs them.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_string() }
}
