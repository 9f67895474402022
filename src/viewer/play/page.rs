//! What all pages have: the way so far, the languages, a column that scrolls, and a bar with the buttons.

use egui::{
    Align, Color32, CornerRadius, Key, Layout, Popup, Rect, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

use super::look::{COLUMN, RADIUS, TARGET, margin, ring, tokens};
use super::rich;
use super::words::{Words, language_name};
use crate::study::session::{Input, PageView};
use crate::viewer::theme::{fonts, icons};
use crate::viewer::widgets::text;

/// What a page is drawn with.
#[derive(Debug)]
pub struct PageDrawing<'a> {
    /// The words of the program.
    pub words: &'static Words,
    /// What the participant does.
    pub inputs: &'a mut Vec<Input>,
    /// Whether the page is shown for the first time: its first control takes the focus.
    pub fresh: bool,
}

impl PageDrawing<'_> {
    /// The first control that asks gets the focus.
    pub fn takes_focus(&mut self) -> bool {
        std::mem::take(&mut self.fresh)
    }
}

/// Heights of the bars of a window of this height.
fn bars(height: f32) -> (f32, f32) {
    if height < 500.0 { (56.0, 64.0) } else { (72.0, 96.0) }
}

/// The column in a window of this width: left edge and width.
fn column(rect: Rect) -> (f32, f32) {
    let width = (rect.width() - 2.0 * margin(rect.height()).min(rect.width() * 0.06)).clamp(100.0, COLUMN);
    ((rect.center().x - width / 2.0).round(), width.round())
}

/// Draws a page: `body` in the column, `buttons` in the bar, whose second part begins at the right.
pub fn frame(
    ui: &mut Ui,
    view: &PageView,
    drawing: &mut PageDrawing,
    body: impl FnOnce(&mut Ui, &mut PageDrawing),
    (left, right): (impl FnOnce(&mut Ui, &mut PageDrawing), impl FnOnce(&mut Ui, &mut PageDrawing)),
) {
    let rect = ui.max_rect();
    let (top, bottom) = bars(rect.height());
    let middle = Rect::from_min_max(pos2(rect.left(), rect.top() + top), pos2(rect.right(), rect.bottom() - bottom));
    scrolled(ui, middle, column(rect), |ui| body(ui, drawing));
    let bar = Rect::from_min_max(pos2(rect.left(), middle.bottom()), rect.max);
    ui.painter().rect_filled(bar, CornerRadius::ZERO, tokens().bg1);
    ui.painter().hline(bar.x_range(), bar.top(), Stroke::new(1.0, tokens().line));
    let (x, width) = column(rect);
    let room = Rect::from_min_size(pos2(x, bar.top()), vec2(width, bar.height()));
    let mut at_left = ui.new_child(UiBuilder::new().id_salt("left").max_rect(room).layout(Layout::left_to_right(Align::Center)));
    left(&mut at_left, drawing);
    let mut at_right =
        ui.new_child(UiBuilder::new().id_salt("right").max_rect(room).layout(Layout::right_to_left(Align::Center)));
    at_right.spacing_mut().item_spacing.x = 16.0;
    right(&mut at_right, drawing);
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), top));
    dashes(ui, head, view.progress);
    languages(ui, head, view, drawing);
}

/// The column, which scrolls by wheel, Page Up and Page Down if it is longer than the window.
fn scrolled(ui: &mut Ui, rect: Rect, (x, width): (f32, f32), body: impl FnOnce(&mut Ui)) {
    let mut room = ui.new_child(UiBuilder::new().id_salt("column").max_rect(rect));
    room.shrink_clip_rect(rect);
    room.spacing_mut().scroll = egui::style::ScrollStyle::solid();
    let page = room.input(|input| {
        let pressed = |key: Key| f32::from(u8::from(input.key_pressed(key)));
        pressed(Key::PageUp) - pressed(Key::PageDown)
    });
    let shown = ScrollArea::vertical().auto_shrink([false, false]).show(&mut room, |ui| {
        let top = ui.cursor().top() + 8.0;
        let column = Rect::from_min_size(pos2(x, top), vec2(width, f32::INFINITY));
        ui.scope_builder(UiBuilder::new().max_rect(column), |ui| {
            ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
            body(ui);
            ui.add_space(24.0);
        });
        if page != 0.0 {
            ui.scroll_with_delta(vec2(0.0, page * (rect.height() - 48.0).max(48.0)));
        }
    });
    let below = shown.content_size.y - shown.state.clamped_offset().y - shown.inner_rect.height();
    if below > 16.0 {
        let at = pos2(x + width / 2.0, rect.bottom() - 14.0);
        ui.painter().circle_filled(at, 12.0, tokens().bg3);
        text::icon(ui.painter(), at, icons::CARET_DOWN, fonts::icon(14.0), tokens().t1);
    }
}

