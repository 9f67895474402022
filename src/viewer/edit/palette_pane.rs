//! The palette: tools, sizes of the brush, and what can be painted, with tiles and names.

use std::collections::BTreeMap;

use egui::{
    Align2, Color32, ColorImage, Context, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui,
    WidgetInfo, pos2, vec2,
};

use super::blank::room;
use super::brush::{Birth, Brush, Swatch, counter_of};
use super::check::{Loaded, check};
use super::controls::{choice, choose, switch, whole};
use super::document::Document;
use super::drawing::Form;
use super::editor::Editor;
use super::shapes::{SIZES, Tool};
use crate::viewer::theme::{Tokens, fonts};
use crate::viewer::widgets::{Button, Look, SIDE, section, text};

/// Height of a row, and side of its tile.
const ROW: f32 = 28.0;
const TILE: f32 = 20.0;
/// Pixels of a tile's side.
const PIXELS: u32 = 16;
/// The largest health and counter of a creature that can be chosen.
const MAX_HEALTH: u32 = 255;
const MAX_COUNTER: u32 = 10_000;
const WAYS: [&str; 4] = ["left", "right", "up", "down"];
/// The whole of a texture.
const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

/// The palette, with the tiles that were needed so far.
#[derive(Default)]
pub struct PalettePane {
    tiles: BTreeMap<String, Option<TextureHandle>>,
}

impl std::fmt::Debug for PalettePane {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "PalettePane({} tiles)", self.tiles.len())
    }
}

impl PalettePane {
    /// Shows tools and swatches.
    pub fn show(&mut self, ui: &mut Ui, t: &Tokens, editor: &mut Editor) {
        tools(ui, t, editor);
        if section(ui, t, "Paint", "", true) {
            for swatch in editor.palette() {
                self.row(ui, t, editor, &swatch);
            }
            if self.entry(ui, t, "Erase", None, editor.brush == Brush::Erase) {
                editor.brush = Brush::Erase;
            }
        }
        births(ui, t, editor);
    }

    /// A swatch, and the list of its kinds where it is chosen.
    fn row(&mut self, ui: &mut Ui, t: &Tokens, editor: &mut Editor, swatch: &Swatch) {
        let now = swatch.kinds.iter().position(|(_, brush)| *brush == editor.brush);
        let (name, brush) = &swatch.kinds[now.unwrap_or(0)];
        let tile = self.tile(ui.ctx(), editor, name, brush);
        if self.entry(ui, t, swatch.name, tile, now.is_some()) {
            editor.brush = brush.clone();
        }
        if let (Some(now), true) = (now, swatch.kinds.len() > 1) {
            let all: Vec<&str> = swatch.kinds.iter().map(|(name, _)| name.as_str()).collect();
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
            let place = Rect::from_min_max(pos2(rect.left() + SIDE + TILE + 8.0, rect.top() + 2.0), rect.max - vec2(SIDE, 2.0));
            let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(place).id_salt(swatch.name));
            let title = format!("Kind of {}", swatch.name.to_lowercase());
            if let Some(other) = choose(&mut inner, t, &title, all[now], &all) {
                editor.brush = swatch.kinds[other].1.clone();
            }
        }
    }

    /// A row with a tile and a name. Returns whether it was clicked.
    fn entry(&self, ui: &mut Ui, t: &Tokens, name: &str, tile: Option<egui::TextureId>, on: bool) -> bool {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
        let painter = ui.painter();
        if on || response.hovered() {
            painter.rect_filled(rect, CornerRadius::ZERO, if on { t.accbg } else { t.bg2 });
        }
        if on {
            painter.rect_filled(Rect::from_min_size(rect.min, vec2(2.0, rect.height())), CornerRadius::ZERO, t.acc);
        }
        let place = Rect::from_min_size(pos2(rect.left() + SIDE, rect.center().y - TILE / 2.0), vec2(TILE, TILE));
        match tile {
            Some(tile) => _ = painter.image(tile, place, WHOLE, Color32::WHITE),
            None => _ = painter.rect_stroke(place, CornerRadius::same(2), Stroke::new(1.0, t.line2), StrokeKind::Inside),
        }
        let at = pos2(place.right() + 8.0, rect.center().y);
        text::elided(painter, at, Align2::LEFT_CENTER, (name, rect.right() - at.x - 4.0), (fonts::small(), t.t1));
        if response.has_focus() {
            painter.rect_stroke(rect.shrink(1.0), CornerRadius::same(4), Stroke::new(2.0, t.acc), StrokeKind::Inside);
        }
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, name));
        response.clicked()
    }

    /// The picture of what a brush leaves.
    fn tile(&mut self, ctx: &Context, editor: &Editor, name: &str, brush: &Brush) -> Option<egui::TextureId> {
        let (key, world) = match &editor.document {
            Document::Scenario(scenario) => {
                (format!("{} {name}", scenario.world), editor.checked.as_ref().map(|c| c.world.clone()))
            }
            Document::Drawing(drawing) => (format!("{:?} {name}", drawing.form), None),
        };
        if matches!(editor.document, Document::Scenario(_)) && world.is_none() {
            return None;
        }
        let tile = self.tiles.entry(key).or_insert_with(|| {
            let image = match (&editor.document, world) {
                (Document::Drawing(drawing), _) => sample(drawing.form, brush),
                (_, Some(world)) => icon_of(brush)
                    .and_then(|name| world.icon(name))
                    .map(|icon| ColorImage::from_rgba_unmultiplied([icon.width as usize, icon.height as usize], &icon.rgba)),
                _ => None,
            };
            image.map(|image| ctx.load_texture(name, image, TextureOptions::NEAREST))
        });
        tile.as_ref().map(TextureHandle::id)
    }
}

