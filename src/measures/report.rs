//! What was measured: tables, curves, notes.

use super::table::Table;
use super::trajectory_statistics::{Measure, Progress};
use super::units::Unit;
use crate::envs::Family;
use crate::metrics::bootstrap::Interval;

/// A group's mean over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The measure whose headline figure is followed.
    pub measure: Measure,
    /// Name of the group.
    pub group: String,
    /// Steps, mean of the units that lasted so long, its interval.
    pub points: Vec<(u64, f64, Option<Interval>)>,
}

/// All that came out.
#[derive(Clone, Debug)]
pub struct Report {
    /// Family of all worlds in the record.
    pub family: Family,
    /// Name of the abstraction that tells states apart.
    pub key: String,
    /// The key with its parts named.
    pub key_parts: String,
    /// Distinct states in all trajectories.
    pub states: u64,
    /// Number of states that coverage is a share of.
    pub reachable: u64,
    /// Steps of each trajectory that count, at most.
    pub budget: u64,
    /// What was measured, in the order of the columns.
    pub measures: Vec<Measure>,
    /// What the columns `progress` hold.
    pub progress: Progress,
    /// What intervals and correlations take as independent.
    pub unit: Unit,
    /// Resamples of each bootstrap interval.
    pub resamples: u32,
    /// In the order in which they were given.
    pub groups: Vec<String>,
    /// One row a trajectory.
    pub per_instance: Table,
    /// One row a unit: the means of its instances.
    pub units: Table,
    /// One row a trajectory and window: the measures over all steps up to its end.
    pub over_time: Table,
    /// One row an episode: its measures alone.
    pub per_episode: Table,
    /// One row a trajectory and achievement: steps to the first unlock, or, censored, all steps. Empty where achievements are not measured.
    pub unlocks: Table,
    /// One row a group and figure: mean, standard deviation, median, interquartile mean and intervals over units; value of the pooled group.
    pub summary: Table,
    /// One row a group, figure and window: mean, with intervals, of the units that lasted so long.
    pub group_over_time: Table,
    /// One row a group and figure: its correlations with progress. Several groups have rows under [`super::ALL`] too.
    pub correlations: Table,
    /// One row a pair of groups: Jaccard index of the states departed from, Jensen-Shannon divergence of the visits in nats.
    pub similarity: Table,
    /// One a measure and group.
    pub curves: Vec<Curve>,
    /// What a reader should know of how the traces were read.
    pub notes: Vec<String>,
    /// Figures that should not be trusted, and why.
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
