//! The results: tables, curves, notes.

use super::table::Table;
use super::trajectory_statistics::{Measure, Progress};
use super::units::Unit;
use crate::envs::Family;
use crate::metrics::bootstrap::Interval;

/// Number of steps, mean over the units with at least that many steps, and its interval.
pub type CurvePoint = (u64, f64, Option<Interval>);

/// A group's mean over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The measure whose headline figure the curve shows.
    pub measure: Measure,
    /// Name of the group.
    pub group: String,
    /// Its points, in the order of their steps.
    pub points: Vec<CurvePoint>,
}

/// All results.
#[derive(Clone, Debug)]
pub struct Report {
    /// Family of all worlds in the record.
    pub family: Family,
    /// Name of the abstraction that distinguishes states.
    pub key: String,
    /// The names of all parts of the key.
    pub key_parts: String,
    /// Distinct states in all trajectories.
    pub states: u64,
    /// Number of states that count as full coverage.
    pub reachable: u64,
    /// Largest number of steps of each trajectory that are used.
    pub budget: u64,
    /// The measures, in the order of the columns.
    pub measures: Vec<Measure>,
    /// The quantity in the columns `progress`.
    pub progress: Progress,
    /// The unit that intervals and correlations treat as independent.
    pub unit: Unit,
    /// Resamples of each bootstrap interval.
    pub resamples: u32,
    /// Names of the groups, in the order in which they were given.
    pub groups: Vec<String>,
    /// One row for each trajectory.
    pub per_instance: Table,
    /// One row for each unit: the means of its instances.
    pub units: Table,
    /// One row for each trajectory and window: the measures over all steps up to the end of the window.
    pub over_time: Table,
    /// One row for each episode: the measures of this episode alone.
    pub per_episode: Table,
    /// One row for each trajectory and achievement: steps until the first unlock, or, marked as censored, all steps. Empty if achievements
    /// are not measured.
    pub unlocks: Table,
    /// One row for each group and figure: mean, standard deviation, median, interquartile mean and intervals over units; value of the
    /// pooled group.
    pub summary: Table,
    /// One row for each group, figure and window: mean, with intervals, over the units that reach the end of the window.
    pub group_over_time: Table,
    /// One row for each group and figure: its correlations with progress. Several groups also have rows under [`super::ALL`].
    pub correlations: Table,
    /// One row for each pair of groups: Jaccard index of the states departed from, Jensen-Shannon divergence of the visits in nats.
    pub similarity: Table,
    /// One curve for each measure and group.
    pub curves: Vec<Curve>,
    /// Notes for the user on how the traces were read.
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
