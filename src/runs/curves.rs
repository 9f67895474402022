//! The curves of a run: one point a report interval.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, UInt64Array};
use serde::{Deserialize, Serialize};

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
}

/// Writes all points: steps, seconds, rates and means, and a column an achievement (percent of episodes).
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
    for name in &spec.achievements {
        let rates: Float64Array = means.iter().map(|m| m.success_rates.get(name).copied()).collect();
        columns.push((format!("success_{name}"), Arc::new(rates)));
    }
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)))
        .map_err(|e| Error::Data(e.to_string()))?;
    write_batch(path, &batch, None)
}
