//! `sweep.json`: the value of each figure for each seed, and aggregates over the seeds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::summary::Summary;
use super::sweep_plan::SweepPlan;
use crate::error::Result;
use crate::metrics::aggregate::Aggregate;
use crate::metrics::bootstrap::{Dice, Interval, LEVEL, RESAMPLES};
use crate::metrics::clusters::Sample;

/// The results of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    /// Id of the environment, or the path of its TOML file.
    pub env: String,
    /// Name of the agent.
    pub agent: String,
    /// Random stream in play: `numpy` or `keyed`.
    pub stream: String,
    /// `fresh` or `pool:N`.
    pub worlds: String,
    /// `same-step`, `next-step` or `off`.
    pub reset: String,
    /// Instances in the batch of each seed.
    pub num_envs: usize,
    /// Steps of each seed's run, all instances together.
    pub steps: u64,
    /// Numbers of the seeds, in the order in which they were run.
    pub seeds: Vec<u64>,
    /// One run for each seed, in the order of `seeds`. The values of the figures below are in this order too.
    pub runs: Vec<SweptRun>,
    /// Level of the intervals, from 0 to 1.
    pub level: f64,
    /// Resamples of each bootstrap interval.
    pub resamples: u32,
    /// Warnings about the figures.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Crafter score (Hafner) in percent, 0 to 100.
    pub crafter_score: Figure,
    /// Return of an episode.
    pub mean_return: Figure,
    /// Steps of an episode.
    pub mean_length: Figure,
    /// Distinct achievements of an episode.
    pub mean_achievements: Figure,
    /// Distinct cells visited in an episode.
    pub cells_per_episode: Figure,
    /// Steps per second of the whole batch, on the machine that ran it.
    pub steps_per_s: Figure,
    /// Fused value of the bonuses, mean over transitions.
    pub bonus_mean: Figure,
    /// Percent of episodes with each achievement.
    pub success_rates: BTreeMap<String, Figure>,
}

/// A short summary of a seed's run. The full one is in its folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweptRun {
    /// Number of the seed within the sweep.
    pub seed: u64,
    /// Seed of its batch: instance i has this seed + i.
    pub batch_seed: i64,
    /// Seed of its agent.
    pub agent_seed: u64,
    /// Steps of all instances together.
    pub steps: u64,
    /// Finished episodes of all instances together.
    pub episodes: u64,
    /// `cpu` or `gpu`.
    pub backend: String,
    /// Name of the GPU; on the CPU, processor and platform.
    pub adapter: String,
    /// Checksum of the stored state of all instances, 16 hexadecimal digits.
    pub checksum: String,
}

/// A figure over seeds. A seed without a value (no episode finished, no achievements in this world) is ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// One value for each seed.
    pub values: Vec<Option<f64>>,
    /// Seeds that have a value.
    pub units: usize,
    /// Mean of the values. None if no seed has one.
    pub mean: Option<f64>,
    /// Bounds of the interval of the mean by Student's t, cut to the possible range. None for fewer than two values.
    #[serde(default)]
    pub mean_interval: Option<[f64; 2]>,
    /// Standard deviation of the sample, divided by n - 1. (The Crafter paper prints numpy's `std`, which divides by n.) None for fewer
    /// than two values.
    pub sd: Option<f64>,
    /// Interquartile mean. With fewer than four values it is the mean, because nothing is cut. If less than a quarter of the seeds ever
    /// succeed, it is 0 and the mean is not.
    pub iqm: Option<f64>,
    /// Bounds of the interval of the interquartile mean by Tukey's and McLaughlin's t. None for fewer than two values, or if only the
    /// values that are cut vary.
    pub iqm_interval: Option<[f64; 2]>,
    /// Bounds of its percentile bootstrap interval (Agarwal et al. 2021). Seeds of one world are one stratum. Too narrow with few seeds.
    /// None for fewer than two values.
    #[serde(default)]
    pub iqm_bootstrap_interval: Option<[f64; 2]>,
}

/// Below this number of seeds the percentiles of a bootstrap are too narrow.
const FEW_SEEDS: usize = 10;
/// Bounds of percentages, of values that cannot be negative, and of any values.
const PERCENT: (f64, f64) = (0.0, 100.0);
const NOT_NEGATIVE: (f64, f64) = (0.0, f64::INFINITY);
const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

impl Figure {
    /// Aggregates one value for each seed, each within `bounds`. `dice` draws the resamples.
    pub fn of(values: Vec<Option<f64>>, bounds: (f64, f64), dice: &Dice) -> Figure {
        let known: Vec<f64> = values.iter().flatten().copied().collect();
        let all = Aggregate::of(&Sample::of_units(&known), dice);
        let around = |of: fn(Aggregate) -> Option<Interval>| {
            all.and_then(of).map(|interval| interval.within(bounds)).map(|interval| [interval.low, interval.high])
        };
        Figure {
            units: known.len(),
            mean: all.map(|all| all.mean),
            mean_interval: around(|all| all.mean_interval),
            sd: all.and_then(|all| all.sd),
            iqm: all.map(|all| all.iqm),
            iqm_interval: around(|all| all.iqm_interval),
            iqm_bootstrap_interval: around(|all| all.iqm_bootstrap),
            values,
        }
    }
}

fn warnings(seeds: usize) -> Vec<String> {
    match seeds {
        1 => vec!["one seed has no interval: how much seeds differ is not known".to_string()],
        n if n < FEW_SEEDS => vec![format!(
            "{n} seeds: percentiles of a bootstrap (iqm_bootstrap_interval) are too narrow with so few: with 3, 5, 10 seeds they hold the truth in about \
             74, 83, 90 % instead of 95; mean_interval and iqm_interval are of Student's t"
        )],
        _ => Vec::new(),
    }
}