/// The picture of a thing of Crafter.
fn icon_of(brush: &Brush) -> Option<&str> {
    match brush {
        Brush::Material(name) => Some(name),
        Brush::Creature(kind) if kind == "arrow" => Some("arrow-right"),
        Brush::Creature(kind) => Some(kind),
        Brush::Player => Some("player-down"),
        _ => None,
    }
}

/// The tile that a brush leaves in a small room.
fn sample(form: Form, brush: &Brush) -> Option<ColorImage> {
    let cell = (2, 1);
    let mut document = Document::Drawing(room(form, (5, 3)).ok()?);
    document.paint(brush, &Birth::default(), &[cell], None).ok()?;
    document.paint_side(brush, cell, 1);
    let checked = check(&document, &mut Loaded::default()).ok()?;
    let number = checked.map.cells[(cell.1 * checked.map.width + cell.0) as usize];
    let pixels = checked.world.draw_tile(number, PIXELS).ok()?;
    let bytes: Vec<u8> = pixels.into_iter().flatten().collect();
    Some(ColorImage::from_rgb([PIXELS as usize, PIXELS as usize], &bytes))
}

/// Tools, and sizes of the brush.
fn tools(ui: &mut Ui, t: &Tokens, editor: &mut Editor) {
    let mut row = |toggles: &mut dyn FnMut(&mut Ui)| {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
        let place = rect.shrink2(vec2(SIDE - 4.0, 4.0));
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(place).layout(layout).id_salt(("tools", rect.top() as i32)));
        inner.spacing_mut().item_spacing.x = 4.0;
        toggles(&mut inner);
    };
    row(&mut |ui| {
        for (tool, name, about) in [
            (Tool::Brush, "Brush", "Paints where it is moved; the right button takes what a cell has"),
            (Tool::Rectangle, "Rectangle", "Fills from one corner to the other; thin walls are its outline"),
            (Tool::Fill, "Fill", "Fills all connected cells that are alike"),
        ] {
            let tooltip = format!("{name}\n{about}");
            let on = editor.tool == tool;
            if Button::text(name).look(Look::Quiet).on(on).tooltip(&tooltip).show(ui, t).clicked() {
                editor.tool = tool;
            }
        }
    });
    row(&mut |ui| {
        for side in SIZES {
            let words = format!("{side} \u{d7} {side}");
            let tooltip = format!("Brush of {side} by {side} cells");
            let button = Button::text(&words).look(Look::Quiet).on(editor.side == side).tooltip(&tooltip);
            if button.enabled(editor.tool == Tool::Brush).show(ui, t).clicked() {
                editor.side = side;
            }
        }
    });
}

/// How creatures that are painted begin.
fn births(ui: &mut Ui, t: &Tokens, editor: &mut Editor) {
    let Brush::Creature(kind) = &editor.brush else { return };
    if !section(ui, t, "New creatures", "", true) {
        return;
    }
    let birth = &mut editor.birth;
    if kind == "arrow" {
        if let Some(way) = choice(ui, t, "Flies", WAYS[birth.facing.min(WAYS.len() - 1)], &WAYS) {
            birth.facing = way;
        }
        return;
    }
    if switch(ui, t, "Set health", birth.health.is_some()) {
        birth.health = if birth.health.is_some() { None } else { Some(5) };
    }
    if let Some(health) = birth.health
        && let Some(health) = whole(ui, t, "Health of creatures", health, MAX_HEALTH)
    {
        birth.health = Some(health);
    }
    let Some(counter) = counter_of(kind) else { return };
    let (name, title) = match counter {
        "grown" => ("Set age", "Age in steps"),
        _ => ("Set waiting time", "Waiting time in steps"),
    };
    if switch(ui, t, name, birth.counter.is_some()) {
        birth.counter = if birth.counter.is_some() { None } else { Some(0) };
    }
    if let Some(counter) = birth.counter
        && let Some(counter) = whole(ui, t, title, counter, MAX_COUNTER)
    {
        birth.counter = Some(counter);
    }
}
