//! Results of comparing recorded rows with replayed rows.

use crate::sim::Row;
use crate::traces::compare::FieldDifference;

/// A recorded row that differs from the replayed row.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Index of the row among the rows of the instance, from 0.
    pub row: u64,
    /// Number of the episode, in the replay.
    pub episode: u32,
    /// Steps taken in the episode, in the replay.
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

/// The result of comparing recorded rows with replayed rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Agreement {
    /// The row equals the replayed row in every column that a replay computes. So do all earlier rows that were compared.
    Agrees {
        /// Number of rows compared, from the first row of the instance on.
        compared: u64,
    },
    /// The first row that is known to differ: the row of the cursor or an earlier one.
    Differs(Difference),
}
