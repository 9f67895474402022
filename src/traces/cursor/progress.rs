//! The progress of the background thread.

/// The progress of the thread that makes keyframes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows of the shown instance that have been replayed and compared.
    pub rows: u64,
    /// Number of rows of the shown instance.
    pub total: u64,
    /// Number of stored keyframes.
    pub keyframes: usize,
    /// Memory of the keyframes, in bytes.
    pub bytes: usize,
    /// Work between two keyframes, in steps.
    pub interval: u64,
}

impl Progress {
    /// Whether all rows have been replayed.
    pub fn is_done(&self) -> bool {
        self.rows == self.total
    }
}
