//! The figures of `measure`: curves over time, and measures against progress.

use crate::measures::{Measure, Report, Unit, pairs};
use crate::metrics::bootstrap::LEVEL;
use crate::metrics::correlation::least_squares;
use crate::plots::{Dots, Line, Note, Page, Panel};

/// Marks of equal whole numbers are moved up or down by at most this.
const JITTER: f64 = 0.25;

/// Returns the name and the page of each figure.
pub fn pages(report: &Report) -> Vec<(String, Page)> {
    let mut pages = vec![("over-time".to_string(), over_time(report, &report.measures))];
    let against: Vec<Measure> = report.measures.iter().copied().filter(|m| m.column() != report.progress.name()).collect();
    pages.extend(report.measures.iter().map(|m| (format!("{}-over-time", m.name()), over_time(report, &[*m]))));
    if !against.is_empty() {
        pages.push(("progress".to_string(), progress(report, &against)));
    }
    pages.extend(against.iter().map(|m| (format!("{}-progress", m.name()), progress(report, &[*m]))));
    pages
}

/// Returns the groups with the number of their units, as the legend names them.
fn legend(report: &Report) -> Vec<String> {
    let members = |table: &crate::measures::Table, group: &String| {
        (0..table.rows()).filter(|row| table.text("group", *row) == group).count()
    };
    let named = |group: &String| {
        let (units, instances) = (members(&report.units, group), members(&report.per_instance, group));
        let more = if instances == units { String::new() } else { format!(", {instances} instances") };
        format!("{group} (n = {}{more})", report.unit.counted(units))
    };
    report.groups.iter().map(named).collect()
}

pub fn over_time(report: &Report, measures: &[Measure]) -> Page {
    let panel = |measure: &Measure| {
        let curves = report.curves.iter().filter(|curve| curve.measure == *measure);
        let lines = curves.map(|curve| Line {
            group: report.groups.iter().position(|group| *group == curve.group).unwrap_or(0),
            points: curve.points.iter().map(|(steps, mean, _)| (*steps as f64, *mean)).collect(),
            band: curve.points.iter().filter_map(|(steps, _, around)| around.map(|i| (*steps as f64, i.low, i.high))).collect(),
        });
        Panel { x: "Steps".into(), y: measure.title().into(), lines: lines.collect(), ..Panel::default() }
    };
    let unit = report.unit.name();
    let counts = if report.unit == Unit::Run { ", each the mean of its instances" } else { "" };
    let banded = report.curves.iter().any(|curve| curve.points.iter().any(|(_, _, around)| around.is_some()));
    let band = if banded {
        format!("Bands: {} % intervals of Student's t over the n {unit}s, step by step; a group of one has none.", 100.0 * LEVEL)
    } else {
        format!("No bands: a group has one {unit}, or they are of different worlds.")
    };
    let mut caption = vec![format!("Lines: means over {unit}s{counts}. {band}")];
    if members_change(report) {
        caption.push(format!("n falls on the way: only {unit}s that lasted so long count at a step."));
    }
    let title = format!("Over time, key {}", report.key);
    Page { title, caption, groups: legend(report), panels: measures.iter().map(panel).collect() }
}

/// Whether the number of instances falls along any curve.
fn members_change(report: &Report) -> bool {
    let table = &report.group_over_time;
    let of = |row: usize| (table.text("group", row), table.text("figure", row), table.real("instances", row));
    (1..table.rows()).any(|row| of(row).0 == of(row - 1).0 && of(row).1 == of(row - 1).1 && of(row).2 < of(row - 1).2)
}

pub fn progress(report: &Report, measures: &[Measure]) -> Page {
    let whole = |points: &[(f64, f64)]| points.iter().all(|(_, y)| y.fract() == 0.0);
    let mut moved = false;
    let mut shown = |points: Vec<(f64, f64)>| {
        if !whole(&points) || !has_ties(&points) {
            return points;
        }
        moved = true;
        jittered(&points)
    };
    let mut panel = |measure: &Measure| {
        let column = measure.column();
        let (mut dots, mut notes) = (Vec::new(), Vec::new());
        for (k, group) in report.groups.iter().enumerate() {
            let points = pairs(&report.per_instance, group, column, report.unit);
            let instances = pairs(&report.per_instance, group, column, Unit::Instance);
            let found = coefficient(report, group, column);
            notes.push(Note { group: k, text: found.as_ref().map_or_else(|| none(report, points.len()), Found::text) });
            let fit = found.filter(Found::leaves_out_0).and_then(|_| line(&points));
            let small = if instances.len() > points.len() { shown(instances) } else { Vec::new() };
            dots.push(Dots { group: k, points: shown(points), small, fit });
        }
        Panel { x: measure.title().into(), y: report.progress.title().into(), dots, notes, ..Panel::default() }
    };
    let panels: Vec<Panel> = measures.iter().map(&mut panel).collect();
    let unit = report.unit.name();
    let small = panels.iter().any(|panel| panel.dots.iter().any(|dots| !dots.small.is_empty()));
    let mut caption = vec![
        if small {
            format!("Large marks: {unit}s, means of their instances. Small marks: instances.")
        } else {
            format!("A mark is a {unit}.")
        },
        format!(
            "r: Pearson's, with its {} % interval by Fisher's transformation and p of Student's t over the n {unit}s, not corrected for many \
             tests. A line of least squares is drawn where that interval leaves out 0.",
            100.0 * LEVEL
        ),
    ];
    if moved {
        caption.push(format!("Whole numbers are moved up or down by at most {JITTER}, so that equal ones can be counted."));
    }
    Page { title: format!("Against progress, key {}", report.key), caption, groups: legend(report), panels }
}

