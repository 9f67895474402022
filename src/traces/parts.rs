//! Reads and writes one trace file.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BinaryArray, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::Compression;
use parquet::file::metadata::{FileMetaData, KeyValue, ParquetMetaData, RowGroupMetaData};
use parquet::file::properties::WriterProperties;

use super::digest::{Digests, of_text};
use super::format::{FORMAT_VERSION, HISTORY, Meta, columns, kind_of, kind_of_world};
use super::paths::number;
use super::source::Source;
use super::stored::StoredRows;
use super::values::{Kind, as_kind};
use crate::envs::World;
use crate::error::{Error, Result};
use crate::files::write_atomic;
use crate::sim::Row;

/// Keys of the description and of the hash of its text, in the metadata of the file and in those of its Arrow schema.
const META_KEY: &str = "explorarium";
const HASH_KEY: &str = "explorarium-hash";
/// Number of rows of a piece.
const PIECE_ROWS: usize = 4096;

/// A trace file in memory.
#[derive(Debug)]
pub struct Part {
    /// Path of the file.
    pub path: PathBuf,
    /// The description in the file.
    pub meta: Meta,
    /// All rows of the file.
    pub rows: RecordBatch,
}

/// A trace file whose description was read.
#[derive(Clone, Debug)]
pub struct PartFile {
    /// Path of the file.
    pub path: PathBuf,
    /// None if this program has not written the file.
    pub meta: Option<Meta>,
    /// The hash of the description. It covers everything in the part, because the description contains the hashes of all columns. None in
    /// files of older versions.
    pub hash: Option<String>,
    /// Number of rows according to the file.
    pub rows: u64,
    content: Content,
}

/// Where the rows of a part are.
#[derive(Clone, Debug)]
enum Content {
    /// In the Parquet file at its path.
    Parquet(ArrowReaderMetadata),
    /// Somewhere else.
    Stored(Arc<dyn StoredRows>),
}

/// Consecutive rows of a part.
#[derive(Clone, Debug)]
pub struct RowChunk<'a> {
    /// The part that the rows are in.
    pub part: &'a PartFile,
    /// Index of the first row in the part.
    pub first: u64,
    /// The rows. Each column that traces have is of the kind that it has there.
    pub rows: RecordBatch,
}

/// Reads a part piece by piece.
pub struct RowChunks {
    path: PathBuf,
    pieces: Pieces,
    next: u64,
}

enum Pieces {
    Parquet {
        source: Source,
        reader: Box<ParquetRecordBatchReader>,
    },
    /// The rows before `end` of these columns, or of all.
    Stored {
        rows: Arc<dyn StoredRows>,
        end: u64,
        names: Option<Vec<String>>,
    },
}

/// Writes rows to a file, which appears only when it is complete. The file name `part-N` gives the number of the part.
///
/// # Errors
/// [`Error::Io`] with the path; [`Error::Data`] if the columns do not fit together.
pub fn write(path: &Path, world: &dyn World, meta: &Meta, rows: &[Row]) -> Result<()> {
    let batch = columns(world, &meta.bonuses, rows)?;
    let part = number(path);
    let prefixes = meta.prefixes.clone().filter(|_| part.is_none_or(|part| part == 0));
    write_batch(path, &batch, Some(&Meta { part, prefixes, ..meta.clone() }))
}

/// Writes an Arrow batch to a Parquet file, which appears only when it is complete. The number of rows and the hashes of the columns are
/// added to the description.
///
/// # Errors
/// [`Error::Io`] with the path; [`Error::Data`] if there is a description and a column has a type that no trace has.
pub fn write_batch(path: &Path, batch: &RecordBatch, meta: Option<&Meta>) -> Result<()> {
    write_batch_as(path, batch, meta, Compression::SNAPPY)
}

