//! Lanes of the time panel: each shows one quantity over the rows of the window.

use egui::{Align2, Color32, CornerRadius, Mesh, Painter, Rangef, Rect, Shape, Stroke, pos2, vec2};

use super::axis::Axis;
use crate::viewer::shown::Shown;
use crate::viewer::sources::{NO_ACTION, Track};
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::text;

/// Side of an achievement's icon, and distance between two of them.
const ICON: f32 = 16.0;
const APART: f32 = 20.0;
/// Points from which on a row has a column of its own.
const WIDE_ROW: f32 = 2.0;
/// How far an icon may be from its step.
const PUSHED: f32 = 96.0;

/// Kinds of actions, by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Moves or turns.
    Walk,
    /// Uses, takes or opens.
    Interact,
    /// Places or drops.
    Place,
    /// Makes.
    Make,
    /// Sleeps.
    Sleep,
    /// Nothing.
    Noop,
}

impl ActionKind {
    /// The kind of an action, by its name.
    pub fn of(name: &str) -> ActionKind {
        let name = name.to_lowercase();
        let is = |words: &[&str]| words.iter().any(|word| name == *word || name.starts_with(&format!("{word}_")));
        if is(&["noop", "done", "stay"]) {
            ActionKind::Noop
        } else if is(&["place", "drop"]) {
            ActionKind::Place
        } else if is(&["make"]) {
            ActionKind::Make
        } else if is(&["sleep"]) {
            ActionKind::Sleep
        } else if is(&["do", "toggle", "pickup", "interact"]) {
            ActionKind::Interact
        } else {
            ActionKind::Walk
        }
    }

    /// Its colour; None for doing nothing.
    pub fn colour(self, t: &Tokens) -> Option<Color32> {
        Some(match self {
            ActionKind::Walk => t.actions.walk,
            ActionKind::Interact => t.actions.interact,
            ActionKind::Place => t.actions.place,
            ActionKind::Make => t.actions.make,
            ActionKind::Sleep => t.actions.sleep,
            ActionKind::Noop => return None,
        })
    }
}

/// A column of a lane: where it begins, how wide it is, and its rows.
struct Column {
    x: f32,
    width: f32,
    rows: std::ops::Range<usize>,
}

/// The columns of a lane: a row each when rows are wide, else a pixel each.
fn columns(axis: &Axis, span: Rangef, pixels_per_point: f32, rows: u64) -> Vec<Column> {
    let row = (1.0 / axis.rows_per_point(span)) as f32;
    if row >= WIDE_ROW {
        let (first, last) = (axis.from.max(0.0) as u64, (axis.to.max(0.0).ceil() as u64).min(rows));
        let column = |at: u64| {
            let (x, end) = (axis.x(at as f64, span), axis.x(at as f64 + 1.0, span));
            Column { x, width: end - x, rows: at as usize..at as usize + 1 }
        };
        return (first..last).map(column).collect();
    }
    let width = 1.0 / pixels_per_point;
    let n = (span.span() / width).ceil() as u32;
    let column = |k: u32| {
        let x = span.min + k as f32 * width;
        Column { x, width, rows: rows_of(axis, x, width, span, rows) }
    };
    (0..n).map(column).filter(|column| !column.rows.is_empty()).collect()
}

/// The rows of a column of pixels.
fn rows_of(axis: &Axis, x: f32, width: f32, span: Rangef, rows: u64) -> std::ops::Range<usize> {
    let (from, to) = (axis.row(x, span).round(), axis.row(x + width, span).round());
    let last = rows as f64;
    // A column that is narrower than a row has the row that begins next to it.
    let (from, to) = (from.clamp(0.0, last), to.max(from + 1.0).clamp(0.0, last));
    from as usize..to as usize
}

/// Episodes as boxes with their number and length.
pub fn episodes(painter: &Painter, t: &Tokens, shown: &Shown, axis: &Axis, lane: Rect, hue: Color32) {
    let Some(instance) = shown.instance else { return };
    let now = shown.episode().map(|(index, _)| index);
    let first = instance.episodes.partition_point(|episode| ((episode.first_row + episode.rows) as f64) < axis.from);
    let mut drawn = f32::NEG_INFINITY;
    for (index, episode) in instance.episodes.iter().enumerate().skip(first) {
        if episode.first_row as f64 > axis.to {
            break;
        }
        let span = lane.x_range();
        let (from, to) = (axis.x(episode.first_row as f64, span), axis.x((episode.first_row + episode.rows) as f64, span));
        // Hundreds of episodes a pixel are drawn as one.
        if to - drawn < 1.0 && now != Some(index) {
            continue;
        }
        drawn = to;
        let rect = Rect::from_min_max(
            pos2(from.max(lane.left()), lane.top() + 4.0),
            pos2(to.min(lane.right()) - 1.0, lane.bottom() - 4.0),
        );
        if rect.width() < 0.5 {
            painter.vline(from, rect.y_range(), Stroke::new(1.0, t.line2));
            continue;
        }
        let (ground, line) = if now == Some(index) { (hue.gamma_multiply(0.25), hue) } else { (t.bg3, t.line2) };
        painter.rect(rect, CornerRadius::same(2), ground, Stroke::new(1.0, line), egui::StrokeKind::Inside);
        let mut words = format!("Episode {} \u{b7} {} steps", episode.episode, numbers::count(episode.steps));
        let has_achievements = shown.listing.is_some_and(|listing| !listing.achievements().is_empty());
        if let Some(achieved) = instance.achieved.as_ref().and_then(|counts| counts.get(index)).filter(|_| has_achievements) {
            let achievements = if *achieved == 1 { "achievement" } else { "achievements" };
            words += &format!(" \u{b7} {achieved} {achievements}");
        }
        if rect.width() > 24.0 {
            let at = pos2(rect.left() + 6.0, rect.center().y);
            let ink = if now == Some(index) { t.t1 } else { t.t2 };
            let inside = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
            text::elided(&inside, at, Align2::LEFT_CENTER, (&words, rect.width() - 10.0), (fonts::axis(), ink));
        }
    }
}

