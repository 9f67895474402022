//! Maps with heat, trail and field of view over them: each pixel is what the layers below it say.

use std::sync::Arc;

use explorarium::envs::{Daylight, Layers, Light, Options, Picture, TileMap, World, load};
use explorarium::scene::{Heat, Overlays, Ramp, Scale, ScenePainter, Theme, Trail};
use explorarium::sim::{Batch, Config};

const TILE: u32 = 16;

struct Shown {
    world: Arc<dyn World>,
    batch: Batch,
    map: TileMap,
    layers: Layers,
}

impl Shown {
    fn after(id: &str, steps: u32) -> Shown {
        let world = load(id, &Options::default()).expect("a world");
        let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: 4, ..Config::default() }).expect("a batch");
        for step in 0..steps {
            batch.step(&[step * 5 % world.spec().num_actions()]).expect("a step");
        }
        let map = batch.with_block(|world, block| world.tile_map(0, block)).expect("a map");
        let layers = batch.layers(0).expect("layers");
        Shown { world, batch, map, layers }
    }

    fn painted(&self, light: Daylight, overlays: &Overlays) -> Picture {
        ScenePainter::new(TILE).paint(&*self.world, (&self.map, &self.layers), light, overlays).expect("a picture")
    }

    fn agent(&self) -> usize {
        (self.layers.agent.y * self.map.width + self.layers.agent.x) as usize
    }
}

/// The pixels of a cell.
fn cell(picture: &Picture, width: u32, cell: usize) -> Vec<[u8; 4]> {
    let (x, y) = (cell as u32 % width * TILE, cell as u32 / width * TILE);
    let at = |dx: u32, dy: u32| ((y + dy) * picture.width + x + dx) as usize * 4;
    let pixel = |k: usize| [picture.rgba[k], picture.rgba[k + 1], picture.rgba[k + 2], picture.rgba[k + 3]];
    (0..TILE).flat_map(|dy| (0..TILE).map(move |dx| (dx, dy))).map(|(dx, dy)| pixel(at(dx, dy))).collect()
}

const WORLDS: [&str; 3] = ["crafter", "MiniGrid-DoorKey-8x8-v0", "gridlab/keys"];

#[test]
fn without_overlays_it_is_the_map() {
    for id in WORLDS {
        let mut shown = Shown::after(id, 30);
        let plain = shown.painted(Daylight::DAY, &Overlays::default());
        assert_eq!(plain, shown.batch.map_picture(0, TILE, Light::Day).expect("a picture"), "{id}");
        let now = shown.batch.with_block(|world, block| world.daylight(0, block)).expect("light");
        assert_eq!(shown.painted(now, &Overlays::default()), shown.batch.map_picture(0, TILE, Light::Now).expect("one"), "{id}");
        assert!(id != "crafter" || now.daylight < 1.0, "a light that could be wrong");
        let bare = shown.painted(Daylight::DAY, &Overlays { terrain_only: true, ..Overlays::default() });
        let (agent, width) = (shown.agent(), shown.map.width);
        assert_ne!(cell(&bare, width, agent), cell(&plain, width, agent), "{id}: no agent");
    }
}

#[test]
fn heat_colours_the_terrain_and_leaves_what_stands_on_it() {
    for (id, theme) in WORLDS.into_iter().flat_map(|id| [(id, Theme::Dark), (id, Theme::Light)]) {
        let shown = Shown::after(id, 30);
        let (cells, width) = (shown.map.cells.len(), shown.map.width);
        let mut values = vec![f64::NAN; cells];
        let (low, high) = (cells - 1 - usize::from(shown.agent() == cells - 1), shown.agent());
        (values[low], values[high]) = (1.0, 100.0);
        let heat = Heat::new(values, Ramp::Inferno, Scale::Log).expect("a scale");
        let picture = shown.painted(Daylight::DAY, &Overlays { heat: Some(&heat), theme, ..Overlays::default() });
        let day = shown.painted(Daylight::DAY, &Overlays::default());
        let bare = shown.painted(Daylight::DAY, &Overlays { terrain_only: true, ..Overlays::default() });
        let mixed = |below: [u8; 4], over: [u8; 3]| {
            let mut out = below;
            (0..3).for_each(|c| out[c] = (f32::from(below[c]) + 0.78 * (f32::from(over[c]) - f32::from(below[c]))).round() as u8);
            out
        };
        let faded = |p: [u8; 4]| {
            let [r, g, b] = theme.faded([p[0], p[1], p[2]]);
            [r, g, b, 255]
        };
        for k in 0..cells {
            let value = [(low, 0.0), (high, 1.0)].into_iter().find(|(cell, _)| *cell == k).map(|(_, share)| share);
            let (ground, whole) = (cell(&bare, width, k), cell(&day, width, k));
            let expected: Vec<[u8; 4]> = ground
                .iter()
                .zip(&whole)
                .map(|(ground, whole)| match value {
                    _ if ground != whole => *whole,
                    Some(share) => mixed(faded(*ground), Ramp::Inferno.colour(share, theme)),
                    None => faded(*ground),
                })
                .collect();
            assert_eq!(cell(&picture, width, k), expected, "{id}, cell {k}");
        }
    }
}