/// [`write_batch`] with another codec.
///
/// # Errors
/// As [`write_batch`].
pub fn write_batch_as(path: &Path, batch: &RecordBatch, meta: Option<&Meta>, codec: Compression) -> Result<()> {
    let failed = |e: parquet::errors::ParquetError| Error::io(path, std::io::Error::other(e));
    let described = meta.map(|meta| described(batch, meta)).transpose()?;
    let pairs = described.iter().flatten().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    let kept =
        described.as_ref().map(|described| Ok::<_, Error>((PANDAS_ATTRS.to_string(), attributes(described)?))).transpose()?;
    let metadata: arrow_schema::Metadata = described.iter().flatten().cloned().chain(kept).collect();
    let schema = Arc::new(Schema::clone(&batch.schema()).with_metadata(metadata));
    let batch = batch.clone().with_schema(schema).map_err(|e| Error::Data(e.to_string()))?;
    let properties = WriterProperties::builder().set_compression(codec).set_key_value_metadata(Some(pairs)).build();
    write_atomic(path, |file| {
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(failed)?;
        writer.write(&batch).map_err(failed)?;
        writer.close().map(|_| ()).map_err(failed)
    })
}

/// The key under which pandas stores `DataFrame.attrs` in a schema's metadata and reads it back. It holds the description and its hash a
/// second time.
const PANDAS_ATTRS: &str = "PANDAS_ATTRS";

fn attributes(described: &[(String, String)]) -> Result<String> {
    let map: BTreeMap<&str, &str> = described.iter().map(|(key, value)| (&key[..], &value[..])).collect();
    serde_json::to_string(&map).map_err(|e| Error::Data(e.to_string()))
}

/// Returns the description of a part with these rows, and its hash.
fn described(batch: &RecordBatch, meta: &Meta) -> Result<[(String, String); 2]> {
    let mut digests = Digests::default();
    if !digests.add(batch) {
        return Err(Error::Data("a column of a type that no trace has".to_string()));
    }
    let meta = Meta { rows: Some(batch.num_rows() as u64), hashes: digests.finish(), ..meta.clone() };
    let json = serde_json::to_string(&meta).map_err(|e| Error::Data(e.to_string()))?;
    let hash = of_text(&json);
    Ok([(META_KEY.to_string(), json), (HASH_KEY.to_string(), hash)])
}

/// Returns a hash of everything in a part. It reads only the description. None for files of older versions.
///
/// # Errors
/// As [`PartFile::open`].
pub fn content_hash(path: &Path) -> Result<Option<String>> {
    Ok(PartFile::open(path)?.hash)
}

impl PartFile {
    /// Opens a file and reads its description.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read; [`Error::Data`] if it is not a Parquet file, is cut off or has a later format, or if its
    /// description was changed.
    pub fn open(path: &Path) -> Result<PartFile> {
        let wrong = |why: String| Error::Data(format!("{}: {why}", path.display()));
        let source = Source::open(path)?;
        let metadata = ArrowReaderMetadata::load(&source, ArrowReaderOptions::new())
            .map_err(|e| source.error(path, format!("not a readable Parquet file ({e}); it may be cut off")))?;
        let rows = u64::try_from(metadata.metadata().file_metadata().num_rows())
            .map_err(|_| wrong("damaged: a negative number of rows".to_string()))?;
        let pairs = metadata.metadata().file_metadata().key_value_metadata();
        let find = |key: &str| {
            let pair = pairs.into_iter().flatten().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
            pair.or_else(|| metadata.schema().metadata().get(key).cloned())
        };
        let attributes: BTreeMap<String, serde_json::Value> =
            find(PANDAS_ATTRS).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let find = |key: &str| find(key).or_else(|| attributes.get(key)?.as_str().map(str::to_string));
        let hash = find(HASH_KEY);
        let meta = find(META_KEY).map(|json| read_meta(&json, hash.as_deref()).map_err(wrong)).transpose()?;
        if meta.as_ref().and_then(|meta| meta.rows).is_some_and(|expected| expected != rows) {
            let expected = meta.as_ref().and_then(|meta| meta.rows).unwrap_or_default();
            return Err(wrong(format!("{rows} rows, where {expected} were written: rows are missing or were added")));
        }
        let metadata = bounded(&metadata).map_err(|e| wrong(format!("damaged: {e}")))?;
        Ok(PartFile { path: path.to_path_buf(), meta, hash, rows, content: Content::Parquet(metadata) })
    }

