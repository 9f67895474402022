//! The Grid pane: the worlds of one source as thumbnails, drawn in one pass.

use egui::{Align2, CornerRadius, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::grid_order::{GridOrder, in_order};
use super::reading::reading_bar;
use super::world_marks::{casing_colour, colour_words, line_colour};
use crate::viewer::command::Requests;
use crate::viewer::map::{MapPaint, Projection, Thumbnails, View, is_visible, ramp_words};
use crate::viewer::shown::Shown;
use crate::viewer::sources::{Glance, ShownState, ShownStep};
use crate::viewer::theme::{Tokens, fonts, icons};
use crate::viewer::widgets::{Button, bar, text};

/// Thumbnails that are replayed and drawn at most.
pub const MAX_THUMBNAILS: usize = 256;
/// Widths of a thumbnail, in points.
const WIDTHS: [f32; 5] = [66.0, 99.0, 132.0, 165.0, 198.0];
const CAPTION: f32 = 18.0;
const GAP: Vec2 = Vec2 { x: 8.0, y: 12.0 };
const SIDE: f32 = 12.0;
const TOOLBAR: f32 = 36.0;
/// Width of a toolbar that has room to say how much is read.
const WORDS_FROM: f32 = 480.0;
/// Number of the pane for the map shader.
const PANE: u64 = 10;

/// What the pane keeps from frame to frame.
#[derive(Debug)]
pub struct GridPane {
    /// How thumbnails are ordered; None for what the world suggests.
    pub order: Option<GridOrder>,
    /// Whether thumbnails show whole maps, in worlds whose agents see a window around them.
    pub whole: bool,
    width: usize,
    thumbnails: Thumbnails,
}

impl Default for GridPane {
    fn default() -> GridPane {
        GridPane { order: None, whole: false, width: 1, thumbnails: Thumbnails::default() }
    }
}

/// A thumbnail with a place in the window.
struct Placed<'a> {
    instance: u32,
    step: Option<&'a ShownStep>,
    rect: Rect,
}

/// The rows that thumbnails show: each instance at the playhead, or at its last row if it ends before. `at_end`: all at their last rows.
pub fn glances(shown: &Shown, at_end: bool) -> Vec<Glance> {
    let Some(listing) = shown.listing.filter(|listing| listing.world.is_some()) else { return Vec::new() };
    let instances = listing.instances.iter().take(MAX_THUMBNAILS).filter(|known| known.rows > 0);
    let glance = |instance: u32, rows: u64| {
        let row = if at_end { rows - 1 } else { shown.row.min(rows - 1) };
        Glance { place: u64::from(instance), instance, row }
    };
    instances.map(|known| glance(known.instance, known.rows)).collect()
}

impl GridPane {
    /// Shows toolbar and thumbnails in the rest of `ui`.
    pub fn show(&mut self, ui: &mut Ui, t: &Tokens, shown: &Shown, requests: &mut Requests) {
        let (Some(source), Some(listing)) = (shown.source, shown.listing) else { return };
        let order = self.order.unwrap_or_else(|| GridOrder::of(listing.achievements()));
        self.toolbar(ui, t, shown, order);
        if listing.world.is_none() {
            let words = "Another program wrote this recording, and its world is not known here: it has no pictures.";
            text::wrapped(ui.painter(), ui.max_rect().min + vec2(16.0, 52.0), words, 320.0, (fonts::body(), t.t2));
            return;
        }
        let known: Vec<(u32, Option<&ShownStep>)> = listing
            .instances
            .iter()
            .take(MAX_THUMBNAILS)
            .map(|known| (known.instance, source.found.glances.get(&u64::from(known.instance)).map(|step| &**step)))
            .collect();
        let known = in_order(known, order);
        let most = known.iter().filter_map(|(_, step)| order.value(step.as_ref()?.state.as_ref()?)).fold(0.0, f64::max);
        let full = if order == GridOrder::Achievements { listing.achievements().len() as f64 } else { most };
        let whole = self.whole || !has_window(shown);
        let window = known.iter().find_map(|(_, step)| Some(window_of(step.as_ref()?.state.as_ref()?, whole))).unwrap_or((1, 1));
        let scale = ui.ctx().pixels_per_point();
        // Whole pixels for each cell, if there is room for one.
        let cell = WIDTHS[self.width] * scale / window.0 as f32;
        let cell = if cell >= 1.0 { cell.floor() } else { cell } / scale;
        let size = vec2(window.0 as f32, window.1 as f32) * cell;
        let room = ui.available_width() - 2.0 * SIDE;
        let columns = (((room + GAP.x) / (size.x + GAP.x)).floor() as usize).max(1);
        let row = size.y + CAPTION + GAP.y;
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        ScrollArea::vertical().auto_shrink(false).show_rows(ui, row, known.len().div_ceil(columns), |ui, rows| {
            let corner = ui.max_rect().min;
            let under = ui.painter().add(egui::Shape::Noop);
            let mut placed = Vec::new();
            for (k, (instance, step)) in known.iter().enumerate().skip(rows.start * columns).take(rows.len() * columns) {
                let at = vec2((k % columns) as f32 * (size.x + GAP.x), (k / columns - rows.start) as f32 * row);
                let min = corner + vec2(SIDE, GAP.y / 2.0) + at;
                let min = pos2((min.x * scale).round() / scale, (min.y * scale).round() / scale);
                placed.push(Placed { instance: *instance, step: *step, rect: Rect::from_min_size(min, size) });
            }
            ui.allocate_space(vec2(room, rows.len() as f32 * row));
            for one in &placed {
                thumbnail(ui, t, shown, one, (order, full), requests);
            }
            if let Some(paint) = self.paint(t, shown, &placed, whole, (cell, scale)) {
                let clip = ui.clip_rect();
                ui.painter().set(under, paint.shape(clip));
            }
        });
    }

