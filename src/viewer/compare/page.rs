//! Lays out the Compare page.

use egui::{Align2, CentralPanel, CornerRadius, Frame, Margin, Panel, Rect, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::slots::{Compare, Slot};
use crate::viewer::command::Requests;
use crate::viewer::images::Images;
use crate::viewer::map::Camera;
use crate::viewer::panes::{LayerOptions, letter, reading_bar};
use crate::viewer::shown::Shown;
use crate::viewer::sources::Sources;
use crate::viewer::theme::{Tokens, fonts, numbers};
use crate::viewer::widgets::{bar, text};

/// Height of the bar with the worlds.
pub(super) const BAR: f32 = 40.0;
/// Height of a world's header.
const HEAD: f32 = 32.0;
/// Width of a page that has room for two worlds and their difference side by side.
const THIRDS_FROM: f32 = 900.0;

/// Cells shown around those on which players were.
const AROUND: f32 = 5.0;
/// Largest size of a cell that is chosen without being asked, in pixels.
const LARGEST: f32 = 32.0;

/// What one world of the page shows.
struct Tile<'a> {
    slot: Slot,
    shown: Shown<'a>,
}

impl Compare {
    /// Shows the whole page. `lead` is what the playhead belongs to.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        t: &Tokens,
        (sources, lead): (&Sources, &Shown),
        (layers, images): (&LayerOptions, &mut Images),
        requests: &mut Requests,
    ) {
        let plain = Frame::new().inner_margin(Margin::ZERO);
        Panel::top("slots").exact_size(BAR).resizable(false).frame(plain).show(ui, |ui| {
            self.slot_bar(ui, t, sources, lead, requests);
        });
        CentralPanel::default().frame(Frame::new()).show(ui, |ui| {
            let rect = ui.available_rect_before_wrap();
            if self.slots.len() < 2 {
                let words = "Pin two worlds to compare them: C adds the world that is shown.";
                text::line(ui.painter(), rect.center(), Align2::CENTER_CENTER, words, fonts::body(), t.t2);
                return;
            }
            let rows = self.rows(sources, lead.of(), lead.row);
            let tiles: Vec<Tile> = self
                .slots
                .iter()
                .zip(rows)
                .enumerate()
                .map(|(k, (slot, row))| Tile { slot: *slot, shown: shown_in(sources, lead, (k, *slot), row) })
                .collect();
            self.tiles(ui, t, rect, &tiles, lead, (layers, images), requests);
        });
    }

    /// Whether worlds and difference have room side by side in a page of this width.
    pub(super) fn has_room(&self, width: f32) -> bool {
        match self.slots.len() {
            2 => width >= THIRDS_FROM,
            n => n == 3,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what the page is laid out from")]
    fn tiles(
        &mut self,
        ui: &mut Ui,
        t: &Tokens,
        rect: Rect,
        tiles: &[Tile],
        lead: &Shown,
        (layers, images): (&LayerOptions, &mut Images),
        requests: &mut Requests,
    ) {
        let beside = self.has_room(rect.width());
        let places = if !beside && self.difference_tab { vec![rect] } else { grid(rect, tiles.len() + usize::from(beside)) };
        let difference = self.difference.compute(&tiles[0].shown, &tiles[1].shown);
        if !beside && self.difference_tab {
            return self.difference_tile(ui, t, places[0], tiles, difference.as_ref());
        }
        let map_of = |place: &Rect| Rect::from_min_max(pos2(place.left(), place.top() + HEAD), place.max);
        if self.fitted
            && let Some(camera) = around_players(tiles, map_of(&places[0]).size(), ui.ctx().pixels_per_point())
        {
            self.panes.iter_mut().for_each(|pane| pane.set_view(Some(camera)));
        }
        for (k, (tile, place)) in tiles.iter().zip(&places).enumerate() {
            let is_lead = Some((tile.slot.source, tile.slot.instance)) == lead.of();
            head(ui, t, (k, tile, is_lead), *place);
            let map = map_of(place);
            let mut child = ui.new_child(UiBuilder::new().max_rect(map).id_salt(("slot", k)));
            child.set_clip_rect(map.intersect(ui.clip_rect()));
            let mut own = Requests::default();
            // The ground as the game draws it: the difference beside it is what heat would show.
            let mut options = LayerOptions { heat: None, ..layers.clone() };
            match trouble(&tile.shown, k) {
                Some(why) => {
                    let at = map.min + vec2(16.0, 16.0);
                    text::wrapped(child.painter(), at, &why, (map.width() - 32.0).max(40.0), (fonts::body(), t.t2));
                }
                None => self.panes[k].show_map(&mut child, t, &tile.shown, &mut options, &mut own),
            }
            vitals(&child, t, tile, map, images);
            match own.picked {
                Some(cell) if is_lead => requests.picked = Some(cell),
                Some(_) => requests.select = Some((tile.slot.source, tile.slot.instance, tile.shown.row)),
                None => {}
            }
        }
        self.link_cameras(tiles);
        if beside {
            self.difference_tile(ui, t, places[tiles.len()], tiles, difference.as_ref());
        }
        for place in &places[1..] {
            ui.painter().vline(place.left() - 0.5, place.y_range(), Stroke::new(1.0, t.line));
            ui.painter().hline(place.x_range(), place.top() - 0.5, Stroke::new(1.0, t.line));
        }
    }

    /// Maps of equal size show the same part: the one that was moved leads.
    fn link_cameras(&mut self, tiles: &[Tile]) {
        let moved = (0..tiles.len()).find(|k| self.panes[*k].was_moved());
        self.fitted &= moved.is_none();
        if let Some(moved) = moved.filter(|_| common_size(tiles).is_some()) {
            let view = self.panes[moved].view();
            (0..tiles.len()).for_each(|k| self.panes[k].set_view(view));
        }
    }

    fn difference_tile(
        &mut self,
        ui: &mut Ui,
        t: &Tokens,
        place: Rect,
        tiles: &[Tile],
        difference: Option<&crate::viewer::map::Difference>,
    ) {
        let (a, b) = (&tiles[0].shown, &tiles[1].shown);
        let head = Rect::from_min_size(place.min, vec2(place.width(), HEAD));
        header(ui, t, head);
        let at = pos2(head.left() + 12.0, head.center().y);
        let name = text::line(ui.painter(), at, Align2::LEFT_CENTER, "Difference", fonts::strong(), t.t1);
        if let Some(difference) = difference {
            let [only_a, only_b, both] = difference.cells.map(|n| numbers::count(n.into()));
            let cells = if difference.cells[0] == 1 { "cell" } else { "cells" };
            let words = format!("{only_a} {cells} only A \u{b7} {only_b} only B \u{b7} {both} both");
            let end = pos2(head.right() - 12.0, head.center().y);
            let room = end.x - name.right() - 12.0;
            text::elided(ui.painter(), end, Align2::RIGHT_CENTER, (&words, room), (fonts::small(), t.t1));
        }
        let map = Rect::from_min_max(pos2(place.left(), place.top() + HEAD), place.max);
        let size = |shown: &Shown| shown.state().map(|(_, state)| (state.map.width, state.map.height));
        let why = match (size(a), size(b), difference) {
            (Some(a), Some(b), _) if a != b => Some("The maps have different sizes, so they have no difference."),
            (Some(_), Some(_), None) if a.track.is_some() && b.track.is_some() => Some("One of the recordings has no positions."),
            (Some(_), Some(_), Some(_)) => None,
            _ => Some(""),
        };
        match why {
            Some(why) => {
                let at = map.min + vec2(16.0, 16.0);
                text::wrapped(ui.painter(), at, why, (map.width() - 32.0).max(40.0), (fonts::body(), t.t2));
            }
            None => {
                let camera = self.panes[0].camera_in(map.size(), ui.ctx().pixels_per_point());
                self.difference.show(ui, t, a, map, camera);
            }
        }
    }
}

/// The size of all maps, if they have one.
fn common_size(tiles: &[Tile]) -> Option<(u32, u32)> {
    let size = |tile: &Tile| tile.shown.state().map(|(_, state)| (state.map.width, state.map.height));
    let first = tiles.first().and_then(size)?;
    tiles.iter().all(|tile| size(tile) == Some(first)).then_some(first)
}

/// A camera that shows all cells on which a player was in its episode, with some around them. None if maps differ in size.
fn around_players(tiles: &[Tile], pane: egui::Vec2, scale: f32) -> Option<Camera> {
    let size = common_size(tiles)?;
    let mut cells = Rect::NOTHING;
    for tile in tiles {
        let (places, (_, episode)) = (tile.shown.track?.places.as_ref()?, tile.shown.episode()?);
        let last = (episode.first_row + episode.rows).min(places.len() as u64);
        for (x, y) in places.get(episode.first_row as usize..last as usize)? {
            cells.extend_with(pos2(f32::from(*x), f32::from(*y)));
            cells.extend_with(pos2(f32::from(*x) + 1.0, f32::from(*y) + 1.0));
        }
    }
    let whole = Rect::from_min_size(pos2(0.0, 0.0), vec2(size.0 as f32, size.1 as f32));
    let cells = cells.expand(AROUND).intersect(whole);
    let all = Camera::fit(size, pane, scale);
    let cell = (pane.x / cells.width()).min(pane.y / cells.height()) * scale;
    // Whole pixels for each cell.
    let cell = if cell >= 2.0 { cell.floor() } else { cell };
    let cell = cell.clamp(all.cell, all.cell.max(LARGEST));
    // As little as possible of what lies outside the map.
    let inside = |middle: f32, pane: f32, side: u32| {
        let (half, side) = (pane * scale / cell / 2.0, side as f32);
        if 2.0 * half >= side { side / 2.0 } else { middle.clamp(half, side - half) }
    };
    let middle = cells.center();
    Some(Camera { middle: vec2(inside(middle.x, pane.x, size.0), inside(middle.y, pane.y, size.1)), cell })
}

/// What a slot shows: the world of the playhead, or a glance.
fn shown_in<'a>(sources: &'a Sources, lead: &Shown<'a>, (k, slot): (usize, Slot), row: Option<u64>) -> Shown<'a> {
    if Some((slot.source, slot.instance)) == lead.of() {
        return Shown { range: None, ..*lead };
    }
    let Some(source) = sources.get(slot.source) else { return Shown::default() };
    let listing = source.found.listing.as_deref();
    let step = source.found.glances.get(&Compare::place(k)).filter(|step| step.position.instance == slot.instance);
    Shown {
        source: Some(source),
        listing,
        instance: listing.and_then(|listing| listing.instance(slot.instance)),
        track: source.found.columns.get(&slot.instance).map(|track| &**track),
        step: step.map(|step| &**step),
        row: row.unwrap_or(0),
        range: None,
        other: None,
        figures_of: None,
    }
}

/// Why a slot shows nothing.
fn trouble(shown: &Shown, k: usize) -> Option<String> {
    let found = &shown.source?.found;
    if let Some(why) = &found.failed {
        return Some(why.clone());
    }
    if let Some((_, why)) = found.glances_failed.get(&Compare::place(k)) {
        return Some(why.clone());
    }
    shown
        .listing
        .is_some_and(|listing| listing.world.is_none())
        .then(|| "Another program wrote this recording, and its world is not known here: it has no pictures.".to_string())
}

/// Equal parts of a rectangle: one row for up to three, two rows for four.
fn grid(rect: Rect, n: usize) -> Vec<Rect> {
    let columns = if n == 4 { 2 } else { n.max(1) };
    let rows = n.div_ceil(columns);
    let cut = |from: f32, to: f32, k: usize, of: usize| (from + (to - from) * k as f32 / of as f32).round();
    (0..n)
        .map(|k| {
            let (x, y) = (k % columns, k / columns);
            let min = pos2(cut(rect.left(), rect.right(), x, columns), cut(rect.top(), rect.bottom(), y, rows));
            let max = pos2(cut(rect.left(), rect.right(), x + 1, columns), cut(rect.top(), rect.bottom(), y + 1, rows));
            Rect::from_min_max(min, max - vec2(1.0, 1.0))
        })
        .collect()
}

fn header(ui: &Ui, t: &Tokens, rect: Rect) {
    ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg1);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
}

