//! The Observation pane: what the agent sees, as pixels and as symbols.

use egui::{Align2, Color32, CornerRadius, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::viewer::images::Images;
use crate::viewer::shown::Shown;
use crate::viewer::sources::VIEW_TILE;
use crate::viewer::theme::{Tokens, fonts};
use crate::viewer::widgets::{PAIR, SIDE, bar, pair, text};

/// Largest side of the picture.
const PICTURE: f32 = 288.0;
/// Height of a row of symbols.
const SYMBOL: f32 = 20.0;
/// Numbers in a row of a part without rows.
const COLUMNS: usize = 9;
/// Most symbols of a part that are listed.
const MAX_SYMBOLS: usize = 1024;

/// Shows the pane in the rest of `ui`.
pub fn show(ui: &mut Ui, t: &Tokens, shown: &Shown, images: &mut Images) {
    let Some((_, state)) = shown.state() else {
        let words = "No step is shown.";
        let at = ui.available_rect_before_wrap().center();
        text::line(ui.painter(), at, Align2::CENTER_CENTER, words, fonts::body(), t.t3);
        return;
    };
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(SIDE);
        if let (Some(view), Some(step)) = (&state.view, shown.step) {
            let cells = (view.width / VIEW_TILE, view.height / VIEW_TILE);
            let most = PICTURE.min(ui.available_width() - 2.0 * SIDE);
            let scale = most / view.width.max(view.height) as f32;
            let size = vec2(view.width as f32, view.height as f32) * scale;
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size.y), Sense::hover());
            let at = Rect::from_min_size(pos2(rect.left() + SIDE, rect.top()), size);
            let key = shown.of().map_or(0, |(source, instance)| source << 48 ^ u64::from(instance) << 36 ^ step.position.row);
            let ctx = ui.ctx().clone();
            let texture = images.view(&ctx, key, view);
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), at, whole, Color32::WHITE);
            response.widget_info(|| {
                WidgetInfo::labeled(Role::Image, true, format!("What the agent sees, {} by {} cells", cells.0, cells.1))
            });
        }
        ui.add_space(12.0);
        symbols(ui, t, shown, &state.observation);
        ui.add_space(SIDE);
    });
}

/// Each part of the observation: a grid of numbers, or a row with a value.
fn symbols(ui: &mut Ui, t: &Tokens, shown: &Shown, observation: &[u8]) {
    let Some(world) = shown.world() else { return };
    let spec = world.spec();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), PAIR), Sense::hover());
    let left = pos2(rect.left() + SIDE, rect.center().y);
    text::line(ui.painter(), left, Align2::LEFT_CENTER, "Symbols", fonts::strong(), t.t1);
    let right = pos2(rect.right() - SIDE, rect.center().y);
    let words = format!("{} bytes", observation.len());
    text::line(ui.painter(), right, Align2::RIGHT_CENTER, &words, fonts::small(), t.t3);
    ui.add_space(4.0);
    let mut at = 0;
    for (name, shape, _) in &spec.obs_parts {
        let n: usize = shape.iter().product();
        let Some(values) = observation.get(at..at + n) else { return };
        at += n;
        match shape[..] {
            [rows, columns] if n > 1 => grid(ui, t, (rows, columns, 1), values),
            [rows, columns, channels] => grid(ui, t, (rows, columns, channels), values),
            _ if n == 1 && name == "daylight" => daylight(ui, t, values[0]),
            _ if n == 1 => {
                pair(ui, t, &name.replace('_', " "), &words_of(name, values[0]));
            }
            _ => list(ui, t, &name.replace('_', " "), values),
        }
    }
}

/// A part of many numbers, under its name.
fn list(ui: &mut Ui, t: &Tokens, name: &str, values: &[u8]) {
    pair(ui, t, name, "");
    for row in values[..values.len().min(MAX_SYMBOLS)].chunks(COLUMNS) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), SYMBOL), Sense::hover());
        let width = (rect.width() - 2.0 * SIDE) / COLUMNS as f32;
        for (k, value) in row.iter().enumerate() {
            let right = pos2(rect.left() + SIDE + (k + 1) as f32 * width - 4.0, rect.center().y);
            text::line(ui.painter(), right, Align2::RIGHT_CENTER, &value.to_string(), fonts::axis(), t.t2);
        }
    }
}

/// A value of one byte, in words where they are the same in all worlds.
fn words_of(name: &str, value: u8) -> String {
    match (name, value) {
        ("sleeping", 0) => "no  0".to_string(),
        ("sleeping", _) => format!("yes  {value}"),
        _ => value.to_string(),
    }
}

fn daylight(ui: &mut Ui, t: &Tokens, value: u8) {
    let words = format!("{value} / 255");
    let rect = pair(ui, t, "daylight", &words);
    let track = Rect::from_min_size(pos2(rect.center().x - 24.0, rect.center().y - 2.0), vec2(64.0, 4.0));
    bar(ui.painter(), track, f32::from(value) / 255.0, t.bg4, t.t2);
}

/// Numbers in rows and columns; the middle of the view is marked, since the agent stands there or below it.
fn grid(ui: &mut Ui, t: &Tokens, (rows, columns, channels): (usize, usize, usize), values: &[u8]) {
    if rows * columns > MAX_SYMBOLS {
        pair(ui, t, "grid", &format!("{rows} x {columns}, too large to list"));
        return;
    }
    let width = (ui.available_width() - 2.0 * SIDE) / columns as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), rows as f32 * SYMBOL + 8.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, format!("Symbols, {rows} rows of {columns}")));
    let painter = ui.painter_at(rect);
    for (k, cell) in values.chunks(channels).enumerate() {
        let corner = pos2(rect.left() + SIDE + (k % columns) as f32 * width, rect.top() + (k / columns) as f32 * SYMBOL);
        let at = Rect::from_min_size(corner, vec2(width, SYMBOL));
        let middle = channels == 1 && k == values.len() / 2;
        if middle {
            painter.rect_filled(at.shrink(1.0), CornerRadius::same(3), t.bg4);
        }
        let words: Vec<String> = cell.iter().map(u8::to_string).collect();
        let (font, ink) = if middle { (fonts::value(), t.t1) } else { (fonts::axis(), t.t2) };
        let right = pos2(at.right() - 4.0, at.center().y);
        text::line(&painter, right, Align2::RIGHT_CENTER, &words.join(" "), font, ink);
    }
}
