//! How groups are told apart besides their hue: a marker and a dash for each.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};
use egui_plot::{LineStyle, MarkerShape};

/// The dash of a hue.
pub fn dash(hue: usize) -> LineStyle {
    match hue.min(7) {
        0 | 4 => LineStyle::Solid,
        1 | 5 => LineStyle::Dashed { length: 10.0 },
        2 | 6 => LineStyle::Dotted { spacing: 4.0 },
        _ => LineStyle::Dashed { length: 5.0 },
    }
}

/// The width of a curve; dots are twice as wide as a line.
pub fn line_width(hue: usize) -> f32 {
    if matches!(dash(hue), LineStyle::Dotted { .. }) { 1.2 } else { 2.0 }
}

/// The marker of a hue, and whether it is filled.
pub fn marker(hue: usize) -> (MarkerShape, bool) {
    match hue.min(7) {
        0 => (MarkerShape::Circle, true),
        1 => (MarkerShape::Square, true),
        2 => (MarkerShape::Up, true),
        3 => (MarkerShape::Diamond, true),
        4 => (MarkerShape::Down, true),
        5 => (MarkerShape::Circle, false),
        6 => (MarkerShape::Square, false),
        _ => (MarkerShape::Cross, true),
    }
}

/// Paints the marker of a hue.
pub fn paint(painter: &Painter, at: Pos2, radius: f32, hue: usize, colour: Color32) {
    let line = Stroke::new(1.5, colour);
    let polygon = |corners: &[(f32, f32)]| {
        let points = corners.iter().map(|(x, y)| at + vec2(*x, *y) * radius).collect();
        painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    };
    match hue.min(7) {
        0 => {
            painter.circle_filled(at, radius, colour);
        }
        1 => {
            painter.rect_filled(Rect::from_center_size(at, vec2(1.8, 1.8) * radius), 0.0, colour);
        }
        2 => polygon(&[(0.0, -1.1), (1.1, 0.9), (-1.1, 0.9)]),
        3 => polygon(&[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)]),
        4 => polygon(&[(0.0, 1.1), (-1.1, -0.9), (1.1, -0.9)]),
        5 => {
            painter.circle_stroke(at, radius, line);
        }
        6 => {
            painter.rect_stroke(Rect::from_center_size(at, vec2(1.8, 1.8) * radius), 0.0, line, StrokeKind::Middle);
        }
        _ => {
            painter.line_segment([at + vec2(-radius, -radius), at + vec2(radius, radius)], line);
            painter.line_segment([at + vec2(-radius, radius), at + vec2(radius, -radius)], line);
        }
    }
}

/// Paints a piece of a group's curve, as legends show it.
pub fn sample(painter: &Painter, rect: Rect, hue: usize, colour: Color32) {
    let ends = [pos2(rect.left(), rect.center().y), pos2(rect.right(), rect.center().y)];
    match dash(hue) {
        LineStyle::Solid => {
            painter.line_segment(ends, Stroke::new(2.0, colour));
        }
        LineStyle::Dotted { spacing } => painter.extend(Shape::dotted_line(&ends, colour, spacing, 1.2)),
        LineStyle::Dashed { length } => {
            // A short sample of a long dash would be one line.
            let length = length.min(5.0);
            painter.extend(Shape::dashed_line(&ends, Stroke::new(2.0, colour), length, 0.6 * length));
        }
    }
    paint(painter, rect.center(), 4.0, hue, colour);
}