/// One dash a stage; the present one is longer and bright.
fn dashes(ui: &mut Ui, head: Rect, (at, n): (usize, usize)) {
    let side = margin(ui.max_rect().height());
    let (wide, gap) = (32.0, 6.0);
    let room = head.width() * 0.5 - side;
    let short = ((room - wide) / n.max(1) as f32 - gap).clamp(2.0, 16.0);
    let mut x = head.left() + side;
    let begin = pos2(x, head.center().y - 3.0);
    for k in 0..n {
        let (width, colour) = match k {
            k if k == at => (wide, tokens().t1),
            k if k < at => (short, tokens().ctl),
            _ => (short, tokens().bg4),
        };
        if x + width > head.left() + side + room + 1.0 {
            break;
        }
        ui.painter().rect_filled(Rect::from_min_size(pos2(x, begin.y), vec2(width, 6.0)), CornerRadius::same(3), colour);
        x += width + gap;
    }
    let shown = Rect::from_min_max(begin, pos2(x.max(begin.x + 1.0), begin.y + 6.0));
    let response = ui.interact(shown, ui.scope_id().with("way"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, format!("{} / {n}", at + 1)));
}

/// The menu of languages, if there are several.
fn languages(ui: &mut Ui, head: Rect, view: &PageView, drawing: &mut PageDrawing) {
    if view.languages.len() < 2 {
        return;
    }
    let side = margin(ui.max_rect().height());
    let name = language_name(&view.language);
    let galley = text::layout(ui, name, fonts::page_text(14.0));
    let size = vec2(galley.size().x + 68.0, TARGET);
    let rect = Rect::from_min_size(pos2(head.right() - side - size.x + 12.0, head.center().y - TARGET / 2.0), size);
    let response = ui.interact(rect, ui.scope_id().with("languages"), Sense::click());
    let t = tokens();
    let ground = if response.hovered() { t.bg2 } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect, RADIUS, ground);
    text::icon(ui.painter(), pos2(rect.left() + 20.0, rect.center().y), icons::TRANSLATE, fonts::icon(16.0), t.t2);
    ui.painter().galley(pos2(rect.left() + 36.0, rect.center().y - galley.size().y / 2.0), galley, t.t2);
    text::icon(ui.painter(), pos2(rect.right() - 18.0, rect.center().y), icons::CARET_DOWN, fonts::icon(12.0), t.t2);
    ring(ui, rect, &response);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{}: {name}", drawing.words.language)));
    Popup::menu(&response).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for language in &view.languages {
            if language_row(ui, language_name(language), *language == view.language) {
                drawing.inputs.push(Input::Language(language.clone()));
                ui.close();
            }
        }
    });
}

fn language_row(ui: &mut Ui, name: &str, chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(200.0, TARGET), Sense::click());
    let t = tokens();
    let ground = if response.hovered() || response.has_focus() { t.bg3 } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect, RADIUS, ground);
    let ink = if chosen { t.t1 } else { t.t2 };
    text::line(
        ui.painter(),
        pos2(rect.left() + 16.0, rect.center().y),
        egui::Align2::LEFT_CENTER,
        name,
        fonts::page_text(16.0),
        ink,
    );
    if chosen {
        text::icon(ui.painter(), pos2(rect.right() - 20.0, rect.center().y), icons::CHECK, fonts::icon(16.0), ink);
    }
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    response.clicked()
}

/// The title of a page, and space below it.
pub fn title(ui: &mut Ui, title: &str) {
    if title.trim().is_empty() {
        return;
    }
    rich::show_line(ui, title.trim(), (fonts::page_title(), 36.0), tokens().t1);
    ui.add_space(16.0);
}
