//! Which key does what: colours, keys, pictures and words, the keys that are down lit.

use std::sync::Arc;

use egui::{Align2, Color32, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::key_names::{KeyLabels, cap_width};
use super::legend_rows::{LegendKey, LegendRow};
use super::look::{RADIUS, darker, ink_on, tokens};
use crate::envs::World;
use crate::viewer::images::Images;
use crate::viewer::theme::{fonts, icons};
use crate::viewer::widgets::text;

/// What a legend is drawn with.
pub struct LegendParts<'a> {
    /// What is written on keys.
    pub labels: &'a KeyLabels,
    /// Pictures of things.
    pub images: &'a mut Images,
    /// The world that has them.
    pub world: Option<&'a Arc<dyn World>>,
}

/// Sizes of a legend: key, row, picture, text, columns.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sizes {
    cap: f32,
    row: f32,
    icon: f32,
    font: f32,
    columns: usize,
}

/// From the largest to the smallest.
const SIZES: [Sizes; 5] = [
    Sizes { cap: 44.0, row: 56.0, icon: 32.0, font: 18.0, columns: 1 },
    Sizes { cap: 36.0, row: 46.0, icon: 32.0, font: 16.0, columns: 1 },
    Sizes { cap: 30.0, row: 38.0, icon: 24.0, font: 16.0, columns: 1 },
    Sizes { cap: 26.0, row: 31.0, icon: 16.0, font: 14.0, columns: 1 },
    Sizes { cap: 26.0, row: 31.0, icon: 16.0, font: 14.0, columns: 2 },
];

impl Sizes {
    fn gap(&self) -> f32 {
        (self.cap * 0.18).round()
    }

    /// Height of the cross with the space below it.
    fn cross(&self) -> f32 {
        2.0 * self.cap + self.gap() + (self.cap * 0.5).round()
    }

    fn height(&self, rows: &[LegendRow]) -> f32 {
        let crosses = rows.iter().filter(|row| row.cross).count();
        let others = (rows.len() - crosses).div_ceil(self.columns);
        crosses as f32 * self.cross() + others as f32 * self.row - (self.row - self.cap)
    }

    /// The largest that fit into a place.
    fn fit(rows: &[LegendRow], height: f32) -> Sizes {
        SIZES.into_iter().find(|sizes| sizes.height(rows) <= height).unwrap_or(SIZES[SIZES.len() - 1])
    }
}

/// Height of the legend on a page of this width.
pub fn legend_height(rows: &[LegendRow], width: f32) -> f32 {
    page_sizes(rows, width).height(rows)
}

fn page_sizes(rows: &[LegendRow], width: f32) -> Sizes {
    let columns = if width >= 640.0 && rows.len() > 4 { 2 } else { 1 };
    Sizes { columns, ..SIZES[1] }
}

/// Shows the legend on a page.
pub fn show_legend(ui: &mut Ui, rect: Rect, rows: &[LegendRow], parts: &mut LegendParts) {
    draw(ui, rect, rows, page_sizes(rows, rect.width()), parts);
}

/// Shows the legend beside the game. Returns its height.
pub fn fit_legend(ui: &mut Ui, rect: Rect, rows: &[LegendRow], parts: &mut LegendParts) -> f32 {
    let sizes = Sizes::fit(rows, rect.height());
    draw(ui, rect, rows, sizes, parts);
    sizes.height(rows)
}

fn draw(ui: &mut Ui, rect: Rect, rows: &[LegendRow], sizes: Sizes, parts: &mut LegendParts) {
    let mut top = rect.top();
    for row in rows.iter().filter(|row| row.cross) {
        draw_cross(ui, pos2(rect.left(), top), rect.right(), row, sizes, parts);
        top += sizes.cross();
    }
    let others: Vec<&LegendRow> = rows.iter().filter(|row| !row.cross).collect();
    let each = others.len().div_ceil(sizes.columns).max(1);
    let width = (rect.width() - 16.0 * (sizes.columns - 1) as f32) / sizes.columns as f32;
    let beyond = |column: usize, labels: &KeyLabels| {
        let rows = others.iter().skip(column * each).take(each);
        rows.map(|row| caps_width(row, sizes, labels, width)).fold(0.0, f32::max)
    };
    for (k, row) in others.iter().enumerate() {
        let x = rect.left() + (k / each) as f32 * (width + 16.0);
        let place = Rect::from_min_size(pos2(x, top + (k % each) as f32 * sizes.row), vec2(width, sizes.cap));
        let beyond = beyond(k / each, parts.labels);
        draw_row(ui, place, beyond, row, sizes, parts);
    }
}

/// Width of the keys of a row: one, or two if there is room.
fn caps_width(row: &LegendRow, sizes: Sizes, labels: &KeyLabels, room: f32) -> f32 {
    let widths = shown_caps(row, sizes, labels, room);
    widths.iter().sum::<f32>() + sizes.gap() * (widths.len() as f32 - 1.0)
}

fn shown_caps(row: &LegendRow, sizes: Sizes, labels: &KeyLabels, room: f32) -> Vec<f32> {
    let mut widths: Vec<f32> = Vec::new();
    for key in row.keys.iter().take(2) {
        let width = cap_width(&labels.label(&key.code), sizes.cap);
        let before: f32 = widths.iter().map(|width| width + sizes.gap()).sum();
        if !widths.is_empty() && before + width > (2.3 * sizes.cap).min(room * 0.5) {
            break;
        }
        widths.push(width);
    }
    widths
}

