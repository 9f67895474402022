//! Compares groups: their figures with intervals, over time, against progress, their likeness; and says what to be careful about.

use std::collections::BTreeMap;

use super::life::{Life, Measure, Progress};
use super::measure::{Curve, Plan, Report, Setting};
use super::table::{Cell, Table};
use crate::error::Result;
use crate::metrics::aggregate::{Aggregate, median};
use crate::metrics::bootstrap::{Dice, Interval};
use crate::metrics::correlation::{Coefficient, FEWEST_PAIRS, coefficient, pearson, spearman};
use crate::metrics::transitions::{jaccard, jensen_shannon};

/// From here on an abstraction is too fine for the length of the record (H / ln N).
const SATURATED: f64 = 0.9;
/// From this share of transitions seen once on, empowerment says little.
const MOSTLY_ONCE: f64 = 0.5;
/// Tracks of one group that differ by more than this share of the longest are of unequal length.
const UNEQUAL: f64 = 0.1;
/// Below this many units Spearman's p-value is rough.
const FEW_UNITS: usize = 10;
/// The name under which all groups are pooled.
pub const ALL: &str = "all";

pub(super) fn compare(report: &mut Report, setting: &Setting, plan: &Plan) -> Result<()> {
    let mut figure = 0;
    let mut dice = || {
        figure += 1;
        Dice { seed: plan.seed, figure, resamples: plan.resamples }
    };
    let pooled = pooled(report, setting);
    groups(report, setting, &pooled, &mut dice)?;
    over_time(report, &mut dice)?;
    correlate(report, &mut dice)?;
    similarity(report, &pooled)?;
    warn(report);
    Ok(())
}

/// Each group's tracks as one life, in the order of `report.groups`.
fn pooled(report: &Report, setting: &Setting) -> Vec<Life> {
    let life = |group: &String| {
        let mut life = setting.life();
        for track in setting.record.tracks.iter().filter(|track| track.group == *group) {
            life.cut();
            setting.within(track).for_each(|row| life.see(row));
        }
        life
    };
    report.groups.iter().map(life).collect()
}

/// Values of `column` in `rows` of `table`, one stratum an environment.
fn strata(table: &Table, rows: &[usize], column: &str) -> Vec<Vec<f64>> {
    let mut strata: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for &row in rows {
        if let Some(value) = table.real(column, row) {
            strata.entry(table.text("env", row)).or_default().push(value);
        }
    }
    strata.into_values().collect()
}

fn rows_of(table: &Table, group: &str) -> Vec<usize> {
    (0..table.rows()).filter(|row| group == ALL || table.text("group", *row) == group).collect()
}

fn aggregate(table: &Table, rows: &[usize], column: &str, dice: &Dice) -> Option<Aggregate> {
    let strata = strata(table, rows, column);
    Aggregate::of(&strata.iter().map(|s| &s[..]).collect::<Vec<_>>(), dice)
}

fn low(interval: Option<Interval>) -> Cell {
    Cell::Real(interval.map(|i| i.low))
}

fn high(interval: Option<Interval>) -> Cell {
    Cell::Real(interval.map(|i| i.high))
}

