//! What the panes of figures show, and how they say what figures are of.

use crate::measures::{Report, Unit};
use crate::metrics::bootstrap::LEVEL;
use crate::viewer::figures::{LeftOut, Measured};
use crate::viewer::sources::InstanceListing;
use crate::viewer::theme::numbers;

/// What the panes of figures show in this frame.
#[derive(Clone, Copy, Debug)]
pub struct FiguresView<'a> {
    /// The figures; None if there are none yet.
    pub measured: Option<&'a Measured>,
    /// Why there are none.
    pub failed: Option<&'a str>,
    /// What is going on: "Measuring 3 of 8 traces". Empty if nothing is.
    pub progress: &'a str,
    /// Share of the work that is done.
    pub share: f32,
    /// Sources that are not measured.
    pub left_out: &'a [LeftOut],
    /// What counts as independent.
    pub unit: Unit,
    /// Rows that were recorded since the figures were measured.
    pub new_rows: u64,
    /// The shown instance, and the row of the playhead.
    pub instance: Option<(&'a InstanceListing, u64)>,
}

impl FiguresView<'_> {
    /// Steps that the shown instance has taken at the playhead, over all its episodes.
    pub fn steps(&self) -> Option<u64> {
        self.instance.map(|(instance, row)| instance.steps_until(row))
    }
}

/// The letter of a group: A for the first one.
pub fn letter(group: usize) -> char {
    char::from(b'A' + group.min(25) as u8)
}

/// The units of the groups in words: `2 runs and 3 runs`, `2 runs in each group`.
pub fn units_words(figures: &Measured) -> String {
    let report = &figures.report;
    let counted: Vec<String> = (0..report.groups.len()).map(|group| report.unit.counted(figures.units(group))).collect();
    match &counted[..] {
        [] => String::new(),
        [first, rest @ ..] if !rest.is_empty() && rest.iter().all(|other| other == first) => format!("{first} in each group"),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The steps that figures are of.
pub fn budget_words(report: &Report) -> String {
    format!("first {} steps", numbers::count(report.budget))
}

/// What the curves show: mean, interval, units, steps, key.
pub fn curves_scope(figures: &Measured) -> String {
    let report = &figures.report;
    let unit = report.unit.name();
    let with = figures.plots.iter().flat_map(|plot| &plot.curves).any(|curve| curve.points.iter().any(|(.., i)| i.is_some()));
    let around = if with {
        format!("Mean over {unit}s, {} % interval of Student\u{2019}s t", 100.0 * LEVEL)
    } else {
        format!("Mean over {unit}s, no interval: it needs two {unit}s of a group in each world")
    };
    format!("{around} \u{b7} n = {} \u{b7} {} \u{b7} key {}", units_words(figures), budget_words(report), report.key)
}

/// More about the curves, for their tooltip.
pub fn curves_about(figures: &Measured) -> String {
    let unit = figures.report.unit.name();
    let value = if figures.report.unit == Unit::Run { "The value of a run is the mean of its instances. " } else { "" };
    format!(
        "{value}The interval of a curve is of Student\u{2019}s t over {unit}s, step by step; it resamples nothing. At a step only {unit}s \
         that lasted so long count. Steps are counted over all episodes of an instance."
    )
}

/// What bold differences mean, and where their intervals come from.
pub fn difference_words(figures: &Measured, any: bool) -> String {
    let unit = figures.report.unit.name();
    if any {
        format!(
            "Bold: the {} % interval of the difference leaves out 0. It is the percentile interval of an unpaired bootstrap, which \
             resamples the {unit}s of each group {} times; with few {unit}s it is too narrow. Not corrected for many comparisons.",
            100.0 * LEVEL,
            numbers::count(u64::from(figures.report.resamples))
        )
    } else {
        format!("A \u{2212} B has no interval: it needs two {unit}s of each group in each world.")
    }
}
