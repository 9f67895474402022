//! `sweep.json`: a figure's value of each seed, and what they come to together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::summary::Summary;
use super::sweep::SweepPlan;
use crate::error::Result;
use crate::metrics::aggregate::{interquartile_mean, mean};
use crate::metrics::bootstrap::{Dice, LEVEL, RESAMPLES, interval};

/// What came out of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    pub env: String,
    pub agent: String,
    pub stream: String,
    pub worlds: String,
    pub reset: String,
    pub num_envs: usize,
    /// Of each seed.
    pub steps: u64,
    pub seeds: Vec<u64>,
    /// One a seed, in the order of `seeds`; so are the values below.
    pub runs: Vec<SweptRun>,
    /// Share of the bootstrap's resamples inside an interval, and their number.
    pub level: f64,
    pub resamples: u32,
    /// Points of Hafner's score, 0 to 100.
    pub crafter_score: Figure,
    /// Reward of an episode.
    pub mean_return: Figure,
    /// Steps of an episode.
    pub mean_length: Figure,
    /// Distinct achievements of an episode.
    pub mean_achievements: Figure,
    /// Distinct cells visited in an episode.
    pub cells_per_episode: Figure,
    /// Of the whole batch, on the machine that ran it.
    pub steps_per_s: Figure,
    /// All bonuses together, mean over arrivals.
    pub bonus_mean: Figure,
    /// Percent of episodes with each achievement.
    pub success_rates: BTreeMap<String, Figure>,
}

/// A seed's run in short; all of it is in its folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweptRun {
    pub seed: u64,
    pub batch_seed: i64,
    pub agent_seed: u64,
    pub steps: u64,
    pub episodes: u64,
    pub backend: String,
    pub adapter: String,
    pub checksum: String,
}

/// A figure over seeds. A seed without a value (no episode finished, no achievements in this world) counts for nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// One a seed.
    pub values: Vec<Option<f64>>,
    /// Seeds that have a value.
    pub units: usize,
    /// Interquartile mean; with fewer than four values the mean (nothing is cut).
    pub iqm: Option<f64>,
    /// Bounds of its stratified bootstrap interval (Agarwal et al. 2021); seeds of one world are one stratum. None of fewer than two values.
    pub iqm_interval: Option<[f64; 2]>,
    pub mean: Option<f64>,
    /// Standard deviation of the population, divided by n: what the Crafter paper prints beside its means (numpy's `std`).
    pub sd: Option<f64>,
}

impl Figure {
    /// Of one value a seed; `dice` draws the resamples.
    pub fn of(values: Vec<Option<f64>>, dice: &Dice) -> Figure {
        let known: Vec<f64> = values.iter().flatten().copied().collect();
        let around = if known.len() > 1 { interval(&[&known], interquartile_mean, dice) } else { None };
        Figure {
            units: known.len(),
            iqm: interquartile_mean(&known),
            iqm_interval: around.map(|around| [around.low, around.high]),
            mean: mean(&known),
            sd: deviation(&known),
            values,
        }
    }
}

/// Standard deviation of the population. None of nothing.
fn deviation(values: &[f64]) -> Option<f64> {
    let centre = mean(values)?;
    mean(&values.iter().map(|value| (value - centre) * (value - centre)).collect::<Vec<_>>()).map(f64::sqrt)
}

impl Sweep {
    /// Of the summaries of `plan`'s seeds, in their order.
    ///
    /// # Errors
    /// As [`SweepPlan::of`].
    pub fn of(plan: &SweepPlan, summaries: &[Summary]) -> Result<Sweep> {
        let mut number = 0;
        let mut figure = |value: &dyn Fn(&Summary) -> Option<f64>| {
            number += 1;
            Figure::of(summaries.iter().map(value).collect(), &Dice::new(plan.plan.seed as u64, number))
        };
        let crafter_score = figure(&|run| run.crafter_score);
        let mean_return = figure(&|run| run.mean_return);
        let mean_length = figure(&|run| run.mean_length);
        let mean_achievements = figure(&|run| run.mean_achievements);
        let cells_per_episode = figure(&|run| run.coverage.cells_per_episode);
        let steps_per_s = figure(&|run| Some(run.steps_per_s));
        let bonus_mean = figure(&|run| run.bonus.as_ref().map(|bonus| bonus.mean));
        let names: BTreeSet<&String> = summaries.iter().flat_map(|run| run.success_rates.keys()).collect();
        let success_rates =
            names.into_iter().map(|name| (name.clone(), figure(&|run| run.success_rates.get(name).copied()))).collect();
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
        Figure::of(values.to_vec(), &Dice::new(1, 2))
    }

    #[test]
    fn figures_are_those_worked_by_hand() {
        // Sorted 2 4 6 20: one off each end. Mean 8; squares 36 + 16 + 4 + 144 = 200, over 4 seeds.
        let four = figure(&[Some(6.0), Some(2.0), None, Some(20.0), Some(4.0)]);
        assert_eq!((four.units, four.iqm, four.mean, four.sd), (4, Some(5.0), Some(8.0), Some(50f64.sqrt())));
        let [low, high] = four.iqm_interval.expect("four seeds");
        assert!((2.0..5.0).contains(&low) && high > 5.0 && high <= 20.0, "{low} {high}");
        assert_eq!(four.values.len(), 5, "a seed without a value keeps its place");
        // Two values 0 and 10: of 4 draws one is 0 0 and one 10 10, far more than 2.5 % each.
        let two = figure(&[Some(0.0), Some(10.0)]);
        assert_eq!((two.iqm, two.iqm_interval, two.sd), (Some(5.0), Some([0.0, 10.0]), Some(5.0)));
    }

    #[test]
    fn one_seed_has_no_interval_and_none_no_figure() {
        let one = figure(&[Some(3.0)]);
        assert_eq!((one.units, one.iqm, one.iqm_interval, one.mean, one.sd), (1, Some(3.0), None, Some(3.0), Some(0.0)));
        let none = figure(&[None, None]);
        assert_eq!((none.units, none.iqm, none.iqm_interval, none.mean, none.sd), (0, None, None, None, None));
    }
}
