//! Pictures of things as textures of egui.

use std::collections::BTreeMap;

use egui::{Color32, ColorImage, Context, Painter, Rect, TextureHandle, TextureOptions, pos2};

use crate::envs::{Icon, Picture, World};

/// Textures by the world's id and the name of the thing.
#[derive(Default)]
pub struct Images {
    icons: BTreeMap<(String, String), Option<TextureHandle>>,
    /// The picture of a view, and which one it is.
    view: Option<(u64, TextureHandle)>,
}

impl std::fmt::Debug for Images {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Images({} icons)", self.icons.len())
    }
}

/// The whole of a texture.
const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

impl Images {
    /// Draws the picture of an item or achievement. Returns false if the world has none of it.
    pub fn draw(&mut self, ctx: &Context, painter: &Painter, world: &dyn World, name: &str, at: Rect, opacity: f32) -> bool {
        let key = (world.spec().id.clone(), name.to_string());
        let texture = self.icons.entry(key).or_insert_with(|| world.icon(name).map(|icon| load(ctx, name, &icon)));
        let Some(texture) = texture else { return false };
        let scale = painter.pixels_per_point();
        let corner = pos2((at.min.x * scale).round() / scale, (at.min.y * scale).round() / scale);
        painter.image(texture.id(), Rect::from_min_size(corner, at.size()), WHOLE, Color32::WHITE.gamma_multiply(opacity));
        true
    }

    /// The texture of a view; `key` tells which one it is.
    pub fn view(&mut self, ctx: &Context, key: u64, picture: &Picture) -> &TextureHandle {
        let is_new = self.view.as_ref().is_none_or(|(known, _)| *known != key);
        if is_new {
            let size = [picture.width as usize, picture.height as usize];
            let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
            match &mut self.view {
                Some((known, texture)) => {
                    *known = key;
                    texture.set(image, TextureOptions::NEAREST);
                }
                none => *none = Some((key, ctx.load_texture("view", image, TextureOptions::NEAREST))),
            }
        }
        let (_, texture) = self.view.get_or_insert_with(|| {
            (key, ctx.load_texture("view", ColorImage::filled([1, 1], Color32::BLACK), TextureOptions::NEAREST))
        });
        texture
    }
}

fn load(ctx: &Context, name: &str, icon: &Icon) -> TextureHandle {
    let size = [icon.width as usize, icon.height as usize];
    ctx.load_texture(name, ColorImage::from_rgba_unmultiplied(size, &icon.rgba), TextureOptions::NEAREST)
}
