//! The difference of two groups: of each figure the difference of the means, with an interval.
//!
//! The interval is the percentile interval of an unpaired bootstrap: the units of each group are resampled separately, within each
//! environment. With few units it is narrower than its level says, as every percentile interval is ([`crate::metrics::bootstrap`]).

use super::report::Report;
use super::table::{Cell, Table};
use super::units::{Unit, rows_of, sample};
use crate::error::Result;
use crate::metrics::bootstrap::{Dice, Interval, interval};

/// A difference is resampled only if every environment of both groups has so many units.
const FEWEST_UNITS: usize = 2;

/// Returns a table with a row for each figure of `report`: mean of group `a` less mean of group `b`, over units, and its interval. `seed`
/// seeds the resamples; figure n has the same resamples in every report.
///
/// # Errors
/// [`crate::Error::Data`] never, unless a row does not fit its table.
pub fn differences(report: &Report, a: &str, b: &str, seed: u64) -> Result<Table> {
    let table = &report.per_instance;
    let mut found = Table::new("differences");
    let figures = rows_of(&report.summary, a).into_iter().map(|row| report.summary.text("figure", row));
    for (n, figure) in figures.enumerate() {
        let dice = Dice { seed, figure: n as u32 + 1, resamples: report.resamples };
        let of = |group: &str| means(table, group, figure, report.unit);
        let (first, second) = (of(a), of(b));
        let value = mean(first.iter().flatten()).zip(mean(second.iter().flatten())).map(|(a, b)| a - b);
        let around = resampled(&first, &second, &dice);
        found.push(vec![
            ("group", Cell::Text(a.to_string())),
            ("other", Cell::Text(b.to_string())),
            ("figure", Cell::Text(figure.to_string())),
            ("units", Cell::Whole(Some(first.iter().flatten().count() as u64))),
            ("other_units", Cell::Whole(Some(second.iter().flatten().count() as u64))),
            ("difference", Cell::Real(value)),
            ("difference_bootstrap_low", Cell::Real(around.map(|around| around.low))),
            ("difference_bootstrap_high", Cell::Real(around.map(|around| around.high))),
        ])?;
    }
    Ok(found)
}

/// The means of the units of a group, by environment.
fn means(table: &Table, group: &str, figure: &str, unit: Unit) -> Vec<Vec<f64>> {
    sample(table, &rows_of(table, group), figure, unit).means()
}

fn mean<'a>(values: impl Iterator<Item = &'a f64> + Clone) -> Option<f64> {
    let n = values.clone().count();
    (n > 0).then(|| values.sum::<f64>() / n as f64)
}

/// The interval of the difference of means; None if some environment has too few units to be resampled.
fn resampled(a: &[Vec<f64>], b: &[Vec<f64>], dice: &Dice) -> Option<Interval> {
    let marked = |strata: &[Vec<f64>], first: bool| -> Vec<Vec<(bool, f64)>> {
        strata.iter().map(|units| units.iter().map(|value| (first, *value)).collect()).collect()
    };
    let all = [marked(a, true), marked(b, false)].concat();
    let strata: Vec<&[(bool, f64)]> = all.iter().map(|units| &units[..]).filter(|units| !units.is_empty()).collect();
    let is_resampled = strata.iter().all(|units| units.len() >= FEWEST_UNITS);
    let of = |drawn: &[(bool, f64)], first: bool| {
        let (n, sum) =
            drawn.iter().filter(|(is_first, _)| *is_first == first).fold((0, 0.0), |(n, sum), (_, x)| (n + 1, sum + x));
        (n > 0).then(|| sum / f64::from(n))
    };
    interval(&strata, |drawn| Some(of(drawn, true)? - of(drawn, false)?), dice).filter(|_| is_resampled)
}

#[cfg(test)]
mod tests {
    use super::super::testing::report;
    use super::*;

    /// Two units of 0 and 4 against two of 10 and 10. A resample of the first has the mean 0, 2 or 4 with probability 1/4, 1/2, 1/4: the
    /// difference is -10, -8 or -6, and both tails of 2.5 % lie within the outer ones.
    #[test]
    fn the_interval_is_the_one_worked_by_hand() {
        let dice = Dice { resamples: 4000, ..Dice::new(1, 1) };
        let around = resampled(&[vec![0.0, 4.0]], &[vec![10.0, 10.0]], &dice).expect("an interval");
        assert_eq!((around.low, around.high), (-10.0, -6.0));
        // In two environments only their own units are exchanged: the mean of the first group is (0 + 0 + 9 + 9) / 4.
        let around = resampled(&[vec![0.0, 0.0], vec![9.0, 9.0]], &[vec![1.0, 1.0]], &dice).expect("an interval");
        assert_eq!((around.low, around.high), (3.5, 3.5));
    }

    /// Of 100 values 0 to 99 against 100 values 50 to 149 the difference is -50; its standard error is the square root of 2 times 2.887.
    #[test]
    fn with_many_units_it_is_two_standard_errors_to_each_side() {
        let values = |from: u32| vec![(from..from + 100).map(f64::from).collect::<Vec<f64>>()];
        let around = resampled(&values(0), &values(50), &Dice::new(3, 1)).expect("an interval");
        let half = 1.96 * 2.887 * 2.0f64.sqrt();
        assert!((around.low - (-50.0 - half)).abs() < 0.6 && (around.high - (-50.0 + half)).abs() < 0.6, "{around:?}");
    }

    #[test]
    fn one_unit_has_no_interval() {
        let dice = Dice::new(1, 1);
        assert_eq!(resampled(&[vec![1.0]], &[vec![2.0, 3.0]], &dice), None);
        assert_eq!(resampled(&[vec![1.0, 2.0], vec![3.0]], &[vec![2.0, 3.0]], &dice), None);
        assert_eq!(resampled(&[], &[], &dice), None);
    }

    /// Returns 2 and 4 against 10 and 14, after as many steps each.
    #[test]
    fn every_figure_has_a_row() {
        let runs = [("a", "r1", 2.0), ("a", "r2", 4.0), ("b", "r3", 10.0), ("b", "r4", 14.0)];
        let report = report(&runs.map(|(group, run, reward)| (group, run, vec![reward, 0.0])));
        let table = differences(&report, "a", "b", 0).expect("a table");
        assert_eq!(table.rows(), rows_of(&report.summary, "a").len());
        let row = (0..table.rows()).find(|row| table.text("figure", *row) == "progress").expect("its row");
        let real = |column| table.real(column, row);
        assert_eq!((real("difference"), real("units"), real("other_units")), (Some(-9.0), Some(2.0), Some(2.0)));
        assert_eq!((real("difference_bootstrap_low"), real("difference_bootstrap_high")), (Some(-12.0), Some(-6.0)));
        let of_means = |figure: &str, group: &str| {
            let row = rows_of(&report.summary, group).into_iter().find(|row| report.summary.text("figure", *row) == figure);
            report.summary.real("mean", row.expect("its row"))
        };
        for row in 0..table.rows() {
            let figure = table.text("figure", row);
            let expected = of_means(figure, "a").zip(of_means(figure, "b")).map(|(a, b)| a - b);
            assert_eq!(table.real("difference", row), expected, "{figure}");
        }
    }
}
