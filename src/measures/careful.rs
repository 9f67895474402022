//! Warnings about figures that should not be trusted.

use super::report::Report;
use super::table::Table;
use super::units::{Unit, rows_of, sample};
use crate::metrics::aggregate::median;
use crate::metrics::clusters::Intraclass;
use crate::metrics::correlation::FEWEST_PAIRS;

/// From this value of H / ln N on, an abstraction is too fine for the length of the record.
const SATURATED: f64 = 0.9;
/// If at least this share of transitions was seen only once, action information says little.
const MOSTLY_ONCE: f64 = 0.5;
/// If shuffled actions keep at least this share of action information, most of it is bias.
const MOSTLY_BIAS: f64 = 0.5;
/// Trajectories are of unequal length if the shortest is shorter than the longest by more than this share of the longest.
const UNEQUAL: f64 = 0.1;
/// Below this many units percentile bootstraps are too narrow, and it is hardly known how much units differ.
const FEW_UNITS: usize = 10;
/// Instances are alike within their runs if the hypothesis of no variance between runs has a p-value below this.
const ALIKE: f64 = 0.01;

/// Returns all warnings.
pub fn warnings(report: &Report) -> Vec<String> {
    let mut warnings: Vec<String> = report.groups.iter().flat_map(|group| of_group(report, group)).collect();
    warnings.extend(lengths(&report.per_instance));
    warnings
}

fn of_group(report: &Report, group: &str) -> Vec<String> {
    let table = &report.per_instance;
    let rows = rows_of(table, group);
    let middle = |column: &str| median(&rows.iter().filter_map(|row| table.real(column, *row)).collect::<Vec<_>>());
    let mut warnings = Vec::new();
    if let Some(share) = middle("entropy_over_ln_visits").filter(|share| *share >= SATURATED) {
        warnings.push(format!(
            "{group}: H / ln N is {share:.2}: key {} tells nearly every visit apart, and entropy says more of the number of steps than of \
             the player; take a coarser --key",
            report.key
        ));
    }
    if let Some(share) = middle("transitions_seen_once").filter(|share| *share >= MOSTLY_ONCE) {
        warnings.push(format!(
            "{group}: {:.0} % of transitions (s, s') were seen once only: I(A; S' | S) tends to H(A | S) there; take a coarser --key or \
             longer records",
            100.0 * share
        ));
    }
    let kept = middle("action_information_shuffled_bits").zip(middle("action_information_bits"));
    if let Some((shuffled, value)) = kept.filter(|(shuffled, value)| *value > 0.0 && *shuffled >= MOSTLY_BIAS * value) {
        warnings.push(format!(
            "{group}: shuffled actions keep {:.0} % of I(A; S' | S) ({shuffled:.3} of {value:.3} bits): most of it is the bias of a short \
             record; read action_information_excess_bits, or take a coarser --key or longer records",
            100.0 * shuffled / value
        ));
    }
    warnings.extend(units(report, group, &rows));
    warnings
}

/// Returns a warning about too few units, or about units that are alike.
fn units(report: &Report, group: &str, rows: &[usize]) -> Option<String> {
    let units = rows_of(&report.units, group).len();
    let (counted, instances) = (report.unit.counted(units), rows.len());
    if let Some((figure, found)) = alike(report, rows).filter(|_| report.unit == Unit::Instance) {
        return Some(format!(
            "{group}: instances of a run are alike (intraclass correlation {:.2} of {figure}): they are no independent units, intervals and \
             p-values of them are too small; leave --unit instance away",
            found.icc
        ));
    }
    if units < 2 && instances > units {
        return Some(format!(
            "{group}: {counted}: no interval and no correlation, since its {instances} instances may share an archive, a table or a \
             learner; give runs of several seeds, or --unit instance if they share nothing"
        ));
    }
    if units < FEWEST_PAIRS {
        return Some(format!("{group}: {counted}: a correlation needs at least {FEWEST_PAIRS}"));
    }
    (units < FEW_UNITS).then(|| {
        format!(
            "{group}: {counted}: p-values and intervals of so few are rough, and percentile bootstraps (columns *_bootstrap_*) too narrow: \
             with 3, 5, 10 units they hold the truth in about 74, 83, 90 % instead of 95"
        )
    })
}

/// Returns the figure whose values are most alike within runs, if they are significantly alike for any figure.
fn alike<'r>(report: &'r Report, rows: &[usize]) -> Option<(&'r str, Intraclass)> {
    let columns = report.measures.iter().flat_map(|measure| measure.columns());
    let found = columns.filter_map(|column| Some((*column, sample(&report.per_instance, rows, column, Unit::Run).intraclass()?)));
    found.filter(|(_, found)| found.p < ALIKE).max_by(|a, b| a.1.icc.total_cmp(&b.1.icc))
}

fn lengths(table: &Table) -> Option<String> {
    let lengths: Vec<f64> = (0..table.rows()).filter_map(|row| table.real("steps", row)).collect();
    let (shortest, longest) = lengths.iter().fold((f64::MAX, 0.0f64), |(low, high), n| (low.min(*n), high.max(*n)));
    (shortest < (1.0 - UNEQUAL) * longest).then(|| {
        format!(
            "tracks have {shortest} to {longest} steps: plug-in entropy, information gain and coverage grow with the length alone; \
             --budget {shortest} compares them at equal length"
        )
    })
}
