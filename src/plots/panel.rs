//! One panel: axes, curves with bands, points with fitted lines.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::colour::{self, FAINT, INK};
use super::surface::{Area, Drawn};

/// A group's curve: (x, y), and a band around it: (x, low, high).
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Index into [`Page::groups`](super::Page::groups), which determines colour and mark.
    pub group: usize,
    /// Vertices of the curve, (x, y), in the order in which they are joined; the last one is marked.
    pub points: Vec<(f64, f64)>,
    /// The band as (x, low, high), sorted by x. Fewer than two entries draw no band.
    pub band: Vec<(f64, f64, f64)>,
}

/// A group's points, smaller ones behind them, and a straight line through them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dots {
    /// Index into [`Page::groups`](super::Page::groups).
    pub group: usize,
    /// Large marks, (x, y).
    pub points: Vec<(f64, f64)>,
    /// Small, paler marks, (x, y).
    pub small: Vec<(f64, f64)>,
    /// Ends of the line; None for no line.
    pub fit: Option<[(f64, f64); 2]>,
}

/// A line of text above the axes, with the mark of a group before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Index into [`Page::groups`](super::Page::groups).
    pub group: usize,
    /// One line, drawn without wrapping.
    pub text: String,
}

/// Axes and their contents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// Label of the x axis.
    pub x: String,
    /// Label of the y axis.
    pub y: String,
    /// Curves; they are drawn first.
    pub lines: Vec<Line>,
    /// Point sets; they are drawn over the curves.
    pub dots: Vec<Dots>,
    /// Texts above the axes, one on each line.
    pub notes: Vec<Note>,
}

/// Height of a note, and size of its text.
pub(super) const NOTE_LINE: u32 = 19;
const NOTE_TEXT: f64 = 13.0;
/// Left edge of notes, and distance from there to their text.
const NOTE_LEFT: f64 = 84.0;
const NOTE_MARK: f64 = 14.0;

impl Panel {
    /// Draws the panel. It leaves `notes` lines free for notes, so that the axes in a row of panels are at the same height.
    pub(super) fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, scale: f64, groups: usize, notes: usize) -> Drawn<DB> {
        let px = |units: f64| (units * scale).round() as u32;
        let font = |size: f64| ("sans-serif", size * scale).into_font().color(&INK);
        let (above, area) = area.split_vertically(px(f64::from(NOTE_LINE) * notes as f64));
        self.draw_notes(&above, scale, groups)?;
        let area = &area;
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
            .x_desc(titled(&self.x, x))
            .y_desc(titled(&self.y, y))
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
            for point in &dots.small {
                mark(area, dots.group, chart.backend_coord_of(area, point), 2.4 * scale, colour.mix(0.4).filled())?;
            }
            for point in &dots.points {
                mark(area, dots.group, chart.backend_coord_of(area, point), 4.5 * scale, colour.mix(0.75).filled())?;
            }
        }
        Ok(())
    }

    fn draw_notes<DB: DrawingBackend>(&self, area: &Area<DB>, scale: f64, groups: usize) -> Drawn<DB> {
        let style = ("sans-serif", NOTE_TEXT * scale).into_font().color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
        for (line, note) in self.notes.iter().enumerate() {
            let px = |units: f64| (units * scale).round() as i32;
            let y = px(f64::from(NOTE_LINE) * (line as f64 + 0.7));
            mark(area, note.group, (px(NOTE_LEFT), y), 4.0 * scale, colour::group(note.group, groups).filled())?;
            // Letters without descenders lie above the middle of their line, so the text is moved down.
            area.draw(&Text::new(note.text.clone(), (px(NOTE_LEFT + NOTE_MARK), y + px(1.5)), style.clone()))?;
        }
        Ok(())
    }

    /// Returns ranges of x and y that contain everything, with a margin. With curves, the axis of values that are never negative begins
    /// at 0. With points only, it does so if 0 is near.
    fn ranges(&self) -> ((f64, f64), (f64, f64)) {
        let points = self.lines.iter().flat_map(|line| {
            let band = line.band.iter().flat_map(|(x, low, high)| [(*x, *low), (*x, *high)]);
            line.points.iter().copied().chain(band)
        });
        let dots = self.dots.iter().flat_map(|dots| dots.points.iter().chain(&dots.small).copied());
        let points: Vec<(f64, f64)> = points.chain(dots).collect();
        let near = if self.lines.is_empty() { NEAR } else { 1.0 };
        (range(points.iter().map(|p| p.0), near), range(points.iter().map(|p| p.1), near))
    }
}

/// Returns the title, with a remark if its axis does not contain 0.
fn titled(title: &str, (low, high): (f64, f64)) -> String {
    if low > 0.0 {
        format!("{title}; axis begins at {}", short(low))
    } else if high < 0.0 {
        format!("{title}; axis ends at {}", short(high))
    } else {
        title.to_string()
    }
}

/// The position of a chart's point on the area.
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

/// Draws the mark of a group. Groups differ in both shape and colour.
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

/// An axis begins at 0 if the smallest value is at most this share of the largest.
const NEAR: f64 = 0.4;

/// Returns a range that contains `values` with a margin. Without negative values it begins at 0 if the smallest value is at most `near` of
/// the largest, otherwise at a round number.
fn range(values: impl Iterator<Item = f64>, near: f64) -> (f64, f64) {
    let (low, high) = values.filter(|v| v.is_finite()).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let margin = if high > low { 0.05 * (high - low) } else { 0.5f64.max(0.1 * high.abs()) };
    if low >= 0.0 && low <= near * high {
        return (0.0, high + if low > 0.0 { 0.05 * high } else { margin });
    }
    if low < 0.0 {
        return (low - margin, high + margin);
    }
    let (low, high) = (low - margin, high + margin);
    let step = round_step((high - low) / 10.0);
    ((low / step).floor() * step, high)
}

/// Returns 1, 2 or 5 times a power of ten, at least `least`.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powi(least.log10().floor() as i32);
    [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power).find(|step| *step >= least).unwrap_or(10.0 * power)
}

/// Shortens a number for an axis: 12345 to 12.3k; 0.25 stays as it is.
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
        let of = |values: &[f64], near| range(values.iter().copied(), near);
        assert_eq!(of(&[1.0, 10.0], NEAR), (0.0, 10.5));
        assert_eq!(of(&[8.0, 10.0], NEAR), (7.5, 10.1));
        assert_eq!(of(&[8.0, 10.0], 1.0), (0.0, 10.5), "a curve's axis begins at 0");
        assert_eq!(of(&[-1.0, 1.0], NEAR), (-1.1, 1.1));
        assert_eq!(of(&[0.0, 0.0], NEAR), (0.0, 0.5));
        assert_eq!(of(&[f64::NAN], NEAR), (0.0, 1.0));
        assert_eq!(of(&[3.0], NEAR), (2.5, 3.5));
    }

    #[test]
    fn axes_that_do_not_hold_nought_say_so() {
        assert_eq!(titled("H", (0.0, 3.0)), "H");
        assert_eq!(titled("H", (2.4, 3.5)), "H; axis begins at 2.4");
        assert_eq!(titled("H", (-3.0, -1.5)), "H; axis ends at -1.5");
    }
}
