//! The World pane: the map of the shown state with its layers.

use egui::{CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::legend;
use super::world_marks::{casing_colour, cell_numbers, colour_words, draw_edge, draw_trail, line_colour, numbers_on_cells};
use crate::scene::Scale;
use crate::viewer::command::Requests;
use crate::viewer::map::{
    Atlas, Camera, HeatKey, HeatMap, HeatOf, MapPaint, Projection, ScaledTiles, Uploaded, View, is_visible, ramp_words,
};
use crate::viewer::shown::Shown;
use crate::viewer::sources::{ShownState, bonus_name};
use crate::viewer::theme::{Tokens, numbers};

/// Size of a cell, in points, where a player is followed.
const FOLLOWED: f32 = 48.0;
/// Opacity of heat over the terrain.
const HEAT: f32 = 0.78;
/// Side of the overview of the whole map.
const MINI_MAP: f32 = 96.0;
/// Width of a pane that has room for the overview.
const MINI_MAP_FROM: f32 = 480.0;

/// Which layers are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerOptions {
    /// The ground.
    pub terrain: bool,
    /// Everything that stands on it, the player too.
    pub entities: bool,
    /// Where the player was.
    pub trail: bool,
    /// The edge of what the player sees.
    pub view: bool,
    /// Heat, if any.
    pub heat: Option<HeatOf>,
    /// Actions in a sequence whose ends empowerment counts; None for what the world suggests.
    pub horizon: Option<u32>,
    /// Its scale; None for the one that goes with it.
    pub scale: Option<Scale>,
}

impl Default for LayerOptions {
    fn default() -> LayerOptions {
        LayerOptions { terrain: true, entities: true, trail: true, view: true, heat: None, horizon: None, scale: None }
    }
}

/// What the pane keeps from frame to frame.
#[derive(Debug, Default)]
pub struct WorldPane {
    /// Its number for the map shader, which keeps buffers for it and the next two.
    number: u64,
    /// Whether the camera was moved in the last frame.
    moved: bool,
    /// The tiles of a source's world.
    pub(super) atlas: Option<(u64, Atlas)>,
    /// Slots of the cells, for the state that they are of.
    cells: Option<(StateKey, Uploaded)>,
    scaled: ScaledTiles,
    heat: Option<(HeatKey, HeatMap)>,
    pub(super) camera: Option<Camera>,
    /// Whether the whole map is fitted into the pane whenever the pane changes.
    pub(super) fitted: bool,
    /// Whether the player is kept in the middle half.
    follows: bool,
    size: Option<(u64, (u32, u32))>,
    /// Whether the next source is shown near its player, who is followed.
    follows_next: bool,
    versions: u64,
    /// The cell under the pointer in the last frame.
    pub hovered: Option<(u32, u32)>,
}

/// Which state cells are of: source, instance, row, and whether the map is that of a replayed state.
type StateKey = (u64, u32, u64);

impl WorldPane {
    /// A pane with a number of its own for the map shader; it takes the next two as well.
    pub fn with_number(number: u64) -> WorldPane {
        WorldPane { number, fitted: true, ..WorldPane::default() }
    }

    /// Whether people moved the camera in the last frame.
    pub fn was_moved(&self) -> bool {
        self.moved
    }

    /// The part of the map that is shown; None if all of it is fitted into the pane.
    pub fn view(&self) -> Option<Camera> {
        self.camera.filter(|_| !self.fitted)
    }

    /// Shows the same part as another pane.
    pub fn set_view(&mut self, view: Option<Camera>) {
        match view {
            Some(camera) => (self.camera, self.fitted) = (Some(camera), false),
            None => self.fit(),
        }
    }

    /// The camera for a pane of another size: the same part, or the whole map fitted.
    pub fn camera_in(&self, pane: egui::Vec2, scale: f32) -> Option<Camera> {
        let (_, size) = self.size?;
        self.view().or_else(|| Some(Camera::fit(size, pane, scale)))
    }

    /// Fits the whole map into the pane.
    pub fn fit(&mut self) {
        (self.fitted, self.camera) = (true, None);
    }

    /// Shows the next source near its player, who is followed: somebody plays it.
    pub fn follow_next(&mut self) {
        self.follows_next = true;
    }

