//! The World pane: the map of the shown state with its layers.

use egui::{Color32, CornerRadius, Mesh, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::legend;
use crate::envs::Layers;
use crate::scene::{Scale, Theme};
use crate::viewer::command::{Command, Requests};
use crate::viewer::map::{
    Atlas, Camera, HeatKey, HeatMap, HeatOf, MapPaint, Projection, Uploaded, View, is_visible, packed, ramp_words, trail,
};
use crate::viewer::shown::Shown;
use crate::viewer::sources::{ShownState, bonus_name};
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::{Button, text};

/// Opacity of heat over the terrain.
const HEAT: f32 = 0.78;
/// Smallest size of a cell, in points, that has numbers on it.
const NUMBERS_FROM: f32 = 24.0;
const TOOLBAR: f32 = 36.0;
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
    /// Its scale; None for the one that goes with it.
    pub scale: Option<Scale>,
}

impl Default for LayerOptions {
    fn default() -> LayerOptions {
        LayerOptions { terrain: true, entities: true, trail: true, view: true, heat: None, scale: None }
    }
}

/// What the pane keeps from frame to frame.
#[derive(Debug, Default)]
pub struct WorldPane {
    /// The tiles of a source's world.
    atlas: Option<(u64, Atlas)>,
    /// Slots of the cells, for the state that they are of.
    cells: Option<(StateKey, Uploaded)>,
    heat: Option<(HeatKey, HeatMap)>,
    camera: Option<Camera>,
    /// Whether the whole map is fitted into the pane whenever the pane changes.
    fitted: bool,
    /// Whether the player is kept in the middle half.
    follows: bool,
    size: Option<(u64, (u32, u32))>,
    versions: u64,
    /// The cell under the pointer in the last frame.
    pub hovered: Option<(u32, u32)>,
}

/// Which state cells are of: source, instance, row, and whether the map is that of a replayed state.
type StateKey = (u64, u32, u64);

impl WorldPane {
    /// Fits the whole map into the pane.
    pub fn fit(&mut self) {
        (self.fitted, self.camera) = (true, None);
    }

