//! Draws a scene.

use std::collections::BTreeMap;

use super::heat::Heat;
use super::mask::Mask;
use super::theme::{Theme, mixed};
use super::trail::{Trail, TrailLine};
use crate::envs::shared::picture::Rgb;
use crate::envs::{Daylight, Layers, Picture, TileCache, TileMap, World};

/// Opacity of heat over the terrain.
const HEAT: f32 = 0.78;
/// Opacity of the casing of a line, as a share of that of the line.
const CASING: f32 = 0.6;

/// What is drawn over the map.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overlays<'a> {
    /// A value for each cell.
    pub heat: Option<&'a Heat>,
    /// Where the agent was.
    pub trail: Option<&'a Trail>,
    /// Whether the edge of the field of view is drawn.
    pub field_of_view: bool,
    /// Whether entities and agent are left out.
    pub terrain_only: bool,
    /// For what ground.
    pub theme: Theme,
}

/// Draws scenes of one world with tiles of one size.
#[derive(Debug)]
pub struct ScenePainter {
    tiles: TileCache,
    /// Tiles of the terrain in the last light, faded.
    ground: BTreeMap<u32, Vec<Rgb>>,
    ground_of: Option<(Daylight, Theme)>,
}

impl ScenePainter {
    /// For tiles of `tile` x `tile` pixels.
    pub fn new(tile: u32) -> ScenePainter {
        ScenePainter { tiles: TileCache::new(tile), ground: BTreeMap::new(), ground_of: None }
    }

    /// The map with what is drawn over it, as `[height * tile, width * tile]` pixels. Without overlays it is
    /// [`crate::envs::Draw::draw_map`] in that light.
    ///
    /// # Errors
    /// As [`crate::envs::Draw::draw_map`]; heat or layers that are not of this map.
    pub fn paint(
        &mut self,
        world: &dyn World,
        (map, layers): (&TileMap, &Layers),
        light: Daylight,
        overlays: &Overlays,
    ) -> Result<Picture, String> {
        let (tile, size) = (self.tiles.side(), (map.width, map.height));
        let cells = map.cells.len();
        if (layers.width, layers.height) != size || overlays.heat.is_some_and(|heat| heat.values.len() != cells) {
            return Err(format!("a map of {} x {} cells, with layers or heat of another size", map.width, map.height));
        }
        let shown = if overlays.terrain_only { &map.ground } else { &map.cells };
        let Some(heat) = overlays.heat else {
            let mut picture = self.tiles.picture(world, size, shown, light)?;
            self.lines(world, &mut picture, (map, layers), light, overlays)?;
            return Ok(picture);
        };
        let mut picture = Picture::of_cells(size, tile)?;
        if self.ground_of.replace((light, overlays.theme)) != Some((light, overlays.theme)) {
            self.ground.clear();
        }
        for cell in 0..cells {
            let colour = heat.colour(cell, overlays.theme);
            let mut pixels = self.ground(world, map.ground[cell], light, overlays.theme)?.to_vec();
            if let Some(colour) = colour {
                pixels.iter_mut().for_each(|pixel| *pixel = mixed(*pixel, colour, HEAT));
            }
            self.stand(world, &mut pixels, (map.ground[cell], shown[cell]), light)?;
            picture.put((cell as u32 % map.width, cell as u32 / map.width), tile, &pixels);
        }
        self.lines(world, &mut picture, (map, layers), light, overlays)?;
        Ok(picture)
    }

    /// A tile of the terrain in the light and theme of this picture, faded.
    fn ground(&mut self, world: &dyn World, number: u32, light: Daylight, theme: Theme) -> Result<&[Rgb], String> {
        if !self.ground.contains_key(&number) {
            let lit = self.tiles.tile(world, number)?.iter().map(|pixel| world.shade(*pixel, light));
            self.ground.insert(number, lit.map(|pixel| theme.faded(pixel)).collect());
        }
        Ok(&self.ground[&number])
    }

