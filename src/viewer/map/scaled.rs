//! Tiles in the size in which they are drawn, for maps whose cells have fewer pixels than tiles have texels.
//!
//! A pixel is then the mean of the texels under it. The mean over each pixel of a tile is computed once, not for every pixel of the window.

use std::collections::BTreeMap;

use super::draw::{MapPaint, Uploaded};

/// What means depend on beside the tiles: pixels of a cell, heat, terrain only, terrain, colour of cells without terrain.
type Setting = (u64, u32, bool, bool, bool, u32);

/// Marks the versions of what is made here, which share buffers with plain tiles and cells.
const SCALED: u64 = 1 << 63;

/// The means of the pairs of tiles that were needed so far: of the ground, and of all that is on it.
#[derive(Debug, Default)]
pub struct ScaledTiles {
    setting: Option<Setting>,
    pairs: BTreeMap<[u32; 2], u32>,
    /// Four words for each pixel of each pair.
    words: Vec<u32>,
    /// The cells that were translated last, and their translation.
    cells: Option<(u64, Uploaded)>,
    versions: u64,
}

/// A share as 16 bits.
fn share(value: f32) -> u32 {
    (value.clamp(0.0, 1.0) * 65535.0).round() as u32
}

fn rgb(packed: u32) -> [f32; 3] {
    [16, 8, 0].map(|shift| (packed >> shift & 255) as f32 / 255.0)
}

impl ScaledTiles {
    /// The same map from scaled tiles, if its cells have a whole number of pixels that is smaller than a tile's side.
    pub fn apply(&mut self, paint: MapPaint) -> MapPaint {
        let [view] = &paint.views[..] else { return paint };
        let pixels = view.projection.cell * view.projection.pixels_per_point;
        let cell = pixels.round();
        if view.light.is_some() || (pixels - cell).abs() > 1e-3 || cell < 1.0 || cell >= paint.side as f32 {
            return paint;
        }
        let cell = cell as u32;
        let setting = (paint.atlas.version, cell, paint.heat.is_some(), paint.terrain_only, paint.terrain, paint.bare);
        if self.setting != Some(setting) {
            (self.setting, self.cells) = (Some(setting), None);
            self.pairs.clear();
            self.words.clear();
        }
        if self.cells.as_ref().is_none_or(|(version, _)| *version != paint.cells.version) {
            let pairs = paint.cells.words.chunks_exact(2).map(|pair| self.slot([pair[0], pair[1]], cell, &paint));
            let words: Vec<u32> = pairs.flat_map(|slot| [slot, slot]).collect();
            self.versions += 1;
            self.cells = Some((paint.cells.version, Uploaded { version: SCALED | self.versions, words: words.into() }));
        }
        let Some((_, cells)) = self.cells.clone() else { return paint };
        // The version of the cells changes whenever a pair is added.
        let atlas = Uploaded { version: cells.version, words: self.words.as_slice().into() };
        MapPaint { cells, atlas, side: cell, scaled: true, ..paint }
    }

    fn slot(&mut self, pair: [u32; 2], cell: u32, paint: &MapPaint) -> u32 {
        if let Some(slot) = self.pairs.get(&pair) {
            return *slot;
        }
        let slot = self.pairs.len() as u32;
        self.pairs.insert(pair, slot);
        for y in 0..cell {
            for x in 0..cell {
                self.words.extend(mean(pair, (x, y), cell, paint));
            }
        }
        slot
    }
}

/// Texels under pixel `k` of `n`, each with its share of the pixel's side.
fn under(k: u32, n: u32, side: u32) -> impl Iterator<Item = (u32, f32)> {
    let (begin, end) = (k as f32 * side as f32 / n as f32, (k + 1) as f32 * side as f32 / n as f32);
    let last = (end.ceil() as u32).min(side);
    (begin as u32..last).map(move |at| (at, (end.min((at + 1) as f32) - begin.max(at as f32)).max(0.0) / (end - begin)))
}

/// A pixel of a pair: the mean of what stands on the ground, the mean of the ground, each by its share, and the ground's share.
fn mean([ground, whole]: [u32; 2], (x, y): (u32, u32), cell: u32, paint: &MapPaint) -> [u32; 4] {
    let side = paint.side;
    let whole = if paint.terrain_only { ground } else { whole };
    let texel = |slot: u32, at: (u32, u32)| {
        let first = 4 * (slot * side * side + at.1 * side + at.0) as usize;
        // Plain, lit, faded.
        <[u32; 3]>::try_from(&paint.atlas.words[first..first + 3]).unwrap_or_default()
    };
    let (mut things, mut below, mut bare) = ([0.0f32; 3], [0.0f32; 3], 0.0f32);
    for (row, height) in under(y, cell, side) {
        for (column, width) in under(x, cell, side) {
            let (part, at) = (width * height, (column, row));
            let (under, over) = (texel(ground, at), texel(whole, at));
            if over[0] != under[0] {
                let lit = rgb(over[1]);
                (0..3).for_each(|c| things[c] += part * lit[c]);
                continue;
            }
            let colour = match (paint.terrain, paint.heat.is_some()) {
                (true, true) => rgb(under[2]),
                (true, false) => rgb(under[1]),
                (false, _) => rgb(paint.bare),
            };
            (0..3).for_each(|c| below[c] += part * colour[c]);
            bare += part;
        }
    }
    let [a, b, c] = things.map(share);
    let [d, e, f] = below.map(share);
    [a << 16 | b, c << 16 | d, e << 16 | f, share(bare) << 16]
}