/// Pearson's coefficient, from the table of correlations.
struct Found {
    r: f64,
    p: Option<f64>,
    interval: Option<(f64, f64)>,
    n: String,
}

impl Found {
    fn leaves_out_0(&self) -> bool {
        self.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }

    fn text(&self) -> String {
        let around = self.interval.map_or(String::new(), |(low, high)| format!(" [{low:.2}, {high:.2}]"));
        let p = match self.p {
            Some(p) if p < 0.001 => ", p < 0.001".to_string(),
            Some(p) => format!(", p = {p:.3}"),
            None => String::new(),
        };
        format!("r = {:.2}{around}{p}, n = {}", self.r, self.n)
    }
}

fn coefficient(report: &Report, group: &str, column: &str) -> Option<Found> {
    let table = &report.correlations;
    let row = (0..table.rows()).find(|row| table.text("group", *row) == group && table.text("objective", *row) == column)?;
    let n = report.unit.counted(table.real("units", row)? as usize);
    let interval = table.real("pearson_low", row).zip(table.real("pearson_high", row));
    Some(Found { r: table.real("pearson", row)?, p: table.real("pearson_p", row), interval, n })
}

fn none(report: &Report, n: usize) -> String {
    let why = if n < crate::metrics::correlation::FEWEST_PAIRS { "too few for" } else { "nothing varies, so there is no" };
    format!("n = {}: {why} a correlation", report.unit.counted(n)).replace("no a ", "no ")
}

/// Returns the ends of the line of least squares, at the smallest and the largest x.
fn line(points: &[(f64, f64)]) -> Option<[(f64, f64); 2]> {
    let (slope, intercept) = least_squares(points)?;
    let (low, high) = points.iter().fold((f64::MAX, f64::MIN), |(low, high), (x, _)| (low.min(*x), high.max(*x)));
    Some([low, high].map(|x| (x, intercept + slope * x)))
}

fn has_ties(points: &[(f64, f64)]) -> bool {
    let mut values: Vec<f64> = points.iter().map(|point| point.1).collect();
    values.sort_by(f64::total_cmp);
    values.windows(2).any(|pair| pair[0] == pair[1])
}

/// Moves equal y apart, in the order of x, by steps of the golden ratio, so that no two of a few points have the same y.
fn jittered(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|a, b| points[*a].1.total_cmp(&points[*b].1).then(points[*a].0.total_cmp(&points[*b].0)));
    let mut moved = points.to_vec();
    for tied in order.chunk_by(|a, b| points[*a].1 == points[*b].1).filter(|tied| tied.len() > 1) {
        for (nth, at) in tied.iter().enumerate() {
            moved[*at].1 += JITTER * (2.0 * (0.5 + GOLDEN * nth as f64).fract() - 1.0);
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_moved_apart_and_others_stay() {
        let points = [(1.0, 3.0), (2.0, 3.0), (1.5, 4.0), (1.2, 3.0)];
        assert!(has_ties(&points) && !has_ties(&points[1..3]));
        let moved = jittered(&points);
        assert_eq!(moved[2], points[2]);
        let mut heights: Vec<f64> = [0, 1, 3].map(|k| moved[k].1).to_vec();
        assert!(heights.iter().all(|y| (y - 3.0).abs() <= JITTER), "{heights:?}");
        heights.sort_by(f64::total_cmp);
        heights.dedup();
        assert_eq!(heights.len(), 3);
        assert_eq!(jittered(&points), moved);
    }

    #[test]
    fn coefficients_are_written_with_what_they_rest_on() {
        let found = |p, interval| Found { r: -0.456, p, interval, n: "10 runs".to_string() };
        assert_eq!(found(Some(0.1849), Some((-0.85, 0.24))).text(), "r = -0.46 [-0.85, 0.24], p = 0.185, n = 10 runs");
        assert_eq!(found(Some(1e-9), None).text(), "r = -0.46, p < 0.001, n = 10 runs");
        let drawn = [Some((-0.85, 0.24)), Some((0.1, 0.9)), Some((-0.9, -0.1)), None].map(|i| found(None, i).leaves_out_0());
        assert_eq!(drawn, [false, true, true, false]);
    }
}
