//! Random maps, random actions, random states: the player stays on free cells, nothing panics, and instances of a batch do not affect
//! each other.

use proptest::prelude::*;

use super::super::BUILTIN;
use super::batch::{Batch, from_text, world};
use super::map::Layout;
use super::step::{here, passable, word};
use super::tables::{cell, kind, solid};
use crate::envs::gridlab::GridLab;
use crate::envs::shared::block::Block;
use crate::envs::shared::catalog::Options;
use crate::envs::shared::core::Core;
use crate::envs::shared::world::{Describe, Draw, Dynamics, Judge};

const GLYPHS: &str = "......S#%~*<>^vabABmz01";
const ACTION_SETS: [&str; 4] = ["NSEW+stay", "NSEW", "WE", "turn"];

prop_compose! {
    fn rulesets()(
        width in 1usize..9,
        height in 1usize..9,
        actions in prop::sample::select(&ACTION_SETS[..]),
        layout in prop::sample::select(vec![Layout::Cells, Layout::ThinWalls]),
        slip in prop::sample::select(vec![0.0, 0.1, 0.5, 1.0]),
        spend in any::<bool>(),
        solid in any::<bool>(),
        glyphs in prop::collection::vec(prop::sample::select(GLYPHS.chars().collect::<Vec<_>>()), 81),
        lines in prop::collection::vec(0usize..8, 400),
    ) -> String {
        let mut rows: Vec<String> = (0..height).map(|y| glyphs[y * width..(y + 1) * width].iter().collect()).collect();
        rows[0].replace_range(0..1, "S");
        let used = |glyph: char| rows.iter().any(|row| row.contains(glyph));
        let mut tail = String::new();
        if used('0') {
            tail += &format!("[tv.0]\non = \"always\"\ncolours = 7\nsolid = {solid}\n");
        }
        if used('1') {
            tail += "[tv.1]\non = \"chance\"\nprobability = 0.5\ncolours = 3\nsight = 2\n";
        }
        let (name, map) = match layout {
            Layout::Cells => ("cells", rows.join("\n")),
            Layout::ThinWalls => ("thin-walls", with_lines(&rows, &lines)),
        };
        format!("family = \"gridlab\"\nactions = \"{actions}\"\nmax_steps = 20\nslip = {slip:?}\nspend_keys = {spend}\n\
                 layout = \"{name}\"\nmap = '''\n{map}\n'''\n{tail}")
    }
}

/// Returns the cells with random lines between them.
fn with_lines(rows: &[String], lines: &[usize]) -> String {
    let cells: Vec<Vec<char>> = rows.iter().map(|row| row.chars().collect()).collect();
    let (h, w) = (2 * rows.len(), 2 * cells[0].len());
    let draw = |y: usize, x: usize| {
        let pick = lines[(y * 19 + x) % lines.len()];
        match (y % 2, x % 2) {
            (1, 1) => cells[y / 2][x / 2],
            (0, 0) => '+',
            (1, _) if x == 0 || x == w || pick == 0 => '|',
            (0, _) if y == 0 || y == h || pick == 0 => '-',
            (1, _) if pick < 3 => ['<', '>'][pick - 1],
            (0, _) if pick < 3 => ['^', 'v'][pick - 1],
            _ => ' ',
        }
    };
    (0..=h).map(|y| (0..=w).map(|x| draw(y, x)).collect::<String>()).collect::<Vec<_>>().join("\n")
}

