//! Measures a trajectory: after each window, for each episode, and as a whole.

use super::table::Cell;
use super::trajectories::{Record, Step, Trajectory};
use super::trajectory_statistics::{Measure, Progress, TrajectoryStatistics};
use super::units::Unit;
use crate::error::{Error, Result};
use crate::metrics::bootstrap::RESAMPLES;
use crate::metrics::shuffled::Shuffles;

/// Shares of the reachable states, each with the column that reports the steps until it was reached.
pub const SHARES: [(f64, &str); 4] = [(0.25, "steps_to_25"), (0.5, "steps_to_50"), (0.75, "steps_to_75"), (0.9, "steps_to_90")];

/// Column of the mean return of the episodes so far, the unfinished one included.
pub(super) const MEAN_RETURN: &str = "mean_return";

/// The settings of a measurement.
#[derive(Clone, Debug)]
pub struct Plan {
    /// None: all measures that the worlds have.
    pub measures: Option<Vec<Measure>>,
    /// None: achievements if the worlds have some, otherwise the return.
    pub progress: Option<Progress>,
    /// Number of points of the curves over time.
    pub windows: u64,
    /// Number of steps of each trajectory that are used. None: all of them.
    pub budget: Option<u64>,
    /// Number of states that can be reached. None: the number of states in all trajectories.
    pub reachable: Option<u64>,
    /// The unit that counts as independent.
    pub unit: Unit,
    /// Seed of the bootstrap and of the shuffles.
    pub seed: u64,
    /// Resamples of each bootstrap interval.
    pub resamples: u32,
}

impl Default for Plan {
    fn default() -> Plan {
        let unit = Unit::Run;
        Plan { measures: None, progress: None, windows: 20, budget: None, reachable: None, unit, seed: 0, resamples: RESAMPLES }
    }
}

/// The resolved settings, which hold for all trajectories.
pub(super) struct Setting<'a> {
    pub record: &'a Record,
    pub measures: Vec<Measure>,
    pub progress: Progress,
    pub reachable: u64,
    pub budget: u64,
    /// Seed of the shuffles.
    pub seed: u64,
    /// Ends of the windows, in steps.
    ends: Vec<u64>,
}

/// Marks the part numbers of episodes for the shuffles. Part numbers without this bit are numbers of steps.
const EPISODES: u32 = 1 << 31;

/// One row of a table.
pub(super) type Line<'a> = Vec<(&'a str, Cell)>;

/// The results of one trajectory.
pub(super) struct Measured<'a> {
    pub instance: Line<'a>,
    pub windows: Vec<Line<'a>>,
    pub episodes: Vec<Line<'a>>,
    pub unlocks: Vec<Line<'a>>,
}

/// Resolves and checks `plan` for `record`.
///
/// # Errors
/// [`Error::Usage`] if the worlds do not support `plan`; [`Error::Data`] if no trajectory has a step.
pub(super) fn setting<'a>(record: &'a Record, plan: &Plan) -> Result<Setting<'a>> {
    let unlocks = !record.achievements.is_empty();
    let there = |measure: &Measure| unlocks || *measure != Measure::Achievements;
    let none = |what: &str| Error::Usage(format!("{what}: {:?} has no achievements", record.family));
    let measures = match &plan.measures {
        None => Measure::ALL.into_iter().filter(there).collect(),
        Some(asked) if asked.iter().all(there) => asked.clone(),
        Some(_) => return Err(none("--measure achievements")),
    };
    let progress = plan.progress.unwrap_or(if unlocks { Progress::Achievements } else { Progress::Return });
    if !unlocks && progress != Progress::Return {
        return Err(none(&format!("--progress {}", progress.name())));
    }
    let longest = record.trajectories.iter().map(|trajectory| steps(&trajectory.steps)).max().unwrap_or(0);
    if longest == 0 {
        return Err(Error::Data("no step was taken in these traces: there is nothing to measure".to_string()));
    }
    let budget = plan.budget.unwrap_or(longest).min(longest);
    let windows = plan.windows.clamp(1, budget);
    let ends = (1..=windows).map(|w| (u128::from(budget) * u128::from(w) / u128::from(windows)) as u64).collect();
    let reachable = plan.reachable.unwrap_or(record.states);
    if reachable < record.states {
        let (states, key) = (record.states, record.abstraction.name());
        return Err(Error::Usage(format!(
            "--reachable {reachable}: these traces reached {states} different states (key {key}); give at least {states}, a coarser --key, \
             or leave it away"
        )));
    }
    Ok(Setting { record, measures, progress, reachable, budget, seed: plan.seed, ends })
}

/// Counts the rows with an action.
fn steps(rows: &[Step]) -> u64 {
    rows.iter().filter(|row| row.action.is_some()).count() as u64
}