/// The most frequent kind of action of each column.
pub fn actions(painter: &Painter, t: &Tokens, track: &Track, names: &[String], axis: &Axis, lane: Rect) {
    let kinds: Vec<ActionKind> = names.iter().map(|name| ActionKind::of(name)).collect();
    let mut mesh = Mesh::default();
    for Column { x, width, rows } in columns(axis, lane.x_range(), painter.pixels_per_point(), track.rows()) {
        let mut counts = [0u32; 6];
        for action in &track.actions[rows] {
            if *action != NO_ACTION
                && let Some(kind) = kinds.get(usize::from(*action))
            {
                counts[*kind as usize] += 1;
            }
        }
        let all =
            [ActionKind::Walk, ActionKind::Interact, ActionKind::Place, ActionKind::Make, ActionKind::Sleep, ActionKind::Noop];
        let most = all.into_iter().max_by_key(|kind| counts[*kind as usize]);
        if let Some(colour) = most.filter(|kind| counts[*kind as usize] > 0).and_then(|kind| kind.colour(t)) {
            let rect = Rect::from_min_max(pos2(x, lane.top() + 5.0), pos2(x + width, lane.bottom() - 5.0));
            mesh.add_colored_rect(rect, colour);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Rewards as bars from a middle line.
pub fn rewards(painter: &Painter, t: &Tokens, track: &Track, axis: &Axis, lane: Rect, hue: Color32, most: f32) {
    let (middle, half) = (lane.center().y, lane.height() / 2.0 - 4.0);
    painter.hline(lane.x_range(), middle, Stroke::new(1.0, t.line));
    let mut mesh = Mesh::default();
    for Column { x, width, rows } in columns(axis, lane.x_range(), painter.pixels_per_point(), track.rows()) {
        let values = track.rewards[rows].iter();
        let (low, high) = values.fold((0.0f32, 0.0f32), |(low, high), value| (low.min(*value), high.max(*value)));
        let thick = width.clamp(2.0, 6.0);
        let mut bar = |value: f32, colour: Color32| {
            let top = middle - value / most * half;
            let left = x + (width - thick) / 2.0;
            let rect = Rect::from_x_y_ranges(Rangef::new(left, left + thick), Rangef::new(top.min(middle), top.max(middle)));
            mesh.add_colored_rect(rect, colour);
        };
        if high > 0.0 {
            bar(high, hue);
        }
        if low < 0.0 {
            bar(low, t.t2);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// A bonus as an area from the lowest to the highest value of each column.
pub fn area(painter: &Painter, values: &[f32], axis: &Axis, lane: Rect, hue: Color32, most: f32) {
    let (bottom, height) = (lane.bottom() - 4.0, lane.height() - 8.0);
    let mut mesh = Mesh::default();
    let level = |value: f32| bottom - (value / most).clamp(0.0, 1.0) * height;
    for Column { x, width, rows } in columns(axis, lane.x_range(), painter.pixels_per_point(), values.len() as u64) {
        let known = values[rows].iter().copied().filter(|value| !value.is_nan());
        let (low, high) = known.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if high >= low {
            let span = Rangef::new(x, x + width);
            mesh.add_colored_rect(Rect::from_x_y_ranges(span, Rangef::new(level(low), bottom)), hue.gamma_multiply(0.75));
            mesh.add_colored_rect(Rect::from_x_y_ranges(span, Rangef::new(level(high), level(low))), hue.gamma_multiply(0.45));
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// An achievement's icon in the lane, and where it points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// The row in which it was unlocked, and its index.
    pub unlocked: (u64, u8),
    /// Middle of the icon.
    pub x: f32,
    /// Middle of its step.
    pub step_x: f32,
}

/// Places icons from left to right, each at least [`APART`] from the one before it. Those that would be too far from their step are left out;
/// they are counted after the last icon before them.
pub fn place(unlocked: &[(u64, u8)], axis: &Axis, span: Rangef) -> (Vec<Placed>, Vec<(f32, u32)>) {
    let (mut placed, mut gathered) = (Vec::<Placed>::new(), Vec::<(f32, u32)>::new());
    let mut free = span.min;
    for (row, which) in unlocked {
        let step_x = axis.x(*row as f64 + 0.5, span);
        if step_x < span.min || step_x > span.max {
            continue;
        }
        let x = step_x.max(free + if placed.is_empty() { 0.0 } else { APART });
        if x - step_x > PUSHED || x + ICON / 2.0 > span.max {
            // Beside the last icon, or at the right end, where there is no room for one more.
            let at = if x - step_x > PUSHED { free + APART } else { span.max - APART };
            match gathered.last_mut() {
                Some((known, n)) if *known == at => *n += 1,
                _ => gathered.push((at, 1)),
            }
            continue;
        }
        free = x;
        placed.push(Placed { unlocked: (*row, *which), x, step_x });
    }
    (placed, gathered)
}

/// Icons of achievements, with lines to their steps.
pub fn achievements(
    painter: &Painter,
    t: &Tokens,
    lane: Rect,
    (placed, gathered): &(Vec<Placed>, Vec<(f32, u32)>),
    row: u64,
    mut draw_icon: impl FnMut(&Painter, Rect, u8, f32),
) {
    for at in placed {
        let rect = Rect::from_center_size(pos2(at.x, lane.top() + 12.0), vec2(APART, APART));
        let foot = lane.bottom() - 2.0;
        let line = Stroke::new(1.0, t.ctl);
        painter.line(vec![pos2(at.x, rect.bottom()), pos2(at.step_x, foot - 3.0), pos2(at.step_x, foot)], line);
        let now = at.unlocked.0 == row;
        painter.rect_filled(rect, CornerRadius::same(3), t.bg3);
        if now {
            painter.rect_stroke(rect, CornerRadius::same(3), Stroke::new(1.5, t.t1), egui::StrokeKind::Outside);
        }
        let after = at.unlocked.0 > row;
        draw_icon(
            painter,
            Rect::from_center_size(rect.center(), vec2(ICON, ICON)),
            at.unlocked.1,
            if after { 0.55 } else { 1.0 },
        );
    }
    for (x, n) in gathered {
        let at = pos2(*x, lane.top() + 12.0);
        text::line(painter, at, Align2::CENTER_CENTER, &format!("+{n}"), fonts::axis(), t.t2);
    }
}

/// A square with the first letter of a thing that has no picture.
pub fn letter_icon(painter: &Painter, t: &Tokens, rect: Rect, name: &str) {
    let thing = name.split('_').next_back().unwrap_or(name);
    let letter = thing.chars().next().map_or_else(|| icons::QUESTION.to_string(), |letter| letter.to_uppercase().to_string());
    text::line(painter, rect.center(), Align2::CENTER_CENTER, &letter, fonts::axis(), t.t1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icons_keep_their_distance_and_the_rest_is_counted() {
        let (axis, span) = (Axis { from: 0.0, to: 1000.0 }, Rangef::new(0.0, 500.0));
        let unlocked: Vec<(u64, u8)> = (0..12).map(|k| (100, k)).chain([(800, 12)]).collect();
        let (placed, gathered) = place(&unlocked, &axis, span);
        assert!(placed.windows(2).all(|pair| pair[1].x - pair[0].x >= APART));
        assert!(placed.iter().all(|at| at.x - at.step_x <= PUSHED));
        let missing: u32 = gathered.iter().map(|(_, n)| n).sum();
        assert_eq!(placed.len() + missing as usize, 13);
        assert_eq!(placed.last().map(|at| at.unlocked), Some((800, 12)));
    }

    #[test]
    fn columns_cover_all_rows_once() {
        let (axis, span) = (Axis { from: 0.0, to: 100.0 }, Rangef::new(0.0, 50.0));
        let rows: Vec<usize> = (0..50).flat_map(|x| rows_of(&axis, x as f32, 1.0, span, 90)).collect();
        assert_eq!(rows, (0..90).collect::<Vec<_>>());
        for (axis, wide) in [(axis, false), (Axis { from: 5.5, to: 15.5 }, true)] {
            let all: Vec<usize> = columns(&axis, span, 2.0, 90).into_iter().flat_map(|column| column.rows).collect();
            let last = if wide { 16 } else { 90 };
            assert!(all.windows(2).all(|pair| pair[1] == pair[0] + 1 || !wide && pair[1] == pair[0]), "{all:?}");
            assert_eq!((all[0], all[all.len() - 1] + 1), (if wide { 5 } else { 0 }, last));
        }
    }

    #[test]
    fn kinds_of_actions() {
        let kinds = [
            ("move_left", ActionKind::Walk),
            ("forward", ActionKind::Walk),
            ("do", ActionKind::Interact),
            ("place_stone", ActionKind::Place),
            ("make_iron_sword", ActionKind::Make),
            ("sleep", ActionKind::Sleep),
            ("noop", ActionKind::Noop),
            ("toggle", ActionKind::Interact),
            ("down", ActionKind::Walk),
        ];
        for (name, kind) in kinds {
            assert_eq!(ActionKind::of(name), kind, "{name}");
        }
    }
}
