//! `summary.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::plan::Plan;
use crate::agents::Driver;
use crate::error::Result;
use crate::machine::machine;
use crate::metrics::{Coverage, Means};
use crate::sim::Batch;

/// What came out of a run. Rates and means count finished episodes; `with_open` counts the unfinished too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Summary {
    pub env: String,
    pub agent: String,
    pub backend: String,
    pub adapter: String,
    pub stream: String,
    pub worlds: String,
    pub reset: String,
    pub picture_noise: bool,
    pub seed: i64,
    pub num_envs: usize,
    pub steps: u64,
    pub episodes: u64,
    pub seconds: f64,
    pub steps_per_s: f64,
    pub success_rates: BTreeMap<String, f64>,
    pub crafter_score: Option<f64>,
    pub mean_length: Option<f64>,
    pub mean_return: Option<f64>,
    pub mean_achievements: Option<f64>,
    pub coverage: Coverage,
    pub checksum: String,
    pub versions: BTreeMap<String, String>,
    pub with_open: Means,
    /// What the agent has to say.
    #[serde(default)]
    pub agent_report: serde_json::Map<String, serde_json::Value>,
}

impl Summary {
    pub fn of(plan: &Plan, batch: &mut Batch, driver: &dyn Driver, seconds: f64) -> Result<Summary> {
        let world = batch.world().clone();
        let spec = world.spec();
        let means = Means::of(batch.stats(), spec);
        let with_open = Means::of(&batch.stats_with_open()?, spec);
        let steps = batch.steps() * batch.len() as u64;
        let (backend, adapter) = match batch.card() {
            Some(card) => ("gpu", card.gpu.adapter.name.clone()),
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
            success_rates: means.success_rates,
            crafter_score: means.crafter_score,
            mean_length: means.mean_length,
            mean_return: means.mean_return,
            mean_achievements: means.mean_achievements,
            coverage: Coverage::of(batch.stats(), spec),
            checksum: format!("{:016x}", batch.checksum()?),
            versions: BTreeMap::from([("explorarium".to_string(), env!("CARGO_PKG_VERSION").to_string())]),
            with_open,
            agent_report: driver.report().into_iter().collect(),
        })
    }
}
