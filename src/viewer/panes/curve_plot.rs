//! One plot of the Curves pane: mean and interval of each group over steps, and the playhead.

use egui::{Align2, Id, Rangef, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use egui_plot::{AxisHints, FilledArea, GridInput, GridMark, HoverPosition, Line, Plot, PlotPoints, PlotUi, Points, VLine};

use super::figures_view::{FiguresView, letter};
use super::group_marks;
use super::ticks::{Ticks, ticks};
use crate::viewer::command::Requests;
use crate::viewer::figures::{GroupCurve, Measured, PlotFigures, figure_words};
use crate::viewer::theme::{Tokens, fonts, numbers};
use crate::viewer::widgets::text;

const PADDING: f32 = 16.0;
const HEAD: f32 = 28.0;
/// Space for a marker before a value.
const BEFORE_VALUE: f32 = 14.0;
/// Width of the numbers at the left.
const AXIS: f32 = 36.0;
/// Points between ticks, at least.
const APART: (f32, f32) = (56.0, 34.0);
/// Opacity of intervals.
const BAND: f32 = 0.2;

/// Shows a plot in `cell`; `beside`: its values stand beside its title.
pub fn show(
    ui: &mut Ui,
    t: &Tokens,
    (cell, beside): (Rect, bool),
    view: &FiguresView,
    (figures, plot): (&Measured, &PlotFigures),
    requests: &mut Requests,
) {
    let steps = view.steps();
    let inner = cell.shrink2(vec2(PADDING, 6.0));
    let name = figure_words(&plot.figure, figures.report.progress);
    let rest = head(ui, t, (inner, beside), (figures, plot, &name), steps);
    let area = Rect::from_min_max(pos2(inner.left() - 8.0, rest), inner.max);
    let (low, high) = range(plot);
    let size = (area.width() - AXIS - PADDING, area.height() - 20.0);
    let (x, y) = (
        ticks(0.0, figures.report.budget as f64, size.0 / APART.0),
        ticks(low, if high > low { high } else { low + 1.0 }, size.1 / APART.1),
    );
    // A little room below, so that markers at the lowest value are whole.
    let bounds = (low.min(y.first) - 0.02 * (y.last - low), y.last);
    let mut room = ui.new_child(UiBuilder::new().max_rect(area).id_salt(("plot", &plot.figure)));
    let response =
        drawn(t, &plot.figure, (x, y), figures).width(area.width() - PADDING).height(area.height()).show(&mut room, |inside| {
            inside.set_plot_bounds_x(0.0..=figures.report.budget as f64);
            inside.set_plot_bounds_y(bounds.0..=bounds.1);
            plot.curves.iter().for_each(|curve| band(inside, t, curve));
            plot.curves.iter().for_each(|curve| mean(inside, t, curve, &figures.report.groups[curve.group]));
            if let Some(steps) = steps {
                playhead(inside, t, plot, steps);
            }
        });
    let (plotted, transform) = (response.response, response.transform);
    plotted.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name}, plot: drag to move the playhead")));
    if let (Some(at), Some((instance, _))) = (plotted.interact_pointer_pos(), view.instance) {
        let steps = transform.value_from_position(at).x.round().max(0.0) as u64;
        requests.row = Some((instance.row_after(steps), plotted.dragged()));
    }
}

/// Whether the values of a plot fit beside its title in a cell of this width.
pub fn fits(ui: &Ui, width: f32, (figures, plot): (&Measured, &PlotFigures), steps: Option<u64>) -> bool {
    let name = figure_words(&plot.figure, figures.report.progress);
    let title = text::layout(ui, &name, fonts::value()).size().x + 8.0;
    let unit = text::layout(ui, &figures.unit_of(&plot.figure), fonts::axis()).size().x + 8.0;
    let values: f32 = plot.curves.iter().map(|curve| value_width(ui, &value_words(curve, steps))).sum();
    title + unit + values <= width - 2.0 * PADDING
}

fn value_width(ui: &Ui, value: &str) -> f32 {
    text::layout(ui, value, fonts::value()).size().x + BEFORE_VALUE + 12.0
}

