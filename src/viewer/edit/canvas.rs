//! The canvas: the state of the document, drawn as maps are, and what mouse and keys do to it.

use egui::{
    Align2, CornerRadius, EventFilter, Key, Modifiers, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, vec2,
};

use super::brush::Brush;
use super::document::Document;
use super::drawing::SIDES;
use super::editor::Editor;
use super::map_paint::MapOfState;
use super::shapes::{Cell, Tool, square};
use crate::viewer::map::{Camera, Projection, is_visible};
use crate::viewer::theme::{Tokens, fonts};
use crate::viewer::widgets::text;

/// Smallest size of a cell, in points, with letters on it.
const LETTERS_FROM: f32 = 14.0;

/// What the canvas keeps from frame to frame.
#[derive(Debug, Default)]
pub struct Canvas {
    paint: MapOfState,
    camera: Option<Camera>,
    /// What was shown in the last frame.
    shown: Option<Camera>,
    size: Option<(u32, u32)>,
    /// The cell that keys move, and its chosen side.
    cursor: Cell,
    side: usize,
    /// The cell under the pointer in the last frame.
    pub hovered: Option<Cell>,
    /// The first corner of a rectangle.
    corner: Option<Cell>,
    /// Whether that corner is one of the mouse, whose button is down.
    drags: bool,
}

impl Canvas {
    /// The state is new.
    pub fn set_stale(&mut self) {
        self.paint.set_stale();
    }

    /// Fits the whole map into the canvas.
    pub fn fit(&mut self) {
        self.camera = None;
    }

    /// Larger or smaller cells.
    pub fn zoom(&mut self, up: bool) {
        self.camera = self.shown.map(|camera| camera.step(up));
    }

