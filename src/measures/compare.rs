//! Compares groups: figures with intervals, curves over time, correlations with progress, and similarity. Adds the warnings.

use std::collections::BTreeMap;

use super::careful;
use super::report::{Curve, Report};
use super::setting::{Plan, Setting, so_far};
use super::table::Cell;
use super::trajectory_statistics::{TrajectoryStatistics, bounds};
use super::units::{self, ALL, Unit, pairs, rows_of, sample};
use crate::error::Result;
use crate::metrics::aggregate::Aggregate;
use crate::metrics::bootstrap::{Dice, Interval};
use crate::metrics::correlation::{Coefficient, Kind, coefficient};
use crate::metrics::transitions::{jaccard, jensen_shannon};

pub(super) fn compare(report: &mut Report, setting: &Setting, plan: &Plan) -> Result<()> {
    let mut figure = 0;
    let mut dice = || {
        figure += 1;
        Dice { seed: plan.seed, figure, resamples: plan.resamples }
    };
    let pooled = pooled(report, setting);
    units::fill(&mut report.units, &report.per_instance, &report.groups, report.unit)?;
    groups(report, setting, &pooled, &mut dice)?;
    over_time(report, &mut dice)?;
    correlate(report, &mut dice)?;
    similarity(report, &pooled)?;
    report.warnings = careful::warnings(report);
    Ok(())
}

/// Pools the trajectories of each group into one, in the order of `report.groups`.
fn pooled(report: &Report, setting: &Setting) -> Vec<TrajectoryStatistics> {
    let statistics = |group: &String| {
        let mut statistics = setting.statistics();
        for trajectory in setting.record.trajectories.iter().filter(|trajectory| trajectory.group == *group) {
            statistics.cut();
            setting.within(trajectory).for_each(|row| statistics.see(row));
        }
        statistics
    };
    report.groups.iter().map(statistics).collect()
}

fn low(interval: Option<Interval>) -> Cell {
    Cell::Real(interval.map(|i| i.low))
}

fn high(interval: Option<Interval>) -> Cell {
    Cell::Real(interval.map(|i| i.high))
}

/// Returns cells with the low and the high bound, cut to the possible range of `figure`.
fn interval(names: [&'static str; 2], interval: Option<Interval>, figure: &str) -> [(&'static str, Cell); 2] {
    let interval = interval.map(|interval| interval.within(bounds(figure)));
    [(names[0], low(interval)), (names[1], high(interval))]
}

fn groups(
    report: &mut Report,
    setting: &Setting,
    pooled: &[TrajectoryStatistics],
    dice: &mut impl FnMut() -> Dice,
) -> Result<()> {
    let trajectories = setting.record.trajectories.len();
    for (g, (group, statistics)) in report.groups.iter().zip(pooled).enumerate() {
        let rows = rows_of(&report.per_instance, group);
        let together = setting.values(statistics, (trajectories + g) as u32, so_far(statistics));
        for (name, value) in together.into_iter().chain([("progress", statistics.progress(report.progress))]) {
            let figure = if name == "progress" { report.progress.name() } else { name };
            let of = |unit| sample(&report.per_instance, &rows, name, unit);
            let a = Aggregate::of(&of(report.unit), &dice());
            let around = |names, of: fn(Aggregate) -> Option<Interval>| interval(names, a.and_then(of), figure);
            let mut row = vec![
                ("group", Cell::Text(group.clone())),
                ("figure", Cell::Text(name.to_string())),
                ("units", Cell::Whole(Some(a.map_or(0, |a| a.units as u64)))),
                ("instances", Cell::Whole(Some(a.map_or(0, |a| a.values as u64)))),
                ("mean", Cell::Real(a.map(|a| a.mean))),
                ("sd", Cell::Real(a.and_then(|a| a.sd))),
            ];
            row.extend(around(["mean_low", "mean_high"], |a| a.mean_interval));
            row.extend(around(["mean_bootstrap_low", "mean_bootstrap_high"], |a| a.mean_bootstrap));
            row.extend([("median", Cell::Real(a.map(|a| a.median))), ("iqm", Cell::Real(a.map(|a| a.iqm)))]);
            row.extend(around(["iqm_low", "iqm_high"], |a| a.iqm_interval));
            row.extend(around(["iqm_bootstrap_low", "iqm_bootstrap_high"], |a| a.iqm_bootstrap));
            row.push(("icc", Cell::Real(of(Unit::Run).intraclass().map(|found| found.icc))));
            row.push(("pooled", Cell::Real(value)));
            report.summary.push(row)?;
        }
    }
    Ok(())
}

