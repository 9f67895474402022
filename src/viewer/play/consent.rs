//! The page on which a participant agrees to take part or not.

use egui::{Align2, Color32, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::look::{RADIUS, ring, tokens};
use super::page::{PageDrawing, frame, title};
use super::page_button::PageButton;
use super::rich;
use super::words::counted;
use crate::study::plan::ConsentBox;
use crate::study::session::{Input, PageView};
use crate::viewer::theme::{fonts, icons};
use crate::viewer::widgets::text;

/// Width from which on the word about a box stands at its right.
const WIDE: f32 = 560.0;
/// Where the texts of a box begin.
const INDENT: f32 = 60.0;

/// Draws the page.
pub fn show(ui: &mut Ui, view: &PageView, boxes: &[ConsentBox], drawing: &mut PageDrawing) {
    let words = drawing.words;
    let body = |ui: &mut Ui, drawing: &mut PageDrawing| {
        title(ui, view.stage.title.get(&view.language));
        rich::show(ui, view.stage.text.get(&view.language), (18.0, 28.0));
        ui.add_space(24.0);
        rich::show_line(ui, words.consent_heading, (fonts::page_strong(18.0), 28.0), tokens().t1);
        ui.add_space(12.0);
        for (index, one) in boxes.iter().enumerate() {
            let given = view.boxes.get(index).copied().unwrap_or_default();
            if consent_box(ui, one, given, &view.language, drawing) {
                drawing.inputs.push(Input::Box { index, given: !given });
            }
            ui.add_space(8.0);
        }
        ui.add_space(8.0);
        code(ui, view, drawing);
    };
    let left = |ui: &mut Ui, drawing: &mut PageDrawing| {
        if PageButton::outline(words.decline).show(ui).clicked() {
            drawing.inputs.push(Input::Decline);
        }
    };
    let right = |ui: &mut Ui, drawing: &mut PageDrawing| {
        let agree =
            PageButton { after: Some(icons::ARROW_RIGHT), enabled: view.missing == 0, ..PageButton::primary(words.agree) };
        if agree.show(ui).clicked() {
            drawing.inputs.push(Input::Next);
        }
        if view.missing > 0 {
            missing(ui, &counted(words.one_box_left, words.boxes_left, view.missing));
        }
    };
    frame(ui, view, drawing, body, (left, right));
}

/// What is left to do, beside the button.
pub fn missing(ui: &mut Ui, words: &str) {
    let galley = text::layout(ui, words, fonts::page_text(14.0));
    if galley.size().x > ui.available_width() {
        return;
    }
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    ui.painter().galley(rect.min, galley, tokens().t2);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
}

/// A box that can be ticked. Returns whether it was clicked.
fn consent_box(ui: &mut Ui, one: &ConsentBox, given: bool, language: &str, drawing: &mut PageDrawing) -> bool {
    let t = tokens();
    let width = ui.available_width();
    let needed = if one.required { drawing.words.needed } else { drawing.words.your_choice };
    let beside = width >= WIDE;
    let needed_galley = text::layout(ui, needed, fonts::page_text(14.0));
    let label_width = width - INDENT - 20.0 - if beside { needed_galley.size().x + 20.0 } else { 0.0 };
    let wrapped = |font: egui::FontId, words: &str, width: f32| {
        ui.painter().layout(words.to_string(), font, Color32::PLACEHOLDER, width.max(1.0))
    };
    let label = wrapped(fonts::page_strong(16.0), one.label.get(language), label_width);
    let about = wrapped(fonts::page_text(14.0), one.about.get(language), width - INDENT - 20.0);
    let has_about = !one.about.get(language).trim().is_empty();
    let mut height = 16.0 + label.size().y + 16.0;
    height += if has_about { about.size().y + 4.0 } else { 0.0 };
    height += if beside { 0.0 } else { needed_galley.size().y + 4.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height.max(74.0).round()), Sense::click());
    let ground = if response.hovered() { t.bg3 } else { t.bg2 };
    ui.painter().rect_filled(rect, RADIUS, ground);
    tick(ui, Rect::from_min_size(rect.min + vec2(20.0, 16.0), vec2(24.0, 24.0)), given);
    let x = rect.left() + INDENT;
    let mut y = rect.top() + 16.0;
    if beside {
        let at = pos2(rect.right() - 20.0 - needed_galley.size().x, y + 2.0);
        ui.painter().galley(at, needed_galley.clone(), t.t2);
    }
    let step = label.size().y + 4.0;
    ui.painter().galley(pos2(x, y), label, t.t1);
    y += step;
    if has_about {
        let step = about.size().y + 4.0;
        ui.painter().galley(pos2(x, y), about, t.t2);
        y += step;
    }
    if !beside {
        ui.painter().galley(pos2(x, y), needed_galley, t.t2);
    }
    if drawing.takes_focus() {
        response.request_focus();
    }
    ring(ui, rect, &response);
    let name = one.label.get(language).to_string();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, given, &name));
    response.clicked()
}

/// A square that is ticked or not.
pub fn tick(ui: &Ui, rect: Rect, on: bool) {
    let t = tokens();
    let (ground, line) = if on { (t.acc, Stroke::NONE) } else { (Color32::TRANSPARENT, Stroke::new(1.5, t.t2)) };
    ui.painter().rect(rect, CornerRadius::same(4), ground, line, StrokeKind::Inside);
    if on {
        text::icon(ui.painter(), rect.center(), icons::CHECK, fonts::icon(16.0), t.on_acc);
    }
}

/// The participant's code, with which all can be erased.
fn code(ui: &mut Ui, view: &PageView, drawing: &PageDrawing) {
    let (t, words) = (tokens(), drawing.words);
    let width = ui.available_width();
    let before = text::layout(ui, words.your_code, fonts::page_text(14.0));
    let code = text::layout(ui, &view.participant, fonts::page_strong(18.0));
    let first = before.size().x + 12.0 + code.size().x + 12.0;
    let one_line = width - first >= text::layout(ui, words.code_erases, fonts::page_text(14.0)).size().x;
    let room = if one_line { width - first } else { width };
    let after = ui.painter().layout(words.code_erases.to_string(), fonts::page_text(14.0), t.t2, room);
    let height = if one_line { 28.0 } else { 32.0 + after.size().y };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let y = rect.top() + 14.0;
    text::line(ui.painter(), pos2(rect.left(), y), Align2::LEFT_CENTER, words.your_code, fonts::page_text(14.0), t.t2);
    ui.painter().galley(pos2(rect.left() + before.size().x + 12.0, y - code.size().y / 2.0), code, t.t1);
    let at = if one_line { pos2(rect.left() + first, y - after.size().y / 2.0) } else { pos2(rect.left(), rect.top() + 30.0) };
    ui.painter().galley(at, after, t.t2);
    let name = format!("{} {} {}", words.your_code, view.participant, words.code_erases);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
}