/// The letter of a slot in its hue.
pub(super) fn chip(painter: &egui::Painter, t: &Tokens, k: usize, middle: egui::Pos2) -> Rect {
    let rect = Rect::from_center_size(middle, vec2(20.0, 20.0));
    painter.rect_filled(rect, CornerRadius::same(4), t.group(k));
    text::line(painter, middle, Align2::CENTER_CENTER, &letter(k).to_string(), fonts::button(), t.bg1);
    rect
}

fn head(ui: &mut Ui, t: &Tokens, (k, tile, is_lead): (usize, &Tile, bool), place: Rect) {
    let rect = Rect::from_min_size(place.min, vec2(place.width(), HEAD));
    header(ui, t, rect);
    let painter = ui.painter();
    if is_lead {
        let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 2.0), rect.max);
        painter.rect_filled(line, CornerRadius::ZERO, t.t1);
    }
    let shown = &tile.shown;
    let reading = reading_bar(painter, t, rect, shown.source);
    let mut right = rect.right() - 12.0;
    let names = shown.listing.map(|listing| listing.achievements()).unwrap_or_default();
    if let Some((_, state)) = shown.state() {
        let words = if names.is_empty() {
            format!("return {}", numbers::sum(state.episode_return))
        } else {
            format!("{} of {}", state.unlocked.count_ones(), names.len())
        };
        let end = pos2(right, rect.center().y);
        right = text::line(painter, end, Align2::RIGHT_CENTER, &words, fonts::value(), t.t1).left() - 8.0;
        if !names.is_empty() && rect.width() >= 320.0 {
            let track = Rect::from_min_max(pos2(right - 56.0, rect.center().y - 2.0), pos2(right, rect.center().y + 2.0));
            bar(painter, track, state.unlocked.count_ones() as f32 / names.len() as f32, t.bg4, t.group(k));
            right = track.left() - 12.0;
        }
    }
    let letter = chip(painter, t, k, pos2(rect.left() + 22.0, rect.center().y));
    let at = pos2(letter.right() + 8.0, rect.center().y);
    let name = shown.source.map_or("", |source| &source.name);
    let room = (right - at.x).max(0.0);
    let (name, _) = text::elided(painter, at, Align2::LEFT_CENTER, (name, room * 0.45), (fonts::strong(), t.t1));
    let step = shown.step.map(|step| u64::from(step.position.step));
    let words = match (step, shown.episode()) {
        _ if reading.is_some() => reading.unwrap_or_default(),
        (Some(step), Some((_, episode))) => {
            let last = u64::from(episode.first_step) + episode.rows.saturating_sub(1);
            let (step, last) = (numbers::count(step), numbers::count(last));
            format!("World {} \u{b7} step {step} of {last}", tile.slot.instance)
        }
        _ => format!("World {}", tile.slot.instance),
    };
    let at = pos2(name.right() + 8.0, rect.center().y);
    text::elided(painter, at, Align2::LEFT_CENTER, (&words, right - at.x), (fonts::small(), t.t2));
}

