//! Rows of a part that are stored in something other than a Parquet file.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::timeline::Timeline;
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
    fn grown(&self) -> Result<Option<(Arc<dyn StoredRows>, u64)>>;

    /// Reads on the times of the rows, and what happened besides. Returns whether something is new.
    ///
    /// # Errors
    /// As [`StoredRows::read`].
    fn timeline(&self, known: &mut Timeline) -> Result<bool>;
}