    /// A part whose rows are stored elsewhere. `path` names it in messages.
    #[cfg_attr(not(feature = "study"), allow(dead_code, reason = "only study files need it"))]
    pub(super) fn stored(path: PathBuf, meta: Meta, stored: Arc<dyn StoredRows>, rows: u64) -> PartFile {
        PartFile { path, meta: Some(meta), hash: None, rows, content: Content::Stored(stored) }
    }

    /// Where the rows are, if not in a Parquet file.
    pub(super) fn stored_rows(&self) -> Option<&dyn StoredRows> {
        match &self.content {
            Content::Parquet(_) => None,
            Content::Stored(rows) => Some(&**rows),
        }
    }

    /// The part with the rows that were added since; None if there are none, and for a file, which is written only once.
    ///
    /// # Errors
    /// As [`StoredRows::grown`].
    pub(super) fn grown(&self) -> Result<Option<PartFile>> {
        let Some((stored, rows)) = self.stored_rows().map_or(Ok(None), StoredRows::grown)? else { return Ok(None) };
        Ok(Some(PartFile { rows, content: Content::Stored(stored), ..self.clone() }))
    }

    /// Columns of the file as they are read, with texts and bytes as views.
    pub fn schema(&self) -> &SchemaRef {
        match &self.content {
            Content::Parquet(metadata) => metadata.schema(),
            Content::Stored(rows) => rows.schema(),
        }
    }

    /// An [`Error::Data`] that names the path and says `why`.
    pub fn wrong(&self, why: impl std::fmt::Display) -> Error {
        Error::Data(format!("{}: {why}", self.path.display()))
    }

    /// Returns all rows, piece by piece.
    ///
    /// # Errors
    /// As [`PartFile::open`].
    pub fn pieces(&self) -> Result<RowChunks> {
        match &self.content {
            Content::Parquet(metadata) => {
                let source = Source::open(&self.path)?;
                self.built(0, &source, reader(metadata, &source))
            }
            Content::Stored(rows) => Ok(self.of_stored(rows, (0, self.rows), None)),
        }
    }

    /// Returns the rows from `first` on, at most `n`, piece by piece. If `names` is given, only these columns are read. Row groups before
    /// and after these rows are not decoded.
    ///
    /// # Errors
    /// As [`PartFile::open`].
    pub fn range(&self, first: u64, n: u64, names: Option<&[&str]>) -> Result<RowChunks> {
        let metadata = match &self.content {
            Content::Parquet(metadata) => metadata,
            Content::Stored(rows) => return Ok(self.of_stored(rows, (first, n), names)),
        };
        let source = Source::open(&self.path)?;
        let (mut groups, mut before, mut at) = (Vec::new(), 0, 0u64);
        for (g, group) in metadata.metadata().row_groups().iter().enumerate() {
            let next = at.saturating_add(u64::try_from(group.num_rows()).unwrap_or(0));
            if at < first.saturating_add(n) && next > first {
                before = if groups.is_empty() { first.saturating_sub(at) } else { before };
                groups.push(g);
            }
            at = next;
        }
        let rows = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let mut reader = reader(metadata, &source).with_row_groups(groups).with_offset(rows(before)).with_limit(rows(n));
        if let Some(names) = names {
            let mask = ProjectionMask::columns(metadata.parquet_schema(), names.iter().copied());
            reader = reader.with_projection(mask);
        }
        self.built(first, &source, reader)
    }

    fn built(&self, next: u64, source: &Source, reader: ParquetRecordBatchReaderBuilder<Source>) -> Result<RowChunks> {
        let reader = reader.build().map_err(|e| source.error(&self.path, format!("damaged: {e}")))?;
        let pieces = Pieces::Parquet { source: source.clone(), reader: Box::new(reader) };
        Ok(RowChunks { path: self.path.clone(), pieces, next })
    }

