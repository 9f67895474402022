//! Maps as numbers of tiles: the ground differs from the cells exactly where something stands, and every number has a tile.

use std::collections::BTreeSet;

use explorarium::envs::catalog::FAMILIES;
use explorarium::envs::{Daylight, Layers, Options, TileCache, TileMap, load};
use explorarium::sim::{Batch, Config};

/// Cells with an entity or the agent.
fn occupied(layers: &Layers) -> BTreeSet<usize> {
    let at = |x: u32, y: u32| (y * layers.width + x) as usize;
    layers.entities.iter().map(|entity| at(entity.x, entity.y)).chain([at(layers.agent.x, layers.agent.y)]).collect()
}

#[test]
fn ground_and_cells_differ_where_something_stands() {
    for id in FAMILIES.iter().flat_map(|family| family.builtin.iter().map(|(id, _)| *id)) {
        let world = load(id, &Options::default()).expect("a world");
        let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: 3, ..Config::default() }).expect("a batch");
        let (actions, side) = (world.spec().num_actions(), world.tile_side());
        let mut tiles = TileCache::new(side);
        for step in 0..40u32 {
            let map: TileMap = batch.with_block(|world, block| world.tile_map(0, block)).expect("a map");
            let layers = batch.layers(0).expect("layers");
            assert_eq!((map.ground.len(), map.cells.len()), (layers.terrain.len(), layers.terrain.len()), "{id}");
            let stands = occupied(&layers);
            for cell in 0..map.cells.len() {
                let (ground, whole) = (map.ground[cell], map.cells[cell]);
                assert_eq!(ground != whole, stands.contains(&cell), "{id}, step {step}, cell {cell}");
                assert_eq!(tiles.tile(&*world, whole).expect("a tile").len(), (side * side) as usize, "{id}");
            }
            let player = (layers.agent.y * layers.width + layers.agent.x) as usize;
            let own = tiles.tile(&*world, map.cells[player]).expect("a tile").to_vec();
            assert_ne!(own, tiles.tile(&*world, map.ground[player]).expect("a tile"), "{id}: the agent is drawn");
            batch.step(&[step * 7 % actions]).expect("a step");
        }
        assert!(tiles.tile(&*world, u32::MAX).is_err(), "{id}");
    }
}

/// Light changes pixels as the picture in that light has them, and only Crafter has a night.
#[test]
fn a_night_is_dark_where_there_is_one() {
    for (id, dark) in [("crafter", true), ("MiniGrid-Empty-5x5-v0", false), ("gridlab/keys", false)] {
        let world = load(id, &Options::default()).expect("a world");
        let night = Daylight { daylight: 0.1, asleep: false };
        let [day, dusk, sleep] =
            [Daylight::DAY, night, Daylight { asleep: true, ..night }].map(|light| world.shade([90, 150, 60], light));
        assert_eq!(day, [90, 150, 60], "{id}");
        assert_eq!((dusk != day, sleep != dusk), (dark, dark), "{id}: {dusk:?} {sleep:?}");
    }
}
