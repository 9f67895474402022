//! Copies of the textures that egui has handed over. egui hands each of them over once, and a new device needs them again.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::epaint::{ImageData, ImageDelta};
use egui::{ColorImage, TextureId};

/// The textures that are in use, whole.
#[derive(Default)]
pub struct Textures {
    all: BTreeMap<TextureId, ImageDelta>,
}

impl Textures {
    /// Takes over a texture, or a part of one that is known.
    pub fn set(&mut self, id: TextureId, delta: &ImageDelta) {
        let Some([x, y]) = delta.pos else {
            // The pixels are shared, not copied.
            self.all.insert(id, delta.clone());
            return;
        };
        let Some(known) = self.all.get_mut(&id) else { return };
        let (ImageData::Color(whole), ImageData::Color(part)) = (&mut known.image, &delta.image);
        paste(Arc::make_mut(whole), part, (x, y));
    }

    /// Forgets a texture.
    pub fn free(&mut self, id: TextureId) {
        self.all.remove(&id);
    }

    /// All textures, whole.
    pub fn all(&self) -> impl Iterator<Item = (TextureId, &ImageDelta)> {
        self.all.iter().map(|(id, delta)| (*id, delta))
    }
}

/// Copies `part` into `whole` with its corner at `(x, y)`; what lies outside is left out.
fn paste(whole: &mut ColorImage, part: &ColorImage, (x, y): (usize, usize)) {
    let ([width, height], [columns, rows]) = (whole.size, part.size);
    let n = columns.min(width.saturating_sub(x));
    for row in 0..rows.min(height.saturating_sub(y)) {
        let (to, from) = ((y + row) * width + x, row * columns);
        whole.pixels[to..to + n].copy_from_slice(&part.pixels[from..from + n]);
    }
}

#[cfg(test)]
mod tests {
    use egui::{Color32, TextureOptions};

    use super::*;

    #[test]
    fn a_part_changes_a_part() {
        let grey = |[w, h]: [usize; 2], from: u8| {
            let pixels = (0..w * h).map(|k| Color32::from_gray(from + k as u8)).collect();
            ColorImage::new([w, h], pixels)
        };
        let (id, options) = (TextureId::default(), TextureOptions::LINEAR);
        let mut textures = Textures::default();
        textures.set(id, &ImageDelta::partial([0, 0], grey([1, 1], 9), options));
        assert_eq!(textures.all().count(), 0, "a part of what is not known");
        let whole = Arc::new(grey([4, 3], 0));
        textures.set(id, &ImageDelta::full(whole.clone(), options));
        textures.set(id, &ImageDelta::partial([1, 1], grey([2, 2], 100), options));
        textures.set(id, &ImageDelta::partial([3, 2], grey([2, 2], 200), options));
        let (_, known) = textures.all().next().expect("one");
        let ImageData::Color(image) = &known.image;
        let values: Vec<u8> = image.pixels.iter().map(|pixel| pixel.r()).collect();
        assert_eq!(values, [0, 1, 2, 3, 4, 100, 101, 7, 8, 102, 103, 200]);
        assert_eq!(whole.pixels[5].r(), 5, "egui's own copy stays");
        textures.free(id);
        assert_eq!(textures.all().count(), 0);
    }
}