/// Health, food, drink and energy in a corner, in worlds that have them.
fn vitals(ui: &Ui, t: &Tokens, tile: &Tile, map: Rect, images: &mut Images) {
    let (Some(world), Some((_, state))) = (tile.shown.world(), tile.shown.state()) else { return };
    let vitals: Vec<(&str, u32)> = ["health", "food", "drink", "energy"]
        .into_iter()
        .filter_map(|name| {
            let column = world.spec().columns.iter().position(|column| column.name == format!("inventory_{name}"))?;
            Some((name, *state.columns.get(column)?))
        })
        .collect();
    if vitals.is_empty() || map.width() < 240.0 || map.height() < 120.0 {
        return;
    }
    let rect = Rect::from_min_size(pos2(map.left() + 12.0, map.bottom() - 44.0), vec2(44.0 * vitals.len() as f32 + 12.0, 32.0));
    let painter = ui.painter();
    painter.rect(rect, CornerRadius::same(6), t.bg1, Stroke::new(1.0, t.line2), StrokeKind::Inside);
    for (k, (name, count)) in vitals.into_iter().enumerate() {
        let corner = pos2(rect.left() + 10.0 + 44.0 * k as f32, rect.center().y - 8.0);
        let icon = Rect::from_min_size(corner, vec2(16.0, 16.0));
        images.draw(ui.ctx(), painter, &**world, name, icon, 1.0);
        let ink = if count <= 3 { t.err } else { t.t1 };
        let at = pos2(icon.right() + 6.0, rect.center().y);
        text::line(painter, at, Align2::LEFT_CENTER, &count.to_string(), fonts::value(), ink);
    }
}
