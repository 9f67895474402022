//! Measures every trajectory, and compares the groups that they are in.

use rayon::prelude::*;

use super::compare;
use super::report::Report;
use super::setting::{Measured, Plan, setting};
use super::table::Table;
use super::trajectories::Record;
use crate::error::Result;

/// Measures all trajectories of `record`.
///
/// # Errors
/// [`crate::error::Error::Usage`] if the worlds do not support `plan`; [`crate::error::Error::Data`] if no trajectory has a step.
pub fn measure(record: &Record, plan: &Plan) -> Result<Report> {
    let setting = setting(record, plan)?;
    let trajectories = record.trajectories.par_iter().enumerate();
    let measured: Vec<Measured> = trajectories.map(|(number, trajectory)| setting.measure(trajectory, number as u32)).collect();
    let mut report = Report {
        family: record.family,
        key: record.abstraction.name(),
        key_parts: record.abstraction.spelled_out(),
        states: record.states,
        reachable: setting.reachable,
        budget: setting.budget,
        measures: setting.measures.clone(),
        progress: setting.progress,
        unit: plan.unit,
        resamples: plan.resamples,
        groups: Vec::new(),
        per_instance: Table::new("per-instance"),
        units: Table::new("units"),
        over_time: Table::new("over-time"),
        per_episode: Table::new("per-episode"),
        unlocks: Table::new("unlocks"),
        summary: Table::new("groups"),
        group_over_time: Table::new("groups-over-time"),
        correlations: Table::new("correlations"),
        similarity: Table::new("similarity"),
        curves: Vec::new(),
        notes: record.notes.clone(),
        warnings: Vec::new(),
    };
    for trajectory in &record.trajectories {
        if !report.groups.contains(&trajectory.group) {
            report.groups.push(trajectory.group.clone());
        }
    }
    for one in measured {
        report.per_instance.push(one.instance)?;
        one.windows.into_iter().try_for_each(|row| report.over_time.push(row))?;
        one.episodes.into_iter().try_for_each(|row| report.per_episode.push(row))?;
        one.unlocks.into_iter().try_for_each(|row| report.unlocks.push(row))?;
    }
    compare::compare(&mut report, &setting, plan)?;
    Ok(report)
}