    /// Shows the canvas in the rest of `ui`. Returns why a stroke could not be painted.
    pub fn show(&mut self, ui: &mut Ui, t: &Tokens, editor: &mut Editor) -> Option<String> {
        let rect = ui.available_rect_before_wrap();
        ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg0);
        let size = editor.size().filter(|_| is_visible(rect))?;
        if self.size != Some(size) {
            (self.size, self.camera, self.corner) = (Some(size), None, None);
            self.cursor = (self.cursor.0.min(size.0 - 1), self.cursor.1.min(size.1 - 1));
        }
        let response = ui.interact(rect, ui.scope_id().with("canvas"), Sense::click_and_drag());
        let projection = self.move_camera(ui, &response, size);
        let mut fault = self.pointer(ui, &response, &projection, size, editor);
        if response.has_focus() {
            fault = self.keys(ui, &response, size, editor).or(fault);
        }
        let painter = ui.painter_at(rect);
        if let Some(checked) = &editor.checked
            && let Some(paint) = self.paint.of(t, checked, &projection)
        {
            painter.add(paint.shape(rect));
        }
        letters(&painter, t, &editor.document, &projection, size);
        self.marks(&painter, t, &response, editor, &projection, size);
        let here = editor.describe(self.cursor);
        let (x, y) = self.cursor;
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Canvas, true, format!("Canvas, {} by {} cells, at {x}, {y}: {here}", size.0, size.1))
        });
        fault
    }

    /// Wheel, and drags with the middle button or with Space.
    fn move_camera(&mut self, ui: &Ui, response: &Response, size: (u32, u32)) -> Projection {
        let (rect, scale) = (response.rect, ui.ctx().pixels_per_point());
        let fitted = Camera::fit(size, rect.size(), scale);
        let mut camera = self.camera.unwrap_or(fitted);
        if response.dragged() && is_panning(ui, response) {
            camera.middle -= response.drag_delta() * scale / camera.cell;
            self.camera = Some(camera.bounded(size));
        }
        if let Some(at) = response.hover_pos() {
            let wheel = ui.input(|input| input.smooth_scroll_delta().y + 200.0 * (input.zoom_delta() - 1.0));
            if wheel != 0.0 {
                camera = camera.zoomed(1.0 + wheel / 300.0, at, &camera.project(rect, scale));
                self.camera = Some(camera.bounded(size));
            }
        }
        let camera = self.camera.unwrap_or(fitted);
        self.shown = Some(camera);
        camera.project(rect, scale)
    }

    /// Painting with the mouse.
    fn pointer(
        &mut self,
        ui: &Ui,
        response: &Response,
        projection: &Projection,
        size: (u32, u32),
        editor: &mut Editor,
    ) -> Option<String> {
        let at = response.interact_pointer_pos().or(response.hover_pos());
        self.hovered = response.hover_pos().and_then(|at| projection.pick(at, size));
        let cell = at.and_then(|at| projection.pick(at, size));
        let (pressed, down, alt, right) = ui.input(|input| {
            let pointer = &input.pointer;
            let right = pointer.button_clicked(PointerButton::Secondary);
            (pointer.primary_pressed(), pointer.primary_down(), input.modifiers.alt, right)
        });
        if response.contains_pointer() && (pressed || right) {
            response.request_focus();
        }
        if !down && editor.is_painting() {
            editor.end_stroke();
        }
        if !down
            && std::mem::take(&mut self.drags)
            && let Some(corner) = self.corner.take()
        {
            return cell.and_then(|cell| editor.rectangle(corner, cell).err());
        }
        let cell = cell?;
        if response.is_pointer_button_down_on() || right && response.contains_pointer() {
            self.cursor = cell;
        }
        if right && response.contains_pointer() || pressed && alt && response.contains_pointer() {
            editor.pick(cell);
            return None;
        }
        let paints = down && response.is_pointer_button_down_on() && !is_panning(ui, response) && !alt;
        if !paints {
            return None;
        }
        let side = at.map_or(0, |at| nearest_side(at, projection, cell));
        self.side = side;
        match editor.tool {
            Tool::Brush if pressed || editor.is_painting() => editor.stroke(cell, side).err(),
            Tool::Rectangle if pressed => {
                (self.corner, self.drags) = (Some(cell), true);
                None
            }
            Tool::Fill if pressed => editor.flood(cell).err(),
            _ => None,
        }
    }

    /// The cell cursor: arrows move it, Shift and an arrow choose a side, Enter paints.
    fn keys(&mut self, ui: &Ui, response: &Response, size: (u32, u32), editor: &mut Editor) -> Option<String> {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let arrows = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown];
        for (side, key) in arrows.into_iter().enumerate() {
            let (moved, turned) = ui.input_mut(|input| {
                let turned = input.consume_key(Modifiers::SHIFT, key);
                (!turned && input.consume_key(Modifiers::NONE, key), turned)
            });
            let (x, y) = self.cursor;
            if moved {
                self.cursor = match side {
                    0 => (x.saturating_sub(1), y),
                    1 => ((x + 1).min(size.0 - 1), y),
                    2 => (x, y.saturating_sub(1)),
                    _ => (x, (y + 1).min(size.1 - 1)),
                };
            }
            if turned {
                self.side = side;
            }
        }
        if !ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
            return None;
        }
        match (editor.tool, self.corner) {
            (Tool::Brush, _) => {
                let painted = editor.stroke(self.cursor, self.side);
                editor.end_stroke();
                painted.err()
            }
            (Tool::Fill, _) => editor.flood(self.cursor).err(),
            (Tool::Rectangle, None) => {
                self.corner = Some(self.cursor);
                None
            }
            (Tool::Rectangle, Some(corner)) => {
                self.corner = None;
                editor.rectangle(corner, self.cursor).err()
            }
        }
    }

    /// What the tool would paint, and the cursor of the keys.
    fn marks(
        &self,
        painter: &egui::Painter,
        t: &Tokens,
        response: &Response,
        editor: &Editor,
        projection: &Projection,
        size: (u32, u32),
    ) {
        let outline = |from: Cell, to: Cell| {
            let (left, top) = (from.0.min(to.0), from.1.min(to.1));
            let cells = projection.rect_of((left, top), (from.0.abs_diff(to.0) + 1, from.1.abs_diff(to.1) + 1));
            painter.rect_stroke(cells.expand(2.0), CornerRadius::ZERO, Stroke::new(4.0, t.bg0), StrokeKind::Inside);
            painter.rect_stroke(cells.expand(1.0), CornerRadius::ZERO, Stroke::new(2.0, t.t1), StrokeKind::Inside);
        };
        let pointed = self.hovered.or_else(|| response.has_focus().then_some(self.cursor));
        let is_side = matches!(editor.brush, Brush::Side(_));
        match (self.corner, pointed) {
            (Some(corner), Some(to)) => outline(corner, to),
            (None, Some(at)) if editor.tool == Tool::Brush && !is_side => {
                let cells = square(at, editor.side, size);
                if let (Some(first), Some(last)) = (cells.first(), cells.last()) {
                    outline(*first, *last);
                }
            }
            (None, Some(at)) => outline(at, at),
            _ => {}
        }
        if response.has_focus() {
            let cell = projection.rect_of(self.cursor, (1, 1));
            painter.rect_stroke(cell, CornerRadius::ZERO, Stroke::new(2.0, t.acc), StrokeKind::Outside);
            painter.rect_stroke(response.rect, CornerRadius::ZERO, Stroke::new(2.0, t.acc), StrokeKind::Inside);
        }
        if let (Some(at), true) = (pointed, is_side) {
            let cell = projection.rect_of(at, (1, 1));
            let ends = match self.side {
                0 => [cell.left_top(), cell.left_bottom()],
                1 => [cell.right_top(), cell.right_bottom()],
                2 => [cell.left_top(), cell.right_top()],
                _ => [cell.left_bottom(), cell.right_bottom()],
            };
            painter.line_segment(ends, Stroke::new(4.0, t.acc));
        }
    }
}

