//! Test: what the GPU draws equals what the CPU draws, pixel by pixel. The whole file is `#[cfg(test)]`.

use std::sync::Arc;

use egui::{Context, Pos2, RawInput, Rect, Vec2, vec2};

use super::overlay::{HeatKey, HeatMap, HeatOf, ramp_words};
use super::{Atlas, MapPaint, Projection, ScaledTiles, Uploaded, View, packed};
use crate::envs::{Daylight, Options, TileMap, World, load};
use crate::gpu::Gpu;
use crate::scene::{Overlays, Ramp, Scale, ScenePainter, Theme};
use crate::sim::{Batch, Config};
use crate::viewer::offscreen::{FORMAT, Offscreen};
use crate::viewer::screen::Screen;
use crate::viewer::sources::Track;

/// Steps that are drawn of each world, and steps between two of them.
const DRAWN: u32 = 200;
const BETWEEN: u32 = 7;

struct Trial {
    gpu: Gpu,
    ctx: Context,
    screen: Screen,
    atlas: Atlas,
    /// Tiles for any light.
    lights: Atlas,
    scaled: ScaledTiles,
    drawn: u64,
}

impl Trial {
    fn new(gpu: Gpu, world: Arc<dyn World>) -> Trial {
        let screen = Screen::new(&gpu, FORMAT, true);
        let lights = Atlas::for_any_light(world.clone());
        Trial { gpu, ctx: Context::default(), screen, atlas: Atlas::new(world), lights, scaled: ScaledTiles::default(), drawn: 0 }
    }

    /// The whole map with `cell` pixels a cell, as the World pane draws it.
    fn draw(&mut self, map: &TileMap, light: Daylight, cell: u32, heat: Option<Uploaded>, ramp: Ramp) -> Vec<u8> {
        self.atlas.set_light(light, Theme::Dark);
        self.paint(map, None, cell, heat, ramp)
    }

    /// The same as a thumbnail draws it.
    fn draw_thumbnail(&mut self, map: &TileMap, light: Daylight) -> Vec<u8> {
        let side = self.atlas.side();
        self.paint(map, Some(light), side, None, Ramp::Inferno)
    }

    fn paint(&mut self, map: &TileMap, light: Option<Daylight>, cell: u32, heat: Option<Uploaded>, ramp: Ramp) -> Vec<u8> {
        self.paint_as(map, (light, (true, false), false), cell, heat, ramp)
    }

    fn paint_as(
        &mut self,
        map: &TileMap,
        (light, (terrain, terrain_only), scaled): (Option<Daylight>, (bool, bool), bool),
        cell: u32,
        heat: Option<Uploaded>,
        ramp: Ramp,
    ) -> Vec<u8> {
        self.drawn += 1;
        let atlas = if light.is_some() { &mut self.lights } else { &mut self.atlas };
        let words: Vec<u32> = atlas.cells(map).expect("tiles").into_iter().flatten().collect();
        let size = vec2((map.width * cell) as f32, (map.height * cell) as f32);
        let rect = Rect::from_min_size(Pos2::ZERO, size);
        let projection = Projection { rect, origin: Vec2::ZERO, cell: cell as f32, pixels_per_point: 1.0 };
        let paint = MapPaint {
            pane: u64::from(light.is_some()),
            views: vec![View { projection, size: (map.width, map.height), first: 0, light }],
            cells: Uploaded { version: self.drawn, words: words.into() },
            heat,
            atlas: Uploaded { version: atlas.version(), words: atlas.texels().into() },
            side: atlas.side(),
            ramp: ramp_words(ramp, Theme::Dark),
            heat_opacity: 0.78,
            terrain_only,
            terrain,
            outside: packed([1, 2, 3]),
            bare: 0,
            scaled: false,
        };
        let paint = if scaled { self.scaled.apply(paint) } else { paint };
        let pixels = [size.x as u32, size.y as u32];
        let input = RawInput { screen_rect: Some(rect), ..RawInput::default() };
        let output = self.ctx.run_ui(input, |ui| {
            ui.painter().add(paint.clone().shape(rect));
        });
        let target = Offscreen::new(&self.gpu, pixels, FORMAT).expect("a texture");
        let frame = self.screen.prepare(&self.ctx, output);
        self.screen.paint(&self.gpu, &frame, (&target.view(), pixels), egui::Color32::BLACK).expect("painted");
        target.read(&self.gpu).expect("read").rgba
    }
}

