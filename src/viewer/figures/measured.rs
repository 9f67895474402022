//! The figures: what `measures` reports, in the order in which panes show it.

use super::names::unit_words;
use super::request::Request;
use crate::error::Result;
use crate::measures::{self, CurvePoint, Progress, Report, Table};

/// Figures of the open sources.
#[derive(Debug)]
pub struct Measured {
    /// What was measured; without the sources that could not be read.
    pub request: Request,
    /// The report of `measures::measure`.
    pub report: Report,
    /// Number of achievements of the worlds.
    pub achievements: usize,
    /// One plot for each measure, and one for the progress if it is none of them.
    pub plots: Vec<PlotFigures>,
    /// The first group less the second one; None with one group.
    pub differences: Option<Table>,
}

/// The curves of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotFigures {
    /// The figure, as the tables name it.
    pub figure: String,
    /// A curve for each group with points.
    pub curves: Vec<GroupCurve>,
}

/// The curve of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupCurve {
    /// Index of the group in the report.
    pub group: usize,
    /// Number of its hue.
    pub hue: usize,
    /// Steps, mean, interval.
    pub points: Vec<CurvePoint>,
}

/// Both ends of an interval.
pub type Ends = (f64, f64);

/// A row of the table of metrics.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The figure, as the tables name it.
    pub figure: String,
    /// Mean and interval of each group.
    pub groups: Vec<(Option<f64>, Option<Ends>)>,
    /// The first group less the second one, and the interval of that.
    pub difference: Option<(f64, Option<Ends>)>,
}

impl Row {
    /// Whether the interval of the difference leaves out 0.
    pub fn leaves_out_0(&self) -> bool {
        self.difference.and_then(|(_, around)| around).is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }
}

impl GroupCurve {
    /// The last point that is not after `steps`.
    pub fn at(&self, steps: u64) -> Option<CurvePoint> {
        let after = self.points.partition_point(|(at, ..)| *at <= steps);
        after.checked_sub(1).map(|last| self.points[last])
    }
}

impl Measured {
    /// # Errors
    /// [`crate::Error::Data`] if a row does not fit its table.
    pub(super) fn of(request: Request, report: Report, achievements: usize, seed: u64) -> Result<Measured> {
        let differences = match &report.groups[..] {
            [a, b, ..] => Some(measures::differences(&report, a, b, seed)?),
            _ => None,
        };
        let mut figures = Measured { request, report, achievements, plots: Vec::new(), differences };
        figures.plots = figures.all_plots();
        Ok(figures)
    }

    fn all_plots(&self) -> Vec<PlotFigures> {
        let report = &self.report;
        let curve = |(group, points): (usize, Vec<CurvePoint>)| GroupCurve { group, hue: self.hue(group), points };
        let plot = |figure: &str, curves: Vec<(usize, Vec<CurvePoint>)>| {
            let curves = curves.into_iter().filter(|(_, points)| !points.is_empty()).map(curve).collect();
            PlotFigures { figure: figure.to_string(), curves }
        };
        let of_group = |name: &str| report.groups.iter().position(|group| group == name).unwrap_or(0);
        let mut plots = Vec::new();
        for measure in &report.measures {
            let curves = report.curves.iter().filter(|curve| curve.measure == *measure);
            plots.push(plot(measure.column(), curves.map(|curve| (of_group(&curve.group), curve.points.clone())).collect()));
        }
        if report.progress != Progress::Achievements {
            let curves = report.groups.iter().enumerate().map(|(k, group)| (k, measures::progress_curve(report, group)));
            plots.push(plot("progress", curves.collect()));
        }
        if report.progress != Progress::Return {
            let curves = report.groups.iter().enumerate().map(|(k, group)| (k, measures::return_curve(report, group)));
            plots.push(plot("mean_return", curves.collect()));
        }
        plots
    }

    /// The hue of a group.
    pub fn hue(&self, group: usize) -> usize {
        let name = self.report.groups.get(group);
        self.request.groups.iter().find(|known| Some(&known.name) == name).map_or(group, |known| known.hue)
    }

    /// Units of a group: runs or instances.
    pub fn units(&self, group: usize) -> usize {
        let (table, name) = (&self.report.units, &self.report.groups[group]);
        (0..table.rows()).filter(|row| table.text("group", *row) == name).count()
    }

    /// What a figure is counted in; empty for plain numbers.
    pub fn unit_of(&self, figure: &str) -> String {
        unit_words(figure, self.report.progress, self.achievements)
    }

    /// All rows of the table of metrics, for the first `most` groups.
    pub fn rows(&self, most: usize) -> Vec<Row> {
        let (table, groups) = (&self.report.summary, &self.report.groups);
        let mut rows: Vec<Row> = Vec::new();
        for row in 0..table.rows() {
            let figure = table.text("figure", row);
            // In worlds with achievements the progress is one of the measures.
            if figure == "progress" && self.report.progress == Progress::Achievements {
                continue;
            }
            if groups.iter().take(most).any(|group| group == table.text("group", row)) {
                let interval = table.real("mean_low", row).zip(table.real("mean_high", row));
                let value = (table.real("mean", row), interval);
                match rows.iter_mut().find(|known| known.figure == figure) {
                    Some(known) => known.groups.push(value),
                    None => {
                        let difference = self.difference(figure);
                        rows.push(Row { figure: figure.to_string(), groups: vec![value], difference });
                    }
                }
            }
        }
        rows
    }

    fn difference(&self, figure: &str) -> Option<(f64, Option<Ends>)> {
        let table = self.differences.as_ref()?;
        let row = (0..table.rows()).find(|row| table.text("figure", *row) == figure)?;
        let around = table.real("difference_bootstrap_low", row).zip(table.real("difference_bootstrap_high", row));
        Some((table.real("difference", row)?, around))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_at_the_playhead_is_that_of_the_last_point_before_it() {
        let curve = GroupCurve { group: 0, hue: 0, points: vec![(10, 1.0, None), (20, 2.0, None)] };
        let at = [9, 10, 19, 20, 99].map(|steps| curve.at(steps).map(|(_, mean, _)| mean));
        assert_eq!(at, [None, Some(1.0), Some(1.0), Some(2.0), Some(2.0)]);
    }

    #[test]
    fn a_difference_is_marked_only_if_its_interval_leaves_out_0() {
        let row = |around| Row { figure: String::new(), groups: Vec::new(), difference: Some((1.0, around)) };
        let marked = [Some((0.5, 2.0)), Some((-2.0, -0.5)), Some((0.0, 2.0)), None].map(|around| row(around).leaves_out_0());
        assert_eq!(marked, [true, true, false, false]);
    }
}
