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

/// What came out of a run. Rates and means count finished episodes; `with_open` counts the unfinished too.
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
    /// Wall-clock seconds of the run, summed over its parts if it was resumed, without the making of its first worlds.
    pub seconds: f64,
    /// `steps` divided by `seconds`.
    pub steps_per_s: f64,
    /// Steps of forks a second in the last part of the run, if the agent forks.
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
    /// The means with the unfinished episodes counted too.
    pub with_open: Means,
    /// Bonuses as they were paid, if any: how they are set, their means over all transitions, and what they have counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bonus: Option<BonusSummary>,
    /// Steps of all instances together after which somebody had unlocked each achievement for the first time, in an episode finished or
    /// not: batch steps, that one included, times instances. Without those never unlocked.
    #[serde(default)]
    pub first_unlock: BTreeMap<String, u64>,
    /// Mean step of the episode at which each achievement came, over all episodes in which it did, open ones too.
    #[serde(default)]
    pub mean_unlock_step: BTreeMap<String, f64>,
    /// If the run was gone on with in another way (more steps, another backend or number of threads): each way, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stretches: Vec<Stretch>,
    /// What the agent has to say.
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

/// What bonuses came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BonusSummary {
    /// Every option, defaults included.
    pub config: BonusConfig,
    /// Whether values are equal on every backend in every bit, and those of empowerment in the mode `exact` are what they are called.
    pub exact: bool,
    /// Whether instances share counts, so that results depend on the size of the batch.
    pub shared: bool,
    /// The most that is paid, said where what bonuses make together can come to more: it is then paid as this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saturates_at: Option<f64>,
    /// Mean over all transitions, by bonus, and of all together.
    pub means: BTreeMap<String, f64>,
    /// Units of the means that have one.
    #[serde(default)]
    pub units: BTreeMap<String, String>,
    /// Mean over all transitions of the value that all bonuses are fused to.
    pub mean: f64,
    /// Distinct keys, visits, and entropy in nats, of bonuses that share counts.
    pub counted: Vec<Counted>,
    /// Of empowerment in the mode `sampled`: upper bound, information at even inputs and bias, means over all channels counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Channels>,
    /// Of empowerment in the mode `exact`, where chance may have a say: how many states were measured, and in how many it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
}

impl BonusSummary {
    fn of(plan: &Plan, totals: BonusTotals) -> BonusSummary {
        BonusSummary {
            // An option that both names say was refused when the bonuses were made.
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

/// The unit of a bonus's values, by its name, a number or key after it or not.
fn unit(bonus: &str) -> Option<&'static str> {
    let known = [("empowerment", "bits"), ("entropy", "nats"), ("information-gain", "nats")];
    known.into_iter().find(|(name, _)| bonus.starts_with(name)).map(|(_, unit)| unit)
}

/// What `of` says of each achievement, by its name; without those of which it says nothing.
fn by_name<T>(achievements: &[String], of: impl Fn(usize) -> Option<T>) -> BTreeMap<String, T> {
    achievements.iter().enumerate().filter_map(|(a, name)| Some((name.clone(), of(a)?))).collect()
}
