//! The time panel: transport, ruler, lanes and an overview of all rows.

use egui::{Align2, Rangef, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::axis::Axis;
use super::happenings::{draw_keys, draw_notes, keys_now, notes_now, timeline_of};
use super::lanes;
use super::playback::Playback;
use super::ruler::{draw_overview, draw_playhead, draw_range, draw_ruler};
use super::toolbar::toolbar;
use crate::viewer::command::Requests;
use crate::viewer::images::Images;
use crate::viewer::shown::Shown;
use crate::viewer::sources::{NO_ACTION, Track, bonus_name};
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::{Button, text};

/// Heights.
const RULER: f32 = 20.0;
const OVERVIEW: f32 = 16.0;
const NARROW: f32 = 24.0;
const WIDE: f32 = 32.0;
/// Points that a drag over lanes takes before it is a range.
const DRAGGED: f32 = 4.0;

/// A lane.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lane {
    Episodes,
    Actions,
    /// Keys that were pressed, of a play of a study.
    Keys,
    Achievements,
    Reward,
    Bonus(String),
    /// Notes and markers, of a play of a study.
    Annotations,
}

impl Lane {
    fn is_narrow(&self) -> bool {
        matches!(self, Lane::Episodes | Lane::Actions | Lane::Keys | Lane::Annotations)
    }
}

/// What the panel keeps from frame to frame.
#[derive(Debug, Default)]
pub struct TimePanel {
    axis: Option<Axis>,
    /// What was fitted last.
    fitted: Option<Axis>,
    /// Instance whose rows the axis is for.
    of: Option<(u64, u32)>,
    /// Where a drag over the lanes began.
    drag_from: Option<f64>,
    /// First lane that is shown, when there is no room for all.
    first_lane: usize,
    /// Row of the playhead in the last frame.
    row: u64,
}

impl TimePanel {
    /// Rows in a tenth of the window.
    pub fn tenth(&self) -> u64 {
        self.axis.map_or(10, |axis| ((axis.to - axis.from) / 10.0).round().max(1.0) as u64)
    }

    /// Shows rows `first` to `last`.
    pub fn fit(&mut self, first: u64, last: u64) {
        self.axis = Some(Axis::around(first, last));
        self.fitted = self.axis;
    }

    /// Shows rows `first` to `last` if what is shown is what was fitted last: a live episode stays whole until people zoom.
    pub fn grow(&mut self, first: u64, last: u64) {
        if self.axis == self.fitted {
            self.fit(first, last);
        }
    }