impl Sweep {
    /// Aggregates the summaries of `plan`'s seeds, in their order.
    ///
    /// # Errors
    /// As [`SweepPlan::of`].
    pub fn of(plan: &SweepPlan, summaries: &[Summary]) -> Result<Sweep> {
        let mut number = 0;
        let mut figure = |bounds, value: &dyn Fn(&Summary) -> Option<f64>| {
            number += 1;
            Figure::of(summaries.iter().map(value).collect(), bounds, &Dice::new(plan.plan.seed as u64, number))
        };
        let crafter_score = figure(PERCENT, &|run| run.crafter_score);
        let mean_return = figure(ANY, &|run| run.mean_return);
        let mean_length = figure(NOT_NEGATIVE, &|run| run.mean_length);
        let mean_achievements = figure(NOT_NEGATIVE, &|run| run.mean_achievements);
        let cells_per_episode = figure(NOT_NEGATIVE, &|run| run.coverage.cells_per_episode);
        let steps_per_s = figure(NOT_NEGATIVE, &|run| Some(run.steps_per_s));
        let bonus_mean = figure(ANY, &|run| run.bonus.as_ref().map(|bonus| bonus.mean));
        let names: BTreeSet<&String> = summaries.iter().flat_map(|run| run.success_rates.keys()).collect();
        let success_rates =
            names.into_iter().map(|name| (name.clone(), figure(PERCENT, &|run| run.success_rates.get(name).copied()))).collect();
        let runs = plan.seeds.iter().zip(summaries).map(|(seed, summary)| {
            Ok(SweptRun {
                seed: *seed,
                batch_seed: summary.seed,
                agent_seed: plan.of(*seed)?.agent_seed,
                steps: summary.steps,
                episodes: summary.episodes,
                backend: summary.backend.clone(),
                adapter: summary.adapter.clone(),
                checksum: summary.checksum.clone(),
            })
        });
        let base = &plan.plan;
        Ok(Sweep {
            env: base.env.clone(),
            agent: base.agent.clone(),
            stream: base.stream.clone(),
            worlds: base.worlds.clone(),
            reset: base.reset.clone(),
            num_envs: base.num_envs,
            steps: base.batch_steps() * base.num_envs as u64,
            seeds: plan.seeds.clone(),
            runs: runs.collect::<Result<_>>()?,
            level: LEVEL,
            resamples: RESAMPLES,
            warnings: warnings(plan.seeds.len()),
            crafter_score,
            mean_return,
            mean_length,
            mean_achievements,
            cells_per_episode,
            steps_per_s,
            bonus_mean,
            success_rates,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(values: &[Option<f64>]) -> Figure {
        Figure::of(values.to_vec(), ANY, &Dice::new(1, 2))
    }

    #[test]
    fn figures_are_those_worked_by_hand() {
        // Sorted: 2 4 6 20; one value is cut at each end. The mean is 8. The squares 36 + 16 + 4 + 144 = 200 are divided by 4 - 1.
        let four = figure(&[Some(6.0), Some(2.0), None, Some(20.0), Some(4.0)]);
        assert_eq!((four.units, four.iqm, four.mean, four.sd), (4, Some(5.0), Some(8.0), Some((200.0f64 / 3.0).sqrt())));
        let [low, high] = four.iqm_bootstrap_interval.expect("four seeds");
        assert!((2.0..5.0).contains(&low) && high > 5.0 && high <= 20.0, "{low} {high}");
        // Student's t of 3 degrees of freedom is 3.18245; the standard error is sqrt(200 / 12).
        let [low, high] = four.mean_interval.expect("four seeds");
        assert!(
            (high - 8.0 - 3.182_45 * (200.0f64 / 12.0).sqrt()).abs() < 1e-3 && (low + high - 16.0).abs() < 1e-9,
            "{low} {high}"
        );
        assert_eq!(four.values.len(), 5, "a seed without a value keeps its place");
        // Two values 0 and 10: of 4 possible resamples one is 0 0 and one 10 10, far more than 2.5 % each.
        let two = figure(&[Some(0.0), Some(10.0)]);
        assert_eq!((two.iqm, two.iqm_bootstrap_interval, two.sd), (Some(5.0), Some([0.0, 10.0]), Some(50f64.sqrt())));
    }

    #[test]
    fn rates_that_most_seeds_lack_have_a_mean_beside_an_interquartile_mean_of_0() {
        let rare = [0.0, 0.0, 0.0, 0.0, 1.35].map(Some);
        let rare = Figure::of(rare.to_vec(), PERCENT, &Dice::new(1, 2));
        assert_eq!((rare.iqm, rare.mean, rare.iqm_interval), (Some(0.0), Some(0.27), None));
        let [low, high] = rare.mean_interval.expect("five seeds");
        assert!(low == 0.0 && high > 0.9 && high < 1.1, "no rate is below 0: {low} {high}");
    }

    #[test]
    fn one_seed_has_no_interval_and_none_no_figure() {
        let one = figure(&[Some(3.0)]);
        assert_eq!((one.units, one.iqm, one.iqm_interval, one.mean, one.sd), (1, Some(3.0), None, Some(3.0), None));
        assert_eq!((one.mean_interval, one.iqm_bootstrap_interval), (None, None));
        let none = figure(&[None, None]);
        assert_eq!((none.units, none.iqm, none.iqm_interval, none.mean, none.sd), (0, None, None, None, None));
        assert!(warnings(1)[0].contains("one seed") && warnings(3)[0].contains("3 seeds") && warnings(10).is_empty());
    }
}
