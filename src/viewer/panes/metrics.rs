//! The Metrics pane: a table of all figures, with the groups side by side and the difference of the first two.

use egui::{Align, Align2, Layout, Rect, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::figures_view::{FiguresView, budget_words, difference_words, letter, units_words};
use super::group_marks;
use crate::viewer::figures::{Measured, Row, figure_words, is_main};
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::{Button, Look, SIDE, text};

const TOOLBAR: f32 = 36.0;
const HEAD: f32 = 24.0;
const ROW: f32 = 30.0;
/// Groups with columns of their own.
pub const MAX_GROUPS: usize = 4;
/// Widths of columns: the least of the name, a mean, the least of the intervals, the difference.
const NAME: f32 = 172.0;
pub const MEAN: f32 = 58.0;
const INTERVALS: f32 = 80.0;
const DIFFERENCE: f32 = 156.0;
/// Largest width of the table; where a pane is wider by [`NOTES`], what is below the table stands beside it.
const WIDEST: f32 = 680.0;
const NOTES: f32 = 320.0;

/// What the pane keeps from frame to frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct MetricsPane {
    /// Whether all figures are shown.
    pub all: bool,
    /// Whether the table stands in place of the curves, in windows without room for both.
    pub is_chosen: bool,
}

/// Where the columns of the table stand.
struct Columns {
    left: f32,
    means: Vec<f32>,
    intervals: (f32, f32),
    right: f32,
}

impl MetricsPane {
    /// Shows the table in the rest of `ui`.
    pub fn show(&mut self, ui: &mut Ui, t: &Tokens, view: &FiguresView) {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let Some(figures) = view.measured else {
            self.toolbar(ui, t, "", None);
            return;
        };
        let all = figures.rows(MAX_GROUPS);
        let rows: Vec<&Row> = all.iter().filter(|row| self.all || is_main(&row.figure)).collect();
        let scope = format!("{} of {}", budget_words(&figures.report), units_words(figures));
        self.toolbar(ui, t, &scope, Some((rows.len(), all.len())));
        let groups = figures.report.groups.len().min(MAX_GROUPS);
        let difference = if groups > 1 { DIFFERENCE } else { 0.0 };
        let least = 2.0 * SIDE + NAME + groups as f32 * MEAN + INTERVALS + difference + 32.0;
        ScrollArea::both().id_salt("metrics").auto_shrink(false).show(ui, |ui| {
            let room = ui.available_width();
            let width = room.clamp(least, least.max(WIDEST));
            let beside = (room - width >= NOTES).then_some(room - width);
            let table = |ui: &mut Ui| {
                let columns = Columns::of(ui.max_rect().left(), width, groups, difference);
                heads(ui, t, figures, (&columns, width, groups));
                for row in &rows {
                    table_row(ui, t, figures, row, (&columns, width));
                }
                let (end, _) = ui.allocate_exact_size(vec2(width, 8.0), Sense::hover());
                ui.painter().hline(end.x_range(), end.top() + 0.5, Stroke::new(1.0, t.line));
            };
            match beside {
                Some(left) => {
                    ui.horizontal_top(|ui| {
                        ui.vertical(table);
                        ui.vertical(|ui| below(ui, t, figures, &all, left));
                    });
                }
                None => {
                    table(ui);
                    below(ui, t, figures, &all, width.min(room));
                }
            }
        });
    }

    /// Title, scope, and whether all figures are shown.
    fn toolbar(&mut self, ui: &mut Ui, t: &Tokens, scope: &str, shown: Option<(usize, usize)>) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), TOOLBAR), Sense::hover());
        let at = pos2(rect.left() + SIDE, rect.center().y);
        let title = text::line(ui.painter(), at, Align2::LEFT_CENTER, "Metrics", fonts::strong(), t.t1);
        let mut right = rect.right() - SIDE;
        if let Some((_, of)) = shown {
            let room = Rect::from_min_max(pos2(title.right(), rect.top()), pos2(rect.right() - 8.0, rect.bottom()));
            let layout = Layout::right_to_left(Align::Center);
            let mut bar = ui.new_child(UiBuilder::new().max_rect(room).layout(layout).id_salt("metrics"));
            let words = format!("All {of} figures");
            let tooltip = format!("{words}\nOther estimators and what the main figures are made of");
            let button = Button::text(&words).look(Look::Quiet).on(self.all).size(0.0, 24.0).tooltip(&tooltip);
            if button.show(&mut bar, t).clicked() {
                self.all = !self.all;
            }
            right = bar.min_rect().left() - 12.0;
        }
        let at = pos2(title.right() + 12.0, rect.center().y);
        text::elided(ui.painter(), at, Align2::LEFT_CENTER, (scope, right - at.x), (fonts::small(), t.t2));
    }
}

