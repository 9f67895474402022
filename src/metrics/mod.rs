//! Results of a run (rates, means and scores from integer sums), and the estimators for recorded trajectories, which `measures` applies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::envs::WorldSpec;
use crate::sim::Stats;

pub mod aggregate;
pub mod averages;
pub mod bootstrap;
pub mod clusters;
pub mod correlation;
pub mod discovery;
pub mod entropy;
pub mod numbers;
pub mod shuffled;
#[cfg(test)]
mod simulated;
pub mod student;
pub mod transitions;

/// Crafter score: `exp(mean over achievements of ln(1 + s)) - 1`, s in percent (Hafner 2021).
#[expect(clippy::disallowed_methods, reason = "a figure for people; nothing is decided by it")]
pub fn crafter_score(percent: &[f64]) -> f64 {
    let mean = percent.iter().map(|s| (1.0 + s).ln()).sum::<f64>() / percent.len() as f64;
    mean.exp() - 1.0
}

/// Means over episodes. None if there is no episode (or no achievement).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Means {
    /// Percent of episodes in which each achievement was unlocked.
    pub success_rates: BTreeMap<String, f64>,
    /// [`crafter_score`] of the success rates, in percent.
    pub crafter_score: Option<f64>,
    /// Mean episode length in steps.
    pub mean_length: Option<f64>,
    /// Mean return of an episode: sum of rewards, in the world's units.
    pub mean_return: Option<f64>,
    /// Mean number of different achievements unlocked in an episode.
    pub mean_achievements: Option<f64>,
    /// Number of episodes counted.
    pub episodes: u64,
}

impl Means {
    /// Means of the sums in `stats`; `spec` gives the achievements and the units of rewards.
    pub fn of(stats: &Stats, spec: &WorldSpec) -> Means {
        let n = stats.episodes as f64;
        let mean = |sum: f64| (stats.episodes > 0).then_some(sum / n);
        let rate = |a: usize| 100.0 * stats.unlocked.get(a).copied().unwrap_or(0) as f64 / n;
        let rates: Vec<f64> = if stats.episodes == 0 { Vec::new() } else { (0..spec.achievements.len()).map(rate).collect() };
        Means {
            crafter_score: (!rates.is_empty()).then(|| crafter_score(&rates)),
            success_rates: spec.achievements.iter().cloned().zip(rates).collect(),
            mean_length: mean(stats.length as f64),
            mean_return: mean(stats.reward as f64 / f64::from(spec.reward_denominator)),
            mean_achievements: if spec.achievements.is_empty() { None } else { mean(stats.achievements as f64) },
            episodes: stats.episodes,
        }
    }
}

/// Distinct cells visited in an episode: their mean number, and its share of the map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Mean number of distinct cells visited in an episode; None without an episode.
    pub cells_per_episode: Option<f64>,
    /// That number divided by the number of cells of the map, from 0 to 1; None without an episode.
    pub share_of_map: Option<f64>,
}

impl Coverage {
    /// Coverage from the sums in `stats`; `spec` gives the size of the map.
    pub fn of(stats: &Stats, spec: &WorldSpec) -> Coverage {
        let cells = (stats.episodes > 0).then(|| stats.cells as f64 / stats.episodes as f64);
        Coverage { cells_per_episode: cells, share_of_map: cells.map(|c| c / f64::from(spec.size.0 * spec.size.1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_worked_by_hand() {
        let of = |n: usize, value: f64| crafter_score(&(0..22).map(|i| if i < n { value } else { 0.0 }).collect::<Vec<_>>());
        for (score, expected) in
            [(of(22, 50.0), 50.0), (of(2, 100.0), 0.521_287), (of(1, 50.0), 0.195_685), (of(11, 100.0), 9.049_876)]
        {
            assert!((score - expected).abs() < 1e-6, "{score} is not {expected}");
        }
    }
}
