//! The state of a document as the GPU draws maps.

use std::sync::Arc;

use super::checked::Checked;
use crate::envs::TileMap;
use crate::scene::Ramp;
use crate::viewer::map::{Atlas, MapPaint, Projection, ScaledTiles, Uploaded, View, ramp_words};
use crate::viewer::panes::colour_words;
use crate::viewer::theme::Tokens;

/// The number of the canvas for the map shader; far from those of other panes.
const PANE: u64 = 1 << 32;
/// Bits of a version that count the texels of one atlas.
const TEXELS: u32 = 20;

/// Tiles and cells of the shown state.
#[derive(Debug, Default)]
pub struct MapOfState {
    atlas: Option<Atlas>,
    cells: Option<Uploaded>,
    scaled: ScaledTiles,
    versions: u64,
}

impl MapOfState {
    /// The state is new: its world may have other tiles.
    pub fn set_stale(&mut self) {
        (self.atlas, self.cells) = (None, None);
        self.versions += 1;
    }

    /// The map in a part of the canvas; None if a tile cannot be drawn.
    pub fn of(&mut self, t: &Tokens, checked: &Arc<Checked>, projection: &Projection) -> Option<MapPaint> {
        let atlas = self.atlas.get_or_insert_with(|| Atlas::new(checked.world.clone()));
        atlas.set_light(checked.daylight, t.theme);
        if self.cells.is_none() {
            // A new atlas gives the tiles their slots in this order, so the indices of the state are slots.
            let (distinct, slots) = &checked.slots;
            let tiles = TileMap { width: distinct.len() as u32, height: 1, ground: distinct.clone(), cells: distinct.clone() };
            let known = atlas.cells(&tiles).ok()?;
            debug_assert!(known.iter().enumerate().all(|(k, [ground, whole])| (*ground, *whole) == (k as u32, k as u32)));
            self.cells = Some(Uploaded { version: self.versions, words: slots.clone() });
        }
        let cells = self.cells.clone()?;
        let size = (checked.map.width, checked.map.height);
        let version = self.versions << TEXELS | atlas.version();
        Some(self.scaled.apply(MapPaint {
            pane: PANE,
            views: vec![View { projection: *projection, size, first: 0, light: None }],
            cells,
            heat: None,
            atlas: Uploaded { version, words: atlas.texels().into() },
            side: atlas.side(),
            ramp: ramp_words(Ramp::Inferno, t.theme),
            heat_opacity: 0.0,
            terrain_only: false,
            terrain: true,
            outside: colour_words(t.bg0),
            bare: colour_words(t.bg2),
            scaled: false,
        }))
    }
}