impl Columns {
    /// Columns of a table that begins at `left`; the intervals take what the others leave.
    fn of(left: f32, width: f32, groups: usize, difference: f32) -> Columns {
        let end = left + width;
        let right = end - SIDE;
        let rest = width - 2.0 * SIDE - NAME - groups as f32 * MEAN - difference - 32.0;
        let intervals = 24.0 + INTERVALS.max(rest.min(200.0));
        let from = right - difference - intervals + 24.0;
        let means = (0..groups).map(|k| from - 24.0 - (groups - 1 - k) as f32 * MEAN).collect();
        let until = if difference > 0.0 { right - difference } else { right };
        Columns { left: left + SIDE, means, intervals: (from, until), right }
    }
}

/// The heads of the columns.
fn heads(ui: &mut Ui, t: &Tokens, figures: &Measured, (columns, width, groups): (&Columns, f32, usize)) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEAD), Sense::hover());
    let (painter, y) = (ui.painter(), rect.center().y);
    painter.hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.line));
    let head = |x: f32, anchor: Align2, words: &str| text::line(painter, pos2(x, y), anchor, words, fonts::axis(), t.t2);
    head(columns.left, Align2::LEFT_CENTER, "Metric, mean");
    for (k, right) in columns.means.iter().enumerate() {
        let name = head(*right, Align2::RIGHT_CENTER, &letter(k).to_string());
        let hue = figures.hue(k);
        group_marks::paint(painter, pos2(name.left() - 9.0, y), 3.5, hue, t.group(hue));
    }
    head(columns.intervals.0, Align2::LEFT_CENTER, "95 % intervals");
    if groups > 1 {
        head(columns.right, Align2::RIGHT_CENTER, "A \u{2212} B");
    }
    let names: Vec<String> =
        figures.report.groups.iter().take(groups).enumerate().map(|(k, name)| format!("{}: {name}", letter(k))).collect();
    let words = names.join("\n");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    response.on_hover_text(words);
}

/// A row of the table.
fn table_row(ui: &mut Ui, t: &Tokens, figures: &Measured, row: &Row, (columns, width): (&Columns, f32)) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
    let y = rect.center().y;
    if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.bg2);
    }
    let painter = ui.painter();
    painter.hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.line));
    let (name, unit) = (figure_words(&row.figure, figures.report.progress), figures.unit_of(&row.figure));
    let unit_width = if unit.is_empty() { 0.0 } else { text::layout(ui, &unit, fonts::axis()).size().x + 6.0 };
    let until = columns.means.first().map_or(columns.right, |right| right - MEAN + 4.0);
    let room = (until - columns.left - unit_width).max(0.0);
    let at = pos2(columns.left, y);
    let (shown, _) = text::elided(painter, at, Align2::LEFT_CENTER, (&name, room), (fonts::small(), t.t1));
    text::line(painter, pos2(shown.right() + 6.0, y), Align2::LEFT_CENTER, &unit, fonts::axis(), t.t3);
    for (right, (mean, _)) in columns.means.iter().zip(&row.groups) {
        let (words, ink) = mean.map_or(("\u{2013}".to_string(), t.t3), |mean| (numbers::real(mean, false), t.t1));
        text::line(painter, pos2(*right, y), Align2::RIGHT_CENTER, &words, fonts::small(), ink);
    }
    intervals(ui, t, figures, row, Rect::from_x_y_ranges(columns.intervals.0..=columns.intervals.1 - 12.0, rect.y_range()));
    if columns.means.len() > 1 {
        difference(ui, t, row, pos2(columns.right, y));
    }
    let words = row_words(figures, row, &name, &unit);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    response.on_hover_text(words);
}