fn check_state(world: &GridLab, batch: &Batch) {
    let grid = batch.grid(0);
    let at = here(&world.rules, grid);
    let code = world.rules.cells[at as usize];
    assert!(grid[word::X] < world.rules.width && grid[word::Y] < world.rules.height && grid[word::FACING] < 4);
    assert!(!solid(code), "inside a wall");
    assert!(cell::kind(code) != kind::DOOR || passable(&world.rules, code, grid), "inside a closed door");
    assert!(cell::kind(code) != kind::KEY || grid[word::TAKEN] >> cell::number(code) & 1 == 1, "a key was left lying");
    assert_eq!(batch.obs[0], grid[word::X] | grid[word::Y] << 16);
    assert_eq!(batch.obs[1] & 0xffff, grid[word::FACING] | cell::kind(code) << 8);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_player_is_always_on_a_free_cell(text in rulesets(), seed in any::<u64>(), actions in prop::collection::vec(0u32..6, 60)) {
        let world = from_text(&text, &Options { pixels: true, ..Options::default() }).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let mut batch = Batch::new(&world, 1, seed);
        check_state(&world, &batch);
        for action in actions {
            let before = batch.at(0);
            let (_, flags) = batch.act(&world, 0, action);
            let after = batch.at(0);
            prop_assert!(before.0.abs_diff(after.0) + before.1.abs_diff(after.1) <= 1);
            check_state(&world, &batch);
            world.judge_record(0, &batch.block(), Some(action), true);
            prop_assert_eq!(world.ascii(0, &batch.block()).matches('@').count(), 1);
            if flags & Core::DONE != 0 {
                batch.reset(&world, 0);
            }
        }
        prop_assert!(batch.pixels.iter().zip(&world.painter.as_ref().expect("pixels").still_words()).any(|(a, b)| a != b));
    }

    #[test]
    fn a_poisoned_state_is_survived(text in rulesets(), words in prop::collection::vec(any::<u32>(), 64), action in any::<u32>()) {
        let world = from_text(&text, &Options { pixels: true, ..Options::default() }).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let mut batch = Batch::new(&world, 1, 1);
        for (ix, word) in batch.grid.iter_mut().enumerate() {
            *word = words[ix % words.len()];
        }
        for (ix, word) in batch.core.iter_mut().enumerate() {
            *word = words[words.len() - 1 - ix];
        }
        batch.act(&world, 0, action);
        prop_assert!(batch.at(0).0 < world.rules.width && batch.at(0).1 < world.rules.height);
        world.judge_record(0, &batch.block(), Some(action), true);
        world.ascii(0, &batch.block());
    }
}

/// Takes 200 steps of every built-in world, in a block of 37 and with each instance in a block of its own.
#[test]
fn an_instance_alone_is_that_instance_in_a_block() {
    const INSTANCES: usize = 37;
    for (id, _) in BUILTIN {
        let world = world(id);
        let actions = world.spec().num_actions();
        let choose = |i: usize, step: u32| (step.wrapping_mul(2_654_435_761) >> 7).wrapping_add(i as u32 * 7) % actions;
        let mut together = Batch::new(&world, INSTANCES, 1_000);
        let mut alone: Vec<Batch> = (0..INSTANCES).map(|i| Batch::new(&world, 1, 1_000 + i as u64)).collect();
        for step in 0..200 {
            for i in 0..INSTANCES {
                together.core[i * Core::WORDS + Core::ACTION] = choose(i, step);
            }
            world.step(&mut together.block());
            world.observe(&mut together.block());
            for (i, single) in alone.iter_mut().enumerate() {
                let (_, flags) = single.act(&world, 0, choose(i, step));
                if flags & Core::DONE != 0 {
                    single.reset(&world, 0);
                    together.reset(&world, i);
                }
                assert_eq!(single.grid, together.grid(i), "{id}, instance {i}, step {step}");
                assert_eq!(single.core, together.core[i * Core::WORDS..(i + 1) * Core::WORDS]);
                let n = single.obs.len();
                assert_eq!(single.obs, together.obs[i * n..(i + 1) * n]);
            }
        }
    }
}

/// Two parts of a block are stepped like the whole block: the words of an instance are its whole state.
#[test]
fn a_block_cut_in_two_steps_the_same() {
    let world = world("gridlab/keys");
    let (mut whole, mut cut) = (Batch::new(&world, 10, 5), Batch::new(&world, 10, 5));
    for step in 0..100 {
        for i in 0..10 {
            let action = (step + i as u32 * 3) % 5;
            whole.core[i * Core::WORDS + Core::ACTION] = action;
            cut.core[i * Core::WORDS + Core::ACTION] = action;
        }
        world.step(&mut whole.block());
        let words = world.words;
        let (core_a, core_b) = cut.core.split_at_mut(3 * Core::WORDS);
        let (grid_a, grid_b) = cut.grid.split_at_mut(3 * words);
        world.step(&mut Block { first: 3, n: 7, core: core_b, state: vec![grid_b.into()], obs: &mut [], pixels: &mut [] });
        world.step(&mut Block { first: 0, n: 3, core: core_a, state: vec![grid_a.into()], obs: &mut [], pixels: &mut [] });
        assert_eq!((&whole.core, &whole.grid), (&cut.core, &cut.grid), "step {step}");
    }
}
