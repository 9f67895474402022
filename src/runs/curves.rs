//! The curves of a run: a row every `curve_every` steps, at the same steps in equal runs, and a row at the end.

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

/// A row of the curves: sums over the episodes finished so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Point {
    /// Steps of all instances together.
    pub steps: u64,
    /// Wall-clock seconds that the run has taken so far.
    pub seconds: f64,
    /// Steps per second of all instances together, since the previous row or since the run was resumed.
    pub steps_per_s: f64,
    /// Sums over the episodes that have finished since the start of the run.
    pub stats: Stats,
    /// Bonus values, if there are bonuses.
    #[serde(default, rename = "paid")]
    pub bonus: Option<BonusTotals>,
}

/// Means of bonus values over all transitions so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BonusTotals {
    /// Names of the bonuses, in the order of `means`.
    pub names: Vec<String>,
    /// Mean value of each.
    pub means: Vec<f64>,
    /// Mean of the fused value.
    pub total: f64,
    /// Transitions so far; nothing in the files of older versions.
    #[serde(default, rename = "arrivals")]
    pub transitions: Option<u64>,
    /// Distinct keys, visits and entropy of the bonuses that share counts.
    pub counted: Vec<Counted>,
    /// Channels counted by empowerment in the mode `sampled`.
    #[serde(default)]
    pub channels: Option<Channels>,
    /// Number of states for which empowerment was computed in the mode `exact`, and how many of them are uncertain.
    #[serde(default)]
    pub certainty: Option<Certainty>,
}

/// Writes all points. The columns are: steps, seconds and rate; means over the finished episodes and over the transitions since the start;
/// then, as `interval_*`, means over the episodes that finished and the transitions since the previous row.
///
/// # Errors
/// [`Error::Io`] with the path.
pub fn write(path: &Path, spec: &WorldSpec, points: &[Point]) -> Result<()> {
    let whole = |f: fn(&Point) -> u64| -> ArrayRef { Arc::new(points.iter().map(|p| Some(f(p))).collect::<UInt64Array>()) };
    let real = |f: fn(&Point) -> f64| -> ArrayRef { Arc::new(points.iter().map(|p| Some(f(p))).collect::<Float64Array>()) };
    let mut columns = vec![
        ("steps".to_string(), whole(|p| p.steps)),
        ("seconds".to_string(), real(|p| p.seconds)),
        ("steps_per_s".to_string(), real(|p| p.steps_per_s)),
    ];
    let sums: Vec<Stats> = points.iter().map(|p| p.stats.clone()).collect();
    columns.extend(of_episodes("", spec, &sums));
    if !spec.achievements.is_empty() {
        columns.push(("achievements_ever".to_string(), whole(|p| p.stats.first.iter().filter(|step| **step > 0).count() as u64)));
    }
    columns.extend(of_bonuses(points));
    let before = std::iter::once(Stats::default()).chain(sums.iter().cloned());
    let since: Vec<Stats> = sums.iter().zip(before).map(|(now, before)| now.since(&before)).collect();
    columns.extend(of_episodes("interval_", spec, &since));
    columns.extend(since_of_bonuses(points));
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (crate::traces::plain_name(&n), a, true)))
            .map_err(|e| Error::Data(e.to_string()))?;
    write_batch(path, &batch, None)
}

/// Returns the number and the means of episodes, and one column for each achievement (percent of episodes).
fn of_episodes(prefix: &str, spec: &WorldSpec, stats: &[Stats]) -> Vec<(String, ArrayRef)> {
    let means: Vec<Means> = stats.iter().map(|stats| Means::of(stats, spec)).collect();
    let cells = stats.iter().map(|stats| Coverage::of(stats, spec).cells_per_episode);
    let mean = |f: fn(&Means) -> Option<f64>| -> ArrayRef { Arc::new(means.iter().map(f).collect::<Float64Array>()) };
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("episodes", Arc::new(stats.iter().map(|stats| Some(stats.episodes)).collect::<UInt64Array>())),
        ("mean_length", mean(|m| m.mean_length)),
        ("mean_return", mean(|m| m.mean_return)),
        ("mean_achievements", mean(|m| m.mean_achievements)),
        ("crafter_score", mean(|m| m.crafter_score)),
    ];
    columns.push(("cells_per_episode", Arc::new(cells.collect::<Float64Array>())));
    let mut named: Vec<_> = columns.into_iter().map(|(name, array)| (format!("{prefix}{name}"), array)).collect();
    for name in &spec.achievements {
        let rates: Float64Array = means.iter().map(|m| m.success_rates.get(name).copied()).collect();
        named.push((format!("{prefix}success_{name}"), Arc::new(rates)));
    }
    named
}

/// Returns mean values of the bonuses over the transitions since the previous row.
fn since_of_bonuses(points: &[Point]) -> Vec<(String, ArrayRef)> {
    let Some(first) = points.iter().find_map(|p| p.bonus.as_ref()) else { return Vec::new() };
    let since = |value: &dyn Fn(&BonusTotals) -> Option<f64>| -> ArrayRef {
        let mut before = (0.0, 0);
        let mut interval = |totals: &BonusTotals| {
            let (mean, transitions) = (value(totals)?, totals.transitions?);
            let (sum, more) = (mean * transitions as f64, transitions.checked_sub(before.1).filter(|more| *more > 0));
            let mean = more.map(|more| (sum - before.0) / more as f64);
            before = (sum, transitions);
            mean
        };
        Arc::new(points.iter().map(|p| p.bonus.as_ref().and_then(&mut interval)).collect::<Float64Array>())
    };
    let mut columns = vec![("interval_bonus".to_string(), since(&|totals| Some(totals.total)))];
    for (b, name) in first.names.iter().enumerate() {
        columns.push((format!("interval_bonus_{name}"), since(&|totals| totals.means.get(b).copied())));
    }
    columns
}

fn of_bonuses(points: &[Point]) -> Vec<(String, ArrayRef)> {
    let Some(first) = points.iter().find_map(|p| p.bonus.as_ref()) else { return Vec::new() };
    let real = |f: &dyn Fn(&BonusTotals) -> Option<f64>| -> ArrayRef {
        Arc::new(points.iter().map(|p| p.bonus.as_ref().and_then(f)).collect::<Float64Array>())
    };
    let mut columns = vec![("bonus".to_string(), real(&|totals| Some(totals.total)))];
    for (b, name) in first.names.iter().enumerate() {
        columns.push((format!("bonus_{name}"), real(&|totals| totals.means.get(b).copied())));
    }
    for (t, table) in first.counted.iter().enumerate() {
        let keys: UInt64Array = points.iter().map(|p| Some(p.bonus.as_ref()?.counted.get(t)?.keys)).collect();
        columns.push((format!("keys_{}", table.name), Arc::new(keys)));
        if table.entropy.is_some() {
            columns.push((format!("entropy_nats_{}", table.name), real(&|totals| totals.counted.get(t)?.entropy)));
        }
    }
    columns
}
