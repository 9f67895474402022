//! The legend of a heat map: what it shows, over which steps, and which colour means how much.

use egui::{Align2, Color32, CornerRadius, Mesh, Painter, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

use crate::viewer::map::{HeatKey, HeatMap, HeatOf, ticks};
use crate::viewer::shown::Shown;
use crate::viewer::sources::bonus_name;
use crate::viewer::theme::{Tokens, fonts, numbers};
use crate::viewer::widgets::text;

const WIDTH: f32 = 224.0;
const HEIGHT: f32 = 78.0;
const MARGIN: f32 = 12.0;

/// Draws it at the left bottom of the pane.
pub fn show(painter: &Painter, t: &Tokens, shown: &Shown, pane: Rect, heat: Option<(&HeatKey, &HeatMap)>) {
    let Some((key, map)) = heat else { return };
    let Some(of) = &key.heat else { return };
    let rect = Rect::from_min_size(pos2(pane.left() + MARGIN, pane.bottom() - MARGIN - HEIGHT), vec2(WIDTH, HEIGHT));
    if rect.top() < pane.top() || rect.right() > pane.right() {
        return;
    }
    painter.rect(rect, CornerRadius::same(6), t.bg1, Stroke::new(1.0, t.line2), StrokeKind::Inside);
    let inner = rect.shrink2(vec2(12.0, 8.0));
    let name = match of {
        HeatOf::Visits => "Visits".to_string(),
        HeatOf::Bonus(name) => format!("Bonus {}, mean", bonus_name(name)),
        HeatOf::Empowerment => "Empowerment, bits".to_string(),
        HeatOf::Difference => "Share of visits, this \u{2212} other".to_string(),
    };
    text::line(painter, inner.left_top(), Align2::LEFT_TOP, &name, fonts::value(), t.t1);
    text::line(painter, inner.right_top(), Align2::RIGHT_TOP, key.scale.name(), fonts::small(), t.t2);
    let second = pos2(inner.left(), inner.top() + 17.0);
    let scope = match of {
        HeatOf::Empowerment => empowerment_words(shown),
        HeatOf::Difference => other_words(shown),
        _ => shown.scope_words(),
    };
    text::elided(painter, second, Align2::LEFT_TOP, (&scope, inner.width()), (fonts::axis(), t.t2));
    let bar = Rect::from_min_size(pos2(inner.left(), inner.top() + 35.0), vec2(inner.width(), 8.0));
    let Some(heat) = &map.heat else {
        let is_recorded = |name: &String| shown.track.is_some_and(|track| track.bonuses.iter().any(|(known, _)| known == name));
        let why = match of {
            HeatOf::Empowerment | HeatOf::Difference => "",
            HeatOf::Bonus(name) if !is_recorded(name) => "This recording has no such bonus.",
            _ if map.visits.iter().all(|n| *n == 0) => "No visits in this range.",
            _ => "This scale has no value here.",
        };
        text::line(painter, bar.left_top(), Align2::LEFT_TOP, why, fonts::axis(), t.t2);
        return;
    };
    ramp_bar(painter, t, bar, heat.ramp);
    for (share, value) in ticks(&heat.scale) {
        let words = match of {
            HeatOf::Visits => numbers::count(value.round() as u64),
            HeatOf::Difference => format!("{} %", numbers::real(100.0 * value, true)),
            _ => numbers::real(value, false),
        };
        let anchor = if share < 0.1 {
            Align2::LEFT_TOP
        } else if share > 0.9 {
            Align2::RIGHT_TOP
        } else {
            Align2::CENTER_TOP
        };
        let at = pos2(bar.left() + share * bar.width(), bar.bottom() + 4.0);
        text::line(painter, at, anchor, &words, fonts::axis(), t.t2);
    }
}

/// What the difference is to.
fn other_words(shown: &Shown) -> String {
    let Some(other) = shown.other else { return "No other world is open.".to_string() };
    let steps = numbers::count(other.rows.1 - other.rows.0);
    format!("Other: {} \u{b7} world {} \u{b7} {steps} steps", other.source.name, other.instance)
}

/// How far empowerment is computed, or of what it is.
fn empowerment_words(shown: &Shown) -> String {
    let Some(known) = shown.source.and_then(|source| source.found.empowerment.as_ref()) else {
        return "Pause to compute it.".to_string();
    };
    let step = shown.step_of(known.of.row).map_or(known.of.row, u64::from);
    match &known.map {
        None if known.cells.1 == 0 => "Computing\u{2026}".to_string(),
        None => format!("{} of {} cells", numbers::count(known.cells.0), numbers::count(known.cells.1)),
        Some(Err(why)) => why.clone(),
        Some(Ok(_)) if shown.empowerment().is_none() => "Pause to compute it.".to_string(),
        Some(Ok(map)) => {
            let n = known.of.horizon;
            let actions = if n == 1 { "1 action".to_string() } else { format!("{n} actions") };
            // Where chance has a say, `exact` follows one of its courses.
            let chance = if map.num_left_to_chance() == 0 { "" } else { " \u{b7} one noise index" };
            format!("Step {} \u{b7} {actions}{chance}", numbers::count(step))
        }
    }
}

/// A ramp from left to right.
pub fn ramp_bar(painter: &Painter, t: &Tokens, bar: Rect, ramp: crate::scene::Ramp) {
    let mut mesh = Mesh::default();
    let colours = ramp.colours(t.theme);
    let step = bar.width() / colours.len() as f32;
    for (k, [r, g, b]) in colours.into_iter().enumerate() {
        let corner = pos2(bar.left() + k as f32 * step, bar.top());
        mesh.add_colored_rect(Rect::from_min_size(corner, vec2(step, bar.height())), Color32::from_rgb(r, g, b));
    }
    painter.add(Shape::mesh(mesh));
}