/// Title and unit, and the value of each group at the playhead. Returns where the plot begins.
fn head(
    ui: &mut Ui,
    t: &Tokens,
    (inner, beside): (Rect, bool),
    (figures, plot, name): (&Measured, &PlotFigures, &str),
    steps: Option<u64>,
) -> f32 {
    let middle = inner.top() + HEAD / 2.0;
    let values: Vec<(usize, String)> = plot.curves.iter().map(|curve| (curve.hue, value_words(curve, steps))).collect();
    let unit = figures.unit_of(&plot.figure);
    let widths: Vec<f32> = values.iter().map(|(_, value)| value_width(ui, value)).collect();
    let painter = ui.painter();
    let at = pos2(inner.left(), middle);
    let (title, _) = text::elided(painter, at, Align2::LEFT_CENTER, (name, inner.width()), (fonts::value(), t.t1));
    text::line(painter, pos2(title.right() + 8.0, middle), Align2::LEFT_CENTER, &unit, fonts::axis(), t.t3);
    let wide: f32 = widths.iter().sum();
    let (mut x, mut y) = if beside { (inner.right() - wide + 12.0, middle) } else { (inner.left(), middle + 20.0) };
    for ((hue, value), width) in values.iter().zip(widths) {
        if x + width > inner.right() + 12.0 && x > inner.left() {
            (x, y) = (inner.left(), y + 20.0);
        }
        group_marks::paint(painter, pos2(x + 4.0, y), 4.0, *hue, t.group(*hue));
        text::line(painter, pos2(x + BEFORE_VALUE, y), Align2::LEFT_CENTER, value, fonts::value(), t.t1);
        x += width;
    }
    let bottom = y + HEAD / 2.0 + 6.0;
    let place = Rect::from_min_max(inner.min, pos2(inner.right(), bottom));
    let response = ui.interact(place, ui.scope_id().with(("head", &plot.figure)), Sense::hover());
    let words = head_words(figures, plot, name, &unit, steps);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    response.on_hover_text(words);
    bottom
}

/// The value of a curve at the playhead.
fn value_words(curve: &GroupCurve, steps: Option<u64>) -> String {
    let value = steps.and_then(|steps| curve.at(steps));
    value.map_or("\u{2013}".to_string(), |(_, mean, _)| numbers::real(mean, false))
}

/// The head of a plot in words: what it is, at which step, and each group's value.
fn head_words(figures: &Measured, plot: &PlotFigures, name: &str, unit: &str, steps: Option<u64>) -> String {
    let first = plot.curves.iter().filter_map(|curve| curve.points.first().map(|point| point.0)).min().unwrap_or(0);
    let at = match steps {
        Some(steps) if steps >= first => format!("at step {}", numbers::count(steps)),
        _ => format!("curves begin at step {}", numbers::count(first)),
    };
    let value = |curve: &GroupCurve| {
        let value = steps.and_then(|steps| curve.at(steps)).map_or("no value".to_string(), |(at, mean, interval)| {
            let around = interval.map_or(String::new(), |around| {
                format!(" [{}, {}]", numbers::real(around.low, false), numbers::real(around.high, false))
            });
            format!("{}{around} from step {}", numbers::real(mean, false), numbers::count(at))
        });
        format!("{} {}: {value}", letter(curve.group), figures.report.groups[curve.group])
    };
    let values: Vec<String> = plot.curves.iter().map(value).collect();
    let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
    format!("{name}{unit}, {at}\n{}", values.join("\n"))
}

/// The smallest and the largest value that is drawn; 0 is drawn if no value is below it.
fn range(plot: &PlotFigures) -> (f64, f64) {
    let points = plot.curves.iter().flat_map(|curve| &curve.points);
    points.fold((0.0, 0.0), |(low, high): (f64, f64), (_, mean, around)| {
        let (least, most) = around.map_or((*mean, *mean), |around| (around.low, around.high));
        (low.min(least), high.max(most))
    })
}