    fn of_stored(&self, rows: &Arc<dyn StoredRows>, (first, n): (u64, u64), names: Option<&[&str]>) -> RowChunks {
        let names = names.map(|names| names.iter().map(ToString::to_string).collect());
        let pieces = Pieces::Stored { rows: rows.clone(), end: first.saturating_add(n).min(self.rows), names };
        RowChunks { path: self.path.clone(), pieces, next: first }
    }
}

fn reader(metadata: &ArrowReaderMetadata, source: &Source) -> ParquetRecordBatchReaderBuilder<Source> {
    ParquetRecordBatchReaderBuilder::new_with_metadata(source.clone(), metadata.clone()).with_batch_size(PIECE_ROWS)
}

fn read_meta(json: &str, hash: Option<&str>) -> std::result::Result<Meta, String> {
    let meta: Meta = serde_json::from_str(json).map_err(|e| format!("its description cannot be read: {e}"))?;
    if meta.format > FORMAT_VERSION {
        return Err(format!("format {} is newer than this program, which reads up to {FORMAT_VERSION}", meta.format));
    }
    match hash {
        Some(hash) if of_text(json) != hash => Err("its description was changed: the hash beside it is of another".to_string()),
        None if !meta.hashes.is_empty() => Err("its description was changed: the hash beside it is missing".to_string()),
        _ => Ok(meta),
    }
}

/// What is needed to read rows. The description was read, and nothing asks for the smallest and largest values of columns: without them a run of
/// thousands of parts takes a fraction of the memory.
fn slim(metadata: &ParquetMetaData) -> parquet::errors::Result<ParquetMetaData> {
    let file = metadata.file_metadata();
    let (created_by, orders) = (file.created_by().map(str::to_string), file.column_orders().cloned());
    let about = FileMetaData::new(file.version(), file.num_rows(), created_by, None, file.schema_descr_ptr(), orders);
    let group = |group: &RowGroupMetaData| {
        let columns = group
            .columns()
            .iter()
            .map(|column| column.clone().into_builder().clear_statistics().clear_page_encoding_stats().build());
        let columns = columns.collect::<parquet::errors::Result<Vec<_>>>()?;
        group.clone().into_builder().set_column_metadata(columns).build()
    };
    let groups = metadata.row_groups().iter().map(group).collect::<parquet::errors::Result<_>>()?;
    Ok(ParquetMetaData::new(about, groups))
}

/// Lets texts and bytes be read as views, many of which share one buffer. A value that a small file repeats ten thousand times is then not
/// copied ten thousand times.
fn bounded(metadata: &ArrowReaderMetadata) -> parquet::errors::Result<ArrowReaderMetadata> {
    let slim = Arc::new(slim(metadata.metadata())?);
    // Uses the types of Parquet itself. What the Arrow schema of another program adds (dictionaries, large offsets) is not needed.
    let plain = ArrowReaderMetadata::try_new(slim.clone(), ArrowReaderOptions::new().with_skip_arrow_metadata(true))?;
    let viewed = |field: &Arc<Field>| {
        let kind = match field.data_type() {
            DataType::Utf8 => DataType::Utf8View,
            DataType::Binary => DataType::BinaryView,
            other => other.clone(),
        };
        Field::clone(field).with_data_type(kind)
    };
    let fields: Vec<Field> = plain.schema().fields().iter().map(viewed).collect();
    let schema = Arc::new(Schema::new(fields));
    ArrowReaderMetadata::try_new(slim, ArrowReaderOptions::new().with_schema(schema))
}