    /// Puts what stands on a cell over `pixels`: the pixels in which its tile differs from that of the terrain.
    fn stand(
        &mut self,
        world: &dyn World,
        pixels: &mut [Rgb],
        (ground, whole): (u32, u32),
        light: Daylight,
    ) -> Result<(), String> {
        if ground == whole {
            return Ok(());
        }
        let ground = self.tiles.tile(world, ground)?.to_vec();
        for ((pixel, whole), ground) in pixels.iter_mut().zip(self.tiles.tile(world, whole)?).zip(ground) {
            if *whole != ground {
                *pixel = world.shade(*whole, light);
            }
        }
        Ok(())
    }

    /// The trail, the agent over it, and the edge of the field of view.
    fn lines(
        &mut self,
        world: &dyn World,
        picture: &mut Picture,
        (map, layers): (&TileMap, &Layers),
        light: Daylight,
        overlays: &Overlays,
    ) -> Result<(), String> {
        let (tile, theme) = (self.tiles.side(), overlays.theme);
        if let Some(trail) = overlays.trail {
            let agent = (layers.agent.y * map.width + layers.agent.x) as usize;
            let (x, y) = (layers.agent.x, layers.agent.y);
            draw_trail(picture, &trail.lines(), map.width, tile, theme);
            if !overlays.terrain_only && agent < map.cells.len() {
                let mut pixels = picture.cell((x, y), tile);
                self.stand(world, &mut pixels, (map.ground[agent], map.cells[agent]), light)?;
                picture.put((x, y), tile, &pixels);
            }
        }
        if overlays.field_of_view {
            draw_edge(picture, &layers.field_of_view, map.width, tile, theme);
        }
        Ok(())
    }
}

/// Lines through the middles of cells, an eighth of a tile wide, on a casing of twice that.
fn draw_trail(picture: &mut Picture, lines: &[TrailLine], width: u32, tile: u32, theme: Theme) {
    let (mut casing, mut line) = (Mask::new(picture.width, picture.height), Mask::new(picture.width, picture.height));
    let (thick, tile) = (i64::from((tile / 8).max(1)), i64::from(tile));
    for TrailLine { cells: (a, b), opacity } in lines {
        // The upper left pixel of a line at the middle of a cell.
        let middle = |cell: u32| {
            let (x, y) = (i64::from(cell % width), i64::from(cell / width));
            (x * tile + (tile - thick) / 2, y * tile + (tile - thick) / 2)
        };
        let ((left, top), (right, bottom)) = (middle(*a), middle(*b));
        line.rectangle((left, top), (right + thick, bottom + thick), *opacity);
        let aside = (thick + 1) / 2;
        casing.rectangle((left - aside, top - aside), (right + thick + aside, bottom + thick + aside), opacity * CASING);
    }
    casing.paint(picture, theme.casing());
    line.paint(picture, theme.line());
}

/// The edge of a set of cells.
fn draw_edge(picture: &mut Picture, cells: &[bool], width: u32, tile: u32, theme: Theme) {
    let (mut casing, mut line) = (Mask::new(picture.width, picture.height), Mask::new(picture.width, picture.height));
    let (thick, side) = (i64::from((tile / 10).max(1)), i64::from(tile));
    let height = cells.len() as u32 / width;
    let is_set = |x: i64, y: i64| {
        (0..i64::from(width)).contains(&x) && (0..i64::from(height)).contains(&y) && cells[(y * i64::from(width) + x) as usize]
    };
    for (x, y) in (0..i64::from(height)).flat_map(|y| (0..i64::from(width)).map(move |x| (x, y))).filter(|(x, y)| is_set(*x, *y))
    {
        let (left, top, right, bottom) = (x * side, y * side, (x + 1) * side, (y + 1) * side);
        let edges = [
            (is_set(x - 1, y), (left, top), (left + thick, bottom)),
            (is_set(x + 1, y), (right - thick, top), (right, bottom)),
            (is_set(x, y - 1), (left, top), (right, top + thick)),
            (is_set(x, y + 1), (left, bottom - thick), (right, bottom)),
        ];
        for (_, (left, top), (right, bottom)) in edges.into_iter().filter(|(inside, _, _)| !inside) {
            casing.rectangle((left - thick, top - thick), (right + thick, bottom + thick), CASING);
            line.rectangle((left, top), (right, bottom), 1.0);
        }
    }
    casing.paint(picture, theme.casing());
    line.paint(picture, theme.line());
}