fn draw_cross(ui: &mut Ui, at: egui::Pos2, right: f32, row: &LegendRow, sizes: Sizes, parts: &LegendParts) {
    let (cap, step) = (sizes.cap, sizes.cap + sizes.gap());
    let wide = 3.0 * cap + 2.0 * sizes.gap();
    let mut x = at.x;
    for cross in row.keys.chunks(4) {
        if x > at.x && x + wide + 80.0 > right {
            break;
        }
        for (key, (column, line)) in cross.iter().zip([(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (2.0, 1.0)]) {
            let place = Rect::from_min_size(pos2(x + column * step, at.y + line * step), vec2(cap, cap));
            draw_cap(ui, place, key, parts.labels, sizes.font.min(16.0));
        }
        x += wide + cap * 0.5;
    }
    let from = pos2(x - cap * 0.5 + 20.0, at.y + cap + sizes.gap() / 2.0);
    let room = right - from.x;
    text::elided(ui.painter(), from, Align2::LEFT_CENTER, (&row.words, room), (fonts::page_text(sizes.font), tokens().t1));
    let place = Rect::from_min_max(at, pos2(right, at.y + 2.0 * step));
    name(ui, place, row, parts.labels);
}

fn draw_row(ui: &mut Ui, rect: Rect, caps: f32, row: &LegendRow, sizes: Sizes, parts: &mut LegendParts) {
    let mut x = rect.left();
    for (key, width) in row.keys.iter().zip(shown_caps(row, sizes, parts.labels, rect.width())) {
        draw_cap(ui, Rect::from_min_size(pos2(x, rect.top()), vec2(width, sizes.cap)), key, parts.labels, sizes.font.min(16.0));
        x += width + sizes.gap();
    }
    let has_pictures = parts.world.is_some_and(|world| world.icon("table").is_some());
    let mut x = rect.left() + caps.max(if sizes.columns == 1 { 2.0 * sizes.cap } else { 0.0 }) + sizes.cap * 0.5;
    if has_pictures {
        let place = Rect::from_center_size(pos2(x + sizes.icon / 2.0, rect.center().y), vec2(sizes.icon, sizes.icon));
        picture(ui, place, &row.action, parts);
        x += sizes.icon + (sizes.cap * 0.5).min(24.0);
    }
    words(ui, pos2(x, rect.center().y), rect.right() - x, &row.words, sizes);
    name(ui, rect, row, parts.labels);
}

/// What an action does: one line, or two small ones where there is little room.
fn words(ui: &Ui, at: egui::Pos2, room: f32, words: &str, sizes: Sizes) {
    let job = |size: f32, rows: usize| {
        let format = egui::text::TextFormat { font_id: fonts::page_text(size), color: tokens().t1, ..Default::default() };
        let mut job = egui::text::LayoutJob::single_section(words.to_string(), format);
        job.wrap = egui::text::TextWrapping { max_width: room.max(1.0), max_rows: rows, ..Default::default() };
        ui.painter().layout_job(job)
    };
    let one = job(sizes.font, 1);
    let galley = if one.elided { job(if sizes.cap > 30.0 { 14.0 } else { 12.0 }, 2) } else { one };
    ui.painter().galley(pos2(at.x, at.y - galley.size().y / 2.0), galley, tokens().t1);
}

/// The picture of what an action is about.
fn picture(ui: &Ui, rect: Rect, action: &str, parts: &mut LegendParts) {
    let thing = match action {
        "do" => {
            let size = if rect.width() >= 28.0 { 28.0 } else { 16.0 };
            text::icon(ui.painter(), rect.center(), icons::fill::HAND, fonts::icon_fill(size), tokens().t1);
            return;
        }
        "sleep" => "player-sleep",
        other => other,
    };
    if let Some(world) = parts.world {
        parts.images.draw(ui.ctx(), ui.painter(), &**world, thing, rect, 1.0);
    }
}

/// Tells the row to screen readers.
fn name(ui: &Ui, rect: Rect, row: &LegendRow, labels: &KeyLabels) {
    let keys: Vec<String> = row.keys.iter().map(|key| labels.label(&key.code)).collect();
    let response = ui.interact(rect, ui.scope_id().with(("legend", &row.action, row.cross)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}: {}", keys.join(" "), row.words)));
}

/// A key with what is written on it. A key that is down has sunk and has a bright edge.
pub fn draw_cap(ui: &Ui, rect: Rect, key: &LegendKey, labels: &KeyLabels, font: f32) {
    let painter = ui.painter();
    let edge = (rect.height() * 0.07).round().max(1.0);
    let ground = if key.lit { lighter(key.colour) } else { key.colour };
    let face = if key.lit {
        painter.rect_filled(rect, RADIUS, ground);
        painter.rect_stroke(rect.expand(2.0), CornerRadius::same(10), Stroke::new(2.0, Color32::WHITE), StrokeKind::Inside);
        rect
    } else {
        painter.rect_filled(rect, RADIUS, darker(ground, 0.3));
        let face = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - edge));
        painter.rect_filled(face, RADIUS, ground);
        face
    };
    let label = labels.label(&key.code);
    let galley = painter.layout_no_wrap(label, fonts::page_strong(font), ink_on(ground));
    painter.galley(
        pos2(face.center().x - galley.size().x / 2.0, face.center().y - galley.size().y / 2.0),
        galley,
        ink_on(ground),
    );
}

fn lighter(colour: Color32) -> Color32 {
    let part = |byte: u8| byte + (u8::MAX - byte) / 3;
    Color32::from_rgb(part(colour.r()), part(colour.g()), part(colour.b()))
}
