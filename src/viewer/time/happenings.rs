//! Lanes of plays of studies: keys that were pressed, and notes.

use egui::{Align2, Painter, Rangef, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::axis::Axis;
use crate::traces::{Happening, TimedItem, Timeline};
use crate::viewer::shown::Shown;
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::text;

/// Points of a row from which on the names of keys are written.
const NAMED: f32 = 16.0;
/// Characters of a key's name at most.
const LETTERS: usize = 5;
/// Side of the icon of a note.
const ICON: f32 = 14.0;

/// The times and happenings of the shown source, if it is a play of a study.
pub fn timeline_of<'a>(shown: &Shown<'a>) -> Option<&'a Timeline> {
    shown.source?.found.timeline.as_deref()
}

/// What happened in rows that the window shows, in order.
fn visible<'a>(timeline: &'a Timeline, shown: &Shown, axis: &Axis) -> impl Iterator<Item = &'a TimedItem> {
    let (instance, rows) = shown.instance.map_or((0, 0), |instance| (instance.instance, instance.rows));
    let (from, to) = (axis.from.floor(), axis.to.ceil());
    let is_there =
        move |item: &&TimedItem| item.instance == instance && item.row < rows && (from..=to).contains(&(item.row as f64));
    timeline.items.iter().filter(is_there)
}

/// Keys as marks, with their names where there is room.
pub fn draw_keys(painter: &Painter, t: &Tokens, shown: &Shown, timeline: &Timeline, axis: &Axis, lane: Rect) {
    let span = lane.x_range();
    let width = (1.0 / axis.rows_per_point(span)) as f32;
    let mut drawn = f32::NEG_INFINITY;
    for item in visible(timeline, shown, axis) {
        let Happening::Key(code) = &item.happening else { continue };
        let x = axis.x(item.row as f64, span) + width / 2.0;
        if width >= NAMED {
            // Of several keys of a step the first one is named.
            if x > drawn {
                let inside =
                    painter.with_clip_rect(Rect::from_x_y_ranges(Rangef::new(x - width / 2.0, x + width / 2.0), lane.y_range()));
                text::line(&inside, pos2(x, lane.center().y), Align2::CENTER_CENTER, &key_name(code), fonts::axis(), t.t1);
            }
        } else if x - drawn >= 1.0 {
            painter.vline(x, Rangef::new(lane.top() + 6.0, lane.bottom() - 6.0), Stroke::new(width.clamp(1.0, 2.0), t.t2));
        } else {
            continue;
        }
        drawn = x;
    }
}

/// Notes as icons, which say on hover what was noted.
pub fn draw_notes(ui: &mut Ui, t: &Tokens, shown: &Shown, timeline: &Timeline, axis: &Axis, lane: Rect) {
    let painter = ui.painter_at(lane);
    let (span, pointer) = (lane.x_range(), ui.input(|input| input.pointer.hover_pos()));
    let mut drawn = f32::NEG_INFINITY;
    for (k, item) in visible(timeline, shown, axis).enumerate() {
        let Happening::Note { author, text: words } = &item.happening else { continue };
        let x = axis.x(item.row as f64 + 0.5, span);
        if x - drawn < 2.0 {
            continue;
        }
        drawn = x;
        let icon = if author == "marker" { icons::FLAG } else { icons::CHAT_TEXT };
        let ink = if item.row == shown.row { t.acc } else { t.t2 };
        text::icon(&painter, pos2(x, lane.center().y), icon, fonts::icon(ICON), ink);
        let spot = Rect::from_center_size(pos2(x, lane.center().y), vec2(ICON, lane.height()));
        if pointer.is_some_and(|at| spot.contains(at)) {
            let step = numbers::count(shown.step_of(item.row).unwrap_or(0).into());
            let response = ui.interact(spot, ui.scope_id().with(("note", k)), Sense::hover());
            response.on_hover_text(format!("{author}\n{words}\nStep {step}"));
        }
    }
}

/// The keys that were pressed in the shown row.
pub fn keys_now(timeline: &Timeline, shown: &Shown) -> String {
    let keys: Vec<String> = now(timeline, shown)
        .filter_map(|item| if let Happening::Key(code) = &item.happening { Some(key_name(code)) } else { None })
        .collect();
    if keys.is_empty() { "\u{2013}".to_string() } else { keys.join(" ") }
}

/// What was noted in the shown row, or how many notes there are.
pub fn notes_now(timeline: &Timeline, shown: &Shown) -> String {
    fn note(item: &TimedItem) -> Option<&str> {
        let Happening::Note { author, text } = &item.happening else { return None };
        Some(if text.is_empty() { author } else { text })
    }
    let here: Vec<&str> = now(timeline, shown).filter_map(note).collect();
    if here.is_empty() { numbers::count(timeline.items.iter().filter_map(note).count() as u64) } else { here.join("; ") }
}

fn now<'a>(timeline: &'a Timeline, shown: &Shown) -> impl Iterator<Item = &'a TimedItem> {
    let (instance, row) = (shown.instance.map(|instance| instance.instance), shown.row);
    timeline.items.iter().filter(move |item| Some(item.instance) == instance && item.row == row)
}

/// The short name of a key: `W` for KeyW, `Left` for ArrowLeft.
fn key_name(code: &str) -> String {
    let short =
        ["Key", "Digit", "Arrow"].into_iter().find_map(|before| code.strip_prefix(before).filter(|rest| !rest.is_empty()));
    short.unwrap_or(code).chars().take(LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_short_names() {
        let names = ["KeyW", "Digit1", "ArrowLeft", "Space", "Key", "Backspace"].map(key_name);
        assert_eq!(names, ["W", "1", "Left", "Space", "Key", "Backs"]);
    }
}