/// Whether a drag moves the map: with the middle button, or with Space.
fn is_panning(ui: &Ui, response: &Response) -> bool {
    response.dragged_by(PointerButton::Middle) || ui.input(|input| input.key_down(Key::Space) || input.pointer.middle_down())
}

/// The side of a cell that is nearest to a point.
fn nearest_side(at: Pos2, projection: &Projection, cell: Cell) -> usize {
    let place: Rect = projection.rect_of(cell, (1, 1));
    let away = [at.x - place.left(), place.right() - at.x, at.y - place.top(), place.bottom() - at.y];
    (0..SIDES.len()).min_by(|a, b| away[*a].total_cmp(&away[*b])).unwrap_or(0)
}

/// Letters of cells that look like floor: starts and marks.
fn letters(painter: &egui::Painter, t: &Tokens, document: &Document, projection: &Projection, size: (u32, u32)) {
    let Document::Drawing(drawing) = document else { return };
    if projection.cell < LETTERS_FROM {
        return;
    }
    let (first, last) = (projection.cell_at(projection.rect.min), projection.cell_at(projection.rect.max));
    let range = |from: f32, to: f32, end: u32| (from.max(0.0) as u32)..(to.max(0.0).ceil() as u32).min(end);
    for y in range(first.y, last.y, size.1) {
        for x in range(first.x, last.x, size.0) {
            let glyph = drawing.glyph((x, y));
            let is_mark = ('i'..='z').contains(&glyph) && glyph != 'v';
            if drawing.form != super::drawing::Form::MiniGrid && (glyph == 'S' || is_mark) {
                let at = projection.rect_of((x, y), (1, 1)).right_bottom() - vec2(2.0, 0.0);
                let place = painter.text(at, Align2::RIGHT_BOTTOM, glyph, fonts::axis(), egui::Color32::TRANSPARENT);
                painter.rect_filled(place.expand2(vec2(1.0, 0.0)), CornerRadius::same(2), t.bg1);
                text::line(painter, at, Align2::RIGHT_BOTTOM, &glyph.to_string(), fonts::axis(), t.t1);
            }
        }
    }
}
