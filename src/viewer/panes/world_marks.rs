//! What egui draws over the map: trail, edge of the view, numbers, the card of a cell.

use egui::{Color32, CornerRadius, Mesh, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::envs::Layers;
use crate::scene::{Heat, Theme};
use crate::viewer::map::{HeatOf, Projection, packed, trail};
use crate::viewer::shown::Shown;
use crate::viewer::theme::{Tokens, fonts, numbers};
use crate::viewer::widgets::text;

/// Smallest size of a cell, in points, that has numbers on it.
const NUMBERS_FROM: f32 = 24.0;

/// The edge of what the agent sees.
pub fn draw_edge(painter: &egui::Painter, t: &Tokens, layers: &Layers, projection: &Projection) {
    let (width, height) = (layers.width as i64, layers.height as i64);
    let sees =
        |x: i64, y: i64| (0..width).contains(&x) && (0..height).contains(&y) && layers.field_of_view[(y * width + x) as usize];
    let (mut casing, mut line) = (Mesh::default(), Mesh::default());
    let mut side = |from: Pos2, to: Pos2| {
        casing.add_colored_rect(Rect::from_two_pos(from, to).expand(1.75), casing_colour(t).gamma_multiply(0.6));
        line.add_colored_rect(Rect::from_two_pos(from, to).expand(0.75), line_colour(t));
    };
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|(x, y)| sees(*x, *y)) {
        let cell = projection.rect_of((x as u32, y as u32), (1, 1));
        for (dx, dy, from, to) in [
            (-1, 0, cell.left_top(), cell.left_bottom()),
            (1, 0, cell.right_top(), cell.right_bottom()),
            (0, -1, cell.left_top(), cell.right_top()),
            (0, 1, cell.left_bottom(), cell.right_bottom()),
        ] {
            if !sees(x + dx, y + dy) {
                side(from, to);
            }
        }
    }
    painter.add(Shape::mesh(casing));
    painter.add(Shape::mesh(line));
}

/// The card beside the hovered cell.
pub fn cell_numbers(ui: &Ui, painter: &egui::Painter, t: &Tokens, cell: Rect, pane: Rect, parts: &[(String, Color32)]) {
    let galleys: Vec<_> = parts.iter().map(|(words, ink)| (text::layout(ui, words, fonts::small()), *ink)).collect();
    let width: f32 = galleys.iter().map(|(galley, _)| galley.size().x + 12.0).sum::<f32>() + 12.0;
    let mut left = cell.right() + 24.0;
    if left + width > pane.right() - 8.0 {
        left = (cell.left() - 24.0 - width).max(pane.left() + 8.0);
    }
    let top = (cell.center().y - 16.0).clamp(pane.top() + 8.0, (pane.bottom() - 40.0).max(pane.top() + 8.0));
    let rect = Rect::from_min_size(pos2(left, top), vec2(width, 32.0));
    painter.rect(rect, CornerRadius::same(6), t.bg1, Stroke::new(1.0, t.line2), StrokeKind::Inside);
    let mut x = rect.left() + 12.0;
    for (galley, ink) in galleys {
        let (size, at) = (galley.size(), pos2(x, rect.center().y - galley.size().y / 2.0));
        painter.galley(at, galley, ink);
        x += size.x + 12.0;
    }
}

/// A number that fits on a cell.
pub fn cell_text(of: Option<&HeatOf>, value: f64) -> String {
    match of {
        Some(HeatOf::Visits) => numbers::count(value as u64),
        Some(HeatOf::Difference) => format!("{:+.0}", 100.0 * value),
        _ => format!("{value:.2}"),
    }
}

pub fn line_colour(t: &Tokens) -> Color32 {
    let [r, g, b] = t.theme.line();
    Color32::from_rgb(r, g, b)
}

pub fn casing_colour(t: &Tokens) -> Color32 {
    let [r, g, b] = t.theme.casing();
    let opacity = if t.theme == Theme::Dark { 0.7 } else { 0.8 };
    Color32::from_rgb(r, g, b).gamma_multiply(opacity)
}

pub fn colour_words(colour: Color32) -> u32 {
    packed([colour.r(), colour.g(), colour.b()])
}

/// Where the player was, up to the shown step.
pub fn draw_trail(painter: &egui::Painter, t: &Tokens, shown: &Shown, projection: &Projection, width: u32) {
    let (Some(track), Some(step), Some((_, episode))) = (shown.track, shown.step, shown.episode()) else { return };
    let Some(trail) = trail(track, (episode.first_row, step.position.row), width) else { return };
    let (line, casing) = (line_colour(t), casing_colour(t));
    let (mut below, mut above) = (Mesh::default(), Mesh::default());
    for segment in trail.lines() {
        let middle = |cell: u32| projection.point(vec2((cell % width) as f32 + 0.5, (cell / width) as f32 + 0.5));
        let span = Rect::from_two_pos(middle(segment.cells.0), middle(segment.cells.1));
        below.add_colored_rect(span.expand(2.0), casing.gamma_multiply(0.6 * segment.opacity));
        above.add_colored_rect(span.expand(1.0), line.gamma_multiply(segment.opacity));
    }
    painter.add(Shape::mesh(below));
    painter.add(Shape::mesh(above));
}

/// The values of a heat map, on cells that are large enough.
pub fn numbers_on_cells(
    painter: &egui::Painter,
    t: &Tokens,
    of: Option<&HeatOf>,
    projection: &Projection,
    (width, height): (u32, u32),
    values: Option<&Heat>,
) {
    let (Some(values), true) = (values, projection.cell >= NUMBERS_FROM) else { return };
    for cell in 0..width * height {
        let rect = projection.rect_of((cell % width, cell / width), (1, 1));
        let value = values.values[cell as usize];
        if value.is_nan() || !projection.rect.intersects(rect) {
            continue;
        }
        let [r, g, b] = values.colour(cell as usize, t.theme).unwrap_or_default().map(f32::from);
        let dark = 0.299 * r + 0.587 * g + 0.114 * b < 140.0;
        let ink = if dark { Color32::WHITE } else { Color32::BLACK };
        text::line(painter, rect.center(), egui::Align2::CENTER_CENTER, &cell_text(of, value), fonts::axis(), ink);
    }
}