impl RowChunks {
    /// Returns the next rows as they are stored, and the index of the first one. `None` at the end.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Data`] with the path.
    pub fn next_rows(&mut self) -> Result<Option<(u64, RecordBatch)>> {
        let rows = match &mut self.pieces {
            Pieces::Parquet { source, reader } => {
                // Where it skips rows, the decoder panics on some damaged pages instead of returning an error.
                let next = catch_unwind(AssertUnwindSafe(|| reader.next()));
                let damaged = |why: String| source.error(&self.path, format!("damaged: {why}"));
                let Some(rows) = next.map_err(|_| damaged("its pages do not hold what they say".to_string()))? else {
                    return Ok(None);
                };
                rows.map_err(|e| damaged(e.to_string()))?
            }
            Pieces::Stored { end, .. } if self.next >= *end => return Ok(None),
            Pieces::Stored { rows, end, names } => {
                let names: Option<Vec<&str>> = names.as_ref().map(|names| names.iter().map(String::as_str).collect());
                rows.read(self.next, (*end - self.next).min(PIECE_ROWS as u64), names.as_deref())?
            }
        };
        let first = self.next;
        self.next += rows.num_rows() as u64;
        Ok(Some((first, rows)))
    }
}

/// Converts each known column of `rows` to the kind that it has in traces of `world`.
///
/// # Errors
/// [`Error::Data`] with the row and the column of a value that cannot be converted, or if two columns have the same name.
pub fn typed<'a>(part: &'a PartFile, world: Option<&dyn World>, first: u64, rows: &RecordBatch) -> Result<RowChunk<'a>> {
    let of_world = |name: &str| {
        let column = world?.spec().columns.iter().find(|column| column.name == name)?;
        Some(kind_of_world(column.kind))
    };
    let mut named: Vec<(String, ArrayRef)> = Vec::with_capacity(rows.num_columns());
    for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
        let name = field.name();
        if named.iter().any(|(known, _)| known == name) {
            return Err(part.wrong(format!("two columns have the name '{name}'")));
        }
        let column = match kind_of(name).or_else(|| of_world(name)) {
            None => column.clone(),
            Some(kind) => as_kind(column, kind)
                .map_err(|(k, why)| part.wrong(format!("row {}: column '{name}': {why}", first + k as u64)))?,
        };
        named.push((name.clone(), column));
    }
    let rows = RecordBatch::try_from_iter_with_nullable(named.into_iter().map(|(name, array)| (name, array, true)));
    Ok(RowChunk { part, first, rows: rows.map_err(|e| part.wrong(e))? })
}

/// Reads a whole trace file without checking its rows.
///
/// # Errors
/// As [`PartFile::open`]; [`Error::Data`] if it is not a trace.
pub fn read(path: &Path) -> Result<Part> {
    let part = PartFile::open(path)?;
    let meta = part.meta.clone().ok_or_else(|| part.wrong(FOREIGN))?;
    let mut pieces = part.pieces()?;
    let mut batches = Vec::new();
    while let Some((first, rows)) = pieces.next_rows()? {
        batches.push(plain(typed(&part, None, first, &rows)?.rows)?);
    }
    let schema = batches.first().map_or_else(|| part.schema().clone(), RecordBatch::schema);
    let rows = concat_batches(&schema, &batches).map_err(|e| part.wrong(e))?;
    Ok(Part { path: path.to_path_buf(), meta, rows })
}

/// Converts views of texts and of histories back to the types in which they are written.
fn plain(rows: RecordBatch) -> Result<RecordBatch> {
    use arrow_array::cast::AsArray;
    let schema = rows.schema();
    let named = schema.fields().iter().zip(rows.columns()).map(|(field, column)| {
        let column: ArrayRef = match column.data_type() {
            DataType::BinaryView if field.name() == HISTORY => Arc::new(column.as_binary_view().iter().collect::<BinaryArray>()),
            DataType::Utf8View => as_kind(column, Kind::Text).unwrap_or_else(|_| column.clone()),
            _ => column.clone(),
        };
        (field.name().clone(), column, true)
    });
    let named: Vec<_> = named.collect();
    RecordBatch::try_from_iter_with_nullable(named).map_err(|e| Error::Data(e.to_string()))
}

/// The error message for a Parquet file that is not a trace of this program.
pub const FOREIGN: &str = "a Parquet file, but not a trace of this program: its metadata have no description under the key 'explorarium'; \
                           a program that rewrites a trace must keep the metadata of its schema";
