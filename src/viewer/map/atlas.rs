//! The tiles of one world as the map shader reads them: as they are, in the light of the state, and faded under heat.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::envs::shared::picture::Rgb;
use crate::envs::{Daylight, TileMap, World};
use crate::scene::Theme;

/// Words of a texel in the buffer of the shader.
#[cfg(test)]
const TEXEL_WORDS: usize = 4;

/// Tiles that were needed so far. They keep their slots.
#[derive(Debug)]
pub struct Atlas {
    world: Arc<dyn World>,
    side: u32,
    slots: BTreeMap<u32, u32>,
    plain: Vec<Rgb>,
    /// `[slots, side, side, 4]`.
    texels: Vec<u32>,
    light: Daylight,
    theme: Theme,
    /// Whether the texels are for views with lights of their own.
    any_light: bool,
    version: u64,
}

/// Red in the highest of three bytes.
pub fn packed([r, g, b]: Rgb) -> u32 {
    u32::from(r) << 16 | u32::from(g) << 8 | u32::from(b)
}

impl Atlas {
    /// No tile yet.
    pub fn new(world: Arc<dyn World>) -> Atlas {
        let side = world.tile_side();
        let (slots, plain, texels) = (BTreeMap::new(), Vec::new(), Vec::new());
        Atlas { world, side, slots, plain, texels, light: Daylight::DAY, theme: Theme::Dark, any_light: false, version: 0 }
    }

    /// No tile yet; for views that have lights of their own and no heat. Lights between day and night are mixed from the two.
    pub fn for_any_light(world: Arc<dyn World>) -> Atlas {
        Atlas { any_light: true, ..Atlas::new(world) }
    }

    /// Texels of a tile's side.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// Changes whenever the texels do.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What the shader reads.
    pub fn texels(&self) -> &[u32] {
        &self.texels
    }

    /// Computes the texels for this light and theme, if they are for others.
    pub fn set_light(&mut self, light: Daylight, theme: Theme) {
        if (light, theme) != (self.light, self.theme) {
            (self.light, self.theme) = (light, theme);
            self.texels.clear();
            self.shade(0);
        }
    }

    /// For each cell the slot of its ground and of all that is on it.
    ///
    /// # Errors
    /// A tile that cannot be drawn.
    pub fn cells(&mut self, map: &TileMap) -> Result<Vec<[u32; 2]>, String> {
        let known = self.plain.len();
        let cells = map.ground.iter().zip(&map.cells);
        let cells = cells.map(|(ground, whole)| Ok([self.slot(*ground)?, self.slot(*whole)?])).collect();
        self.shade(known);
        cells
    }

    fn slot(&mut self, number: u32) -> Result<u32, String> {
        if let Some(slot) = self.slots.get(&number) {
            return Ok(*slot);
        }
        self.plain.extend(self.world.draw_tile(number, self.side)?);
        let slot = self.slots.len() as u32;
        self.slots.insert(number, slot);
        Ok(slot)
    }

    /// Computes the texels of the pixels from `from` on.
    fn shade(&mut self, from: usize) {
        for pixel in &self.plain[from..] {
            if self.any_light {
                let [night, day_asleep, asleep] = [(0.0, false), (1.0, true), (0.0, true)]
                    .map(|(daylight, asleep)| packed(self.world.shade(*pixel, Daylight { daylight, asleep })));
                self.texels.extend([packed(*pixel), night, day_asleep, asleep]);
                continue;
            }
            let lit = self.world.shade(*pixel, self.light);
            self.texels.extend([packed(*pixel), packed(lit), packed(self.theme.faded(lit)), 0]);
        }
        if from < self.plain.len() {
            self.version += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::{Options, load};

    #[test]
    fn tiles_keep_their_slots_in_any_light() {
        let world = load("crafter", &Options::default()).expect("loads");
        let mut atlas = Atlas::new(world);
        let map = TileMap { width: 2, height: 1, ground: vec![1, 2], cells: vec![1, 2] };
        assert_eq!(atlas.cells(&map).expect("tiles"), [[0, 0], [1, 1]]);
        let (version, day) = (atlas.version(), atlas.texels().to_vec());
        assert_eq!(day.len(), 2 * (atlas.side() * atlas.side()) as usize * TEXEL_WORDS);
        assert_eq!(atlas.cells(&map).expect("tiles"), [[0, 0], [1, 1]]);
        assert_eq!(atlas.version(), version, "nothing new");
        atlas.set_light(Daylight { daylight: 0.2, asleep: false }, Theme::Dark);
        assert!(atlas.version() > version);
        let night = atlas.texels();
        assert!(day.chunks(TEXEL_WORDS).zip(night.chunks(TEXEL_WORDS)).all(|(day, night)| day[0] == night[0]));
        assert_ne!(day, night);
    }
}