    /// Shows toolbar and map in the rest of `ui`.
    pub fn show(&mut self, ui: &mut Ui, t: &Tokens, shown: &Shown, options: &mut LayerOptions, requests: &mut Requests) {
        self.toolbar(ui, t, shown, options, requests);
        self.show_map(ui, t, shown, options, requests);
    }

    /// Shows the map in the rest of `ui`.
    pub fn show_map(&mut self, ui: &mut Ui, t: &Tokens, shown: &Shown, options: &mut LayerOptions, requests: &mut Requests) {
        let rect = ui.available_rect_before_wrap();
        let Some((source, state)) = shown.state() else {
            ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg0);
            return;
        };
        let size = (state.map.width, state.map.height);
        if self.size != Some((source, size)) {
            (self.size, self.camera, self.fitted) = (Some((source, size)), None, true);
            if std::mem::take(&mut self.follows_next) {
                let cell = FOLLOWED * ui.ctx().pixels_per_point();
                let middle = vec2(state.pose.x as f32 + 0.5, state.pose.y as f32 + 0.5);
                (self.camera, self.fitted, self.follows) = (Some(Camera { middle, cell }), false, true);
            }
        }
        if !is_visible(rect) {
            return;
        }
        let scale = ui.ctx().pixels_per_point();
        if self.fitted || self.camera.is_none() {
            self.camera = Some(Camera::fit(size, rect.size(), scale));
        }
        let projection = self.move_camera(ui, rect, size, state, requests);
        self.compute_heat(shown, size, options);
        let painter = ui.painter_at(rect);
        let Some(paint) = self.map(t, shown, state, &projection, options) else {
            painter.rect_filled(rect, CornerRadius::ZERO, t.bg0);
            return;
        };
        painter.add(paint.shape(rect));
        if options.trail {
            draw_trail(&painter, t, shown, &projection, size.0);
            if options.entities {
                self.player_over_trail(&painter, t, shown, state, &projection, options);
            }
        }
        if options.view {
            draw_edge(&painter, t, &state.layers, &projection);
        }
        let values = self.heat.as_ref().and_then(|(_, heat)| heat.heat.as_ref());
        numbers_on_cells(&painter, t, options.heat.as_ref(), &projection, size, values);
        self.hover(ui, t, shown, state, &projection, options);
        legend::show(&painter, t, shown, rect, self.heat.as_ref().map(|(key, heat)| (key, heat)));
        self.mini_map(&painter, t, shown, state, rect, &projection, options);
    }

    /// Wheel, drag, double click, and following the player.
    fn move_camera(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        size: (u32, u32),
        state: &ShownState,
        requests: &mut Requests,
    ) -> Projection {
        let scale = ui.ctx().pixels_per_point();
        let mut camera = self.camera.unwrap_or_else(|| Camera::fit(size, rect.size(), scale));
        let before = (camera, self.fitted);
        let response = ui.interact(rect, ui.scope_id().with("map"), Sense::click_and_drag());
        let (x, y) = (state.pose.x, state.pose.y);
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Canvas, true, format!("Map, {} by {} cells, player at {x}, {y}", size.0, size.1))
        });
        if response.dragged() {
            camera.middle -= response.drag_delta() * scale / camera.cell;
            (self.fitted, self.follows) = (false, false);
        }
        if let Some(at) = response.hover_pos() {
            let wheel = ui.input(|input| input.smooth_scroll_delta().y + 200.0 * (input.zoom_delta() - 1.0));
            if wheel != 0.0 {
                let projection = camera.project(rect, scale);
                camera = camera.zoomed(1.0 + wheel / 300.0, at, &projection);
                self.fitted = false;
            }
        }
        if self.follows && !self.fitted {
            camera = camera.followed(vec2(x as f32 + 0.5, y as f32 + 0.5), rect.size(), scale);
        }
        camera = camera.bounded(size);
        self.camera = Some(camera);
        self.moved = (camera, self.fitted) != before;
        let projection = camera.project(rect, scale);
        self.hovered = response.hover_pos().and_then(|at| projection.pick(at, size));
        if response.double_clicked() {
            self.follows = true;
            self.camera = Some(Camera { middle: vec2(x as f32 + 0.5, y as f32 + 0.5), ..camera });
        } else if response.clicked()
            && let Some(cell) = self.hovered
        {
            requests.picked = Some(cell);
        }
        projection
    }

    fn compute_heat(&mut self, shown: &Shown, size: (u32, u32), options: &LayerOptions) {
        let (Some(track), Some(rows), Some(of)) = (shown.track, shown.scope(), shown.of()) else {
            self.heat = None;
            return;
        };
        let scale = options.scale.unwrap_or_else(|| options.heat.as_ref().map_or(Scale::Linear, HeatOf::scale));
        let key = HeatKey {
            of,
            rows,
            size,
            heat: options.heat.clone(),
            scale,
            known: track.rows(),
            empowerment: shown.empowerment().map(|(of, _)| of),
            other: shown.other.map(|other| (other.source.id, other.instance, other.rows, other.track.rows())),
        };
        if self.heat.as_ref().is_some_and(|(known, _)| *known == key) {
            return;
        }
        self.versions += 1;
        let beside = (shown.empowerment().map(|(_, map)| map), shown.other.map(|other| other.track));
        self.heat = HeatMap::of(track, &key, beside, self.versions).map(|heat| (key, heat));
    }

    /// The map as the GPU draws it.
    fn map(
        &mut self,
        t: &Tokens,
        shown: &Shown,
        state: &ShownState,
        projection: &Projection,
        options: &LayerOptions,
    ) -> Option<MapPaint> {
        let (source, world) = (shown.source?, shown.world()?);
        if self.atlas.as_ref().is_none_or(|(known, _)| *known != source.id) {
            self.atlas = Some((source.id, Atlas::new(world.clone())));
            self.cells = None;
        }
        let (_, atlas) = self.atlas.as_mut()?;
        atlas.set_light(state.daylight, t.theme);
        let key: StateKey = (source.id, shown.step?.position.instance, shown.step?.position.row);
        if self.cells.as_ref().is_none_or(|(known, _)| *known != key) {
            let cells = atlas.cells(&state.map).ok()?;
            self.versions += 1;
            let words: Vec<u32> = cells.into_iter().flatten().collect();
            self.cells = Some((key, Uploaded { version: self.versions, words: words.into() }));
        }
        let (_, cells) = self.cells.clone()?;
        let heat = self.heat.as_ref().filter(|(_, heat)| heat.heat.is_some());
        let ramp = options.heat.as_ref().map_or(crate::scene::Ramp::Inferno, HeatOf::ramp);
        // The source is part of the version: another world has other tiles.
        let version = source.id << 32 | atlas.version();
        Some(self.scaled.apply(MapPaint {
            pane: self.number,
            views: vec![View { projection: *projection, size: (state.map.width, state.map.height), first: 0, light: None }],
            cells,
            heat: heat.map(|(_, heat)| heat.shares.clone()),
            atlas: Uploaded { version, words: atlas.texels().into() },
            side: atlas.side(),
            ramp: ramp_words(ramp, t.theme),
            heat_opacity: HEAT,
            terrain_only: !options.entities,
            terrain: options.terrain,
            outside: colour_words(t.bg0),
            bare: colour_words(t.bg2),
            scaled: false,
        }))
    }

    /// The player's cell once more, so that the trail does not cover it.
    fn player_over_trail(
        &mut self,
        painter: &egui::Painter,
        t: &Tokens,
        shown: &Shown,
        state: &ShownState,
        projection: &Projection,
        options: &LayerOptions,
    ) {
        let cell = projection.rect_of((state.pose.x, state.pose.y), (1, 1));
        let cell = cell.intersect(projection.rect);
        if !cell.is_positive() {
            return;
        }
        let origin = projection.cell_at(cell.min);
        let inner = Projection { rect: cell, origin, ..*projection };
        if let Some(paint) = self.map(t, shown, state, &inner, options) {
            painter.add(MapPaint { pane: self.number + 1, ..paint }.shape(cell));
        }
    }

    fn hover(&self, ui: &Ui, t: &Tokens, shown: &Shown, state: &ShownState, projection: &Projection, options: &LayerOptions) {
        let Some((x, y)) = self.hovered else { return };
        let painter = &ui.painter_at(projection.rect);
        let cell = projection.rect_of((x, y), (1, 1));
        painter.rect_stroke(cell.expand(2.0), CornerRadius::ZERO, Stroke::new(4.0, casing_colour(t)), StrokeKind::Inside);
        painter.rect_stroke(cell.expand(1.0), CornerRadius::ZERO, Stroke::new(2.0, line_colour(t)), StrokeKind::Inside);
        let index = (y * state.map.width + x) as usize;
        let mut parts = vec![(format!("{x}, {y}"), t.t1)];
        if let Some(names) = shown.layer_names() {
            let ground = usize::from(state.layers.terrain[index]);
            parts.push((names.terrain.get(ground).cloned().unwrap_or_default(), t.t1));
            let here = state.layers.entities.iter().filter(|entity| (entity.x, entity.y) == (x, y));
            parts.extend(here.filter_map(|entity| Some((names.entities.get(usize::from(entity.kind))?.clone(), t.t1))));
        }
        if let Some((_, heat)) = &self.heat {
            match (heat.visits[index], heat.first[index]) {
                (0, _) | (_, None) => parts.push(("not visited".to_string(), t.t3)),
                (n, Some(first)) => {
                    let times = if n == 1 { "1 visit".to_string() } else { format!("{} visits", numbers::count(n.into())) };
                    parts.push((times, t.t1));
                    parts.push((format!("first at {}", shown.step_of(first).map_or(first, u64::from)), t.t3));
                }
            }
            if let (Some(values), Some(HeatOf::Empowerment)) = (&heat.heat, &options.heat)
                && !values.values[index].is_nan()
            {
                parts.push((format!("empowerment {} bits", numbers::real(values.values[index], false)), t.t1));
            }
            if let (Some(values), Some(HeatOf::Difference)) = (&heat.heat, &options.heat)
                && !values.values[index].is_nan()
            {
                parts.push((format!("difference {} %", numbers::real(100.0 * values.values[index], true)), t.t1));
            }
            if let (Some(values), Some(HeatOf::Bonus(name))) = (&heat.heat, &options.heat)
                && !values.values[index].is_nan()
            {
                parts.push((format!("{} {}", bonus_name(name), numbers::real(values.values[index], false)), t.t1));
            }
        }
        cell_numbers(ui, painter, t, cell, projection.rect, &parts);
    }

    #[expect(clippy::too_many_arguments, reason = "what a map is drawn from")]
    fn mini_map(
        &mut self,
        painter: &egui::Painter,
        t: &Tokens,
        shown: &Shown,
        state: &ShownState,
        pane: Rect,
        projection: &Projection,
        options: &LayerOptions,
    ) {
        let (width, height) = (state.map.width as f32, state.map.height as f32);
        let seen = Rect::from_min_size(pos2(projection.origin.x, projection.origin.y), pane.size() / projection.cell);
        let whole = seen.left() <= 0.0 && seen.top() <= 0.0 && seen.right() >= width && seen.bottom() >= height;
        if whole || pane.width() < MINI_MAP_FROM || self.fitted {
            return;
        }
        let side = MINI_MAP / width.max(height);
        let corner = pos2((pane.right() - 12.0 - width * side).round(), (pane.top() + 12.0).round());
        let rect = Rect::from_min_size(corner, vec2(width, height) * side);
        let small = Projection { rect, origin: egui::Vec2::ZERO, cell: side, pixels_per_point: projection.pixels_per_point };
        painter.rect_filled(rect.expand(3.0), CornerRadius::same(4), t.bg1);
        let plain = LayerOptions { heat: None, ..options.clone() };
        if let Some(mut paint) = self.map(t, shown, state, &small, &plain) {
            (paint.pane, paint.heat) = (self.number + 2, None);
            painter.add(paint.shape(rect));
        }
        let at = |x: f32, y: f32| pos2(rect.left() + x * side, rect.top() + y * side);
        let frame = Rect::from_min_max(at(seen.left(), seen.top()), at(seen.right(), seen.bottom())).intersect(rect);
        painter.rect_stroke(frame, CornerRadius::ZERO, Stroke::new(1.5, t.t1), StrokeKind::Inside);
        let player = at(state.pose.x as f32 + 0.5, state.pose.y as f32 + 0.5);
        painter.circle(player, 2.5, line_colour(t), Stroke::new(1.0, casing_colour(t)));
    }
}
