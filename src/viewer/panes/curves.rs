//! The Curves pane: a plot for each measure of the open sources, over the steps of an instance.

use egui::{Align, Align2, CornerRadius, Layout, Rect, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::curve_plot;
use super::figures_view::{FiguresView, curves_about, curves_scope, letter};
use super::group_marks;
use crate::measures::Unit;
use crate::viewer::command::{Command, Requests};
use crate::viewer::figures::Measured;
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::{Button, Look, SIDE, text};

const TOOLBAR: f32 = 36.0;
const LINE: f32 = 20.0;
/// Smallest width and height of a plot.
const PLOT: (f32, f32) = (250.0, 200.0);
/// Largest height of a plot.
const TALLEST: f32 = 360.0;
/// Room for a legend beside the title.
const LEGEND_FROM: f32 = 160.0;

/// Shows toolbar, scope and plots in the rest of `ui`.
pub fn show(ui: &mut Ui, t: &Tokens, view: &FiguresView, requests: &mut Requests) {
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    toolbar(ui, t, view, requests);
    if let Some(figures) = view.measured {
        let at = view.steps().map_or(String::new(), |steps| format!(" \u{b7} values at step {}", numbers::count(steps)));
        let response = line(ui, t, &(curves_scope(figures) + &at), t.t2, None);
        response.on_hover_text(curves_about(figures));
    }
    notices(ui, t, view);
    ui.add_space(8.0);
    match view.measured {
        Some(figures) => plots(ui, t, view, figures, requests),
        None => instead(ui, t, view),
    }
}

/// Title, legend, unit, buttons.
fn toolbar(ui: &mut Ui, t: &Tokens, view: &FiguresView, requests: &mut Requests) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), TOOLBAR), Sense::hover());
    if !view.progress.is_empty() {
        let mut bar = Rect::from_min_size(rect.min, vec2(rect.width(), 2.0));
        ui.painter().rect_filled(bar, CornerRadius::ZERO, t.bg4);
        bar.set_width(rect.width() * view.share);
        ui.painter().rect_filled(bar, CornerRadius::ZERO, t.t2);
    }
    let at = pos2(rect.left() + SIDE, rect.center().y);
    let title = text::line(ui.painter(), at, Align2::LEFT_CENTER, "Curves", fonts::strong(), t.t1);
    let room = Rect::from_min_max(pos2(title.right() + 12.0, rect.top()), pos2(rect.right() - 8.0, rect.bottom()));
    let layout = Layout::right_to_left(Align::Center);
    let mut bar = ui.new_child(UiBuilder::new().max_rect(room).layout(layout).id_salt("curves"));
    bar.spacing_mut().item_spacing.x = 4.0;
    let has = view.measured.is_some();
    for (icon, command, enabled) in [
        (icons::IMAGE, Command::SavePicture, true),
        (icons::TABLE, Command::ExportFigures, has),
        (icons::ARROW_COUNTER_CLOCKWISE, Command::MeasureAgain, true),
    ] {
        if Button::icon(icon, &command.tooltip()).enabled(enabled).show(&mut bar, t).clicked() {
            requests.push(command);
        }
    }
    bar.add_space(8.0);
    for (unit, name, about) in [
        (Unit::Instance, "Instances", "Instances\nEach instance is independent; right only if instances of a run share nothing"),
        (Unit::Run, "Runs", "Runs\nEach run is independent; its value is the mean of its instances"),
    ] {
        let on = view.unit == unit;
        if Button::text(name).look(Look::Quiet).on(on).size(0.0, 24.0).tooltip(about).show(&mut bar, t).clicked() && !on {
            requests.push(Command::FigureUnit);
        }
    }
    let words = text::layout(&bar, "Unit", fonts::small());
    let (place, _) = bar.allocate_exact_size(vec2(words.size().x + 4.0, 24.0), Sense::hover());
    bar.painter().galley(pos2(place.left(), place.center().y - words.size().y / 2.0), words, t.t3);
    let left = bar.min_rect().left();
    let Some(figures) = view.measured else { return };
    let entries = legend(figures);
    let beside = Rect::from_min_max(pos2(title.right() + 20.0, rect.top()), pos2(left - 12.0, rect.bottom()));
    let wide: f32 = entries.iter().map(|(words, _)| entry_width(ui, words)).sum();
    if wide <= beside.width() && beside.width() >= LEGEND_FROM {
        let mut legend = ui.new_child(UiBuilder::new().max_rect(beside).layout(Layout::left_to_right(Align::Center)));
        entries.iter().for_each(|entry| legend_entry(&mut legend, t, entry));
    } else {
        // In rows of their own, below the title.
        ui.horizontal_wrapped(|ui| {
            ui.add_space(SIDE);
            entries.iter().for_each(|entry| legend_entry(ui, t, entry));
        });
    }
}

/// Names of the groups with their letters, and their hues.
fn legend(figures: &Measured) -> Vec<(String, usize)> {
    let named = |(k, group): (usize, &String)| (format!("{} {group}", letter(k)), figures.hue(k));
    figures.report.groups.iter().enumerate().map(named).collect()
}

