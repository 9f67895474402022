//! `summary.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::checkpoint::{Progressed, Stretch};
use super::curves::BonusTotals;
use super::plan::Plan;
use crate::agents::Driver;
use crate::bonus::{BonusConfig, Certainty, Channels, Counted};
use crate::error::Result;
use crate::machine::machine;
use crate::metrics::{Coverage, Means};
use crate::sim::Batch;

/// The results of a run. Rates and means are over finished episodes; `with_open` includes the unfinished ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Summary {
    /// Id of the environment, or the path of its TOML file.
    pub env: String,
    /// Name of the agent.
    pub agent: String,
    /// `cpu` or `gpu`: where the last part of the run was stepped.
    pub backend: String,
    /// Name of the GPU; on the CPU, processor and platform.
    pub adapter: String,
    /// Random stream in play: `numpy` or `keyed`.
    pub stream: String,
    /// `fresh` or `pool:N`.
    pub worlds: String,
    /// `same-step`, `next-step` or `off`.
    pub reset: String,
    /// Crafter: whether the noise of the night picture is taken from the random stream of the world.
    pub picture_noise: bool,
    /// Seed of the batch: instance i has seed + i.
    pub seed: i64,
    /// Instances in the batch.
    pub num_envs: usize,
    /// Steps of all instances together.
    pub steps: u64,
    /// Finished episodes of all instances together.
    pub episodes: u64,
    /// Wall-clock seconds of the run, summed over its parts if it was resumed, without the generation of its first worlds.
    pub seconds: f64,
    /// `steps` divided by `seconds`.
    pub steps_per_s: f64,
    /// Steps of forks per second in the last part of the run, if the agent forks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forked_steps_per_s: Option<f64>,
    /// Percent of episodes in which each achievement was unlocked. Empty before the first episode has finished.
    pub success_rates: BTreeMap<String, f64>,
    /// Crafter score in percent, 0 to 100. None without a finished episode or without achievements in this world.
    pub crafter_score: Option<f64>,
    /// Mean steps of an episode. None without a finished episode.
    pub mean_length: Option<f64>,
    /// Mean return of an episode. None without a finished episode.
    pub mean_return: Option<f64>,
    /// Mean number of distinct achievements of an episode. None without a finished episode or without achievements in this world.
    pub mean_achievements: Option<f64>,
    /// Distinct cells visited in an episode.
    pub coverage: Coverage,
    /// Checksum of the stored state of all instances, 16 hexadecimal digits; equal on every backend.
    pub checksum: String,
    /// Version of the program, under the key `explorarium`.
    pub versions: BTreeMap<String, String>,
    /// The means including the unfinished episodes.
    pub with_open: Means,
    /// The options of the bonuses, their means over all transitions, and what they have counted. None without bonuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<BonusSummary>,
    /// For each achievement, the steps of all instances together after which an instance first had it, in a finished or unfinished episode:
    /// batch steps, including the one of the unlock, times instances. Achievements that were never unlocked are left out.
    #[serde(default)]
    pub first_unlock: BTreeMap<String, u64>,
    /// Mean step of the episode at which each achievement was unlocked, over all episodes in which it was, including unfinished ones.
    #[serde(default)]
    pub mean_unlock_step: BTreeMap<String, f64>,
    /// Each stretch in order, if the run was resumed with other settings (more steps, another backend or number of threads).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stretches: Vec<Stretch>,
    /// The report of the agent.
    #[serde(default)]
    pub agent_report: serde_json::Map<String, serde_json::Value>,
}