#[test]
fn a_trail_passes_under_the_agent_and_the_view_has_an_edge() {
    for id in WORLDS {
        let shown = Shown::after(id, 30);
        let (agent, width) = (shown.agent() as u32, shown.map.width);
        let mut trail = Trail::new();
        // From two cells beside the agent to the agent's: all cells of these worlds lie inside the map.
        let from = if agent % width >= 2 { agent - 2 } else { agent + 2 };
        for cell in [from, from.midpoint(agent), agent] {
            trail.push(cell, width);
        }
        let plain = shown.painted(Daylight::DAY, &Overlays::default());
        let trailed = shown.painted(Daylight::DAY, &Overlays { trail: Some(&trail), ..Overlays::default() });
        let bare = shown.painted(Daylight::DAY, &Overlays { terrain_only: true, ..Overlays::default() });
        let between = from.midpoint(agent) as usize;
        let middle = (TILE / 2 * TILE + TILE / 2) as usize;
        assert_ne!(cell(&trailed, width, between), cell(&plain, width, between), "{id}: a line");
        assert!(cell(&trailed, width, between)[middle].iter().all(|c| *c > 240), "{id}: white in the middle of the cell");
        let (whole, ground) = (cell(&plain, width, agent as usize), cell(&bare, width, agent as usize));
        for ((drawn, whole), ground) in cell(&trailed, width, agent as usize).iter().zip(whole).zip(ground) {
            assert!(whole == ground || *drawn == whole, "{id}: the agent is above its trail");
        }
        let framed = shown.painted(Daylight::DAY, &Overlays { field_of_view: true, ..Overlays::default() });
        let changed: Vec<usize> =
            (0..shown.map.cells.len()).filter(|k| cell(&framed, width, *k) != cell(&plain, width, *k)).collect();
        let fov = &shown.layers.field_of_view;
        assert!(changed.iter().any(|k| fov[*k]), "{id}: an edge");
        let near = |k: usize| {
            let (x, y) = (k as i64 % i64::from(width), k as i64 / i64::from(width));
            (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy))).any(|(x, y)| {
                (0..i64::from(width)).contains(&x)
                    && y >= 0
                    && fov.get((y * i64::from(width) + x) as usize).is_some_and(|set| *set)
            })
        };
        assert!(changed.iter().all(|k| near(*k)), "{id}: only beside the field of view");
    }
}

#[test]
fn what_is_of_another_map_is_refused() {
    let (shown, other) = (Shown::after("gridlab/keys", 0), Shown::after("MiniGrid-Empty-5x5-v0", 0));
    let mut painter = ScenePainter::new(TILE);
    let none = Overlays::default();
    assert!(painter.paint(&*shown.world, (&shown.map, &other.layers), Daylight::DAY, &none).is_err());
    let heat = Heat::new(vec![1.0; 7], Ramp::Viridis, Scale::Linear).expect("values");
    let heated = Overlays { heat: Some(&heat), ..none };
    assert!(painter.paint(&*shown.world, (&shown.map, &shown.layers), Daylight::DAY, &heated).is_err());
    assert!(ScenePainter::new(0).paint(&*shown.world, (&shown.map, &shown.layers), Daylight::DAY, &none).is_err());
}