const SAMPLE: f32 = 24.0;

fn entry_width(ui: &Ui, words: &str) -> f32 {
    SAMPLE + 6.0 + text::layout(ui, words, fonts::small()).size().x + 16.0
}

fn legend_entry(ui: &mut Ui, t: &Tokens, (words, hue): &(String, usize)) {
    let width = entry_width(ui, words).min(ui.max_rect().width());
    let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
    let sample = Rect::from_min_size(pos2(rect.left(), rect.top()), vec2(SAMPLE, rect.height()));
    group_marks::sample(ui.painter(), sample, *hue, t.group(*hue));
    let at = pos2(sample.right() + 6.0, rect.center().y);
    text::elided(ui.painter(), at, Align2::LEFT_CENTER, (words, rect.right() - at.x), (fonts::small(), t.t1));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    response.on_hover_text(words);
}

/// A line of small text that ends in "…" if it is too long; its tooltip is whole.
fn line(ui: &mut Ui, t: &Tokens, words: &str, ink: egui::Color32, icon: Option<char>) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let mut left = rect.left() + SIDE;
    if let Some(icon) = icon {
        text::icon(ui.painter(), pos2(left + 7.0, rect.center().y), icon, fonts::icon_fill(14.0), t.warn);
        left += 20.0;
    }
    let at = pos2(left, rect.center().y);
    let width = rect.right() - SIDE - left;
    let (_, cut) = text::elided(ui.painter(), at, Align2::LEFT_CENTER, (words, width), (fonts::small(), ink));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    if cut { response.on_hover_text(words) } else { response }
}

/// What is going on, what is new, and what is left out.
fn notices(ui: &mut Ui, t: &Tokens, view: &FiguresView) {
    if view.measured.is_some() && !view.progress.is_empty() {
        line(ui, t, view.progress, t.t2, None);
    }
    if view.new_rows > 0 && view.measured.is_some() && view.progress.is_empty() {
        let words = format!("{} rows were recorded since. Measure again to see them.", numbers::count(view.new_rows));
        line(ui, t, &words, t.t1, None);
    }
    // One line for each reason.
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for left in view.left_out {
        match reasons.iter_mut().find(|(why, _)| *why == left.why) {
            Some((_, names)) => names.push(&left.name),
            None => reasons.push((&left.why, vec![&left.name])),
        }
    }
    for (why, names) in reasons {
        let are = if names.len() == 1 { "is" } else { "are" };
        line(ui, t, &format!("{} {are} left out. {why}", names.join(", ")), t.t1, Some(icons::fill::WARNING));
    }
}

/// What stands where the curves would be.
fn instead(ui: &mut Ui, t: &Tokens, view: &FiguresView) {
    let rect = ui.available_rect_before_wrap();
    let (title, more) = match view.failed {
        Some(why) => ("These sources cannot be measured", why),
        None if !view.progress.is_empty() => (view.progress, ""),
        None => {
            ("There is nothing to measure", "Open a run folder or a trace that has recorded rows; two sources can be compared.")
        }
    };
    let width = 440.0f32.min(rect.width() - 2.0 * SIDE);
    let at = pos2(rect.center().x - width / 2.0, rect.top() + (rect.height() * 0.3).max(16.0));
    let heading = text::wrapped(ui.painter(), at, title, width, (fonts::heading(), t.t1));
    text::wrapped(ui.painter(), pos2(at.x, heading.bottom() + 10.0), more, width, (fonts::body(), t.t2));
}

/// The plots, side by side in as many columns as fit.
fn plots(ui: &mut Ui, t: &Tokens, view: &FiguresView, figures: &Measured, requests: &mut Requests) {
    let shown: Vec<_> = figures.plots.iter().filter(|plot| !plot.curves.is_empty()).collect();
    if shown.is_empty() {
        return;
    }
    let room = ui.available_size();
    let most = ((room.x / PLOT.0).floor() as usize).clamp(1, shown.len());
    let rows = shown.len().div_ceil(most);
    // Rows of about the same length.
    let columns = shown.len().div_ceil(rows);
    let width = room.x / columns as f32;
    let height = (room.y / rows as f32).clamp(PLOT.1, TALLEST).floor();
    let beside = shown.iter().all(|plot| curve_plot::fits(ui, width, (figures, plot), view.steps()));
    ScrollArea::vertical().id_salt("curves").auto_shrink(false).show(ui, |ui| {
        for row in shown.chunks(columns) {
            let (rect, _) = ui.allocate_exact_size(vec2(room.x, height), Sense::hover());
            ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.line));
            for (k, plot) in row.iter().enumerate() {
                let corner = pos2(rect.left() + k as f32 * width, rect.top());
                let cell = Rect::from_min_size(corner, vec2(width, height));
                if k > 0 {
                    ui.painter().vline(cell.left(), cell.y_range(), Stroke::new(1.0, t.line));
                }
                curve_plot::show(ui, t, (cell, beside), view, (figures, plot), requests);
            }
        }
    });
}
