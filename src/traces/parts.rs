//! Reading and writing one trace file.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::format::{FORMAT_VERSION, Meta, columns};
use crate::envs::World;
use crate::error::{Error, Result};
use crate::files::write_atomic;
use crate::sim::Row;

const META_KEY: &str = "explorarium";

/// A trace file in memory.
#[derive(Debug)]
pub struct Part {
    pub path: PathBuf,
    pub meta: Meta,
    pub rows: RecordBatch,
}

/// Writes rows as a finished file.
///
/// # Errors
/// [`Error::Io`] with the path.
pub fn write(path: &Path, world: &dyn World, meta: &Meta, rows: &[Row]) -> Result<()> {
    let batch = columns(world, &meta.bonuses, rows)?;
    write_batch(path, &batch, Some(meta))
}

/// Writes an Arrow batch as a finished Parquet file.
///
/// # Errors
/// [`Error::Io`] with the path.
pub fn write_batch(path: &Path, batch: &RecordBatch, meta: Option<&Meta>) -> Result<()> {
    let failed = |e: parquet::errors::ParquetError| Error::io(path, std::io::Error::other(e));
    let json = meta.map(serde_json::to_string).transpose().map_err(|e| Error::Data(e.to_string()))?;
    let pairs = json.map(|json| vec![KeyValue::new(META_KEY.to_string(), json)]);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).set_key_value_metadata(pairs).build();
    write_atomic(path, |file| {
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(failed)?;
        writer.write(batch).map_err(failed)?;
        writer.close().map(|_| ()).map_err(failed)
    })
}

/// Reads a trace file whole.
///
/// # Errors
/// [`Error::Io`] if it cannot be opened; [`Error::Data`] if it is cut off, damaged, no trace, or of a later version.
pub fn read(path: &Path) -> Result<Part> {
    let wrong = |why: String| Error::Data(format!("{}: {why}", path.display()));
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|e| wrong(format!("not a readable Parquet file ({e}); it may be cut off")))?;
    let pairs = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let json = pairs.into_iter().find(|pair| pair.key == META_KEY).and_then(|pair| pair.value);
    let json = json.ok_or_else(|| wrong("a Parquet file, but not a trace of this program".to_string()))?;
    let meta: Meta = serde_json::from_str(&json).map_err(|e| wrong(format!("its description cannot be read: {e}")))?;
    if meta.format > FORMAT_VERSION {
        return Err(wrong(format!("format {} is newer than this program, which reads up to {FORMAT_VERSION}", meta.format)));
    }
    let schema = reader.schema().clone();
    let batches = reader.build().map_err(|e| wrong(format!("damaged: {e}")))?;
    let batches = batches.collect::<std::result::Result<Vec<RecordBatch>, _>>().map_err(|e| wrong(format!("damaged: {e}")))?;
    let rows = concat_batches(&schema, &batches).map_err(|e| wrong(e.to_string()))?;
    Ok(Part { path: path.to_path_buf(), meta, rows })
}

/// The trace files that `path` names: itself, or the parts of a run folder or of its `traces`, in order.
///
/// # Errors
/// [`Error::Io`] if it is not there; [`Error::Data`] if a folder holds no trace.
pub fn list(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
        return Ok(vec![path.to_path_buf()]);
    }
    let inner = path.join("traces");
    let folder = if inner.is_dir() { inner } else { path.to_path_buf() };
    let mut parts = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|e| Error::io(&folder, e))? {
        let path = entry.map_err(|e| Error::io(&folder, e))?.path();
        if path.extension().is_some_and(|ending| ending == "parquet") {
            parts.push(path);
        }
    }
    parts.sort();
    if parts.is_empty() { Err(Error::Data(format!("{}: no trace (*.parquet) in it", folder.display()))) } else { Ok(parts) }
}