    /// Shows toolbar and map in the rest of `ui`.
    pub fn show(&mut self, ui: &mut Ui, t: &Tokens, shown: &Shown, options: &mut LayerOptions, requests: &mut Requests) {
        self.toolbar(ui, t, shown, options, requests);
        let rect = ui.available_rect_before_wrap();
        let Some((source, state)) = shown.state() else {
            ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg0);
            return;
        };
        let size = (state.map.width, state.map.height);
        if self.size != Some((source, size)) {
            (self.size, self.camera, self.fitted) = (Some((source, size)), None, true);
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
            self.draw_trail(&painter, t, shown, &projection, size.0);
            if options.entities {
                self.player_over_trail(&painter, t, shown, state, &projection, options);
            }
        }
        if options.view {
            draw_edge(&painter, t, &state.layers, &projection);
        }
        self.numbers_on_cells(&painter, options, &projection, size, t);
        self.hover(ui, t, shown, state, &projection, options);
        legend::show(&painter, t, shown, rect, self.heat.as_ref().map(|(key, heat)| (key, heat)));
        self.mini_map(&painter, t, shown, state, rect, &projection, options);
    }

    fn toolbar(&mut self, ui: &mut Ui, t: &Tokens, shown: &Shown, options: &mut LayerOptions, requests: &mut Requests) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), TOOLBAR), Sense::hover());
        ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg0);
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
        let mut bar = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect.shrink2(vec2(8.0, 4.0)))
                .layout(egui::Layout::left_to_right(egui::Align::Center)),
        );
        bar.spacing_mut().item_spacing.x = 4.0;
        let wide = rect.width() >= 560.0;
        for (command, icon, name) in [
            (Command::LayerTerrain, icons::MOUNTAINS, "Terrain"),
            (Command::LayerEntities, icons::PAW_PRINT, "Entities"),
            (Command::LayerTrail, icons::PATH, "Trail"),
            (Command::LayerView, icons::FRAME_CORNERS, "View"),
        ] {
            let on = match command {
                Command::LayerTerrain => options.terrain,
                Command::LayerEntities => options.entities,
                Command::LayerTrail => options.trail,
                _ => options.view,
            };
            let tooltip = command.tooltip();
            let button = if wide { Button::text(name).with_icon(icon) } else { Button::icon(icon, &tooltip) };
            if button.on(on).tooltip(&tooltip).show(&mut bar, t).clicked() {
                requests.push(command);
            }
        }
        bar.add_space(4.0);
        heat_menu(&mut bar, t, shown, options);
        if options.heat.is_some() {
            scale_menu(&mut bar, t, options);
        }
        bar.with_layout(egui::Layout::right_to_left(egui::Align::Center), |bar| {
            bar.spacing_mut().item_spacing.x = 2.0;
            if Button::icon(icons::CORNERS_OUT, &Command::Fit.tooltip()).show(bar, t).clicked() {
                requests.push(Command::Fit);
            }
            if wide {
                self.zoom_buttons(bar, t, shown);
            }
        });
    }

    fn zoom_buttons(&mut self, bar: &mut Ui, t: &Tokens, shown: &Shown) {
        let tile = self.atlas.as_ref().map_or(16, |(_, atlas)| atlas.side()) as f32;
        let mut zoom = None;
        if Button::icon(icons::PLUS, "Zoom in\nOr turn the wheel over the map").show(bar, t).clicked() {
            zoom = Some(true);
        }
        let percent = self.camera.map_or(100.0, |camera| camera.cell / tile * 100.0);
        let galley = text::layout(bar, &format!("{percent:.0}%"), fonts::small());
        let (rect, _) = bar.allocate_exact_size(vec2(40.0, 24.0), Sense::hover());
        bar.painter().galley(rect.center() - galley.size() / 2.0, galley, t.t2);
        if Button::icon(icons::MINUS, "Zoom out\nOr turn the wheel over the map").show(bar, t).clicked() {
            zoom = Some(false);
        }
        if let (Some(up), Some(camera)) = (zoom, self.camera)
            && shown.step.is_some()
        {
            (self.camera, self.fitted) = (Some(camera.step(up)), false);
        }
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
        let key = HeatKey { of, rows, size, heat: options.heat.clone(), scale, known: track.rows() };
        if self.heat.as_ref().is_some_and(|(known, _)| *known == key) {
            return;
        }
        self.versions += 1;
        self.heat = HeatMap::of(track, &key, self.versions).map(|heat| (key, heat));
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
        Some(MapPaint {
            pane: 0,
            views: vec![View { projection: *projection, size: (state.map.width, state.map.height), first: 0 }],
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
        })
    }

    fn draw_trail(&self, painter: &egui::Painter, t: &Tokens, shown: &Shown, projection: &Projection, width: u32) {
        let (Some(track), Some(step), Some((_, episode))) = (shown.track, shown.step, shown.episode()) else { return };
        let Some(trail) = trail(track, (episode.first_row, step.position.row), width) else { return };
        let (line, casing) = (line_colour(t), casing_colour(t));
        let (mut below, mut above) = (Mesh::default(), Mesh::default());
        for segment in trail.lines() {
            let middle = |cell: u32| projection.point(vec2((cell % width) as f32 + 0.5, (cell / width) as f32 + 0.5));
            let span = Rect::from_two_pos(middle(segment.cells.0), middle(segment.cells.1));
            below.add_colored_rect(span.expand(2.0), casing.gamma_multiply(0.6 * segment.opacity));
            above.add_colored_rect(span.expand(1.0), line.gamma_multiply(segment.opacity));
        }
        painter.add(Shape::mesh(below));
        painter.add(Shape::mesh(above));
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
            painter.add(MapPaint { pane: 1, ..paint }.shape(cell));
        }
    }

    fn numbers_on_cells(
        &self,
        painter: &egui::Painter,
        options: &LayerOptions,
        projection: &Projection,
        (width, height): (u32, u32),
        t: &Tokens,
    ) {
        let Some((_, heat)) = &self.heat else { return };
        let (Some(values), true) = (&heat.heat, projection.cell >= NUMBERS_FROM) else { return };
        for cell in 0..width * height {
            let rect = projection.rect_of((cell % width, cell / width), (1, 1));
            let value = values.values[cell as usize];
            if value.is_nan() || !projection.rect.intersects(rect) {
                continue;
            }
            let [r, g, b] = values.colour(cell as usize, t.theme).unwrap_or_default().map(f32::from);
            let dark = 0.299 * r + 0.587 * g + 0.114 * b < 140.0;
            let ink = if dark { Color32::WHITE } else { Color32::BLACK };
            text::line(painter, rect.center(), egui::Align2::CENTER_CENTER, &cell_text(options, value), fonts::axis(), ink);
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
            if let (Some(values), Some(HeatOf::Bonus(name))) = (&heat.heat, &options.heat)
                && !values.values[index].is_nan()
            {
                parts.push((format!("{} {}", bonus_name(name), numbers::real(values.values[index], false)), t.t1));
            }
        }
        card(ui, painter, t, cell, projection.rect, &parts);
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
            (paint.pane, paint.heat) = (2, None);
            painter.add(paint.shape(rect));
        }
        let at = |x: f32, y: f32| pos2(rect.left() + x * side, rect.top() + y * side);
        let frame = Rect::from_min_max(at(seen.left(), seen.top()), at(seen.right(), seen.bottom())).intersect(rect);
        painter.rect_stroke(frame, CornerRadius::ZERO, Stroke::new(1.5, t.t1), StrokeKind::Inside);
        let player = at(state.pose.x as f32 + 0.5, state.pose.y as f32 + 0.5);
        painter.circle(player, 2.5, line_colour(t), Stroke::new(1.0, casing_colour(t)));
    }
}

/// A number that fits on a cell.
fn cell_text(options: &LayerOptions, value: f64) -> String {
    if options.heat == Some(HeatOf::Visits) { numbers::count(value as u64) } else { format!("{value:.2}") }
}

