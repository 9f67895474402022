//! Rows of a part that are stored in something other than a Parquet file.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use crate::error::Result;

/// The rows of a part. They do not change, but more may follow.
pub trait StoredRows: std::fmt::Debug + Send + Sync {
    /// Columns of the rows.
    fn schema(&self) -> &SchemaRef;

    /// Reads `n` rows from row `first` on: these columns, or all. There are so many.
    ///
    /// # Errors
    /// [`crate::Error::Data`] or [`crate::Error::Io`] if they cannot be read.
    fn read(&self, first: u64, n: u64, names: Option<&[&str]>) -> Result<RecordBatch>;

    /// Rows that were added since these were listed, with the earlier ones; None if there are none.
    ///
    /// # Errors
    /// As [`StoredRows::read`]; [`crate::Error::Data`] if the rows are gone.
    fn grown(&self) -> Result<Option<(std::sync::Arc<dyn StoredRows>, u64)>>;

    /// The rows themselves, for those who know what they are stored in.
    fn as_any(&self) -> &dyn std::any::Any;
}
