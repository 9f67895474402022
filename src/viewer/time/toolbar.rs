//! The toolbar of the time panel: transport, pace, step, loop, and what figures are of.

use egui::{CornerRadius, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::playback::{Playback, SPEEDS};
use crate::viewer::command::{Command, Requests};
use crate::viewer::shown::Shown;
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::{Button, Look, focus_ring, text};

const TOOLBAR: f32 = 40.0;

/// Shows it. Labels of lanes take `label` points at the left.
pub fn toolbar(ui: &mut Ui, t: &Tokens, shown: &Shown, playback: &Playback, label: f32, requests: &mut Requests) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), TOOLBAR), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let mut bar = ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink2(vec2(8.0, 4.0))).layout(layout));
    bar.spacing_mut().item_spacing.x = 2.0;
    let enabled = shown.instance.is_some();
    let mut button = |bar: &mut Ui, command: Command, icon: char, filled: bool| {
        let tooltip = command.tooltip();
        let button = Button::icon(icon, &tooltip).enabled(enabled);
        let button = if filled { button.filled() } else { button };
        if button.show(bar, t).clicked() {
            requests.push(command);
        }
    };
    button(&mut bar, Command::Start, icons::fill::SKIP_BACK, true);
    button(&mut bar, Command::StepBack, icons::CARET_LEFT, false);
    let (icon, name) = if playback.playing { (icons::fill::PAUSE, "Pause") } else { (icons::fill::PLAY, "Play") };
    let tooltip = format!("{name}  {}", Command::PlayPause.key());
    let play = Button::icon(icon, &tooltip).filled().look(Look::Light).size(32.0, 28.0).enabled(enabled);
    let pressed = play.show(&mut bar, t).clicked();
    button(&mut bar, Command::StepForward, icons::CARET_RIGHT, false);
    button(&mut bar, Command::End, icons::fill::SKIP_FORWARD, true);
    if pressed {
        requests.push(Command::PlayPause);
    }
    bar.add_space(8.0);
    speed_menu(&mut bar, t, playback, requests);
    let left = (rect.left() + label).max(bar.cursor().left() + 8.0);
    bar.add_space(left - bar.cursor().left());
    where_words(&mut bar, t, shown);
    bar.add_space(8.0);
    let tooltip = Command::Loop.tooltip();
    if Button::icon(icons::REPEAT, &tooltip).on(playback.looping).enabled(enabled).show(&mut bar, t).clicked() {
        requests.push(Command::Loop);
    }
    bar.add_space(8.0);
    range_words(&mut bar, t, shown, requests);
}

fn speed_menu(bar: &mut Ui, t: &Tokens, playback: &Playback, requests: &mut Requests) {
    let words = format!("{} steps/s", numbers::count(playback.speed as u64));
    let tooltip = "Speed  , and .\n5 steps a second is the pace of people's studies";
    let button = Button::text(&words).with_icon(icons::GAUGE).look(Look::Quiet).tooltip(tooltip).arrow();
    let response = button.show(bar, t);
    egui::Popup::menu(&response).show(|ui| {
        for speed in SPEEDS {
            if ui.selectable_label(playback.speed == speed, format!("{} steps/s", numbers::count(speed as u64))).clicked() {
                requests.speed = Some(speed);
                ui.close();
            }
        }
    });
}

/// The step of the playhead within its episode.
fn where_words(bar: &mut Ui, t: &Tokens, shown: &Shown) {
    let Some((_, episode)) = shown.episode() else { return };
    let step = u64::from(shown.step_of(shown.row).unwrap_or(0));
    let last = u64::from(episode.first_step) + episode.rows.max(1) - 1;
    let pieces = [
        ("Step".to_string(), fonts::small(), t.t2),
        (numbers::count(step), fonts::value(), t.t1),
        (format!("/ {}", numbers::count(last)), fonts::small(), t.t3),
    ];
    for (words, font, ink) in pieces {
        let galley = text::layout(bar, &words, font);
        let (rect, _) = bar.allocate_exact_size(vec2(galley.size().x + 4.0, 28.0), Sense::hover());
        bar.painter().galley(pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, ink);
    }
}

/// What figures are of.
fn range_words(bar: &mut Ui, t: &Tokens, shown: &Shown, requests: &mut Requests) {
    let Some((from, to)) = shown.range else {
        let room = bar.available_width();
        let words = shown.figures_of.unwrap_or("Figures are of this episode up to the playhead");
        let words = if room > 420.0 { words } else { "" };
        let galley = text::layout(bar, words, fonts::small());
        let (rect, _) = bar.allocate_exact_size(vec2(galley.size().x, 28.0), Sense::hover());
        bar.painter().galley(pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, t.t3);
        return;
    };
    let steps = |row: u64| numbers::count(shown.step_of(row).map_or(row, u64::from));
    let words = format!("Range {}\u{2013}{}", steps(from), steps(to));
    let more = format!("{} rows", numbers::count(to - from + 1));
    let (first, second) = (text::layout(bar, &words, fonts::value()), text::layout(bar, &more, fonts::small()));
    let width = first.size().x + second.size().x + 52.0;
    let (rect, response) = bar.allocate_exact_size(vec2(width, 24.0), Sense::click());
    let painter = bar.painter();
    painter.rect_filled(rect, CornerRadius::same(12), t.accbg);
    let x = rect.left() + 12.0;
    let next = x + first.size().x + 8.0;
    painter.galley(pos2(x, rect.center().y - first.size().y / 2.0), first, t.t1);
    painter.galley(pos2(next, rect.center().y - second.size().y / 2.0), second, t.t2);
    text::icon(painter, pos2(rect.right() - 15.0, rect.center().y), icons::X, fonts::icon(12.0), t.t2);
    focus_ring(bar, rect, &response, t);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Drop the range"));
    if response.on_hover_text(Command::ClearRange.tooltip()).clicked() {
        requests.push(Command::ClearRange);
    }
    let galley = text::layout(bar, "All figures are of this range", fonts::small());
    if bar.available_width() > galley.size().x + 16.0 {
        bar.add_space(8.0);
        let (rect, _) = bar.allocate_exact_size(galley.size(), Sense::hover());
        bar.painter().galley(rect.min, galley, t.t2);
    }
}
