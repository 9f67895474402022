//! The game while it is played: its picture, what the player has, the keys and the time.

use egui::{Align2, Color32, CornerRadius, CursorIcon, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::belongings::{GameParts, ITEM, VitalSizes, draw_vitals, inventory, is_low, item, label};
use super::key_names::KeyLabels;
use super::keyboard;
use super::legend::{LegendParts, fit_legend};
use super::legend_rows::{LegendRow, legend_rows};
use super::look::{RADIUS, SMALL_MARGIN, margin, tokens};
use super::rich;
use super::words::Words;
use crate::study::plan::{PlayStage, StageKind};
use crate::study::session::{Input, PlayState, PlayView};
use crate::viewer::theme::fonts;
use crate::viewer::widgets::text;

/// Widest column of keys.
const WIDE: f32 = 432.0;

/// Share by which the column of keys may be narrower.
const NARROWER: f32 = 0.15;

/// Places of a window's parts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Places {
    game: Rect,
    below: Rect,
    side: Rect,
}

/// Draws the page. Returns the stage's keys as the legend shows them.
pub fn show(ui: &mut Ui, view: &PlayView, parts: &mut GameParts, inputs: &mut Vec<Input>) {
    let StageKind::Play(stage) = &view.stage.kind else { return };
    let places = places(ui, view, stage);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let smooth = places.game.width() * ui.pixels_per_point() < view.picture.width as f32;
    let texture = parts.texture.of(ui, &view.picture, smooth);
    ui.painter().image(texture.id(), places.game, whole, Color32::WHITE);
    let response = ui.interact(places.game, ui.scope_id().with("game"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "game"));
    below(ui, places.below, view, stage, parts);
    side(ui, places.side, view, stage, parts, inputs);
    match view.state {
        PlayState::Running => ui.ctx().set_cursor_icon(CursorIcon::None),
        PlayState::Countdown(seconds) => countdown(ui, places.game, seconds, parts.words),
        PlayState::Paused | PlayState::Stopping => {}
    }
}

/// The game at the largest whole factor, the column at its right, and the strip below it.
fn places(ui: &Ui, view: &PlayView, stage: &PlayStage) -> Places {
    let window = ui.max_rect();
    let side = margin(window.height());
    let column = match window.width() {
        width if width >= 1200.0 => WIDE,
        width if width >= 900.0 => 320.0,
        width => (width * 0.42).clamp(200.0, 300.0),
    };
    let has_column = stage.shown.legend || stage.shown.timer;
    let column = if has_column { column } else { 120.0 };
    let gap = if side > SMALL_MARGIN { 64.0 } else { 24.0 };
    let inner = window.shrink(side);
    let room =
        vec2(inner.width() - column - gap, inner.height() - strip(view, stage, inner.width() - column - gap, window.height()));
    let scale = ui.pixels_per_point();
    let pixels = vec2(view.picture.width.max(1) as f32, view.picture.height.max(1) as f32);
    // A column that is a little narrower may leave room for a larger game.
    let by_height = (room.y * scale / pixels.y).floor();
    let with_narrow = ((room.x + column * NARROWER) * scale / pixels.x).floor().min(by_height);
    let more = with_narrow * pixels.x / scale - room.x;
    let gains = with_narrow > (room.x * scale / pixels.x).floor() && more > 0.0;
    let (room, column) = if gains { (room + vec2(more, 0.0), column - more) } else { (room, column) };
    let fits = (room.x * scale / pixels.x).min(room.y * scale / pixels.y).max(0.05);
    let factor = if fits >= 1.0 { fits.floor() } else { fits };
    let size = pixels * factor / scale;
    let snap = |x: f32| (x * scale).round() / scale;
    let game = Rect::from_min_size(pos2(snap(inner.left()), snap(inner.top())), size);
    let below = Rect::from_min_max(game.left_bottom(), pos2(inner.left() + room.x, window.bottom()));
    // What the game does not take goes to the keys.
    let column = column.max((inner.width() - size.x - gap).min(WIDE));
    let side = Rect::from_min_max(pos2(inner.right() - column, inner.top()), pos2(inner.right(), inner.bottom()));
    let below = below.with_max_x((side.left() - gap).max(game.right()));
    Places { game, below, side }
}

/// Height that the parts below the game take in a window of this height.
fn strip(view: &PlayView, stage: &PlayStage, width: f32, window: f32) -> f32 {
    let wide = margin(window) > SMALL_MARGIN;
    let gap = if wide { 24.0 } else { 12.0 };
    let (vitals, others) = view.items.split_at(view.vitals.min(view.items.len()));
    let mut height = 0.0;
    if stage.shown.vitals && !vitals.is_empty() {
        height += gap + VitalSizes::of(vitals, width, is_low(window)).height(vitals.len());
    }
    if stage.shown.inventory && !others.is_empty() {
        height += gap + if is_low(window) { 16.0 } else { ITEM };
    }
    if view.mission.is_some() {
        height += gap + 56.0;
    }
    if height > 0.0 && wide { height + 4.0 } else { height }
}

fn below(ui: &mut Ui, rect: Rect, view: &PlayView, stage: &PlayStage, parts: &mut GameParts) {
    let gap = if margin(ui.max_rect().height()) > SMALL_MARGIN { 26.0 } else { 12.0 };
    let mut y = rect.top() + gap;
    if let Some(mission) = &view.mission {
        let place = Rect::from_min_size(pos2(rect.left(), y), vec2(rect.width(), 56.0));
        let mut line = ui.new_child(egui::UiBuilder::new().max_rect(place));
        let shown = rich::show_line(&mut line, mission, (fonts::page_text(18.0), 28.0), tokens().t1);
        y = shown.bottom() + gap;
    }
    let (vitals, others) = view.items.split_at(view.vitals.min(view.items.len()));
    if stage.shown.vitals && !vitals.is_empty() {
        y = draw_vitals(ui, Rect::from_min_max(pos2(rect.left(), y), rect.max), vitals, parts) + gap;
    }
    if stage.shown.inventory {
        inventory(ui, Rect::from_min_max(pos2(rect.left(), y), rect.max), others, parts);
    }
}