impl Setting<'_> {
    /// Returns the rows of a trajectory within the budget.
    pub fn within<'t>(&self, trajectory: &'t Trajectory) -> impl Iterator<Item = &'t Step> {
        let budget = self.budget;
        let mut taken = 0;
        trajectory.steps.iter().take_while(move |row| {
            taken += u64::from(row.action.is_some());
            taken <= budget
        })
    }

    pub fn statistics(&self) -> TrajectoryStatistics {
        TrajectoryStatistics::new(self.record.states, self.record.achievements.len())
    }

    /// Returns names and values of all that is measured, for part `part` of trajectory `number`.
    pub fn values(&self, statistics: &TrajectoryStatistics, number: u32, part: u32) -> Vec<(&'static str, Option<f64>)> {
        let shuffles = Shuffles { seed: self.seed, trajectory: number, part };
        self.measures.iter().flat_map(|measure| statistics.figures(*measure, self.reachable, &shuffles)).collect()
    }

    fn figures(&self, statistics: &TrajectoryStatistics, number: u32, part: u32) -> Line<'static> {
        self.values(statistics, number, part).into_iter().map(|(name, value)| (name, Cell::Real(value))).collect()
    }

    /// Measures a trajectory after each window, for each episode, and as a whole.
    pub fn measure<'t>(&'t self, trajectory: &'t Trajectory, number: u32) -> Measured<'t> {
        let mut statistics = self.statistics();
        let mut windows = Vec::new();
        let mut ends = self.ends.iter().enumerate().peekable();
        for row in self.within(trajectory) {
            statistics.see(row);
            while let Some((w, end)) = ends.next_if(|(_, end)| **end <= statistics.steps) {
                let time = vec![("window", Cell::Whole(Some(w as u64 + 1))), ("steps", Cell::Whole(Some(*end)))];
                windows.push(
                    [
                        ids(trajectory),
                        time,
                        self.figures(&statistics, number, so_far(&statistics)),
                        self.progress(&statistics),
                        vec![(MEAN_RETURN, Cell::Real(statistics.progress(Progress::Return)))],
                    ]
                    .concat(),
                );
            }
        }
        let (instance, episodes) = (self.instance(trajectory, &statistics, number), self.episodes(trajectory, number));
        Measured { instance, windows, episodes, unlocks: self.unlocks(trajectory, &statistics) }
    }

    fn progress(&self, statistics: &TrajectoryStatistics) -> Line<'static> {
        vec![("progress", Cell::Real(statistics.progress(self.progress)))]
    }

    fn instance<'t>(&self, trajectory: &'t Trajectory, statistics: &TrajectoryStatistics, number: u32) -> Line<'t> {
        let sums = vec![
            ("steps", Cell::Whole(Some(statistics.steps))),
            ("episodes", Cell::Whole(Some(statistics.episodes))),
            ("terminations", Cell::Whole(Some(statistics.terminations))),
            (MEAN_RETURN, Cell::Real(statistics.progress(Progress::Return))),
        ];
        let reached =
            |(share, name): (f64, &'static str)| (name, Cell::Whole(statistics.discovery.steps_to(share, self.reachable)));
        let coverage = self.measures.contains(&Measure::Coverage);
        let times = SHARES.into_iter().filter(|_| coverage).map(reached).collect();
        [ids(trajectory), sums, self.figures(statistics, number, so_far(statistics)), times, self.progress(statistics)].concat()
    }

    fn episodes<'t>(&self, trajectory: &'t Trajectory, number: u32) -> Vec<Line<'t>> {
        let rows: Vec<&Step> = self.within(trajectory).collect();
        let episode = |(nth, rows): (usize, &[&Step])| {
            let mut statistics = self.statistics();
            rows.iter().for_each(|row| statistics.see(row));
            let (first, last) = (rows.first(), rows.last());
            let head = vec![
                ("episode", Cell::Whole(first.map(|row| u64::from(row.episode)))),
                ("steps", Cell::Whole(Some(statistics.steps))),
                ("terminated", Cell::Whole(last.map(|row| u64::from(row.terminated)))),
                ("truncated", Cell::Whole(last.map(|row| u64::from(row.truncated)))),
                ("return", Cell::Real(statistics.progress(Progress::Return))),
            ];
            [ids(trajectory), head, self.figures(&statistics, number, EPISODES | nth as u32)].concat()
        };
        let stretches = rows.chunk_by(|a, b| a.episode == b.episode && b.action.is_some());
        // As in `TrajectoryStatistics`, a first state without an action after it is not an episode.
        stretches.filter(|rows| rows.iter().any(|row| row.action.is_some() || row.step > 0)).enumerate().map(episode).collect()
    }

    /// Returns one row for each achievement: the step of its first unlock, or, marked as censored, the number of steps without it.
    fn unlocks<'t>(&self, trajectory: &'t Trajectory, statistics: &TrajectoryStatistics) -> Vec<Line<'t>> {
        if !self.measures.contains(&Measure::Achievements) {
            return Vec::new();
        }
        let row = |(name, first): (&String, &Option<u64>)| {
            let rest = vec![
                ("achievement", Cell::Text(name.clone())),
                ("steps", Cell::Whole(Some(first.unwrap_or(statistics.steps)))),
                ("censored", Cell::Whole(Some(u64::from(first.is_none())))),
            ];
            [ids(trajectory), rest].concat()
        };
        self.record.achievements.iter().zip(statistics.unlocks.first()).map(row).collect()
    }
}

/// Returns the part number of the steps seen so far.
pub(super) fn so_far(statistics: &TrajectoryStatistics) -> u32 {
    statistics.steps as u32 & !EPISODES
}

fn ids(trajectory: &Trajectory) -> Line<'static> {
    vec![
        ("group", Cell::Text(trajectory.group.clone())),
        ("run", Cell::Text(trajectory.run.clone())),
        ("instance", Cell::Whole(Some(u64::from(trajectory.instance)))),
        ("env", Cell::Text(trajectory.env.clone())),
    ]
}
