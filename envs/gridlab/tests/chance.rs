//! Frequencies of all random outcomes, within five standard deviations.

use super::batch::{Batch, N, STAY, drawn, from_text, ruleset, world};
use crate::envs::gridlab::GridLab;
use crate::envs::shared::catalog::Options;

const TRIALS: u32 = 40_000;
const FIELD: &str = "...\n.S.\n...";

/// Checks how often one step with `action` from `start` ends on each of `ends`. An end that is not named is an error.
fn expect(world: &GridLab, start: (u32, u32), action: u32, ends: &[((u32, u32), f64)]) {
    let mut batch = Batch::new(world, 1, 11);
    let mut counts = vec![0u32; ends.len()];
    for _ in 0..TRIALS {
        batch.place(0, start);
        batch.act(world, 0, action);
        let at = batch.at(0);
        let ix = ends.iter().position(|(end, _)| *end == at).unwrap_or_else(|| panic!("nobody can be at {at:?}"));
        counts[ix] += 1;
    }
    for ((end, p), count) in ends.iter().zip(counts) {
        let mean = p * f64::from(TRIALS);
        let bound = 5.0 * (mean * (1.0 - p)).sqrt();
        assert!((f64::from(count) - mean).abs() <= bound, "{end:?}: {count} of {TRIALS}, expected {mean} +- {bound}");
    }
}

#[test]
fn a_slip_takes_one_of_the_three_other_ways() {
    let slippery = drawn(FIELD, "slip = 0.3");
    expect(&slippery, (1, 1), N, &[((1, 0), 0.7), ((1, 2), 0.1), ((0, 1), 0.1), ((2, 1), 0.1)]);
    expect(&slippery, (1, 1), STAY, &[((1, 1), 1.0)]);
    expect(&drawn(FIELD, "slip = 1.0"), (1, 1), N, &[((1, 2), 1.0 / 3.0), ((0, 1), 1.0 / 3.0), ((2, 1), 1.0 / 3.0)]);
    expect(&drawn(FIELD, "slip = 0.0"), (1, 1), N, &[((1, 0), 1.0)]);
}

#[test]
fn a_slip_against_a_wall_stays() {
    expect(&drawn("###\n#S.\n###", "slip = 0.3"), (1, 1), N, &[((1, 1), 0.9), ((2, 1), 0.1)]);
}

#[test]
fn with_two_moves_a_slip_is_the_other_one() {
    let line = drawn(".S.", "actions = \"WE\"\nslip = 0.25");
    expect(&line, (1, 0), 0, &[((0, 0), 0.75), ((2, 0), 0.25)]);
}

#[test]
fn a_slip_forward_goes_aside_and_keeps_the_facing() {
    let turning = drawn(FIELD, "actions = \"turn\"\nfacing = \"N\"\nslip = 0.3");
    expect(&turning, (1, 1), 2, &[((1, 0), 0.7), ((1, 2), 0.1), ((0, 1), 0.1), ((2, 1), 0.1)]);
    let mut batch = Batch::new(&turning, 1, 2);
    for _ in 0..100 {
        batch.act(&turning, 0, 2);
        assert_eq!(batch.grid(0)[2], super::map::N);
    }
}

#[test]
fn the_current_of_a_chain_holds_and_throws_back() {
    let chain = world("gridlab/chain-9");
    expect(&chain, (4, 0), 1, &[((5, 0), 0.35), ((4, 0), 0.6), ((3, 0), 0.05)]);
    expect(&chain, (4, 0), 0, &[((3, 0), 1.0)]);
    expect(&chain, (8, 0), 1, &[((8, 0), 0.95), ((7, 0), 0.05)]);
    expect(&chain, (0, 0), 1, &[((1, 0), 0.35), ((0, 0), 0.65)]);
}

/// Every move from ice ends on a random open neighbour, even a move into a wall. Lava and goals are open; walls and closed doors are not.
#[test]
fn ice_leads_to_any_open_neighbour() {
    let lake = drawn("S~.\n#%*\n.A.", "");
    for action in 0..4 {
        expect(&lake, (1, 1), action, &[((1, 0), 0.5), ((2, 1), 0.5)]);
    }
    expect(&lake, (1, 1), STAY, &[((1, 1), 1.0)]);
    expect(&drawn("S#.\n#%#\n.#.", ""), (1, 1), N, &[((1, 1), 1.0)]);
    let turning = drawn("S..\n.%.\n...", "actions = \"turn\"");
    expect(&turning, (1, 1), 2, &[((1, 0), 0.25), ((0, 1), 0.25), ((2, 1), 0.25), ((1, 2), 0.25)]);
    expect(&turning, (1, 1), 0, &[((1, 1), 1.0)]);
}

#[test]
fn every_start_is_as_likely() {
    for (map, extra) in [("S.S\n#S#\nS*S", ""), ("...\n#.#\n.*.", "start = \"anywhere\"")] {
        let world = drawn(map, extra);
        let n = world.rules.starts.len();
        let mut batch = Batch::new(&world, 1, 3);
        let mut counts = vec![0; n];
        for _ in 0..TRIALS {
            batch.reset(&world, 0);
            let (x, y) = batch.at(0);
            let found = world.rules.starts.iter().position(|&start| start == y * 3 + x).expect("a start");
            counts[found] += 1;
        }
        let mean = f64::from(TRIALS) / n as f64;
        assert!(n >= 5 && counts.iter().all(|&c| (f64::from(c) - mean).abs() < 5.0 * mean.sqrt()), "{counts:?}");
    }
}

/// The thresholds of probabilities are exact, also those of 0 and 1.
#[test]
fn thresholds_are_exact() {
    let text = |p: f64| ruleset(FIELD, &format!("slip = {p:?}"));
    let made = |p: f64| from_text(&text(p), &Options::default()).expect("a ruleset").rules.slip;
    assert_eq!((made(0.0), made(1.0), made(0.5)), (0, 1 << 53, 1 << 52));
    assert_eq!(made(0.1), (0.1f64 * 9_007_199_254_740_992.0).ceil() as u64);
}