/// The card beside the hovered cell.
fn card(ui: &Ui, painter: &egui::Painter, t: &Tokens, cell: Rect, pane: Rect, parts: &[(String, Color32)]) {
    let galleys: Vec<_> = parts.iter().map(|(words, ink)| (text::layout(ui, words, fonts::small()), *ink)).collect();
    let width: f32 = galleys.iter().map(|(galley, _)| galley.size().x + 12.0).sum::<f32>() + 12.0;
    let mut left = cell.right() + 24.0;
    if left + width > pane.right() - 8.0 {
        left = (cell.left() - 24.0 - width).max(pane.left() + 8.0);
    }
    let top = (cell.center().y - 16.0).clamp(pane.top() + 8.0, (pane.bottom() - 40.0).max(pane.top() + 8.0));
    let rect = Rect::from_min_size(pos2(left, top), vec2(width, 32.0));
    painter.rect(rect, CornerRadius::same(6), t.bg1, Stroke::new(1.0, t.line2), StrokeKind::Inside);
    let mut x = rect.left() + 12.0;
    for (galley, ink) in galleys {
        let (size, at) = (galley.size(), pos2(x, rect.center().y - galley.size().y / 2.0));
        painter.galley(at, galley, ink);
        x += size.x + 12.0;
    }
}

/// The choice of heat.
fn heat_menu(bar: &mut Ui, t: &Tokens, shown: &Shown, options: &mut LayerOptions) {
    let name = match &options.heat {
        None => "No heat".to_string(),
        Some(HeatOf::Visits) => "Visits".to_string(),
        Some(HeatOf::Bonus(name)) => format!("Bonus {}", bonus_name(name)),
    };
    let tooltip = "Heat  H\nChoose: visits or a recorded bonus";
    let button = Button::text(&name).with_icon(icons::STACK).on(options.heat.is_some()).tooltip(tooltip).arrow();
    let response = button.show(bar, t);
    egui::Popup::menu(&response).show(|ui| {
        let mut choices = vec![(None, "No heat".to_string()), (Some(HeatOf::Visits), "Visits".to_string())];
        let bonuses = shown.track.map(|track| &track.bonuses[..]).unwrap_or_default();
        choices
            .extend(bonuses.iter().map(|(name, _)| (Some(HeatOf::Bonus(name.clone())), format!("Bonus {}", bonus_name(name)))));
        for (heat, name) in choices {
            if ui.selectable_label(options.heat == heat, name).clicked() {
                (options.heat, options.scale) = (heat, None);
                ui.close();
            }
        }
    });
}

/// The choice of a scale.
fn scale_menu(bar: &mut Ui, t: &Tokens, options: &mut LayerOptions) {
    let now = options.scale.unwrap_or_else(|| options.heat.as_ref().map_or(Scale::Linear, HeatOf::scale));
    let button = Button::text(now.name()).look(crate::viewer::widgets::Look::Quiet).tooltip("Scale\nHow values become colours");
    let response = button.arrow().show(bar, t);
    egui::Popup::menu(&response).show(|ui| {
        for scale in [Scale::Linear, Scale::Log, Scale::Rank] {
            if ui.selectable_label(now == scale, scale.name()).clicked() {
                options.scale = Some(scale);
                ui.close();
            }
        }
    });
}

/// The edge of what the agent sees.
fn draw_edge(painter: &egui::Painter, t: &Tokens, layers: &Layers, projection: &Projection) {
    let (width, height) = (layers.width as i64, layers.height as i64);
    let sees =
        |x: i64, y: i64| (0..width).contains(&x) && (0..height).contains(&y) && layers.field_of_view[(y * width + x) as usize];
    let (mut casing, mut line) = (Mesh::default(), Mesh::default());
    let mut side = |from: Pos2, to: Pos2| {
        casing.add_colored_rect(Rect::from_two_pos(from, to).expand(1.75), casing_colour(t).gamma_multiply(0.6));
        line.add_colored_rect(Rect::from_two_pos(from, to).expand(0.75), line_colour(t));
    };
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|(x, y)| sees(*x, *y)) {
        let cell = projection.rect_of((x as u32, y as u32), (1, 1));
        for (dx, dy, from, to) in [
            (-1, 0, cell.left_top(), cell.left_bottom()),
            (1, 0, cell.right_top(), cell.right_bottom()),
            (0, -1, cell.left_top(), cell.right_top()),
            (0, 1, cell.left_bottom(), cell.right_bottom()),
        ] {
            if !sees(x + dx, y + dy) {
                side(from, to);
            }
        }
    }
    painter.add(Shape::mesh(casing));
    painter.add(Shape::mesh(line));
}

fn line_colour(t: &Tokens) -> Color32 {
    let [r, g, b] = t.theme.line();
    Color32::from_rgb(r, g, b)
}

fn casing_colour(t: &Tokens) -> Color32 {
    let [r, g, b] = t.theme.casing();
    let opacity = if t.theme == Theme::Dark { 0.7 } else { 0.8 };
    Color32::from_rgb(r, g, b).gamma_multiply(opacity)
}

fn colour_words(colour: Color32) -> u32 {
    packed([colour.r(), colour.g(), colour.b()])
}