/// Means and intervals of all groups on the scale of this row.
fn intervals(ui: &Ui, t: &Tokens, figures: &Measured, row: &Row, rect: Rect) {
    let values = || row.groups.iter().filter_map(|(mean, around)| Some((mean.as_ref()?, around)));
    let ends = values().flat_map(|(mean, around)| around.map_or([*mean, *mean], |(low, high)| [low, high]));
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let span = if high > low { high - low } else { 1.0 };
    let middle = if high > low { 0.0 } else { 0.5 };
    let inner = rect.shrink2(vec2(5.0, 0.0));
    let x = |value: f64| inner.left() + (middle + (value - low) / span) as f32 * inner.width();
    let n = row.groups.len();
    for (k, (mean, around)) in row.groups.iter().enumerate() {
        let Some(mean) = mean else { continue };
        let y = rect.center().y + (k as f32 - (n as f32 - 1.0) / 2.0) * (20.0 / n as f32).min(8.0);
        let hue = figures.hue(k);
        if let Some((low, high)) = around {
            ui.painter().line_segment([pos2(x(*low), y), pos2(x(*high), y)], Stroke::new(2.0, t.group(hue)));
        }
        group_marks::paint(ui.painter(), pos2(x(*mean), y), if n > 2 { 3.0 } else { 3.5 }, hue, t.group(hue));
    }
}

/// The difference with its interval; bold if that leaves out 0.
fn difference(ui: &Ui, t: &Tokens, row: &Row, right: egui::Pos2) {
    let painter = ui.painter();
    let Some((value, around)) = row.difference else {
        text::line(painter, right, Align2::RIGHT_CENTER, "\u{2013}", fonts::small(), t.t3);
        return;
    };
    let mut right = right;
    if let Some((low, high)) = around {
        let words = format!("[{}, {}]", numbers::real(low, false), numbers::real(high, false));
        let placed = text::line(painter, right, Align2::RIGHT_CENTER, &words, fonts::axis(), t.t3);
        right.x = placed.left() - 6.0;
    }
    let (font, ink) = if row.leaves_out_0() { (fonts::value(), t.t1) } else { (fonts::small(), t.t2) };
    text::line(painter, right, Align2::RIGHT_CENTER, &numbers::real(value, true), font, ink);
}

/// A row in words, with all its numbers.
fn row_words(figures: &Measured, row: &Row, name: &str, unit: &str) -> String {
    let between = |around: Option<(f64, f64)>| {
        around.map_or(String::new(), |(low, high)| format!(" [{}, {}]", numbers::real(low, false), numbers::real(high, false)))
    };
    let mut lines = vec![if unit.is_empty() { name.to_string() } else { format!("{name}, {unit}") }];
    for (k, (mean, around)) in row.groups.iter().enumerate() {
        let mean = mean.map_or("no value".to_string(), |mean| numbers::real(mean, false));
        lines.push(format!("{} {}: {mean}{}", letter(k), figures.report.groups[k], between(*around)));
    }
    if let Some((value, around)) = row.difference {
        lines.push(format!("A \u{2212} B: {}{}", numbers::real(value, true), between(around)));
    }
    lines.join("\n")
}

/// What is said below the table: what bold means, what is not shown, what to be careful of.
fn below(ui: &mut Ui, t: &Tokens, figures: &Measured, rows: &[Row], width: f32) {
    let report = &figures.report;
    let mut say = |words: &str, warning: bool| {
        let left = if warning { SIDE + 20.0 } else { SIDE };
        let galley = ui.painter().layout(words.to_string(), fonts::small(), t.t2, width - left - SIDE);
        let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y + 8.0), Sense::hover());
        if warning {
            let at = pos2(rect.left() + SIDE + 7.0, rect.top() + 11.0);
            text::icon(ui.painter(), at, icons::fill::WARNING, fonts::icon_fill(14.0), t.warn);
        }
        ui.painter().galley(pos2(rect.left() + left, rect.top() + 4.0), galley, t.t2);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    };
    if report.groups.len() > 1 {
        let any = rows.iter().any(|row| row.difference.is_some_and(|(_, around)| around.is_some()));
        say(&difference_words(figures, any), false);
    } else {
        say("Open two sources to compare them.", false);
    }
    if report.groups.len() > MAX_GROUPS {
        let names = report.groups[MAX_GROUPS..].join(", ");
        say(&format!("Not in this table, but in the curves and in exported tables: {names}."), false);
    }
    if let [a, b, ..] = &report.groups[..]
        && let Some(shared) = (0..report.similarity.rows()).find_map(|row| {
            let is_pair = report.similarity.text("group", row) == a && report.similarity.text("other", row) == b;
            report.similarity.real("jaccard", row).filter(|_| is_pair)
        })
    {
        say(
            &format!("States in common, A and B: {} % of those that either departed from.", numbers::real(100.0 * shared, false)),
            false,
        );
    }
    report.notes.iter().chain(&report.warnings).for_each(|words| say(words, true));
}
