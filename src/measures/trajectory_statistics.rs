//! Statistics of one trajectory, of one episode of it, or of all trajectories of a group together.

use super::trajectories::Step;
use crate::metrics::crafter_score;
use crate::metrics::discovery::{Discovery, Unlocks};
use crate::metrics::numbers::ln;
use crate::metrics::shuffled::{self, Shuffles};
use crate::metrics::transitions::Transitions;

/// A measure of trajectories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Plug-in entropy of the visits to states, in nats.
    Entropy,
    /// Information gained about the transitions under a Dirichlet prior, in nats.
    InformationGain,
    /// Mutual information of action and next state over one step, for the actions that were taken: `I(A; S' | S)`.
    ActionInformation,
    /// Distinct states.
    Coverage,
    /// Distinct achievements, and the Crafter score.
    Achievements,
}

impl Measure {
    /// All measures, in the order of the report.
    pub const ALL: [Measure; 5] =
        [Measure::Entropy, Measure::InformationGain, Measure::ActionInformation, Measure::Coverage, Measure::Achievements];

    /// The name on the command line and in results.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Entropy => "entropy",
            Measure::InformationGain => "information-gain",
            Measure::ActionInformation => "action-information",
            Measure::Coverage => "coverage",
            Measure::Achievements => "achievements",
        }
    }

    /// Parses a current or an older name.
    pub fn parse(name: &str) -> Option<Measure> {
        let (older, now) = OLDER_NAME;
        Measure::ALL.into_iter().find(|measure| measure.name() == if name == older { now } else { name })
    }

    /// Returns the columns that are shown over time and correlated with progress, the headline figure first.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Measure::Entropy => &["entropy_nats"],
            Measure::InformationGain => &["information_gain_nats"],
            Measure::ActionInformation => &["action_information_excess_bits", "action_information_bits"],
            Measure::Coverage => &["unique_states"],
            Measure::Achievements => &["achievements"],
        }
    }

    /// The column with its headline figure.
    pub fn column(self) -> &'static str {
        self.columns()[0]
    }

    /// The headline figure in words, with its estimator and unit.
    pub fn title(self) -> &'static str {
        match self {
            Measure::Entropy => "State entropy, plug-in (nats)",
            Measure::InformationGain => "Information gain, Dirichlet (nats)",
            Measure::ActionInformation => "I(A; S' | S) less shuffled (bits)",
            Measure::Coverage => "Unique states",
            Measure::Achievements => "Achievements unlocked",
        }
    }
}

/// The older name of [`Measure::ActionInformation`], and the current one. The source calls it empowerment, which here is the capacity that
/// `map` shows.
pub const OLDER_NAME: (&str, &str) = ("empowerment", "action-information");

/// Returns the unit of a column, or "" for a plain number.
pub fn unit_of(column: &str) -> &'static str {
    match column {
        "entropy_nats"
        | "entropy_miller_madow_nats"
        | "information_gain_nats"
        | "information_gain_counted_nats"
        | "jensen_shannon_nats" => "nats",
        "action_information_bits"
        | "action_information_shuffled_bits"
        | "action_information_excess_bits"
        | "action_entropy_bits" => "bits",
        "score_percent" => "percent",
        name if name == "steps" || name.starts_with("steps_to_") => "steps",
        _ => "",
    }
}

/// Returns the smallest and the largest value that a figure can have.
pub fn bounds(column: &str) -> (f64, f64) {
    match column {
        "action_information_excess_bits" | "return" | "mean_return" => (f64::NEG_INFINITY, f64::INFINITY),
        "entropy_over_ln_visits" | "entropy_over_ln_states" | "transitions_seen_once" | "coverage" | "coverage_area" => {
            (0.0, 1.0)
        }
        "score_percent" => (0.0, 100.0),
        _ => (0.0, f64::INFINITY),
    }
}

/// The progress of a trajectory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Different achievements unlocked, over all episodes.
    Achievements,
    /// Crafter score over its episodes, including the unfinished one.
    Score,
    /// Mean return of its episodes, including the unfinished one.
    Return,
}

impl Progress {
    /// The name on the command line and in results.
    pub fn name(self) -> &'static str {
        match self {
            Progress::Achievements => "achievements",
            Progress::Score => "score",
            Progress::Return => "return",
        }
    }

    /// The name in words, for the axis of a figure.
    pub fn title(self) -> &'static str {
        match self {
            Progress::Achievements => "Achievements unlocked",
            Progress::Score => "Crafter score (%)",
            Progress::Return => "Mean return",
        }
    }
}

