//! Putting the player on a cell, as maps do.

use explorarium::envs::catalog::{Options, load};
use explorarium::sim::{Batch, Config};
use serde_json::json;

/// Placing the player gives the same checksum as a scenario that puts it there. If the cell is not free, nothing changes.
#[test]
fn placing_keeps_what_a_world_keeps() {
    let world = load("crafter", &Options::default()).expect("a world");
    let batch = || Batch::new(world.clone(), Config { num_envs: 1, seed: 2, ..Config::default() }).expect("a batch");
    let (mut free, mut solid) = (0, 0);
    for cell in (0..64 * 64).step_by(7) {
        let (x, y) = (cell % 64, cell / 64);
        let mut placed = batch();
        let before = placed.checksum().expect("a checksum");
        if placed.with_block(|world, block| world.place(0, block, x, y)).expect("a block") {
            let mut by_hand = batch();
            by_hand.set_scenario(0, &json!({ "player": { "pos": [x, y] } })).expect("free for a scenario too");
            assert_eq!(placed.checksum().expect("a checksum"), by_hand.checksum().expect("a checksum"), "({x}, {y})");
            free += 1;
        } else {
            assert_eq!(placed.checksum().expect("a checksum"), before, "({x}, {y})");
            solid += 1;
        }
    }
    assert!(free > 100 && solid > 50, "{free} free, {solid} not");
}

/// A cell is free if the ASCII map shows it so: no wall, no shut door, and no cell where the episode would end.
#[test]
fn free_is_where_one_could_stand_and_go_on() {
    for (id, signs) in [("gridlab/keys", ".S%<>^vab"), ("gridlab/mixed-env", ".S%"), ("crafter", ".,_")] {
        let world = load(id, &Options::default()).expect(id);
        let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: 4, ..Config::default() }).expect(id);
        let (width, height) = world.spec().size;
        let look = |world: &dyn explorarium::envs::World, block: &mut explorarium::envs::Block| {
            let ascii: Vec<Vec<char>> = world.ascii(0, block).lines().map(|line| line.chars().collect()).collect();
            let start = world.pose(0, block);
            for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
                let sign = ascii[y as usize][x as usize];
                let here = (x, y) == (start.x, start.y);
                let free = world.place(0, block, x, y);
                assert_eq!(free, here || signs.contains(sign), "{id} ({x}, {y}): '{sign}'");
                if free {
                    let pose = world.pose(0, block);
                    assert_eq!((pose.x, pose.y, pose.facing), (x, y, start.facing), "{id}");
                }
            }
            assert!(
                !world.place(0, block, width, 0)
                    && !world.place(0, block, 0, height)
                    && !world.place(0, block, u32::MAX, u32::MAX)
            );
        };
        batch.with_block(look).expect(id);
    }
}
