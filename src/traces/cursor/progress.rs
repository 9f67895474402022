//! How far keyframes are made.

/// How far the thread that makes keyframes has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows of the shown instance that have been played and compared.
    pub rows: u64,
    /// Rows that it has.
    pub total: u64,
    /// Keyframes that are kept.
    pub keyframes: usize,
    /// Bytes that they take.
    pub bytes: usize,
    /// Work between two of them, in steps.
    pub interval: u64,
}

impl Progress {
    /// Whether all rows have been played.
    pub fn is_done(&self) -> bool {
        self.rows == self.total
    }
}
