//! Controls of forms: a name at the left, what can be changed at the right.

use std::ops::RangeInclusive;

use egui::{
    Align, Align2, CornerRadius, DragValue, Layout, Popup, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::viewer::theme::{Tokens, fonts};
use crate::viewer::widgets::{Button, Look, SIDE, text};

/// Height of a row.
const ROW: f32 = 28.0;
/// Width of a number.
const NUMBER: f32 = 72.0;
/// Height of an open list.
const LIST: f32 = 448.0;
/// Height of the window that an open list leaves free.
const AROUND: f32 = 64.0;

/// A row: its name, and the room for the control at the right.
fn row(ui: &mut Ui, t: &Tokens, name: &str, control: f32) -> Ui {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let room = Rect::from_min_max(pos2(rect.right() - SIDE - control, rect.top()), pos2(rect.right() - SIDE, rect.bottom()));
    let at = pos2(rect.left() + SIDE, rect.center().y);
    let width = room.left() - at.x - 8.0;
    text::elided(ui.painter(), at, Align2::LEFT_CENTER, (name, width), (fonts::small(), t.t2));
    ui.new_child(UiBuilder::new().max_rect(room).layout(Layout::right_to_left(Align::Center)).id_salt(("row", name)))
}

/// A number. Returns the new one when it was changed; while it is dragged, at every change.
pub fn number(ui: &mut Ui, t: &Tokens, name: &str, now: f64, range: RangeInclusive<f64>, step: f64) -> Option<f64> {
    let mut inner = row(ui, t, name, NUMBER);
    let mut value = now;
    let drag = DragValue::new(&mut value).range(range).speed(step * 0.2).update_while_editing(false);
    // As many digits as it has: 0.05, not 0.050.
    let drag = drag.custom_formatter(|value, _| ((value * 1000.0).round() / 1000.0).to_string());
    let response = inner.add_sized(vec2(NUMBER, 24.0), drag);
    response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, name));
    // Steps of the control, so that a drag makes no fractions where there are none.
    let value = (value / step).round() * step;
    (response.changed() && value != now).then_some(value)
}

/// A whole number.
pub fn whole(ui: &mut Ui, t: &Tokens, name: &str, now: u32, most: u32) -> Option<u32> {
    number(ui, t, name, f64::from(now), 0.0..=f64::from(most), 1.0).map(|value| value as u32)
}

/// A choice from a list. Returns the index of another one.
pub fn choice(ui: &mut Ui, t: &Tokens, name: &str, now: &str, all: &[&str]) -> Option<usize> {
    let mut inner = row(ui, t, name, ui.available_width() * 0.5);
    choose(&mut inner, t, name, now, all)
}

/// A button that opens a list. Returns the index of another entry.
pub fn choose(ui: &mut Ui, t: &Tokens, name: &str, now: &str, all: &[&str]) -> Option<usize> {
    let response = Button::text(now).look(Look::Outline).size(24.0, 24.0).tooltip(name).arrow().show(ui, t);
    let mut chosen = None;
    let most = (ui.ctx().content_rect().height() - AROUND).clamp(AROUND, LIST);
    Popup::menu(&response).show(|ui| {
        ScrollArea::vertical().max_height(most).show(ui, |ui| {
            for (k, entry) in all.iter().enumerate() {
                if ui.selectable_label(*entry == now, *entry).clicked() {
                    chosen = (*entry != now).then_some(k);
                    ui.close();
                }
            }
        });
    });
    chosen
}

/// Yes or no. Returns whether it was switched.
pub fn switch(ui: &mut Ui, t: &Tokens, name: &str, on: bool) -> bool {
    let mut inner = row(ui, t, name, NUMBER);
    let words = if on { "yes" } else { "no" };
    Button::text(words).look(Look::Outline).on(on).size(NUMBER, 24.0).tooltip(name).show(&mut inner, t).clicked()
}

/// A line of text. Returns it when it was changed.
pub fn line(ui: &mut Ui, t: &Tokens, name: &str, now: &str) -> Option<String> {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    text::line(ui.painter(), pos2(rect.left() + SIDE, rect.center().y), Align2::LEFT_CENTER, name, fonts::small(), t.t2);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(SIDE, 2.0))).id_salt(("line", name)));
    field(&mut inner, t, name, now, rect.width() - 2.0 * SIDE)
}

/// A field of text of a width. Returns the text when it was changed.
pub fn field(ui: &mut Ui, t: &Tokens, name: &str, now: &str, width: f32) -> Option<String> {
    let mut value = now.to_string();
    let edit = TextEdit::singleline(&mut value).font(fonts::small()).desired_width(width - 8.0).clip_text(true);
    let response = ui.add_sized(vec2(width, 28.0), edit.align(Align2::LEFT_CENTER));
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
    let line = if response.has_focus() { Stroke::new(2.0, t.acc) } else { Stroke::new(1.0, t.line2) };
    ui.painter().rect_stroke(response.rect, CornerRadius::same(4), line, StrokeKind::Inside);
    response.changed().then_some(value)
}
