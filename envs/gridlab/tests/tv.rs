//! Tests of noisy TVs: when they switch, their colours, and from where they are visible.

use super::batch::{Batch, E, N, S, STAY, W, drawn};
use super::step::tv_colour;
use crate::envs::gridlab::GridLab;
use crate::envs::shared::world::Describe;

const ROOM: &str = "S....\n....0";

fn television(definition: &str) -> GridLab {
    drawn(ROOM, &format!("[tv.0]\n{definition}"))
}

/// Colours shown after each of n steps, all with `action`.
fn shown(world: &GridLab, action: u32, n: usize) -> Vec<u32> {
    let mut batch = Batch::new(world, 1, 9);
    (0..n)
        .map(|_| {
            batch.act(world, 0, action);
            tv_colour(batch.grid(0), 0)
        })
        .collect()
}

/// Checks that the count of each colour is within five standard deviations of n / k.
fn assert_uniform(colours: &[u32], k: u32) {
    let mean = colours.len() as f64 / f64::from(k);
    for colour in 0..k {
        let count = colours.iter().filter(|&&c| c == colour).count() as f64;
        assert!((count - mean).abs() < 5.0 * mean.sqrt(), "colour {colour}: {count}, expected {mean}");
    }
    assert!(colours.iter().all(|&c| c < k));
}

#[test]
fn always_on_shows_every_colour_as_often() {
    for k in [2, 5, 16] {
        let tv = television(&format!("on = \"always\"\ncolours = {k}"));
        assert_uniform(&shown(&tv, E, 20_000), k);
    }
}

#[test]
fn always_on_is_on_in_the_first_state() {
    let tv = television("on = \"always\"\ncolours = 8");
    let mut batch = Batch::new(&tv, 1, 4);
    let first: Vec<u32> = (0..8_000)
        .map(|_| {
            batch.reset(&tv, 0);
            tv_colour(batch.grid(0), 0)
        })
        .collect();
    assert_uniform(&first, 8);
}

#[test]
fn on_an_action_switches_then_and_only_then() {
    let tv = television("on = \"action\"\naction = \"stay\"\ncolours = 4");
    for action in [N, S, E, W] {
        assert!(shown(&tv, action, 500).iter().all(|&c| c == 0), "action {action}");
    }
    assert_uniform(&shown(&tv, STAY, 20_000), 4);
}

#[test]
fn by_chance_switches_as_often_as_it_says() {
    let tv = television("on = \"chance\"\nprobability = 0.2\ncolours = 4");
    let colours = shown(&tv, N, 40_000);
    assert_uniform(&colours, 4);
    let changes = colours.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64;
    let (mean, p) = (39_999.0 * 0.15, 0.15f64);
    assert!((changes - mean).abs() < 5.0 * (mean * (1.0 - p)).sqrt(), "{changes} changes, expected {mean}");
    let never = television("on = \"chance\"\nprobability = 0.0\ncolours = 4");
    assert!(shown(&never, N, 500).iter().all(|&c| c == 0));
}

#[test]
fn a_tv_is_solid_unless_it_says_otherwise() {
    for (solid, end) in [("", (3, 1)), ("\nsolid = true", (3, 1)), ("\nsolid = false", (4, 1))] {
        let tv = television(&format!("on = \"always\"\ncolours = 2{solid}"));
        let mut batch = Batch::new(&tv, 1, 0);
        batch.place(0, (3, 1));
        batch.act(&tv, 0, E);
        assert_eq!(batch.at(0), end);
    }
}

#[test]
fn beyond_its_sight_a_tv_is_not_seen_but_goes_on() {
    let tv = television("on = \"always\"\ncolours = 16\nsight = 2");
    let mut batch = Batch::new(&tv, 1, 0);
    for (x, seen) in [(0, false), (1, false), (2, true), (3, true)] {
        batch.place(0, (x, 0));
        batch.act(&tv, 0, STAY);
        let byte = batch.obs[1] >> 24;
        let expected = if seen { tv_colour(batch.grid(0), 0) } else { 255 };
        assert_eq!(byte, expected, "x = {x}");
    }
    assert_uniform(&shown(&tv, W, 20_000), 16);
}

/// Noise depends on seed, episode, step and the TV's cell alone: two instances that differ only in their actions have the same noise.
#[test]
fn noise_does_not_depend_on_the_player() {
    let tv = drawn(
        "S.%.0\n%...1",
        "slip = 0.3\n[tv.0]\non = \"always\"\ncolours = 16\n[tv.1]\non = \"chance\"\nprobability = 0.5\ncolours = 16",
    );
    let mut batch = Batch::new(&tv, 2, 40);
    batch.core.copy_within(0..8, 8);
    batch.reset(&tv, 0);
    batch.reset(&tv, 1);
    let mut apart = 0;
    for step in 0..300 {
        batch.act(&tv, 0, step % 5);
        batch.act(&tv, 1, step / 3 % 5);
        apart += u32::from(batch.at(0) != batch.at(1));
        assert_eq!(batch.grid(0)[6..], batch.grid(1)[6..], "step {step}");
    }
    assert!(apart > 100);
}

#[test]
fn many_tvs_keep_their_own_colours() {
    let world = drawn(&format!("S\n{}", ["0"; 64].join("\n")), "[tv.0]\non = \"always\"\ncolours = 16");
    assert_eq!(world.spec().buffers[0].words, 6 + 8);
    assert_eq!(world.spec().obs_bytes, 7 + 64);
    let mut batch = Batch::new(&world, 1, 1);
    let mut columns = Vec::new();
    let mut history = vec![Vec::new(); 64];
    for _ in 0..4_000 {
        batch.act(&world, 0, STAY);
        columns.clear();
        world.columns(0, &batch.block(), &mut columns);
        for (ix, &colour) in columns.iter().enumerate() {
            let byte = batch.obs[(7 + ix) / 4] >> ((7 + ix) % 4 * 8) & 255;
            assert_eq!(byte, colour);
            history[ix].push(colour);
        }
    }
    history.iter().for_each(|colours| assert_uniform(colours, 16));
    assert!(history.windows(2).all(|pair| pair[0] != pair[1]));
}