    /// Shows the panel in the rest of `ui`. Labels take `label` points at the left.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        t: &Tokens,
        shown: &Shown,
        playback: &Playback,
        (label, images): (f32, &mut Images),
        requests: &mut Requests,
    ) {
        toolbar(ui, t, shown, playback, label, requests);
        let rect = ui.available_rect_before_wrap();
        // The panel keeps its height whatever is in it.
        ui.expand_to_include_rect(rect);
        let Some(instance) = shown.instance else {
            let words = "Lanes of the source that is shown appear here.";
            text::line(ui.painter(), rect.center(), Align2::CENTER_CENTER, words, fonts::body(), t.t3);
            return;
        };
        if self.of != shown.of() {
            (self.of, self.axis) = (shown.of(), None);
        }
        let rows = instance.rows;
        let around = || {
            shown.episode().map_or(Axis::around(0, rows.max(1) - 1), |(_, episode)| {
                Axis::around(episode.first_row, episode.first_row + episode.rows.max(1) - 1)
            })
        };
        let is_fitted = self.axis.is_none() || self.axis == self.fitted;
        let mut axis = self.axis.unwrap_or_else(around);
        if self.row != shown.row {
            self.row = shown.row;
            axis = axis.showing(shown.row as f64, rows);
        }
        if is_fitted {
            self.fitted = Some(axis);
        }
        let content = Rect::from_min_max(pos2(rect.left() + label, rect.top()), rect.max);
        let ruler = Rect::from_min_size(content.min, vec2(content.width(), RULER));
        let overview = Rect::from_min_max(pos2(content.left(), rect.bottom() - OVERVIEW), content.max);
        let lanes = Rect::from_min_max(pos2(content.left(), ruler.bottom()), pos2(content.right(), overview.top()));
        axis = self.handle(ui, shown, (ruler, lanes, overview), axis, requests);
        self.axis = Some(axis);
        draw_ruler(ui, t, shown, &axis, ruler);
        self.draw_lanes(ui, t, shown, &axis, lanes, label, images);
        draw_overview(ui, t, shown, &axis, overview, label);
        draw_range(ui, t, shown, &axis, ruler, lanes);
        draw_playhead(ui, t, shown, &axis, ruler, lanes);
    }

    /// Drags and the wheel.
    fn handle(&mut self, ui: &mut Ui, shown: &Shown, parts: (Rect, Rect, Rect), axis: Axis, requests: &mut Requests) -> Axis {
        let (ruler, lanes, overview) = parts;
        let rows = shown.instance.map_or(0, |instance| instance.rows);
        let mut axis = axis;
        let scrub = ui.interact(ruler.expand2(vec2(0.0, 2.0)), ui.scope_id().with("ruler"), Sense::click_and_drag());
        let (row, step) = (shown.row, shown.step_of(shown.row).unwrap_or(0));
        scrub.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Slider, true, format!("Playhead, step {step}"));
            info.value = Some(row as f64);
            info
        });
        if let Some(at) = scrub.interact_pointer_pos().filter(|_| scrub.dragged() || scrub.clicked() || scrub.drag_stopped()) {
            requests.row = Some((row_at(&axis, at.x, ruler, rows), scrub.dragged()));
        }
        let body = ui.interact(lanes, ui.scope_id().with("lanes"), Sense::click_and_drag());
        body.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Lanes, drag to make a range"));
        axis = self.drag_lanes(&body, shown, lanes, axis, requests);
        let view = ui.interact(overview.expand2(vec2(0.0, 4.0)), ui.scope_id().with("overview"), Sense::click_and_drag());
        view.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Overview of all rows, drag to move the window"));
        if let Some(at) = view.interact_pointer_pos()
            && (view.dragged() || view.clicked())
        {
            let whole = Axis { from: 0.0, to: rows.max(1) as f64 };
            let middle = whole.row(at.x, overview.x_range());
            axis = axis.moved(middle - (axis.from + axis.to) / 2.0, rows);
        }
        let over = [&scrub, &body].into_iter().find_map(|response| response.hover_pos());
        if let Some(at) = over {
            let (wheel, shift) = ui.input(|input| (input.smooth_scroll_delta(), input.modifiers.shift));
            let span = lanes.x_range();
            if shift || wheel.x != 0.0 {
                let by = f64::from(-(wheel.x + wheel.y)) * axis.rows_per_point(span);
                axis = if by == 0.0 { axis } else { axis.moved(by, rows) };
            } else if wheel.y != 0.0 {
                axis = axis.zoomed(f64::from(1.0 + (wheel.y / 300.0).clamp(-0.5, 1.0)), at.x, span, rows);
            }
        }
        axis
    }

    fn drag_lanes(&mut self, body: &Response, shown: &Shown, lanes: Rect, axis: Axis, requests: &mut Requests) -> Axis {
        use egui::PointerButton::{Primary, Secondary};
        let rows = shown.instance.map_or(0, |instance| instance.rows);
        let span = lanes.x_range();
        if body.drag_started_by(Primary) {
            self.drag_from = body.interact_pointer_pos().map(|at| axis.row(at.x, span));
        }
        if let (Some(from), Some(at)) = (self.drag_from, body.interact_pointer_pos())
            && body.dragged_by(Primary)
        {
            let to = axis.row(at.x, span);
            if (to - from).abs() / axis.rows_per_point(span) >= f64::from(DRAGGED) {
                let last = rows.max(1) - 1;
                let whole = |row: f64| (row.max(0.0) as u64).min(last);
                requests.range = Some(Some((whole(from.min(to)), whole(from.max(to)))));
            }
        }
        if body.drag_stopped() {
            self.drag_from = None;
        }
        if body.dragged_by(Secondary) {
            return axis.moved(f64::from(-body.drag_delta().x) * axis.rows_per_point(span), rows);
        }
        if let Some(at) = body.interact_pointer_pos() {
            let row = row_at(&axis, at.x, lanes, rows);
            if body.double_clicked()
                && let Some((_, episode)) = shown.instance.and_then(|instance| instance.episode_of(row))
            {
                return Axis::around(episode.first_row, episode.first_row + episode.rows.max(1) - 1);
            }
            if body.clicked() {
                requests.row = Some((row, false));
            }
        }
        axis
    }

    #[expect(clippy::too_many_arguments, reason = "what lanes are drawn from")]
    fn draw_lanes(&mut self, ui: &mut Ui, t: &Tokens, shown: &Shown, axis: &Axis, area: Rect, label: f32, images: &mut Images) {
        let Some(source) = shown.source else { return };
        let hue = t.group(source.group);
        let lanes = lanes_of(shown);
        let Some(track) = shown.track else {
            let why = source.found.columns_failed.values().next().map_or("Reading\u{2026}", |why| why.as_str());
            let at = pos2(area.left() + 12.0, area.top() + 12.0);
            text::wrapped(ui.painter(), at, why, area.width() - 24.0, (fonts::small(), t.t2));
            return;
        };
        self.first_lane = self.first_lane.min(lanes.len().saturating_sub(1));
        let mut top = area.top();
        for (k, lane) in lanes.iter().enumerate().skip(self.first_lane) {
            let height = if lane.is_narrow() { NARROW } else { WIDE };
            if top + height > area.bottom() + 0.5 {
                let left = lanes.len() - k;
                self.more_lanes(ui, t, area, label, left);
                break;
            }
            let rect = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), height));
            let painter = ui.painter_at(rect);
            let names = shown.world().map(|world| world.spec().action_names.clone()).unwrap_or_default();
            let (name, unit, value) = self.lane_label(lane, shown, track, &names);
            match lane {
                Lane::Episodes => lanes::episodes(&painter, t, shown, axis, rect, hue),
                Lane::Actions => lanes::actions(&painter, t, track, &names, axis, rect),
                Lane::Keys => {
                    timeline_of(shown).iter().for_each(|timeline| draw_keys(&painter, t, shown, timeline, axis, rect));
                }
                Lane::Annotations => {
                    timeline_of(shown).iter().for_each(|timeline| draw_notes(ui, t, shown, timeline, axis, rect));
                }
                Lane::Achievements => self.achievements(ui, t, shown, track, axis, rect, images),
                Lane::Reward => lanes::rewards(&painter, t, track, axis, rect, hue, most_reward(track).unwrap_or(1.0)),
                Lane::Bonus(bonus) => {
                    let most = bonus_scale(track, bonus);
                    if let Some((_, values)) = track.bonuses.iter().find(|(known, _)| known == bonus) {
                        lanes::area(&painter, values, axis, rect, hue, most);
                    }
                }
            }
            draw_label(ui, t, (rect, label), &name, &unit, &value);
            top += height;
            ui.painter().hline(Rangef::new(area.left() - label, area.right()), top - 0.5, Stroke::new(1.0, t.line));
        }
    }

    /// A button that scrolls the lanes, when there is no room for all.
    fn more_lanes(&mut self, ui: &mut Ui, t: &Tokens, area: Rect, label: f32, left: usize) {
        let rect = Rect::from_min_size(pos2(area.left() - 30.0, area.bottom() - 24.0), vec2(24.0, 24.0));
        let mut corner = ui.new_child(egui::UiBuilder::new().max_rect(rect));
        let words = format!("More lanes\n{left} more; make the panel larger to see all");
        if label > 60.0 && Button::icon(icons::CARET_DOWN, &words).size(24.0, 24.0).show(&mut corner, t).clicked() {
            self.first_lane += 1;
        }
    }

    /// Name, unit and value at the playhead.
    fn lane_label(&mut self, lane: &Lane, shown: &Shown, track: &Track, names: &[String]) -> (String, String, String) {
        let row = shown.row as usize;
        let missing = || "\u{2013}".to_string();
        match lane {
            Lane::Episodes => {
                let value = shown.episode().map_or_else(missing, |(_, episode)| episode.episode.to_string());
                ("Episodes".to_string(), String::new(), value)
            }
            Lane::Actions => {
                let action = track.actions.get(row).copied().filter(|action| *action != NO_ACTION);
                let words = action
                    .map_or_else(missing, |action| names.get(usize::from(action)).cloned().unwrap_or_else(|| action.to_string()));
                ("Actions".to_string(), String::new(), words.replace('_', " "))
            }
            Lane::Keys => {
                let keys = timeline_of(shown).map_or_else(missing, |timeline| keys_now(timeline, shown));
                ("Keys".to_string(), String::new(), keys)
            }
            Lane::Annotations => {
                let notes = timeline_of(shown).map_or_else(missing, |timeline| notes_now(timeline, shown));
                ("Annotations".to_string(), String::new(), notes)
            }
            Lane::Achievements => {
                let all = shown.listing.map_or(0, |listing| listing.achievements().len());
                let from = shown.episode().map_or(0, |(_, episode)| episode.first_row);
                let n = track.achieved(from, shown.row).count();
                ("Achievements".to_string(), String::new(), format!("{n} of {all}"))
            }
            Lane::Reward => {
                let value = track.rewards.get(row).map_or_else(missing, |value| numbers::reward(f64::from(*value)));
                let most = most_reward(track)
                    .map_or("none in this world".to_string(), |most| format!("\u{b1} {}", numbers::sum(f64::from(most))));
                ("Reward".to_string(), most, value)
            }
            Lane::Bonus(bonus) => {
                let most = bonus_scale(track, bonus);
                let values = track.bonuses.iter().find(|(known, _)| known == bonus).map(|(_, values)| values);
                let value = values.and_then(|values| values.get(row)).copied().filter(|value| !value.is_nan());
                let value = value.map_or_else(missing, |value| numbers::real(f64::from(value), false));
                (format!("Bonus: {}", bonus_name(bonus)), format!("0 to {}", numbers::real(f64::from(most), false)), value)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what lanes are drawn from")]
    fn achievements(&self, ui: &mut Ui, t: &Tokens, shown: &Shown, track: &Track, axis: &Axis, rect: Rect, images: &mut Images) {
        let (from, to) = (axis.from.max(0.0) as u64, axis.to.max(0.0) as u64);
        let inside: Vec<(u64, u8)> = track.achieved(from, to).collect();
        let placed = lanes::place(&inside, axis, rect.x_range());
        let names = shown.listing.map(|listing| listing.achievements()).unwrap_or_default();
        let ctx = ui.ctx().clone();
        lanes::achievements(&ui.painter_at(rect), t, rect, &placed, shown.row, |painter, at, which, opacity| {
            let name = names.get(usize::from(which)).map_or("", String::as_str);
            let known = shown.world().is_some_and(|world| images.draw(&ctx, painter, &**world, name, at, opacity));
            if !known {
                lanes::letter_icon(painter, t, at, name);
            }
        });
        let hovered = ui.input(|input| input.pointer.hover_pos());
        let near = |at: &&lanes::Placed| {
            hovered.is_some_and(|p| rect.contains(p) && (p.x - at.x).abs() <= 10.0 && p.y < rect.top() + 24.0)
        };
        if let Some(at) = placed.0.iter().find(near) {
            let name = names.get(usize::from(at.unlocked.1)).map_or("", String::as_str).replace('_', " ");
            let step = shown.step_of(at.unlocked.0).unwrap_or(0);
            let spot = Rect::from_center_size(pos2(at.x, rect.top() + 12.0), vec2(20.0, 20.0));
            let response = ui.interact(spot, ui.scope_id().with(("achievement", at.unlocked)), Sense::hover());
            response.on_hover_text(format!("{name}\nStep {}", numbers::count(step.into())));
        }
    }
}

fn lanes_of(shown: &Shown) -> Vec<Lane> {
    let mut lanes = vec![Lane::Episodes, Lane::Actions];
    let is_played = timeline_of(shown).is_some();
    if is_played {
        lanes.push(Lane::Keys);
    }
    if shown.listing.is_some_and(|listing| !listing.achievements().is_empty()) {
        lanes.push(Lane::Achievements);
    }
    lanes.push(Lane::Reward);
    let bonuses = shown.track.map(|track| &track.bonuses[..]).unwrap_or_default();
    lanes.extend(bonuses.iter().map(|(name, _)| Lane::Bonus(name.clone())));
    if is_played {
        lanes.push(Lane::Annotations);
    }
    lanes
}

/// The largest reward of the instance, of either sign; None if there is none.
fn most_reward(track: &Track) -> Option<f32> {
    (track.most_reward > 0.0).then_some(track.most_reward)
}

/// The value that fills the lane of a bonus.
fn bonus_scale(track: &Track, bonus: &str) -> f32 {
    let index = track.bonuses.iter().position(|(known, _)| known == bonus);
    index.and_then(|index| track.scales.get(index).copied()).unwrap_or(1.0)
}

/// The row at a place.
fn row_at(axis: &Axis, x: f32, area: Rect, rows: u64) -> u64 {
    (axis.row(x, area.x_range()).max(0.0) as u64).min(rows.max(1) - 1)
}

fn draw_label(ui: &Ui, t: &Tokens, (lane, width): (Rect, f32), name: &str, unit: &str, value: &str) {
    let rect = Rect::from_min_max(pos2(lane.left() - width, lane.top()), pos2(lane.left() - 1.0, lane.bottom()));
    let painter = ui.painter_at(rect);
    let right = pos2(rect.right() - 12.0, rect.center().y);
    let (value, _) = text::elided(&painter, right, Align2::RIGHT_CENTER, (value, width * 0.5), (fonts::value(), t.t1));
    let left = pos2(rect.left() + 12.0, rect.center().y);
    let room = value.left() - left.x - 8.0;
    let (name, _) = text::elided(&painter, left, Align2::LEFT_CENTER, (name, room), (fonts::small(), t.t2));
    let room = value.left() - name.right() - 16.0;
    if room > 24.0 && !unit.is_empty() {
        let at = pos2(name.right() + 8.0, rect.center().y);
        text::elided(&painter, at, Align2::LEFT_CENTER, (unit, room), (fonts::axis(), t.t3));
    }
}
