//! Headers of panes and sections, chips, bars.

use egui::{Align2, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::super::theme::{Tokens, fonts, icons};
use super::text;

/// Height of a section's header.
const SECTION: f32 = 28.0;
/// Height of a row with a name and a value.
pub const PAIR: f32 = 22.0;
/// Space at the sides of a pane.
pub const SIDE: f32 = 16.0;

/// What a status chip says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Exact, live.
    Good,
    /// Something is missing.
    Missing,
    /// Something differs or is damaged.
    Wrong,
    /// Not checked, or not yet.
    Unknown,
}

/// A chip with a status in words.
pub fn status_chip(ui: &mut Ui, t: &Tokens, status: Status, words: &str, tooltip: &str) -> Response {
    let (ground, ink, glyph) = match status {
        Status::Good => (t.okbg, t.ok, icons::fill::CHECK_CIRCLE),
        Status::Missing => (t.warnbg, t.warn, icons::fill::WARNING),
        Status::Wrong => (t.errbg, t.err, icons::fill::WARNING_CIRCLE),
        Status::Unknown => (t.bg3, t.t2, icons::QUESTION),
    };
    let font = if status == Status::Unknown { fonts::icon(14.0) } else { fonts::icon_fill(14.0) };
    let galley = text::layout(ui, words, fonts::button());
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 34.0, 24.0), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(12), ground);
    text::icon(ui.painter(), pos2(rect.left() + 16.0, rect.center().y), glyph, font, ink);
    ui.painter().galley(pos2(rect.left() + 26.0, rect.center().y - galley.size().y / 2.0), galley, ink);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    if tooltip.is_empty() { response } else { response.on_hover_text(tooltip) }
}

/// The header of a section that can be closed. Returns whether it is open.
pub fn section(ui: &mut Ui, t: &Tokens, title: &str, right: &str, open_first: bool) -> bool {
    let id = ui.make_persistent_id(("section", title));
    let mut open = ui.data_mut(|data| *data.get_persisted_mut_or(id, open_first));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), SECTION), Sense::click());
    if response.clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_persisted(id, open));
    }
    let painter = ui.painter();
    let caret = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    let ink = if response.hovered() { t.t1 } else { t.t3 };
    text::icon(painter, pos2(rect.left() + SIDE + 4.0, rect.center().y), caret, fonts::icon(12.0), ink);
    let at = pos2(rect.left() + SIDE + 18.0, rect.center().y);
    let title_at = text::line(painter, at, Align2::LEFT_CENTER, title, fonts::strong(), t.t1);
    let end = pos2(rect.right() - SIDE, rect.center().y);
    let room = end.x - title_at.right() - 12.0;
    text::elided(painter, end, Align2::RIGHT_CENTER, (right, room), (fonts::small(), t.t3));
    if response.has_focus() {
        painter.rect_stroke(rect.shrink(1.0), CornerRadius::same(4), Stroke::new(2.0, t.acc), StrokeKind::Inside);
    }
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, open, title));
    open
}

/// A name at the left and a value at the right. Returns the row's rectangle.
pub fn pair(ui: &mut Ui, t: &Tokens, name: &str, value: &str) -> Rect {
    pair_with(ui, t, name, value, t.t1)
}

/// [`pair`] with the value in a colour.
pub fn pair_with(ui: &mut Ui, t: &Tokens, name: &str, value: &str, ink: egui::Color32) -> Rect {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), PAIR), Sense::hover());
    let (left, right) = (rect.left() + SIDE + 18.0, rect.right() - SIDE);
    let painter = ui.painter();
    let width = (right - left) * 0.62;
    let (shown, cut) =
        text::elided(painter, pos2(right, rect.center().y), Align2::RIGHT_CENTER, (value, width), (fonts::small(), ink));
    let rest = (shown.left() - left - 8.0).max(0.0);
    let at = pos2(left, rect.center().y);
    let (_, name_cut) = text::elided(painter, at, Align2::LEFT_CENTER, (name, rest), (fonts::small(), t.t2));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {value}")));
    if cut || name_cut {
        response.on_hover_text(format!("{name}: {value}"));
    }
    rect
}

/// A bar that is full at `share` 1.
pub fn bar(painter: &egui::Painter, rect: Rect, share: f32, track: egui::Color32, ink: egui::Color32) {
    painter.rect_filled(rect, CornerRadius::same(2), track);
    let mut full = rect;
    full.set_width(rect.width() * share.clamp(0.0, 1.0));
    if full.width() > 0.0 {
        painter.rect_filled(full, CornerRadius::same(2), ink);
    }
}
