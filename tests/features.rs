//! The features that bonuses compute from observations (points for distances, signs of projections) distinguish what a world can contain.

use std::collections::BTreeSet;
use std::sync::Arc;

use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Core, Key, Options, World, load};
use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::Keyed;
use explorarium::sim::{Batch, Config};
use serde_json::json;

/// The plugin buffer that holds values (see `src/bonus/runtime.rs`).
const VALUES: usize = 1;

fn world(id: &str) -> Arc<dyn World> {
    load(id, &Options::default()).expect(id)
}

/// In a chain of 200 cells bonuses that measure distances are positive at every first visit, however far to the east it is.
#[test]
fn first_visits_are_paid_wherever_they_are() {
    let world = world("gridlab/chain-200");
    let names = "knn,e3b,pseudo-count";
    let bonuses = Arc::new(Bonuses::new(&world, &BonusConfig::parse(names).expect("bonuses")).expect("bonuses"));
    let config = Config { num_envs: 1, plugin: Some(bonuses), ..Config::default() };
    let mut batch = Batch::new(world, config).expect("a batch");
    let (mut seen, mut late) = (BTreeSet::new(), 0);
    for step in 0..1600 {
        // First walks to the east end, then to the west end.
        batch.step(&[u32::from(step < 800)]).expect("steps");
        if batch.core().expect("core")[Core::FLAGS] & Core::DONE != 0 {
            continue;
        }
        let x = batch.with_block(|world, block| world.pose(0, block).x).expect("a block");
        let values: Vec<i32> = batch.plugin_buffer(VALUES).expect("values")[..3].iter().map(|value| *value as i32).collect();
        // At the first few visits there are too few other points.
        if seen.insert(x) && seen.len() > 10 {
            assert!(values[0] > 1 << 18, "knn pays {} at x = {x}", values[0]);
            // Each one-hot byte is one unit from all others: every new position is equally new.
            assert!(values[1] > 0 && values[2] > 1 << 20, "e3b and pseudo-count pay {:?} at x = {x}", &values[1..]);
            late += usize::from(x >= 31);
        }
    }
    assert!(late > 100 && seen.contains(&199), "{late}");
}

/// Returns the key of the current state.
fn code(batch: &mut Batch, key: Key) -> u64 {
    let look = |world: &dyn World, block: &mut explorarium::envs::Block| {
        world.observe_one(0, block);
        world.key(key, 0, block)
    };
    batch.with_block(look).expect("a block")
}

#[test]
fn cells_of_four_rooms_have_codes_of_their_own() {
    let world = world("gridlab/four-rooms");
    let (width, height) = world.spec().size;
    let mut batch = Batch::new(world, Config { num_envs: 1, ..Config::default() }).expect("a batch");
    for (bits, least) in [(64, 99), (32, 90), (8, 10)] {
        let key = Key::of_signs(bits).expect("bits");
        let (mut codes, mut cells) = (BTreeSet::new(), 0);
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            if batch.with_block(|world, block| world.place(0, block, x, y)).expect("a block") {
                cells += 1;
                codes.insert(code(&mut batch, key));
            }
        }
        assert!(cells >= 100, "{cells} cells");
        assert!(codes.len() >= least * cells / 100, "{} codes of {cells} cells at {bits} bits", codes.len());
    }
}

/// A view full of one material differs from a view full of another in about half of the bits.
#[test]
fn views_of_one_material_each_have_codes_of_their_own() {
    let materials = ["path", "sand", "tree", "water", "grass", "stone", "coal", "iron", "diamond", "table", "furnace"];
    let key = Key::of_signs(64).expect("bits");
    let codes: Vec<u64> = materials
        .iter()
        .map(|material| {
            let mut batch = Batch::new(world("crafter"), Config { num_envs: 1, ..Config::default() }).expect("a batch");
            let cells: Vec<(u32, u32)> = (26..39).flat_map(|x| (26..39).map(move |y| (x, y))).collect();
            let terrain: Vec<_> = cells.iter().map(|(x, y)| json!([x, y, material])).collect();
            let others: Vec<_> = cells.iter().filter(|cell| **cell != (32, 32)).map(|(x, y)| json!([x, y])).collect();
            batch.set_scenario(0, &json!({ "remove": others, "terrain": terrain })).expect("fits");
            code(&mut batch, key)
        })
        .collect();
    for (k, a) in codes.iter().enumerate() {
        for (j, b) in codes.iter().enumerate().skip(k + 1) {
            let apart = (a ^ b).count_ones();
            assert!((16..=48).contains(&apart), "{} and {}: {apart} bits", materials[k], materials[j]);
        }
    }
}

/// All values in observations are below the number of values of the tables, so no two bytes are merged.
#[test]
fn no_value_is_past_the_tables() {
    let mut chance = Keyed::new([8, 9], 0, 0, 0);
    let ids = [
        "crafter",
        "crafter-simple",
        "MiniGrid-ObstructedMaze-Full-v1",
        "MiniGrid-Playground-v0",
        "MiniGrid-RedBlueDoors-8x8-v0",
    ];
    for id in ids.into_iter().chain(["gridlab/keys", "gridlab/noisy-tv", "gridlab/chain-300"]) {
        let world = world(id);
        let (bytes, values, words) = (world.simhash_bytes(), world.simhash_values(), world.spec().obs_words());
        let n = world.spec().num_actions();
        let mut batch = Batch::new(world, Config { num_envs: 16, ..Config::default() }).expect(id);
        for _ in 0..300 {
            let actions: Vec<u32> = (0..16).map(|_| chance.randint(n)).collect();
            batch.step(&actions).expect(id);
            for obs in batch.obs().expect(id).chunks_exact(words) {
                let largest = (0..bytes).map(|k| obs[k / 4] >> (k % 4 * 8) & 255).max().unwrap_or_default();
                assert!((largest as usize) < values, "{id}: {largest}");
            }
        }
    }
}
