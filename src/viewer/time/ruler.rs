//! What lies along the axis of the time panel: ruler, overview, range and playhead.

use egui::{Align2, CornerRadius, Rangef, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::axis::Axis;
use crate::viewer::shown::Shown;
use crate::viewer::theme::{Tokens, fonts, numbers};
use crate::viewer::widgets::text;

/// The ruler: it counts from 0 in each episode.
pub fn draw_ruler(ui: &Ui, t: &Tokens, shown: &Shown, axis: &Axis, ruler: Rect) {
    let painter = ui.painter_at(ruler);
    painter.hline(ruler.x_range(), ruler.bottom() - 0.5, Stroke::new(1.0, t.line));
    let Some(instance) = shown.instance else { return };
    let span = ruler.x_range();
    let tick = axis.tick(span, 64.0);
    let mut free = f32::NEG_INFINITY;
    let first = instance.episodes.partition_point(|episode| ((episode.first_row + episode.rows) as f64) < axis.from);
    for episode in instance.episodes.iter().skip(first) {
        if episode.first_row as f64 > axis.to {
            break;
        }
        // Steps of this episode inside the window.
        let begin = (axis.from - episode.first_row as f64).max(0.0) as u64 + u64::from(episode.first_step);
        let mut step = begin.next_multiple_of(tick);
        while step < u64::from(episode.first_step) + episode.rows {
            let row = episode.first_row + step - u64::from(episode.first_step);
            let x = axis.x(row as f64 + 0.5, span);
            if x > ruler.right() {
                break;
            }
            painter.vline(x, Rangef::new(ruler.bottom() - 4.0, ruler.bottom()), Stroke::new(1.0, t.line2));
            if x - free >= 40.0 {
                let at = pos2(x, ruler.center().y - 1.0);
                text::line(&painter, at, Align2::CENTER_CENTER, &numbers::count(step), fonts::axis(), t.t2);
                free = x;
            }
            step += tick;
        }
    }
}

pub fn draw_overview(ui: &Ui, t: &Tokens, shown: &Shown, axis: &Axis, overview: Rect, label: f32) {
    let painter = ui.painter();
    let rows = shown.instance.map_or(1, |instance| instance.rows.max(1));
    let left = pos2(overview.left() - label + 12.0, overview.center().y);
    text::line(painter, left, Align2::LEFT_CENTER, "All rows", fonts::axis(), t.t3);
    let right = pos2(overview.left() - 12.0, overview.center().y);
    text::line(painter, right, Align2::RIGHT_CENTER, &numbers::count(rows), fonts::axis(), t.t3);
    let (whole, span) = (Axis { from: 0.0, to: rows as f64 }, overview.x_range());
    let bar = overview.shrink2(vec2(0.0, 5.0));
    painter.rect_filled(bar, CornerRadius::same(2), t.bg3);
    let painter = ui.painter_at(overview);
    if let Some(instance) = shown.instance {
        let mut drawn = f32::NEG_INFINITY;
        for episode in &instance.episodes {
            let x = whole.x(episode.first_row as f64, span);
            if x - drawn >= 3.0 {
                painter.vline(x, bar.y_range(), Stroke::new(1.0, t.bg1));
                drawn = x;
            }
        }
    }
    let (from, to) = (whole.x(axis.from, span), whole.x(axis.to, span));
    let window = Rect::from_x_y_ranges(Rangef::new(from, to.max(from + 4.0)), overview.y_range()).intersect(overview);
    painter.rect(
        window.shrink(1.0),
        CornerRadius::same(2),
        t.t1.gamma_multiply(0.08),
        Stroke::new(1.5, t.t2),
        StrokeKind::Inside,
    );
    let x = whole.x(shown.row as f64 + 0.5, span);
    painter.vline(x, overview.y_range(), Stroke::new(1.5, t.t1));
}

pub fn draw_range(ui: &Ui, t: &Tokens, shown: &Shown, axis: &Axis, ruler: Rect, lanes: Rect) {
    let Some((from, to)) = shown.range else { return };
    let span = ruler.x_range();
    let columns = Rangef::new(axis.x(from as f64, span), axis.x(to as f64 + 1.0, span));
    let painter = ui.painter_at(ruler.union(lanes));
    painter.rect_filled(Rect::from_x_y_ranges(columns, ruler.y_range()), CornerRadius::ZERO, t.acc.gamma_multiply(0.28));
    painter.rect_filled(Rect::from_x_y_ranges(columns, lanes.y_range()), CornerRadius::ZERO, t.acc.gamma_multiply(0.06));
    for x in [columns.min, columns.max] {
        painter.vline(x, ruler.y_range(), Stroke::new(2.0, t.acc));
    }
}

pub fn draw_playhead(ui: &Ui, t: &Tokens, shown: &Shown, axis: &Axis, ruler: Rect, lanes: Rect) {
    let x = axis.x(shown.row as f64 + 0.5, ruler.x_range());
    if !ruler.x_range().contains(x) {
        return;
    }
    let painter = ui.painter();
    painter.vline(x, Rangef::new(ruler.bottom(), lanes.bottom()), Stroke::new(3.5, t.bg1.gamma_multiply(0.7)));
    painter.vline(x, Rangef::new(ruler.bottom(), lanes.bottom()), Stroke::new(1.5, t.t1));
    let step = shown.step_of(shown.row).unwrap_or(0);
    let galley = text::layout(ui, &numbers::count(step.into()), fonts::value());
    let size = vec2(galley.size().x + 10.0, 18.0);
    let middle = x.clamp(ruler.left() + size.x / 2.0, ruler.right() - size.x / 2.0);
    let tag = Rect::from_center_size(pos2(middle, ruler.center().y), size);
    painter.rect_filled(tag, CornerRadius::same(3), t.t1);
    painter.galley(tag.center() - galley.size() / 2.0, galley, t.bg1);
}
