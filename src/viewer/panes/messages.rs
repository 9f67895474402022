//! Pages that stand where something would be shown: nothing is open, or it cannot be shown.

use egui::{Align, Align2, Layout, Rect, Shape, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::viewer::command::Command;
use crate::viewer::theme::{Tokens, fonts, icons};
use crate::viewer::widgets::{Button, Look, text};

/// Width of the text.
const WIDTH: f32 = 440.0;
/// Width of a button.
const DEMO: f32 = 132.0;

/// Nothing is open. Returns what was chosen.
pub fn nothing_open(ui: &mut Ui, t: &Tokens) -> Option<Command> {
    let whole = ui.available_rect_before_wrap();
    let zone = Rect::from_center_size(whole.center(), vec2(WIDTH.min(whole.width() - 32.0), 264.0));
    let painter = ui.painter();
    let line = Stroke::new(1.0, t.ctl);
    for side in [
        [zone.left_top(), zone.right_top()],
        [zone.right_top(), zone.right_bottom()],
        [zone.right_bottom(), zone.left_bottom()],
        [zone.left_bottom(), zone.left_top()],
    ] {
        painter.extend(Shape::dashed_line(&side, line, 6.0, 4.0));
    }
    let middle = zone.center().x;
    let icon = pos2(middle, zone.top() + 52.0);
    text::icon(painter, icon, icons::FOLDER_OPEN, fonts::icon(32.0), t.t3);
    let lines = [
        (92.0, "Nothing is open yet", fonts::heading(), t.t1),
        (126.0, "Drop a run folder or a trace here", fonts::body(), t.t2),
        (148.0, "Run folders, sweeps, traces (.parquet). Several at once.", fonts::small(), t.t3),
        (180.0, "explorarium view RUN", fonts::mono(), t.t2),
    ];
    for (y, words, font, ink) in lines {
        text::line(painter, pos2(middle, zone.top() + y), Align2::CENTER_CENTER, words, font, ink);
    }
    let room = Rect::from_center_size(pos2(middle, zone.bottom() - 40.0), vec2(2.0 * DEMO + 12.0, 32.0));
    let layout = Layout::left_to_right(Align::Center);
    let mut row = ui.new_child(UiBuilder::new().max_rect(room).layout(layout));
    row.spacing_mut().item_spacing.x = 12.0;
    let mut chosen = None;
    for (command, words, icon, look) in [
        (Command::Open, "Open\u{2026}", icons::FOLDER_OPEN, Look::Primary),
        (Command::StartDemo, "Start demo", icons::BROADCAST, Look::Default),
    ] {
        let tooltip = command.tooltip();
        let button = Button::text(words).with_icon(icon).look(look).size(DEMO, 32.0).tooltip(&tooltip);
        if button.show(&mut row, t).clicked() {
            chosen = Some(command);
        }
    }
    chosen
}

/// Something cannot be shown: what, why, and what still works. Returns whether the details shall be copied.
pub fn trouble(ui: &mut Ui, t: &Tokens, title: &str, why: &str, advice: &str) {
    let whole = ui.available_rect_before_wrap();
    let width = WIDTH.min(whole.width() - 48.0);
    let left = (whole.center().x - width / 2.0).max(whole.left() + 24.0);
    let mut y = whole.top() + (whole.height() * 0.3).max(24.0);
    let icon = pos2(left + 10.0, y);
    text::icon(ui.painter(), icon, icons::fill::WARNING, fonts::icon_fill(20.0), t.warn);
    y += 22.0;
    let mut place = |words: &str, font: egui::FontId, ink: egui::Color32, gap: f32| {
        let rect = text::wrapped(ui.painter(), pos2(left, y), words, width, (font, ink));
        y = rect.bottom() + gap;
    };
    place(title, fonts::heading(), t.t1, 10.0);
    place(why, fonts::body(), t.t1, 10.0);
    place(advice, fonts::body(), t.t2, 16.0);
    let room = Rect::from_min_size(pos2(left, y), vec2(width, 32.0));
    let mut row = ui.new_child(UiBuilder::new().max_rect(room));
    let button = Button::text("Copy details").with_icon(icons::COPY).look(Look::Default);
    if button.show(&mut row, t).clicked() {
        ui.ctx().copy_text(format!("{title}\n{why}"));
    }
}