/// The empty plot: axes and grid.
fn drawn<'a>(t: &'a Tokens, figure: &str, (x, y): (Ticks, Ticks), figures: &'a Measured) -> Plot<'a> {
    let budget = figures.report.budget as f64;
    let marks = |ticks: Ticks, most: f64| {
        move |_: GridInput| -> Vec<GridMark> {
            let inside = ticks.values().filter(|value| *value <= most);
            inside.map(|value| GridMark { value, step_size: ticks.step }).collect()
        }
    };
    let axis =
        |hints: AxisHints<'a>| hints.tick_label_font(fonts::axis()).tick_label_color(t.t2).label_spacing(Rangef::new(1.0, 2.0));
    // The 0 of the values stands in the same corner.
    let count = |value: f64| if value < 0.5 { String::new() } else { numbers::count(value.round() as u64) };
    let steps = axis(AxisHints::new_x()).formatter(move |mark, _| count(mark.value));
    let values = axis(AxisHints::new_y()).min_thickness(AXIS).formatter(move |mark, _| y.words(mark.value));
    let label = |at: &HoverPosition| match at {
        HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
            let steps = numbers::count(position.x.max(0.0) as u64);
            Some(format!("{plot_name}: {} at step {steps}", numbers::real(position.y, false)))
        }
        _ => None,
    };
    Plot::new(("curve", figure, figures.report.groups.len()))
        .show_background(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_grid([false, true])
        .grid_color(t.line)
        .grid_spacing(Rangef::new(1.0, 2.0))
        .x_grid_spacer(marks(x, budget))
        .y_grid_spacer(marks(y, f64::INFINITY))
        .custom_x_axes(vec![steps])
        .custom_y_axes(vec![values])
        .link_cursor(Id::unique("figures"), [true, false])
        .cursor_color(t.ctl)
        .label_formatter(label)
}

/// The intervals of a group, where there are some.
fn band(inside: &mut PlotUi, t: &Tokens, curve: &GroupCurve) {
    for piece in curve.points.chunk_by(|a, b| a.2.is_some() == b.2.is_some()) {
        let (lows, highs): (Vec<f64>, Vec<f64>) = piece.iter().filter_map(|(.., around)| around.map(|i| (i.low, i.high))).unzip();
        if lows.len() == piece.len() {
            let xs: Vec<f64> = piece.iter().map(|(steps, ..)| *steps as f64).collect();
            let fill = t.group(curve.hue).gamma_multiply(BAND);
            inside.add(FilledArea::new("", &xs, &lows, &highs).fill_color(fill).allow_hover(false));
        }
    }
}

/// The mean of a group, with a marker at every point.
fn mean(inside: &mut PlotUi, t: &Tokens, curve: &GroupCurve, name: &str) {
    let points = || PlotPoints::from_iter(curve.points.iter().map(|(steps, mean, _)| [*steps as f64, *mean]));
    let colour = t.group(curve.hue);
    inside.line(
        Line::new(name, points()).color(colour).width(group_marks::line_width(curve.hue)).style(group_marks::dash(curve.hue)),
    );
    let (shape, filled) = group_marks::marker(curve.hue);
    inside.points(Points::new("", points()).color(colour).shape(shape).filled(filled).radius(2.5).allow_hover(false));
}

/// The line of the playhead, and the points whose values stand above the plot.
fn playhead(inside: &mut PlotUi, t: &Tokens, plot: &PlotFigures, steps: u64) {
    for (width, colour) in [(3.5, t.bg1), (1.5, t.t1)] {
        inside.vline(VLine::new("", steps as f64).color(colour).width(width).allow_hover(false));
    }
    for curve in &plot.curves {
        let Some((at, mean, _)) = curve.at(steps) else { continue };
        let (shape, filled) = group_marks::marker(curve.hue);
        let point = || PlotPoints::from(vec![[at as f64, mean]]);
        inside.points(Points::new("", point()).color(t.bg1).shape(shape).radius(6.0).allow_hover(false));
        let colour = t.group(curve.hue);
        inside.points(Points::new("", point()).color(colour).shape(shape).filled(filled).radius(4.5).allow_hover(false));
    }
}
