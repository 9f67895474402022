//! The curve of the progress: the mean return, the achievements or the score of a group over time.

use std::collections::BTreeMap;

use super::report::{CurvePoint, Report};
use super::setting::MEAN_RETURN;
use super::trajectory_statistics::bounds;
use super::units::{rows_of, sample};
use crate::metrics::aggregate::Aggregate;
use crate::metrics::bootstrap::Dice;

/// Returns the progress of a group over time: at the end of each window the mean over the units that last so long, with its interval of
/// Student's t, as the curves of measures have it.
pub fn progress_curve(report: &Report, group: &str) -> Vec<CurvePoint> {
    curve_of(report, group, ("progress", report.progress.name()))
}

/// Returns the mean return of a group over time, over its episodes so far, as [`progress_curve`] does the progress.
pub fn return_curve(report: &Report, group: &str) -> Vec<CurvePoint> {
    curve_of(report, group, (MEAN_RETURN, MEAN_RETURN))
}

/// The curve of a column of [`Report::over_time`], within the bounds of a figure.
fn curve_of(report: &Report, group: &str, (column, bounded_as): (&str, &str)) -> Vec<CurvePoint> {
    let table = &report.over_time;
    let mut by_time: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for row in rows_of(table, group) {
        by_time.entry(table.real("steps", row).unwrap_or(0.0) as u64).or_default().push(row);
    }
    // Nothing is resampled: intervals of t need no random numbers.
    let dice = Dice { seed: 0, figure: 0, resamples: 0 };
    let point = |(steps, rows): (u64, Vec<usize>)| {
        let found = Aggregate::of(&sample(table, &rows, column, report.unit), &dice)?;
        Some((steps, found.mean, found.mean_interval.map(|interval| interval.within(bounds(bounded_as)))))
    };
    by_time.into_iter().filter_map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::report;
    use super::*;

    /// Two runs whose returns after 10 steps are 1 and 3: mean 2, standard error 1, and t of one degree of freedom is 12.706. After 20 steps
    /// one of them is left.
    #[test]
    fn the_mean_and_its_interval_are_those_worked_by_hand() {
        let rewards = |first: f64, more: f64, n: usize| [vec![first], vec![0.0; 9], vec![more; n]].concat();
        let report =
            report(&[("a", "r1", rewards(1.0, 0.4, 10)), ("a", "r2", rewards(3.0, 0.0, 0)), ("b", "r3", rewards(9.0, 0.0, 0))]);
        let curve = progress_curve(&report, "a");
        let [(10, mean, Some(around)), (20, last, None)] = curve[..] else { panic!("{curve:?}") };
        assert!((mean - 2.0).abs() < 1e-12 && (last - 5.0).abs() < 1e-12, "{mean}, {last}");
        assert!((around.low - (2.0 - 12.706)).abs() < 1e-3 && (around.high - (2.0 + 12.706)).abs() < 1e-3, "{around:?}");
        assert_eq!(progress_curve(&report, "b"), [(10, 9.0, None)]);
        assert_eq!(return_curve(&report, "a"), curve, "in a world without achievements the progress is the mean return");
        assert_eq!(progress_curve(&report, "c"), []);
    }
}