/// Fails unless the pictures differ by at most `most` in each byte.
fn assert_near(a: &[u8], b: &[u8], most: u8, what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    let far = a.iter().zip(b).position(|(a, b)| a.abs_diff(*b) > most);
    assert_eq!(far, None, "{what}: byte {far:?}, {} and {}", a[far.unwrap_or(0)], b[far.unwrap_or(0)]);
}

/// The device; without one the tests say so and pass, unless `EXPLORARIUM_GPU=require`.
fn gpu() -> Option<Gpu> {
    let opened = Gpu::open(None);
    let required = std::env::var("EXPLORARIUM_GPU").is_ok_and(|value| value == "require");
    match opened {
        Ok(gpu) => Some(gpu),
        Err(error) => {
            assert!(!required, "EXPLORARIUM_GPU=require, and {error}");
            eprintln!("not tested on a GPU: {error}");
            None
        }
    }
}

#[test]
fn the_window_draws_what_the_cpu_draws() {
    let Some(gpu) = gpu() else { return };
    for id in ["crafter", "MiniGrid-DoorKey-8x8-v0", "MiniGrid-MultiRoom-N2-S4-v0", "gridlab/keys", "gridlab/klyubin-maze"] {
        let Ok(world) = load(id, &Options::default()) else { panic!("{id} is not there") };
        let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: 3, ..Config::default() }).expect("a batch");
        let mut trial = Trial::new(gpu.clone(), world.clone());
        let side = trial.atlas.side();
        let (mut nights, mut random) = (0, 12345u32);
        for step in 0..DRAWN * BETWEEN {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            batch.step(&[(random >> 16) % world.spec().num_actions()]).expect("a step");
            if step % BETWEEN != 0 {
                continue;
            }
            let (map, now) =
                batch.with_block(|world, block| (world.tile_map(0, block), world.daylight(0, block))).expect("a state");
            for light in [Daylight::DAY, now] {
                let cells = (map.width, map.height);
                let cpu = crate::envs::TileCache::new(side).picture(&*world, cells, &map.cells, light).expect("a picture");
                let drawn = trial.draw(&map, light, side, None, Ramp::Inferno);
                let most = u8::from(light != Daylight::DAY);
                nights += u32::from(most);
                assert_near(&drawn, &cpu.rgba, most, &format!("{id}, step {step}, {light:?}"));
                if step % (10 * BETWEEN) == 0 {
                    for light in [light, Daylight { asleep: true, ..light }] {
                        let cpu = crate::envs::TileCache::new(side).picture(&*world, cells, &map.cells, light);
                        let drawn = trial.draw_thumbnail(&map, light);
                        assert_near(&drawn, &cpu.expect("a picture").rgba, 2 * most, &format!("{id}, thumbnail, {light:?}"));
                    }
                }
            }
        }
        assert!(nights > 0 || id != "crafter", "no night was drawn");
        // The comparison sees one other cell.
        let map = batch.with_block(|world, block| world.tile_map(0, block)).expect("a state");
        let mut other = map.clone();
        let tile = |number: u32| world.draw_tile(number, side).expect("a tile");
        let looks_other = map.cells.iter().find(|number| tile(**number) != tile(map.cells[0]));
        other.cells[0] = *looks_other.expect("two kinds of tiles");
        let cpu = crate::envs::TileCache::new(side).picture(&*world, (map.width, map.height), &map.cells, Daylight::DAY);
        let drawn = trial.draw(&other, Daylight::DAY, side, None, Ramp::Inferno);
        let cpu = cpu.expect("a picture").rgba;
        assert!(drawn != cpu, "{id}");
        assert!(trial.draw_thumbnail(&other, Daylight::DAY) != cpu, "{id}: a thumbnail");
        if id == "crafter" {
            let asleep = Daylight { asleep: true, ..Daylight::DAY };
            assert!(trial.draw_thumbnail(&map, asleep) != cpu, "a thumbnail of a sleeper");
        }
    }
}

