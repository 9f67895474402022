//! A small keyboard that shows where the keys lie.

use egui::{Align2, CornerRadius, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::key_names::{BOARD, KeyLabels};
use super::legend_rows::{LegendKey, LegendRow};
use super::look::{ink_on, tokens};
use crate::viewer::theme::fonts;
use crate::viewer::widgets::text;

/// Side of a key, and from key to key.
const KEY: f32 = 30.0;
const STEP: f32 = 34.0;
/// Width and height of the whole.
pub const SIZE: (f32, f32) = (396.0, 4.0 * STEP + KEY);

/// Draws the keyboard with its corner at the top left of `rect`. Keys that do nothing are dark.
pub fn show(ui: &Ui, rect: Rect, rows: &[LegendRow], labels: &KeyLabels) {
    let known = |code: &str| rows.iter().flat_map(|row| &row.keys).find(|key| key.code == code);
    for (line, keys) in BOARD.iter().enumerate() {
        let mut x = rect.left();
        for (code, width) in *keys {
            let width = width * STEP - (STEP - KEY);
            let place = Rect::from_min_size(pos2(x, rect.top() + line as f32 * STEP), vec2(width, KEY));
            x += width + STEP - KEY;
            if !code.is_empty() {
                draw(ui, place, known(code), labels);
            }
        }
    }
}

/// Whether the keyboard shows a key of the legend.
pub fn has(rows: &[LegendRow]) -> bool {
    let shown = |key: &LegendKey| BOARD.iter().flat_map(|keys| keys.iter()).any(|(code, _)| *code == key.code);
    rows.iter().flat_map(|row| &row.keys).any(shown)
}

fn draw(ui: &Ui, rect: Rect, key: Option<&LegendKey>, labels: &KeyLabels) {
    let radius = CornerRadius::same(4);
    let Some(key) = key else {
        ui.painter().rect_filled(rect, radius, tokens().bg2);
        return;
    };
    ui.painter().rect_filled(rect, radius, key.colour);
    if key.lit {
        ui.painter().rect_stroke(
            rect.expand(2.0),
            CornerRadius::same(6),
            Stroke::new(2.0, egui::Color32::WHITE),
            StrokeKind::Inside,
        );
    }
    let at = rect.center();
    text::line(ui.painter(), at, Align2::CENTER_CENTER, &labels.label(&key.code), fonts::page_strong(11.0), ink_on(key.colour));
}
