//! One panel: axes, curves with bands, points with fitted lines.

use plotters::prelude::*;

use super::colour::{self, FAINT, INK};
use super::page::{Area, Drawn};

/// A group's curve: (x, y), and a band around it: (x, low, high).
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub group: usize,
    pub points: Vec<(f64, f64)>,
    pub band: Vec<(f64, f64, f64)>,
}

/// A group's points, and a straight line through them.
#[derive(Clone, Debug, PartialEq)]
pub struct Dots {
    pub group: usize,
    pub points: Vec<(f64, f64)>,
    pub fit: Option<[(f64, f64); 2]>,
}

/// Axes with what is drawn between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    pub x: String,
    pub y: String,
    pub lines: Vec<Line>,
    pub dots: Vec<Dots>,
}

impl Panel {
    pub(super) fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, scale: f64, groups: usize) -> Drawn<DB> {
        let px = |units: f64| (units * scale).round() as u32;
        let font = |size: f64| ("sans-serif", size * scale).into_font().color(&INK);
        let (x, y) = self.ranges();
        let mut chart = ChartBuilder::on(area)
            .margin(px(12.0))
            .margin_right(px(26.0))
            .x_label_area_size(px(46.0))
            .y_label_area_size(px(66.0))
            .build_cartesian_2d(x.0..x.1, y.0..y.1)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT.stroke_width(px(1.0)))
            .axis_style(INK.stroke_width(px(1.0)))
            .set_all_tick_mark_size(px(5.0))
            .x_labels(6)
            .y_labels(6)
            .x_label_formatter(&|v| short(*v))
            .y_label_formatter(&|v| short(*v))
            .label_style(font(13.0))
            .axis_desc_style(font(15.0))
            .x_desc(self.x.as_str())
            .y_desc(self.y.as_str())
            .draw()?;
        for line in &self.lines {
            let colour = colour::group(line.group, groups);
            let upper = line.band.iter().map(|(x, _, high)| (*x, *high));
            let around: Vec<_> = upper.chain(line.band.iter().rev().map(|(x, low, _)| (*x, *low))).collect();
            if line.band.len() > 1 {
                chart.draw_series([Polygon::new(around, colour.mix(0.18).filled())])?;
            }
            let stroke = colour.stroke_width(px(2.2));
            chart.draw_series([PathElement::new(line.points.clone(), stroke)])?;
            if let Some(point) = line.points.last() {
                mark(area, line.group, chart.backend_coord_of(area, point), 4.0 * scale, colour.filled())?;
            }
        }
        for dots in &self.dots {
            let colour = colour::group(dots.group, groups);
            if let Some(fit) = dots.fit {
                chart.draw_series([PathElement::new(fit.to_vec(), colour.stroke_width(px(1.6)))])?;
            }
            for point in &dots.points {
                mark(area, dots.group, chart.backend_coord_of(area, point), 4.5 * scale, colour.mix(0.75).filled())?;
            }
        }
        Ok(())
    }

    /// Ranges that hold all there is with a margin; from 0 where the values are not far from it.
    fn ranges(&self) -> ((f64, f64), (f64, f64)) {
        let points = self.lines.iter().flat_map(|line| {
            let band = line.band.iter().flat_map(|(x, low, high)| [(*x, *low), (*x, *high)]);
            line.points.iter().copied().chain(band)
        });
        let points: Vec<(f64, f64)> = points.chain(self.dots.iter().flat_map(|dots| dots.points.iter().copied())).collect();
        (range(points.iter().map(|p| p.0)), range(points.iter().map(|p| p.1)))
    }
}

/// Where a point of the chart lies on the area.
trait OnArea<DB: DrawingBackend> {
    fn backend_coord_of(&self, area: &Area<DB>, point: &(f64, f64)) -> (i32, i32);
}

impl<DB, X, Y> OnArea<DB> for ChartContext<'_, DB, Cartesian2d<X, Y>>
where
    DB: DrawingBackend,
    X: Ranged<ValueType = f64>,
    Y: Ranged<ValueType = f64>,
{
    fn backend_coord_of(&self, area: &Area<DB>, point: &(f64, f64)) -> (i32, i32) {
        let (x, y) = self.backend_coord(point);
        let (left, top) = area.get_base_pixel();
        (x - left, y - top)
    }
}

/// The mark of a group: shape and colour both tell it apart.
pub(super) fn mark<DB: DrawingBackend>(
    area: &Area<DB>,
    group: usize,
    (x, y): (i32, i32),
    radius: f64,
    style: ShapeStyle,
) -> Drawn<DB> {
    let at = |dx: f64, dy: f64| (x + (dx * radius).round() as i32, y + (dy * radius).round() as i32);
    match group % 4 {
        0 => area.draw(&Circle::new((x, y), radius.round() as u32, style)),
        1 => area.draw(&Rectangle::new([at(-0.9, -0.9), at(0.9, 0.9)], style)),
        2 => area.draw(&Polygon::new(vec![at(0.0, -1.2), at(1.1, 0.8), at(-1.1, 0.8)], style)),
        _ => area.draw(&Polygon::new(vec![at(0.0, -1.3), at(1.3, 0.0), at(0.0, 1.3), at(-1.3, 0.0)], style)),
    }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.filter(|v| v.is_finite()).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let low = if low >= 0.0 && low <= 0.4 * high { 0.0 } else { low };
    let margin = if high > low { 0.05 * (high - low) } else { 0.5f64.max(0.1 * high.abs()) };
    (if low == 0.0 && high > 0.0 { 0.0 } else { low - margin }, high + margin)
}

/// 12345 as 12.3k, 0.25 as it is: what an axis has room for.
pub(super) fn short(value: f64) -> String {
    let plain = |value: f64, digits: usize| {
        let text = format!("{value:.digits$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text };
        if text == "-0" { "0".to_string() } else { text }
    };
    match value.abs() {
        v if v >= 1e9 => plain(value / 1e9, 2) + "G",
        v if v >= 1e6 => plain(value / 1e6, 2) + "M",
        v if v >= 1e4 => plain(value / 1e3, 1) + "k",
        v if v >= 100.0 => plain(value, 0),
        v if v >= 1.0 || v == 0.0 => plain(value, 2),
        v if v >= 1e-3 => plain(value, 4),
        v if v < 1e-12 => "0".to_string(),
        _ => format!("{value:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_on_axes_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (0.25, "0.25"),
            (1.5, "1.5"),
            (120.0, "120"),
            (9000.0, "9000"),
            (12_500.0, "12.5k"),
            (2e6, "2M"),
            (-3.0, "-3"),
            (0.002, "0.002"),
            (2e-5, "2.0e-5"),
            (1e-17, "0"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn ranges_hold_everything_and_begin_at_nought_where_it_is_near() {
        assert_eq!(range([1.0, 10.0].into_iter()), (0.0, 10.5));
        assert_eq!(range([8.0, 10.0].into_iter()), (7.9, 10.1));
        assert_eq!(range([-1.0, 1.0].into_iter()), (-1.1, 1.1));
        assert_eq!(range([0.0, 0.0].into_iter()), (-0.5, 0.5));
        assert_eq!(range([f64::NAN].into_iter()), (0.0, 1.0));
        assert_eq!(range([3.0].into_iter()), (2.5, 3.5));
    }
}