#[test]
fn heat_lies_over_the_terrain_as_in_pictures() {
    let Some(gpu) = gpu() else { return };
    let world = load("crafter", &Options::default()).expect("loads");
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: 5, ..Config::default() }).expect("a batch");
    let mut places = Vec::new();
    for step in 0..60u32 {
        batch.step(&[1 + step * 7 % 5]).expect("a step");
        let pose = batch.with_block(|world, block| world.pose(0, block)).expect("a state");
        places.push((pose.x as u16, pose.y as u16));
    }
    let (map, layers) = batch.with_block(|world, block| (world.tile_map(0, block), world.layers(0, block))).expect("a state");
    let track = Track { actions: vec![0; places.len()], places: Some(places), ..Track::default() };
    let size = (map.width, map.height);
    let key = HeatKey {
        of: (1, 0),
        rows: (0, 59),
        size,
        heat: Some(HeatOf::Visits),
        scale: Scale::Log,
        known: 60,
        empowerment: None,
        other: None,
    };
    let heat = HeatMap::of(&track, &key, (None, None), 1).expect("places");
    let mut trial = Trial::new(gpu, world.clone());
    let side = trial.atlas.side();
    let drawn = trial.draw(&map, Daylight::DAY, side, Some(heat.shares.clone()), Ramp::Inferno);
    let overlays = Overlays { heat: heat.heat.as_ref(), ..Overlays::default() };
    let cpu = ScenePainter::new(side).paint(&*world, (&map, &layers), Daylight::DAY, &overlays).expect("a picture");
    assert_near(&drawn, &cpu.rgba, 1, "heat");
    let plain = trial.draw(&map, Daylight::DAY, side, None, Ramp::Inferno);
    assert!(drawn != plain, "heat changes the picture");
}

/// With fewer pixels than texels a pixel is the mean of the texels under it.
#[test]
fn small_maps_are_averaged() {
    let Some(gpu) = gpu() else { return };
    let world = load("crafter", &Options::default()).expect("loads");
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: 5, ..Config::default() }).expect("a batch");
    batch.step(&[0]).expect("a step");
    let map = batch.with_block(|world, block| world.tile_map(0, block)).expect("a state");
    let mut trial = Trial::new(gpu, world.clone());
    let side = trial.atlas.side();
    let large = trial.draw(&map, Daylight::DAY, side, None, Ramp::Inferno);
    let (half, width) = (side / 2, (map.width * side) as usize);
    let small = trial.draw(&map, Daylight::DAY, half, None, Ramp::Inferno);
    let mut mean = Vec::new();
    for y in 0..(map.height * half) as usize {
        for x in 0..(map.width * half) as usize {
            for c in 0..4 {
                let at = |dx: usize, dy: usize| u32::from(large[((2 * y + dy) * width + 2 * x + dx) * 4 + c]);
                mean.push(((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) as f32 / 4.0).round() as u8);
            }
        }
    }
    assert_near(&small, &mean, 1, "half the size");
    // Each option changes the picture, so that a comparison without it would be seen.
    let scaled = |trial: &mut Trial, options: (bool, bool), heat: Option<Uploaded>| {
        trial.paint_as(&map, (None, options, true), half, heat, Ramp::Inferno)
    };
    let warm = Uploaded { version: 8, words: vec![1f32.to_bits(); (map.width * map.height) as usize].into() };
    let usual = scaled(&mut trial, (true, false), None);
    for (options, heat) in [((true, true), None), ((false, false), None), ((true, false), Some(warm))] {
        assert!(scaled(&mut trial, options, heat) != usual, "{options:?}");
    }
    // Scaled tiles give the same, in any size, with heat, without terrain, and without entities.
    let shares: Vec<u32> = (0..map.width * map.height).map(|cell| (cell as f32 % 7.0 / 6.0 - 0.2).to_bits()).collect();
    for cell in [1, 3, half, 11, side - 1] {
        for heat in [None, Some(Uploaded { version: 7, words: shares.clone().into() })] {
            for (terrain, terrain_only) in [(true, false), (false, false), (true, true)] {
                let options = (terrain, terrain_only);
                let plain = trial.paint_as(&map, (None, options, false), cell, heat.clone(), Ramp::Inferno);
                let scaled = trial.paint_as(&map, (None, options, true), cell, heat.clone(), Ramp::Inferno);
                assert_near(&plain, &scaled, 1, &format!("{cell} pixels, terrain {terrain}, only {terrain_only}"));
            }
        }
    }
}
