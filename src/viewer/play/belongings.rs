//! What the player has, below the game: vitals as marks, things with their number.

use std::sync::Arc;

use egui::{Align2, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::key_names::KeyLabels;
use super::look::tokens;
use super::reading::GameTexture;
use super::words::Words;
use crate::envs::World;
use crate::viewer::images::Images;
use crate::viewer::theme::fonts;
use crate::viewer::widgets::text;

/// Vitals of this and less are shown in the colour of danger.
const LOW: u32 = 3;
/// Size of an item's picture.
pub const ITEM: f32 = 32.0;

/// What the page keeps from frame to frame.
#[derive(Debug)]
pub struct GameParts<'a> {
    /// The picture of the game.
    pub texture: &'a mut GameTexture,
    /// Pictures of things.
    pub images: &'a mut Images,
    /// The world.
    pub world: Option<&'a Arc<dyn World>>,
    /// What is written on keys.
    pub labels: &'a KeyLabels,
    /// The words of the program.
    pub words: &'static Words,
}

/// Sizes of the vitals: their pictures, width and height of a mark, and from mark to mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VitalSizes {
    item: f32,
    mark: (f32, f32),
    step: f32,
    gap: f32,
    columns: usize,
}

impl VitalSizes {
    /// The largest of which all vitals stand in a row; in low windows small ones in two rows.
    pub fn of(vitals: &[(String, u32, u32)], width: f32, low: bool) -> VitalSizes {
        let large = VitalSizes { item: ITEM, mark: (12.0, 16.0), step: 16.0, gap: 12.0, columns: vitals.len().max(1) };
        let medium = VitalSizes { mark: (11.0, 16.0), step: 14.0, ..large };
        let small = VitalSizes { item: 16.0, mark: (6.0, 10.0), step: 8.0, gap: 8.0, ..large };
        let most = vitals.iter().map(|(_, _, most)| *most).max().unwrap_or(0);
        let in_row = |sizes: &VitalSizes| (sizes.width(most) + 8.0) * sizes.columns as f32 - 8.0 <= width;
        let fits = [large, medium].into_iter().find(|sizes| !low && in_row(sizes));
        fits.or((low && in_row(&small)).then_some(small)).unwrap_or(VitalSizes { columns: 2, ..if low { small } else { medium } })
    }

    /// Width of a vital with so many marks.
    pub fn width(&self, most: u32) -> f32 {
        self.item + self.gap + self.step * most as f32 - (self.step - self.mark.0)
    }

    /// Height of so many vitals.
    pub fn height(&self, n: usize) -> f32 {
        let rows = n.div_ceil(self.columns) as f32;
        rows * self.item + (rows - 1.0).max(0.0) * 8.0
    }
}

/// Whether a window of this height has room for small things only.
pub fn is_low(height: f32) -> bool {
    height < 500.0
}

/// What the player carries: a picture and a number each.
pub fn inventory(ui: &mut Ui, rect: Rect, items: &[(String, u32, u32)], parts: &mut GameParts) {
    let (side, font) = if is_low(ui.max_rect().height()) { (16.0, 14.0) } else { (ITEM, 18.0) };
    let step = (side + 53.0).min((rect.width() - side - 18.0) / 11.0).max(side + 26.0);
    let mut x = rect.left();
    for (name, count, _) in items.iter().filter(|(_, count, _)| *count > 0) {
        let place = Rect::from_min_size(pos2(x, rect.top()), vec2(side, side));
        item(ui, place, name, parts);
        let at = pos2(x + side + 8.0, place.center().y);
        let shown = text::line(ui.painter(), at, Align2::LEFT_CENTER, &count.to_string(), fonts::page_strong(font), tokens().t1);
        label(ui, place.union(shown), &format!("{}: {count}", name.replace('_', " ")));
        x += step;
    }
}

/// The vitals, as marks. Returns where they end.
pub fn draw_vitals(ui: &mut Ui, rect: Rect, vitals: &[(String, u32, u32)], parts: &mut GameParts) -> f32 {
    let sizes = VitalSizes::of(vitals, rect.width(), is_low(ui.max_rect().height()));
    let widest = vitals.iter().map(|(_, _, most)| sizes.width(*most)).fold(0.0, f32::max);
    let between = (sizes.columns as f32 - 1.0).max(1.0);
    let step = ((rect.width() - widest) / between).min(widest + 120.0);
    for (k, (name, value, most)) in vitals.iter().enumerate() {
        let (column, line) = (k % sizes.columns, k / sizes.columns);
        let corner = pos2(rect.left() + column as f32 * step, rect.top() + line as f32 * (sizes.item + 8.0));
        item(ui, Rect::from_min_size(corner, vec2(sizes.item, sizes.item)), name, parts);
        let ink = if *value <= LOW { tokens().err } else { tokens().t1 };
        let (width, height) = sizes.mark;
        for mark in 0..*most {
            let left = corner.x + sizes.item + sizes.gap + mark as f32 * sizes.step;
            let place = Rect::from_min_size(pos2(left, corner.y + (sizes.item - height) / 2.0), vec2(width, height));
            ui.painter().rect_filled(place, CornerRadius::same(2), if mark < *value { ink } else { tokens().bg4 });
        }
        let whole = Rect::from_min_size(corner, vec2(sizes.width(*most), sizes.item));
        label(ui, whole, &format!("{}: {value} of {most}", name.replace('_', " ")));
    }
    rect.top() + sizes.height(vitals.len())
}

/// The picture of a thing; its name if it has none.
pub fn item(ui: &Ui, rect: Rect, name: &str, parts: &mut GameParts) {
    let drawn = parts.world.is_some_and(|world| parts.images.draw(ui.ctx(), ui.painter(), &**world, name, rect, 1.0));
    if !drawn {
        let words = (&*name.replace('_', " "), rect.width() + 4.0);
        text::elided(
            ui.painter(),
            pos2(rect.left(), rect.center().y),
            Align2::LEFT_CENTER,
            words,
            (fonts::page_text(14.0), tokens().t2),
        );
    }
}

/// Tells screen readers what stands here.
pub fn label(ui: &Ui, rect: Rect, words: &str) {
    let response = ui.interact(rect, ui.scope_id().with(words), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
}