fn side(ui: &mut Ui, rect: Rect, view: &PlayView, stage: &PlayStage, parts: &mut GameParts, inputs: &mut Vec<Input>) {
    let top = head(ui, rect, view, stage, parts, inputs);
    let mut rest = Rect::from_min_max(pos2(rect.left(), top), rect.max);
    if stage.shown.legend {
        let rows = legend_rows(stage, &view.actions, &view.language, &view.pressed, parts.words.walk);
        let mut legend = LegendParts { labels: parts.labels, images: parts.images, world: parts.world };
        rest.min.y += fit_legend(ui, rest, &rows, &mut legend) + 32.0;
        board(ui, &mut rest, &rows, parts.labels);
    }
    if stage.shown.achievements {
        achievements(ui, rest, view, parts);
    }
}

/// The small keyboard, if there is room for it.
fn board(ui: &Ui, rest: &mut Rect, rows: &[LegendRow], labels: &KeyLabels) {
    let (width, height) = keyboard::SIZE;
    if rest.height() >= height && rest.width() >= width && keyboard::has(rows) {
        keyboard::show(ui, *rest, rows, labels);
        rest.min.y += height + 32.0;
    }
}

/// Time left, and the key that pauses. Returns where the rest begins.
fn head(ui: &mut Ui, rect: Rect, view: &PlayView, stage: &PlayStage, parts: &GameParts, inputs: &mut Vec<Input>) -> f32 {
    let t = tokens();
    let middle = rect.top() + 20.0;
    let timed = view.time_left.filter(|_| stage.shown.timer);
    if let Some((left, whole)) = timed {
        let seconds = left.div_ceil(1_000_000);
        let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
        let at = text::line(ui.painter(), pos2(rect.left(), middle), Align2::LEFT_CENTER, &clock, fonts::page_title(), t.t1);
        let beside = pos2(at.right() + 12.0, middle + 1.0);
        text::line(ui.painter(), beside, Align2::LEFT_CENTER, parts.words.left, fonts::page_text(16.0), t.t2);
        let bar = Rect::from_min_size(pos2(rect.left(), rect.top() + 48.0), vec2(rect.width(), 4.0));
        ui.painter().rect_filled(bar, CornerRadius::same(2), t.bg4);
        let share = left as f32 / whole.max(1) as f32;
        let full = Rect::from_min_size(bar.min, vec2(bar.width() * share.clamp(0.0, 1.0), 4.0));
        ui.painter().rect_filled(full, CornerRadius::same(2), t.t2);
        label(ui, at, &format!("{clock} {}", parts.words.left));
    }
    let cap = Rect::from_min_size(pos2(rect.right() - 48.0, middle - 16.0), vec2(48.0, 32.0));
    ui.painter().rect_filled(cap, RADIUS, t.bg3);
    text::line(ui.painter(), cap.center(), Align2::CENTER_CENTER, "Esc", fonts::page_strong(14.0), t.t1);
    let words = pos2(cap.left() - 8.0, middle);
    let words = text::line(ui.painter(), words, Align2::RIGHT_CENTER, parts.words.pause, fonts::page_text(16.0), t.t2);
    let response = ui.interact(cap.union(words).expand2(vec2(0.0, 8.0)), ui.scope_id().with("pause"), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, parts.words.pause));
    if response.clicked() {
        inputs.push(Input::Pause);
    }
    rect.top() + if timed.is_some() { 76.0 } else { 60.0 }
}

/// What was unlocked in this episode. What was not is not shown: it would be a list of goals.
fn achievements(ui: &mut Ui, rect: Rect, view: &PlayView, parts: &mut GameParts) {
    let unlocked: Vec<&String> = view.achievements.iter().filter(|(_, unlocked)| *unlocked).map(|(name, _)| name).collect();
    if unlocked.is_empty() || rect.height() < 72.0 {
        return;
    }
    let at = pos2(rect.left(), rect.top() + 10.0);
    text::line(ui.painter(), at, Align2::LEFT_CENTER, parts.words.found, fonts::page_text(14.0), tokens().t2);
    let columns = ((rect.width() + 8.0) / 40.0).floor().max(1.0) as usize;
    for (k, name) in unlocked.into_iter().enumerate() {
        let corner = pos2(rect.left() + (k % columns) as f32 * 40.0, rect.top() + 28.0 + (k / columns) as f32 * 40.0);
        let place = Rect::from_min_size(corner, vec2(ITEM, ITEM));
        if place.bottom() <= rect.bottom() {
            item(ui, place, name, parts);
            label(ui, place, &name.replace('_', " "));
        }
    }
}

/// Seconds until the first step, over the game.
fn countdown(ui: &Ui, game: Rect, seconds: u32, words: &Words) {
    let card = Rect::from_center_size(game.center(), vec2(160.0, 104.0));
    ui.painter().rect_filled(card, CornerRadius::same(12), tokens().bg1.gamma_multiply(0.92));
    text::line(
        ui.painter(),
        card.center() - vec2(0.0, 24.0),
        Align2::CENTER_CENTER,
        words.ready,
        fonts::page_text(18.0),
        tokens().t2,
    );
    let number = seconds.to_string();
    text::line(ui.painter(), card.center() + vec2(0.0, 16.0), Align2::CENTER_CENTER, &number, fonts::page_title(), tokens().t1);
    label(ui, card, &format!("{} {number}", words.ready));
}
