//! What was measured: tables, curves, notes.

use super::table::Table;
use super::trajectory_statistics::{Measure, Progress};
use super::units::Unit;
use crate::envs::Family;
use crate::metrics::bootstrap::Interval;

/// A group's mean over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub measure: Measure,
    pub group: String,
    /// Steps, mean of the units that lasted so long, its interval.
    pub points: Vec<(u64, f64, Option<Interval>)>,
}

/// All that came out.
#[derive(Clone, Debug)]
pub struct Report {
    pub family: Family,
    pub key: String,
    /// The key with its parts named.
    pub key_parts: String,
    pub states: u64,
    pub reachable: u64,
    pub budget: u64,
    pub measures: Vec<Measure>,
    pub progress: Progress,
    pub unit: Unit,
    pub resamples: u32,
    /// In the order in which they were given.
    pub groups: Vec<String>,
    /// One row a trajectory.
    pub per_instance: Table,
    /// One row a unit: the means of its instances.
    pub units: Table,
    pub over_time: Table,
    pub per_episode: Table,
    /// Empty without achievements.
    pub unlocks: Table,
    pub summary: Table,
    pub group_over_time: Table,
    pub correlations: Table,
    pub similarity: Table,
    pub curves: Vec<Curve>,
    pub notes: Vec<String>,
    pub warnings: Vec<String>,
}

impl Report {
    /// All tables that have rows.
    pub fn tables(&self) -> Vec<&Table> {
        let all = [
            &self.per_instance,
            &self.units,
            &self.over_time,
            &self.per_episode,
            &self.unlocks,
            &self.summary,
            &self.group_over_time,
            &self.correlations,
            &self.similarity,
        ];
        all.into_iter().filter(|table| table.rows() > 0).collect()
    }
}