    fn toolbar(&mut self, ui: &mut Ui, t: &Tokens, shown: &Shown, order: GridOrder) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), TOOLBAR), Sense::hover());
        ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg0);
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        let mut bar = ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink2(vec2(12.0, 4.0))).layout(layout));
        bar.spacing_mut().item_spacing.x = 4.0;
        let n = shown.listing.map_or(0, |listing| listing.instances.len());
        let words = match n {
            1 => "1 world".to_string(),
            n if n > MAX_THUMBNAILS => format!("First {MAX_THUMBNAILS} of {n} worlds"),
            n => format!("{n} worlds"),
        };
        let reading = reading_bar(ui.painter(), t, rect, shown.source).filter(|_| rect.width() >= WORDS_FROM);
        let galley = text::layout(&bar, &reading.unwrap_or(words), fonts::strong());
        let (place, _) = bar.allocate_exact_size(vec2(galley.size().x + 8.0, 28.0), Sense::hover());
        bar.painter().galley(pos2(place.left(), place.center().y - galley.size().y / 2.0), galley, t.t1);
        let button = Button::text(order.name()).with_icon(icons::SORT_DESCENDING).arrow();
        let response = button.tooltip("Order\nWhich worlds come first").show(&mut bar, t);
        let has_achievements = shown.listing.is_some_and(|listing| !listing.achievements().is_empty());
        egui::Popup::menu(&response).show(|ui| {
            for choice in GridOrder::ALL.into_iter().filter(|choice| has_achievements || *choice != GridOrder::Achievements) {
                if ui.selectable_label(choice == order, choice.name()).on_hover_text(choice.about()).clicked() {
                    self.order = Some(choice);
                    ui.close();
                }
            }
        });
        bar.with_layout(egui::Layout::right_to_left(egui::Align::Center), |bar| {
            bar.spacing_mut().item_spacing.x = 2.0;
            let larger = Button::icon(icons::PLUS, "Larger thumbnails").enabled(self.width + 1 < WIDTHS.len());
            if larger.show(bar, t).clicked() {
                self.width += 1;
            }
            if Button::icon(icons::MINUS, "Smaller thumbnails").enabled(self.width > 0).show(bar, t).clicked() {
                self.width -= 1;
            }
            if has_window(shown) {
                bar.add_space(8.0);
                if Button::text("Map").on(self.whole).tooltip("Whole maps").show(bar, t).clicked() {
                    self.whole = true;
                }
                if Button::text("View").on(!self.whole).tooltip("What the agents see").show(bar, t).clicked() {
                    self.whole = false;
                }
            }
        });
    }

    /// All thumbnails in one pass.
    fn paint(
        &mut self,
        t: &Tokens,
        shown: &Shown,
        placed: &[Placed],
        whole: bool,
        (cell, scale): (f32, f32),
    ) -> Option<MapPaint> {
        let (source, world) = (shown.source?, shown.world()?);
        let visible: Vec<&Placed> = placed.iter().filter(|one| one.step.is_some() && is_visible(one.rect)).collect();
        let steps: Vec<&ShownStep> = visible.iter().filter_map(|one| one.step).collect();
        if steps.is_empty() {
            return None;
        }
        let (cells, firsts) = self.thumbnails.cells((source.id, world), &steps)?;
        let mut views = Vec::new();
        for ((one, step), first) in visible.iter().zip(&steps).zip(firsts) {
            let state = step.state.as_ref()?;
            let (width, height) = window_of(state, whole);
            let origin = if whole {
                Vec2::ZERO
            } else {
                let (x, y) = (state.pose.x as f32, state.pose.y as f32);
                vec2(x - (width / 2) as f32, y - (height / 2) as f32)
            };
            let projection = Projection { rect: one.rect, origin, cell, pixels_per_point: scale };
            let size = (state.map.width, state.map.height);
            views.push(View { projection, size, first, light: Some(state.daylight) });
        }
        let (atlas, side) = self.thumbnails.atlas(source.id)?;
        Some(MapPaint {
            pane: PANE,
            views,
            cells,
            heat: None,
            atlas,
            side,
            ramp: ramp_words(crate::scene::Ramp::Inferno, t.theme),
            heat_opacity: 0.0,
            terrain_only: false,
            terrain: true,
            outside: colour_words(t.bg0),
            bare: colour_words(t.bg2),
            scaled: false,
        })
    }
}