/// Sums over the steps seen so far.
#[derive(Clone, Debug)]
pub struct TrajectoryStatistics {
    pub transitions: Transitions,
    pub discovery: Discovery,
    pub unlocks: Unlocks,
    /// Steps, without the first rows of episodes.
    pub steps: u64,
    pub episodes: u64,
    pub terminations: u64,
    reward: f64,
    /// Number of episodes before the current one in which each achievement was unlocked.
    unlocked_in: Vec<u64>,
    /// Achievements unlocked in the current episode, as bits.
    mask: u64,
    /// Whether the current episode has a step.
    played: bool,
    /// Episode and state of the previous row.
    last: Option<(u32, u64)>,
}

impl TrajectoryStatistics {
    /// Creates the statistics before the first step, for `states` states and `achievements` achievements.
    pub fn new(states: u64, achievements: usize) -> TrajectoryStatistics {
        TrajectoryStatistics {
            transitions: Transitions::new(states),
            discovery: Discovery::default(),
            unlocks: Unlocks::new(achievements),
            steps: 0,
            episodes: 0,
            terminations: 0,
            reward: 0.0,
            unlocked_in: vec![0; achievements],
            mask: 0,
            played: false,
            last: None,
        }
    }

    /// Starts another trajectory, whose first row has no previous row.
    pub fn cut(&mut self) {
        self.last = None;
    }

    pub fn see(&mut self, step: &Step) {
        // There is no transition into the row of a restored state. The rows from it on count as in `run`: as an episode that includes what
        // came before.
        let begins = step.action.is_none() || self.last.is_none_or(|(episode, _)| episode != step.episode);
        if begins {
            let mask = std::mem::take(&mut self.mask);
            self.unlocked_in.iter_mut().enumerate().for_each(|(a, n)| *n += mask >> a & 1);
            self.played = false;
        }
        // A first state without an action after it is not an episode.
        if !self.played && (step.action.is_some() || step.step > 0) {
            self.episodes += 1;
            self.played = true;
        }
        match step.action {
            None => self.discovery.begin(step.state),
            Some(action) => {
                self.steps += 1;
                self.discovery.visit(step.state);
                // Without a previous row, as where a recording begins in the middle, the state before this step is unknown.
                if let Some((_, from)) = self.last.filter(|_| !begins) {
                    self.transitions.add(from, action, step.state);
                }
            }
        }
        self.mask = if self.played { self.mask | step.unlocked } else { 0 };
        self.unlocks.see(step.unlocked, self.steps);
        self.reward += step.reward;
        self.terminations += u64::from(step.terminated);
        self.last = Some((step.episode, step.state));
    }

    /// Returns the percent of episodes, including the current one, in which each achievement was unlocked.
    fn success(&self) -> Vec<f64> {
        let share = |(a, n): (usize, &u64)| 100.0 * (n + (self.mask >> a & 1)) as f64 / self.episodes as f64;
        self.unlocked_in.iter().enumerate().map(share).collect()
    }

    /// Returns the progress so far. None before the first episode, without achievements if they are needed, and if the return is unknown.
    pub fn progress(&self, what: Progress) -> Option<f64> {
        let any = !self.unlocked_in.is_empty();
        match what {
            _ if self.episodes == 0 => None,
            Progress::Achievements => any.then(|| f64::from(self.unlocks.distinct())),
            Progress::Score => any.then(|| crafter_score(&self.success())),
            // The reward before a restored state may be unknown.
            Progress::Return => Some(self.reward / self.episodes as f64).filter(|mean| mean.is_finite()),
        }
    }

