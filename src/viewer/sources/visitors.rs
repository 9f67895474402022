//! The episodes of a recording that went to a cell.

/// The episodes that went to a cell, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitors {
    /// Column and row of the cell.
    pub cell: (u32, u32),
    /// In the order of instances and rows.
    pub episodes: Vec<EpisodeVisits>,
    /// Rows read, and rows that there are.
    pub rows: (u64, u64),
    /// Why the rest cannot be read.
    pub failed: Option<String>,
}

/// The visits of an episode to a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpisodeVisits {
    /// The instance.
    pub instance: u32,
    /// Number of the episode as recorded.
    pub episode: u32,
    /// Rows in which the player was on the cell.
    pub visits: u64,
    /// The first of them, and its step.
    pub first: (u64, u32),
}

impl Visitors {
    /// Whether all rows are read.
    pub fn is_done(&self) -> bool {
        self.failed.is_some() || self.rows.0 >= self.rows.1
    }
}
