//! The curves of a run: one point a report interval.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, UInt64Array};
use serde::{Deserialize, Serialize};

use crate::bonus::{Certainty, Channels, Counted};
use crate::envs::WorldSpec;
use crate::error::{Error, Result};
use crate::metrics::{Coverage, Means};
use crate::sim::Stats;
use crate::traces::write_batch;

/// Sums over the finished episodes at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Point {
    pub steps: u64,
    pub seconds: f64,
    pub steps_per_s: f64,
    pub stats: Stats,
    /// If bonuses are paid.
    #[serde(default)]
    pub paid: Option<Paid>,
}

/// What bonuses have come to, over all arrivals up to one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paid {
    pub names: Vec<String>,
    /// Mean value of each.
    pub means: Vec<f64>,
    /// Mean of what they came to together.
    pub total: f64,
    /// Distinct keys, visits and entropy of those that share a table.
    pub counted: Vec<Counted>,
    /// Channels counted by empowerment in the mode `sampled`.
    #[serde(default)]
    pub channels: Option<Channels>,
    /// States that empowerment in the mode `exact` was paid for.
    #[serde(default)]
    pub certainty: Option<Certainty>,
}

/// Writes all points: steps, seconds, rates and means, how many achievements anybody has ever unlocked, a column an achievement (percent of episodes), and of bonuses their means,
/// the distinct keys that they have counted and the entropy of the visits.
///
/// # Errors
/// [`Error::Io`] with the path.
pub fn write(path: &Path, spec: &WorldSpec, points: &[Point]) -> Result<()> {
    let means: Vec<Means> = points.iter().map(|p| Means::of(&p.stats, spec)).collect();
    let coverage: Vec<Coverage> = points.iter().map(|p| Coverage::of(&p.stats, spec)).collect();
    let whole = |f: fn(&Point) -> u64| -> ArrayRef { Arc::new(points.iter().map(|p| Some(f(p))).collect::<UInt64Array>()) };
    let real = |f: fn(&Point) -> f64| -> ArrayRef { Arc::new(points.iter().map(|p| Some(f(p))).collect::<Float64Array>()) };
    let mean = |f: fn(&Means) -> Option<f64>| -> ArrayRef { Arc::new(means.iter().map(f).collect::<Float64Array>()) };
    let mut columns = vec![
        ("steps".to_string(), whole(|p| p.steps)),
        ("seconds".to_string(), real(|p| p.seconds)),
        ("steps_per_s".to_string(), real(|p| p.steps_per_s)),
        ("episodes".to_string(), whole(|p| p.stats.episodes)),
        ("mean_length".to_string(), mean(|m| m.mean_length)),
        ("mean_return".to_string(), mean(|m| m.mean_return)),
        ("mean_achievements".to_string(), mean(|m| m.mean_achievements)),
        ("crafter_score".to_string(), mean(|m| m.crafter_score)),
        (
            "cells_per_episode".to_string(),
            Arc::new(coverage.iter().map(|c| c.cells_per_episode).collect::<Float64Array>()) as ArrayRef,
        ),
    ];
    if !spec.achievements.is_empty() {
        columns.push(("achievements_ever".to_string(), whole(|p| p.stats.first.iter().filter(|step| **step > 0).count() as u64)));
    }
    for name in &spec.achievements {
        let rates: Float64Array = means.iter().map(|m| m.success_rates.get(name).copied()).collect();
        columns.push((format!("success_{name}"), Arc::new(rates)));
    }
    columns.extend(of_bonuses(points));
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (crate::traces::plain_name(&n), a, true)))
        .map_err(|e| Error::Data(e.to_string()))?;
    write_batch(path, &batch, None)
}

fn of_bonuses(points: &[Point]) -> Vec<(String, ArrayRef)> {
    let Some(first) = points.iter().find_map(|p| p.paid.as_ref()) else { return Vec::new() };
    let real = |f: &dyn Fn(&Paid) -> Option<f64>| -> ArrayRef {
        Arc::new(points.iter().map(|p| p.paid.as_ref().and_then(f)).collect::<Float64Array>())
    };
    let mut columns = vec![("bonus".to_string(), real(&|paid| Some(paid.total)))];
    for (b, name) in first.names.iter().enumerate() {
        columns.push((format!("bonus_{name}"), real(&|paid| paid.means.get(b).copied())));
    }
    for (t, table) in first.counted.iter().enumerate() {
        let keys: UInt64Array = points.iter().map(|p| Some(p.paid.as_ref()?.counted.get(t)?.keys)).collect();
        columns.push((format!("keys_{}", table.name), Arc::new(keys)));
        if table.entropy.is_some() {
            columns.push((format!("entropy_{}", table.name), real(&|paid| paid.counted.get(t)?.entropy)));
        }
    }
    columns
}
