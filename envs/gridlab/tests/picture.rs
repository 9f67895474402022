//! The picture shows what changes, where it changes, and nothing else.

use super::super::picture::TILE;
use super::batch::{Batch, E, N, STAY, from_text, ruleset};
use crate::envs::gridlab::GridLab;
use crate::envs::shared::catalog::Options;
use crate::envs::shared::world::{Describe, Judge};

fn painted(map: &str, extra: &str) -> GridLab {
    let options = Options { pixels: true, ..Options::default() };
    from_text(&ruleset(map, extra), &options).unwrap_or_else(|e| panic!("{e}"))
}

fn bytes(batch: &Batch) -> Vec<u8> {
    batch.pixels.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Cells (x, y) whose tiles differ.
fn changed(world: &GridLab, before: &[u8], after: &[u8]) -> Vec<(u32, u32)> {
    let (width, height) = world.spec().size;
    let row_bytes = width as usize * TILE * 3;
    let tile = |picture: &[u8], x: u32, y: u32| -> Vec<u8> {
        let left = x as usize * TILE * 3;
        (0..TILE).flat_map(|row| picture[(y as usize * TILE + row) * row_bytes + left..][..TILE * 3].to_vec()).collect()
    };
    let cells = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    cells.filter(|&(x, y)| tile(before, x, y) != tile(after, x, y)).collect()
}

#[test]
fn a_step_changes_the_tiles_it_concerns() {
    let world = painted("Sa.A.\n....0", "[tv.0]\non = \"action\"\naction = \"stay\"\ncolours = 16");
    assert_eq!(world.spec().picture, (16, 40));
    let mut batch = Batch::new(&world, 1, 3);
    let mut last = bytes(&batch);
    for (action, tiles) in [
        (N, vec![]),
        (E, vec![(0, 0), (1, 0), (3, 0)]),
        (E, vec![(1, 0), (2, 0)]),
        (STAY, vec![(4, 1)]),
        (E, vec![(2, 0), (3, 0)]),
    ] {
        batch.act(&world, 0, action);
        let now = bytes(&batch);
        assert_eq!(changed(&world, &last, &now), tiles, "action {action}");
        last = now;
    }
}

#[test]
fn every_kind_of_cell_and_every_direction_looks_different() {
    let world = painted(".#*~%<>^vaA0m\nS............", "[tv.0]\non = \"action\"\naction = \"stay\"\ncolours = 2");
    let batch = Batch::new(&world, 1, 0);
    let picture = bytes(&batch);
    let column =
        |x: usize| -> Vec<u8> { (0..TILE).flat_map(|row| picture[(row * 13 + x) * TILE * 3..][..TILE * 3].to_vec()).collect() };
    for a in 0..13 {
        for b in 0..a {
            assert_ne!(column(a), column(b), "columns {a} and {b}");
        }
    }
}

#[test]
fn a_player_that_turns_is_drawn_as_a_pointer() {
    let world = painted("S", "actions = \"turn\"");
    let mut batch = Batch::new(&world, 1, 0);
    let views: Vec<Vec<u8>> = (0..5)
        .map(|_| {
            batch.act(&world, 0, 0);
            bytes(&batch)
        })
        .collect();
    assert_eq!(views[0], views[4]);
    assert!((0..4).all(|a| (0..a).all(|b| views[a] != views[b])));
}

#[test]
fn thin_walls_are_lines_on_both_sides() {
    let thin = |wall: char| {
        let text = ruleset(&format!("+-+-+\n|S{wall}.|\n+-+-+"), "").replace("\"cells\"", "\"thin-walls\"");
        from_text(&text, &Options { pixels: true, ..Options::default() }).expect("a ruleset")
    };
    let (open, wall, east) = (thin(' '), thin('|'), thin('>'));
    let [open_picture, wall_picture, east_picture] = [&open, &wall, &east].map(|world| bytes(&Batch::new(world, 1, 0)));
    assert_eq!(changed(&open, &open_picture, &wall_picture), [(0, 0), (1, 0)]);
    assert_eq!(changed(&open, &open_picture, &east_picture), [(1, 0)], "a one-way passage is a line where it cannot be left");
}

/// A trace line has a digest of the picture, which changes with the picture.
#[test]
fn the_line_has_the_digest_of_the_picture() {
    let world = painted("S.", "");
    let mut batch = Batch::new(&world, 1, 0);
    let first = world.judge_record(0, &batch.block(), None, true);
    assert!(world.judge_record(0, &batch.block(), None, false).get("pixels").is_none());
    batch.act(&world, 0, E);
    let second = world.judge_record(0, &batch.block(), Some(E), true);
    assert_eq!(second["pixels"].as_str().map(str::len), Some(64));
    assert_ne!(first["pixels"], second["pixels"]);
}