/// Whether agents of the world see a window around them.
fn has_window(shown: &Shown) -> bool {
    shown.world().is_some_and(|world| world.spec().family == crate::envs::Family::Crafter)
}

/// Columns and rows of what a thumbnail shows.
fn window_of(state: &ShownState, whole: bool) -> (u32, u32) {
    let (width, height) = (state.map.width, state.map.height);
    if whole {
        return (width, height);
    }
    // The window is as wide at both sides of the player; at the edge of the map one side is cut off.
    let (mut x, mut y) = (0, 0);
    for (cell, _) in state.layers.field_of_view.iter().enumerate().filter(|(_, seen)| **seen) {
        x = x.max((cell as u32 % width).abs_diff(state.pose.x));
        y = y.max((cell as u32 / width).abs_diff(state.pose.y));
    }
    (2 * x + 1, 2 * y + 1)
}

/// Frame, caption and name of a thumbnail.
fn thumbnail(
    ui: &mut Ui,
    t: &Tokens,
    shown: &Shown,
    Placed { instance, step, rect }: &Placed,
    (order, full): (GridOrder, f64),
    requests: &mut Requests,
) {
    let area = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() + CAPTION));
    let response = ui.interact(area, ui.scope_id().with(("thumbnail", *instance)), Sense::click());
    let state = step.and_then(|step| step.state.as_ref());
    let failed = shown.source.and_then(|source| source.found.glances_failed.get(&u64::from(*instance)));
    let value = state.and_then(|state| order.value(state));
    let words = match (value, failed) {
        (_, Some((_, why))) => format!("World {instance}: {why}"),
        (Some(value), None) => format!("World {instance}, {}", order.words(value, full)),
        (None, None) => format!("World {instance}"),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
    let painter = ui.painter();
    if state.is_none() {
        painter.rect_filled(*rect, CornerRadius::ZERO, t.bg2);
    }
    if failed.is_some() {
        text::icon(painter, rect.center(), icons::WARNING, fonts::icon(16.0), t.warn);
    }
    let is_selected = shown.instance.is_some_and(|selected| selected.instance == *instance);
    if is_selected || response.hovered() || response.has_focus() {
        painter.rect_stroke(rect.expand(3.0), CornerRadius::same(2), Stroke::new(4.0, casing_colour(t)), StrokeKind::Inside);
        painter.rect_stroke(rect.expand(2.0), CornerRadius::same(2), Stroke::new(2.0, line_colour(t)), StrokeKind::Inside);
    }
    let middle = rect.bottom() + CAPTION / 2.0 + 1.0;
    let number = pos2(rect.left(), middle);
    let left = text::line(painter, number, Align2::LEFT_CENTER, &instance.to_string(), fonts::axis(), t.t2).right();
    if let Some(value) = value {
        let right = pos2(rect.right(), middle);
        let right = text::line(painter, right, Align2::RIGHT_CENTER, &order.short(value), fonts::axis(), t.t1).left();
        let track =
            Rect::from_min_max(pos2(left.max(rect.center().x - 16.0) + 6.0, middle - 2.0), pos2(right - 6.0, middle + 2.0));
        if order != GridOrder::Number && track.width() >= 8.0 && full > 0.0 {
            let hue = shown.source.map_or(t.t2, |source| t.group(source.group));
            bar(painter, track, (value / full) as f32, t.bg4, hue);
        }
    }
    if let Some(instance) = shown.listing.and_then(|listing| listing.instance(*instance))
        && let Some(source) = shown.source
        && response.clicked()
    {
        requests.select = Some((source.id, instance.instance, step.map_or(0, |step| step.position.row)));
    }
    response.on_hover_text(words);
}