fn over_time(report: &mut Report, dice: &mut impl FnMut() -> Dice) -> Result<()> {
    let table = &report.over_time;
    let mut by_time: BTreeMap<(&str, u64), Vec<usize>> = BTreeMap::new();
    for row in 0..table.rows() {
        let steps = table.real("steps", row).unwrap_or(0.0) as u64;
        by_time.entry((table.text("group", row), steps)).or_default().push(row);
    }
    for measure in &report.measures {
        for (group, column) in report.groups.iter().flat_map(|group| measure.columns().iter().map(move |column| (group, *column)))
        {
            let mut points = Vec::new();
            for ((_, steps), rows) in by_time.range((group.as_str(), 0)..=(group.as_str(), u64::MAX)) {
                let Some(a) = Aggregate::of(&sample(table, rows, column, report.unit), &dice()) else { continue };
                points.push((*steps, a.mean, a.mean_interval.map(|interval| interval.within(bounds(column)))));
                let mut row = vec![
                    ("group", Cell::Text(group.clone())),
                    ("figure", Cell::Text(column.to_string())),
                    ("steps", Cell::Whole(Some(*steps))),
                    ("units", Cell::Whole(Some(a.units as u64))),
                    ("instances", Cell::Whole(Some(a.values as u64))),
                    ("mean", Cell::Real(Some(a.mean))),
                ];
                row.extend(interval(["mean_low", "mean_high"], a.mean_interval, column));
                row.extend(interval(["mean_bootstrap_low", "mean_bootstrap_high"], a.mean_bootstrap, column));
                report.group_over_time.push(row)?;
            }
            if column == measure.column() {
                report.curves.push(Curve { measure: *measure, group: group.clone(), points });
            }
        }
    }
    Ok(())
}

fn correlate(report: &mut Report, dice: &mut impl FnMut() -> Dice) -> Result<()> {
    let pool = (report.groups.len() > 1).then(|| ALL.to_string());
    for group in report.groups.iter().cloned().chain(pool) {
        for column in report.measures.iter().flat_map(|measure| measure.columns()) {
            if *column == report.progress.name() {
                continue;
            }
            let pairs = pairs(&report.per_instance, &group, column, report.unit);
            let mut row = vec![
                ("group", Cell::Text(group.clone())),
                ("objective", Cell::Text((*column).to_string())),
                ("progress", Cell::Text(report.progress.name().to_string())),
                ("units", Cell::Whole(Some(pairs.len() as u64))),
            ];
            row.extend(cells(PEARSON, coefficient(&pairs, Kind::Pearson, &dice())));
            row.extend(cells(SPEARMAN, coefficient(&pairs, Kind::Spearman, &dice())));
            report.correlations.push(row)?;
        }
    }
    Ok(())
}

/// Columns of a coefficient.
const PEARSON: [&str; 6] =
    ["pearson", "pearson_p", "pearson_low", "pearson_high", "pearson_bootstrap_low", "pearson_bootstrap_high"];
const SPEARMAN: [&str; 6] =
    ["spearman", "spearman_p", "spearman_low", "spearman_high", "spearman_bootstrap_low", "spearman_bootstrap_high"];

fn cells(names: [&'static str; 6], found: Option<Coefficient>) -> impl Iterator<Item = (&'static str, Cell)> {
    let (fisher, bootstrap) = (found.and_then(|c| c.interval), found.and_then(|c| c.bootstrap));
    let (r, p) = (Cell::Real(found.map(|c| c.r)), Cell::Real(found.map(|c| c.p)));
    names.into_iter().zip([r, p, low(fisher), high(fisher), low(bootstrap), high(bootstrap)])
}

fn similarity(report: &mut Report, pooled: &[TrajectoryStatistics]) -> Result<()> {
    for (i, a) in pooled.iter().enumerate() {
        for (j, b) in pooled.iter().enumerate().skip(i + 1) {
            let (from_a, from_b) = (a.transitions.departures(), b.transitions.departures());
            report.similarity.push(vec![
                ("group", Cell::Text(report.groups[i].clone())),
                ("other", Cell::Text(report.groups[j].clone())),
                ("jaccard", Cell::Real(jaccard(from_a, from_b))),
                ("jensen_shannon_nats", Cell::Real(jensen_shannon(from_a, from_b))),
            ])?;
        }
    }
    Ok(())
}
