//! Reachable sets of the mazes, compared with published and independently counted numbers. The step itself is used to count them.

use std::collections::BTreeSet;

use super::batch::{Batch, drawn, from_text, world};
use super::tables::solid;
use crate::envs::gridlab::GridLab;
use crate::envs::shared::world::Describe;

/// Number of cells on which some sequence of `horizon` actions ends, for every cell of the map, row by row; 0 on walls.
fn reachable(world: &GridLab, horizon: usize) -> Vec<usize> {
    let mut batch = Batch::new(world, 1, 0);
    let (width, height) = world.spec().size;
    let mut counts = Vec::new();
    for cell in 0..width * height {
        if solid(world.rules.cells[cell as usize]) {
            counts.push(0);
            continue;
        }
        let mut layer = BTreeSet::from([(cell % width, cell / width)]);
        for _ in 0..horizon {
            let from: Vec<(u32, u32)> = layer.iter().copied().collect();
            layer.clear();
            for at in from {
                for action in 0..world.spec().num_actions() {
                    batch.place(0, at);
                    batch.act(world, 0, action);
                    layer.insert(batch.at(0));
                }
            }
        }
        counts.push(layer.len());
    }
    counts
}

#[test]
fn klyubin_maze_has_the_published_reachable_counts() {
    let golden: Vec<usize> = include_str!("klyubin_5step.in")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split_whitespace().map(|n| n.parse().expect("a number")))
        .collect();
    let counts = reachable(&world("gridlab/klyubin-maze"), 5);
    assert_eq!(counts, golden);
    assert_eq!(counts.iter().sum::<usize>(), 2884);
    assert_eq!((counts.iter().min(), counts.iter().max()), (Some(&11), Some(&46)));
}

#[test]
fn the_other_mazes_have_their_sums() {
    for (id, horizon, sum) in [("door-world", 3, 704), ("tunnel-world", 3, 445), ("step-world", 3, 773), ("doorways", 4, 1224)] {
        let counts = reachable(&world(&format!("gridlab/{id}")), horizon);
        assert_eq!(counts.iter().sum::<usize>(), sum, "{id}");
    }
}

/// The maximum in `doorways` is 29, on (x, y) = (2, 5) counted from the south.
#[test]
fn doorways_is_widest_before_its_second_door() {
    let counts = reachable(&world("gridlab/doorways"), 4);
    assert_eq!(counts.iter().max(), Some(&29));
    assert_eq!(counts[(7 - 5) * 8 + 2], 29);
}

/// The counts differ if one wall is removed, so the comparison above can fail.
#[test]
fn a_missing_wall_shows_in_the_counts() {
    let maze = world("gridlab/klyubin-maze");
    let toml = maze.spec().toml.replacen("|.|", "|. ", 1);
    assert_ne!(toml, maze.spec().toml);
    let broken = from_text(&toml, &Default::default()).expect("a ruleset");
    assert_ne!(reachable(&broken, 5), reachable(&maze, 5));
}

#[test]
fn an_open_field_is_a_diamond() {
    let row = ".".repeat(13);
    let rows: Vec<&str> = (0..13).map(|_| row.as_str()).collect();
    let field = drawn(&rows.join("\n"), "start = \"anywhere\"");
    for (n, cells) in [(1, 5), (2, 13), (3, 25), (4, 41), (5, 61)] {
        assert_eq!(reachable(&field, n)[6 * 13 + 6], cells);
    }
}