impl Summary {
    /// The summary of a run after its last step. `forked_steps_per_s` is None; `seconds` is the time that the run took.
    ///
    /// # Errors
    /// [`crate::Error::Gpu`] if the batch cannot be read from the GPU.
    pub fn of(plan: &Plan, batch: &mut Batch, driver: &dyn Driver, progressed: &Progressed, seconds: f64) -> Result<Summary> {
        let world = batch.world().clone();
        let spec = world.spec();
        let means = Means::of(batch.stats(), spec);
        let with_open = Means::of(&batch.stats_with_open()?, spec);
        let steps = batch.steps() * batch.len() as u64;
        let (backend, adapter) = match batch.gpu() {
            Some(backend) => ("gpu", backend.gpu.adapter.name.clone()),
            None => ("cpu", machine()),
        };
        Ok(Summary {
            env: plan.env.clone(),
            agent: plan.agent.clone(),
            backend: backend.to_string(),
            adapter,
            stream: plan.stream.clone(),
            worlds: plan.worlds.clone(),
            reset: plan.reset.clone(),
            picture_noise: plan.picture_noise,
            seed: plan.seed,
            num_envs: batch.len(),
            steps,
            episodes: means.episodes,
            seconds,
            steps_per_s: if seconds > 0.0 { steps as f64 / seconds } else { 0.0 },
            forked_steps_per_s: None,
            success_rates: means.success_rates,
            crafter_score: means.crafter_score,
            mean_length: means.mean_length,
            mean_return: means.mean_return,
            mean_achievements: means.mean_achievements,
            coverage: Coverage::of(batch.stats(), spec),
            checksum: format!("{:016x}", batch.checksum()?),
            versions: BTreeMap::from([("explorarium".to_string(), env!("CARGO_PKG_VERSION").to_string())]),
            with_open,
            bonus: progressed.curves.last().and_then(|point| point.bonus.clone()).map(|totals| BonusSummary::of(plan, totals)),
            first_unlock: by_name(&spec.achievements, |a| {
                batch.stats().first.get(a).filter(|step| **step > 0).map(|step| step * batch.len() as u64)
            }),
            mean_unlock_step: by_name(&spec.achievements, |a| {
                let (n, sum) = (*batch.stats().unlocks.get(a)?, *batch.stats().unlock_steps.get(a)?);
                (n > 0).then(|| sum as f64 / n as f64)
            }),
            stretches: if progressed.stretches.len() > 1 { progressed.stretches.clone() } else { Vec::new() },
            agent_report: driver.report().into_iter().collect(),
        })
    }
}

/// The results of the bonuses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BonusSummary {
    /// Every option, defaults included.
    pub config: BonusConfig,
    /// Whether all backends compute the same values, bit for bit, and all values of empowerment in the mode `exact` are exact.
    pub exact: bool,
    /// Whether instances share counts, so that results depend on the size of the batch.
    pub shared: bool,
    /// The limit of the fused value, given if the product of the bonuses can exceed it. Larger values are set to the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saturates_at: Option<f64>,
    /// Mean of each bonus over all transitions.
    pub means: BTreeMap<String, f64>,
    /// Units of the means that have one.
    #[serde(default)]
    pub units: BTreeMap<String, String>,
    /// Mean of the fused value over all transitions.
    pub mean: f64,
    /// Distinct keys, visits, and entropy in nats, of the bonuses that share counts.
    pub counted: Vec<Counted>,
    /// For empowerment in the mode `sampled`: upper bound, information for uniform inputs, and bias, as means over all counted channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Channels>,
    /// For empowerment in the mode `exact` in worlds that can be stochastic: how many states were measured, and how many of them were
    /// uncertain because random outcomes mattered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
}

impl BonusSummary {
    fn of(plan: &Plan, totals: BonusTotals) -> BonusSummary {
        BonusSummary {
            // `renamed` fails if an option is given under both of its names, which was refused when the bonuses were created.
            config: plan.bonus.renamed().unwrap_or_else(|_| plan.bonus.clone()),
            exact: plan.bonus.is_exact() && totals.certainty.is_none_or(|states| states.uncertain == 0),
            shared: !totals.counted.is_empty(),
            saturates_at: plan.bonus.saturates_at(),
            units: totals.names.iter().filter_map(|name| Some((name.clone(), unit(name)?.to_string()))).collect(),
            means: totals.names.into_iter().zip(totals.means).collect(),
            mean: totals.total,
            counted: totals.counted,
            channels: totals.channels,
            certainty: totals.certainty,
        }
    }
}

/// Returns the unit of a bonus's values. A number or a key may follow the name of the bonus.
fn unit(bonus: &str) -> Option<&'static str> {
    let known = [("empowerment", "bits"), ("entropy", "nats"), ("information-gain", "nats")];
    known.into_iter().find(|(name, _)| bonus.starts_with(name)).map(|(_, unit)| unit)
}

/// Returns the value of `of` for each achievement by name, without those for which it is None.
fn by_name<T>(achievements: &[String], of: impl Fn(usize) -> Option<T>) -> BTreeMap<String, T> {
    achievements.iter().enumerate().filter_map(|(a, name)| Some((name.clone(), of(a)?))).collect()
}