    /// Returns the names and values of all figures of `measure`. `reachable` is the number of states that count as full coverage.
    /// `shuffles` shuffles the actions.
    pub fn figures(&self, measure: Measure, reachable: u64, shuffles: &Shuffles) -> Vec<(&'static str, Option<f64>)> {
        let table = &self.transitions;
        let visits = table.departures();
        let known = |value: f64| (!table.is_empty()).then_some(value);
        match measure {
            Measure::Entropy => vec![
                ("entropy_nats", known(visits.nats())),
                ("entropy_miller_madow_nats", known(visits.miller_madow())),
                ("entropy_over_ln_visits", visits.of_visits()),
                ("entropy_over_ln_states", visits.of_states()),
            ],
            Measure::InformationGain => vec![
                ("information_gain_nats", known(table.information_gain())),
                ("information_gain_counted_nats", known(table.information_gain_counted())),
            ],
            Measure::ActionInformation => {
                let bits = |nats: f64| nats / ln(2.0);
                let value = known(table.action_information());
                let shuffled = shuffled::action_information(table, shuffles);
                vec![
                    ("action_information_bits", value.map(bits)),
                    ("action_information_shuffled_bits", shuffled.map(bits)),
                    (
                        "action_information_excess_bits",
                        value.zip(shuffled).map(|(value, shuffled)| bits(difference(value, shuffled))),
                    ),
                    ("action_entropy_bits", known(bits(table.action_entropy()))),
                    ("transitions_seen_once", table.seen_once()),
                ]
            }
            Measure::Coverage => {
                let unique = self.discovery.unique() as f64;
                vec![
                    ("unique_states", Some(unique)),
                    ("coverage", (reachable > 0).then(|| unique / reachable as f64)),
                    ("coverage_area", self.discovery.area(reachable)),
                    ("states_per_termination", (self.terminations > 0).then(|| unique / self.terminations as f64)),
                ]
            }
            Measure::Achievements => {
                vec![("achievements", self.progress(Progress::Achievements)), ("score_percent", self.progress(Progress::Score))]
            }
        }
    }
}

/// Returns `a - b`, or 0 if the difference is no larger than the rounding of the sums that they come from.
fn difference(a: f64, b: f64) -> f64 {
    const ROUNDING: f64 = 1e-12;
    let left = a - b;
    if left.abs() <= ROUNDING * a.abs().max(b.abs()) { 0.0 } else { left }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(episode: u32, action: Option<u32>, state: u64, unlocked: u64) -> Step {
        let reward = f64::from(action.unwrap_or(0));
        Step { episode, step: 0, action, reward, terminated: false, truncated: false, state, unlocked }
    }

    #[test]
    fn no_transition_leads_from_one_episode_into_the_next() {
        let mut statistics = TrajectoryStatistics::new(4, 2);
        let rows =
            [(1, None, 7, 0), (1, Some(1), 8, 1), (1, Some(2), 9, 1), (2, None, 7, 0), (2, Some(1), 8, 2), (3, Some(0), 6, 0)];
        rows.iter().for_each(|&(episode, action, state, unlocked)| statistics.see(&step(episode, action, state, unlocked)));
        assert_eq!(
            (statistics.steps, statistics.episodes, statistics.transitions.len()),
            (4, 3, 3),
            "episode 3 begins in the middle"
        );
        assert_eq!(
            statistics.transitions.departures().counts().iter().map(|(s, n)| (*s, *n)).collect::<Vec<_>>(),
            [(7, 2), (8, 1)]
        );
        assert_eq!((statistics.discovery.unique(), statistics.unlocks.first()), (4, &[Some(1), Some(3)][..]));
        assert_eq!(statistics.progress(Progress::Achievements), Some(2.0));
        assert_eq!(statistics.progress(Progress::Return), Some(4.0 / 3.0));
        // Each achievement is unlocked in one of three episodes.
        let score = statistics.progress(Progress::Score).expect("a score");
        assert!((score - 100.0 / 3.0).abs() < 1e-9, "{score}");
    }

    #[test]
    fn a_trajectory_without_a_step_has_no_figures() {
        let statistics = TrajectoryStatistics::new(4, 0);
        for measure in Measure::ALL {
            let figures = statistics.figures(measure, 0, &Shuffles { seed: 0, trajectory: 0, part: 0 });
            assert!(measure.columns().iter().all(|column| figures.iter().any(|(name, _)| name == column)), "{figures:?}");
            assert!(measure == Measure::Coverage || figures.iter().all(|(_, value)| value.is_none()), "{figures:?}");
        }
    }

    #[test]
    fn names_are_read_the_older_one_too() {
        for measure in Measure::ALL {
            assert_eq!(Measure::parse(measure.name()), Some(measure));
        }
        assert_eq!((Measure::parse("empowerment"), Measure::parse("power")), (Some(Measure::ActionInformation), None));
    }
}