fn groups(report: &mut Report, setting: &Setting, pooled: &[Life], dice: &mut impl FnMut() -> Dice) -> Result<()> {
    for (group, life) in report.groups.iter().zip(pooled) {
        let rows: Vec<usize> = (0..report.per_unit.rows()).filter(|row| report.per_unit.text("group", *row) == group).collect();
        let together = report.measures.iter().flat_map(|measure| life.figures(*measure, setting.reachable));
        for (name, value) in together.chain([("progress", life.progress(report.progress))]) {
            let a = aggregate(&report.per_unit, &rows, name, &dice());
            report.summary.push(vec![
                ("group", Cell::Text(group.clone())),
                ("figure", Cell::Text(name.to_string())),
                ("units", Cell::Whole(Some(a.map_or(0, |a| a.units as u64)))),
                ("mean", Cell::Real(a.map(|a| a.mean))),
                ("mean_low", low(a.and_then(|a| a.mean_interval))),
                ("mean_high", high(a.and_then(|a| a.mean_interval))),
                ("median", Cell::Real(a.map(|a| a.median))),
                ("iqm", Cell::Real(a.map(|a| a.iqm))),
                ("iqm_low", low(a.and_then(|a| a.iqm_interval))),
                ("iqm_high", high(a.and_then(|a| a.iqm_interval))),
                ("pooled", Cell::Real(value)),
            ])?;
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
        for group in &report.groups {
            let mut points = Vec::new();
            for ((_, steps), rows) in by_time.range((group.as_str(), 0)..=(group.as_str(), u64::MAX)) {
                let Some(a) = aggregate(table, rows, measure.column(), &dice()) else { continue };
                points.push((*steps, a.mean, a.mean_interval));
                report.group_over_time.push(vec![
                    ("group", Cell::Text(group.clone())),
                    ("figure", Cell::Text(measure.column().to_string())),
                    ("steps", Cell::Whole(Some(*steps))),
                    ("units", Cell::Whole(Some(a.units as u64))),
                    ("mean", Cell::Real(Some(a.mean))),
                    ("mean_low", low(a.mean_interval)),
                    ("mean_high", high(a.mean_interval)),
                ])?;
            }
            report.curves.push(Curve { measure: *measure, group: group.clone(), points });
        }
    }
    Ok(())
}

/// (objective, progress) of the units of a group, or of [`ALL`].
pub fn pairs(table: &Table, group: &str, column: &str) -> Vec<(f64, f64)> {
    let pair = |row: usize| table.real(column, row).zip(table.real("progress", row));
    rows_of(table, group).into_iter().filter_map(pair).collect()
}

fn correlate(report: &mut Report, dice: &mut impl FnMut() -> Dice) -> Result<()> {
    let pool = (report.groups.len() > 1).then(|| ALL.to_string());
    for group in report.groups.iter().cloned().chain(pool) {
        for measure in &report.measures {
            if *measure == Measure::Achievements && report.progress == Progress::Achievements {
                continue;
            }
            let pairs = pairs(&report.per_unit, &group, measure.column());
            let (r, rho) = (coefficient(&pairs, pearson, &dice()), coefficient(&pairs, spearman, &dice()));
            let interval = |c: Option<Coefficient>| c.and_then(|c| c.interval);
            report.correlations.push(vec![
                ("group", Cell::Text(group.clone())),
                ("objective", Cell::Text(measure.column().to_string())),
                ("progress", Cell::Text(report.progress.name().to_string())),
                ("units", Cell::Whole(Some(pairs.len() as u64))),
                ("pearson", Cell::Real(r.map(|c| c.r))),
                ("pearson_p", Cell::Real(r.map(|c| c.p))),
                ("pearson_low", low(interval(r))),
                ("pearson_high", high(interval(r))),
                ("spearman", Cell::Real(rho.map(|c| c.r))),
                ("spearman_p", Cell::Real(rho.map(|c| c.p))),
                ("spearman_low", low(interval(rho))),
                ("spearman_high", high(interval(rho))),
            ])?;
        }
    }
    Ok(())
}

fn similarity(report: &mut Report, pooled: &[Life]) -> Result<()> {
    for (i, a) in pooled.iter().enumerate() {
        for (j, b) in pooled.iter().enumerate().skip(i + 1) {
            let (from_a, from_b) = (a.transitions.departures(), b.transitions.departures());
            report.similarity.push(vec![
                ("group", Cell::Text(report.groups[i].clone())),
                ("other", Cell::Text(report.groups[j].clone())),
                ("jaccard", Cell::Real(jaccard(from_a, from_b))),
                ("jensen_shannon", Cell::Real(jensen_shannon(from_a, from_b))),
            ])?;
        }
    }
    Ok(())
}

fn warn(report: &mut Report) {
    let mut warnings = Vec::new();
    let table = &report.per_unit;
    for group in &report.groups {
        let rows: Vec<usize> = (0..table.rows()).filter(|row| table.text("group", *row) == group).collect();
        let middle = |column: &str| median(&rows.iter().filter_map(|row| table.real(column, *row)).collect::<Vec<_>>());
        if let Some(share) = middle("entropy_of_ln_visits").filter(|share| *share >= SATURATED) {
            warnings.push(format!(
                "{group}: H / ln N is {share:.2}: key {} tells nearly every visit apart, and entropy says more of the number of steps \
                 than of the player; take a coarser --key",
                report.key
            ));
        }
        if let Some(share) = middle("transitions_seen_once").filter(|share| *share >= MOSTLY_ONCE) {
            warnings.push(format!(
                "{group}: {:.0} % of transitions (s, s') were seen once only: empowerment tends to H(A|S) there; take a coarser --key or \
                 longer records",
                100.0 * share
            ));
        }
        if rows.len() < FEWEST_PAIRS {
            warnings.push(format!("{group}: {} unit(s): a correlation needs at least {FEWEST_PAIRS}", rows.len()));
        } else if rows.len() < FEW_UNITS {
            warnings.push(format!("{group}: {} units: p-values and intervals of so few are rough", rows.len()));
        }
    }
    let lengths: Vec<f64> = (0..table.rows()).filter_map(|row| table.real("steps", row)).collect();
    let (shortest, longest) = lengths.iter().fold((f64::MAX, 0.0f64), |(low, high), n| (low.min(*n), high.max(*n)));
    if shortest < (1.0 - UNEQUAL) * longest {
        warnings.push(format!(
            "tracks have {shortest} to {longest} steps: plug-in entropy, information gain and coverage grow with the length alone; \
             --budget {shortest} compares them at equal length"
        ));
    }
    report.warnings = warnings;
}
