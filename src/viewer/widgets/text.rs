//! Text and icons at a place.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Ui, pos2, vec2};

/// A line of text in the colour of the painter that draws it.
pub fn layout(ui: &Ui, text: &str, font: FontId) -> Arc<Galley> {
    ui.painter().layout_no_wrap(text.to_string(), font, Color32::PLACEHOLDER)
}

/// A line of text, anchored at a point. Returns its rectangle.
pub fn line(painter: &Painter, at: Pos2, anchor: Align2, text: &str, font: FontId, colour: Color32) -> Rect {
    painter.text(at, anchor, text, font, colour)
}

/// A line of text that ends in "…" if it is wider than `width`. Returns its rectangle and whether it was cut.
pub fn elided(
    painter: &Painter,
    at: Pos2,
    anchor: Align2,
    (text, width): (&str, f32),
    (font, colour): (FontId, Color32),
) -> (Rect, bool) {
    let mut job =
        LayoutJob::single_section(text.to_string(), TextFormat { font_id: font, color: colour, ..TextFormat::default() });
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    let galley = painter.layout_job(job);
    let rect = anchor.anchor_size(at, galley.size());
    let cut = galley.elided;
    painter.galley(rect.min, galley, colour);
    (rect, cut)
}

/// Text in lines of at most `width`.
pub fn wrapped(painter: &Painter, at: Pos2, text: &str, width: f32, (font, colour): (FontId, Color32)) -> Rect {
    let galley = painter.layout(text.to_string(), font, colour, width);
    let rect = Rect::from_min_size(at, galley.size());
    painter.galley(at, galley, colour);
    rect
}

/// An icon with its middle at a point, on whole pixels.
pub fn icon(painter: &Painter, at: Pos2, icon: char, font: FontId, colour: Color32) {
    let galley = painter.layout_no_wrap(icon.to_string(), font, colour);
    let corner = at - galley.size() / 2.0;
    let scale = painter.pixels_per_point();
    let corner = pos2((corner.x * scale).round() / scale, (corner.y * scale).round() / scale);
    painter.galley(corner, galley, colour);
}

/// A filled square in the hue of a source.
pub fn swatch(painter: &Painter, middle: Pos2, side: f32, colour: Color32) {
    painter.rect_filled(Rect::from_center_size(middle, vec2(side, side)), egui::CornerRadius::same(2), colour);
}
