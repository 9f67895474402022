//! Whether recorded rows are those that a replay gives.

use crate::sim::Row;
use crate::traces::compare::FieldDifference;

/// A row that a replay does not give as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The row, counted in the rows of the instance from 0.
    pub row: u64,
    /// Number of the episode, in the replay.
    pub episode: u32,
    /// Steps taken in it, in the replay.
    pub step: u32,
    /// The columns that differ, in the order of the file; at least one.
    pub fields: Vec<FieldDifference>,
}

impl Difference {
    pub(super) fn new(row: u64, replayed: &Row, fields: Vec<FieldDifference>) -> Difference {
        Difference { row, episode: replayed.episode, step: replayed.step, fields }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "episode {}, step {} (row {} of the instance): ", self.episode, self.step, self.row)?;
        for (k, field) in self.fields.iter().enumerate() {
            write!(f, "{}{field}", if k == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// What a comparison of recorded rows with replayed ones has found.
#[derive(Clone, Debug, PartialEq)]
pub enum Agreement {
    /// The row is the same in every column that a replay gives, and so is every earlier one that was compared.
    Agrees {
        /// Rows compared: so many from the first of the instance on.
        compared: u64,
    },
    /// The first row known to differ: the cursor's own, or an earlier one.
    Differs(Difference),
}
