//! Compares which steps are reported as stochastic with the outcomes under every value that a random number can take.

use std::collections::BTreeSet;

use super::super::GridLab;
use super::super::is_stochastic;
use super::batch::{drawn, world};
use super::step::{begin, step_by, word};
use crate::envs::shared::core::Core;
use crate::envs::shared::world::{Describe, Dynamics, Stochasticity};
use crate::shaders::shared::chance::Chance;

/// A random stream that takes all values in turn. Of the values of 53 bits, it takes those on either side of each threshold of the rules.
struct Every {
    bits: Vec<u64>,
    /// (value, number of possible values) of each draw since the last call of `next`.
    drawn: Vec<(usize, usize)>,
    at: usize,
}

impl Every {
    fn of(world: &GridLab) -> Every {
        let rules = &world.rules;
        let currents = rules.currents.iter().flat_map(|current| [current.stay, current.back]);
        let thresholds = currents.chain([rules.slip]).chain(rules.tvs.iter().map(|tv| tv.below));
        let beside = thresholds.flat_map(|t| [t.saturating_sub(1), t]).chain([0, (1 << 53) - 1]);
        let bits: BTreeSet<u64> = beside.filter(|bits| *bits < 1 << 53).collect();
        Every { bits: bits.into_iter().collect(), drawn: Vec::new(), at: 0 }
    }

    fn draw(&mut self, n: usize) -> usize {
        if self.at == self.drawn.len() {
            self.drawn.push((0, n));
        }
        self.at += 1;
        self.drawn[self.at - 1].0
    }

    /// Advances to the next combination of values; returns false if there is none.
    fn next(&mut self) -> bool {
        self.at = 0;
        while let Some((value, n)) = self.drawn.pop() {
            if value + 1 < n {
                self.drawn.push((value + 1, n));
                return true;
            }
        }
        false
    }
}

impl Chance for Every {
    fn turn(&mut self, _entity: u32) {}

    fn word(&mut self) -> u32 {
        panic!("grid-worlds draw no bare words")
    }

    fn uniform53(&mut self) -> u64 {
        let k = self.draw(self.bits.len());
        self.bits[k]
    }

    fn randint(&mut self, n: u32) -> u32 {
        self.draw(n as usize) as u32
    }
}

/// Returns all states that can follow `grid`.
fn followers(world: &GridLab, action: u32, grid: &[u32]) -> BTreeSet<Vec<u32>> {
    let (mut every, mut found) = (Every::of(world), BTreeSet::new());
    loop {
        let (mut core, mut next) = ([0; Core::WORDS], grid.to_vec());
        core[Core::ACTION] = action;
        step_by(&world.rules, &mut core, &mut next, &mut every);
        found.insert(next);
        if !every.next() {
            return found;
        }
    }
}

/// Returns a state without the colours of TVs.
fn dark(grid: &[u32]) -> Vec<u32> {
    let mut dark = grid.to_vec();
    dark[word::TVS..].fill(0);
    dark
}

/// Visits all states that play can reach, without the colours of TVs, and compares `is_stochastic` with the outcomes of each action.
/// Returns
/// the number of states and the number of stochastic steps.
fn check(world: &GridLab, name: &str) -> (usize, usize) {
    let mut grid = vec![0; world.spec().buffers[0].words];
    begin(&world.rules, &[0; Core::WORDS], &mut grid);
    let (mut seen, mut todo) = (BTreeSet::from([dark(&grid)]), vec![dark(&grid)]);
    let mut random = 0;
    while let Some(grid) = todo.pop() {
        for action in 0..world.spec().num_actions() + 1 {
            let all = followers(world, action, &grid);
            let places: BTreeSet<Vec<u32>> = all.iter().map(|grid| dark(grid)).collect();
            let said = |sees| is_stochastic::is_stochastic(&world.rules, sees, action, &grid);
            assert_eq!(said(false), places.len() > 1, "{name}: action {action} in {grid:?}: {places:?}");
            assert_eq!(said(true), all.len() > 1, "{name}: action {action} in {grid:?}, with TVs: {all:?}");
            random += usize::from(said(false));
            todo.extend(places.into_iter().filter(|grid| seen.insert(grid.clone())));
        }
    }
    (seen.len(), random)
}

#[test]
fn what_is_said_of_built_in_worlds_is_so() {
    for (id, _) in super::super::BUILTIN.iter().filter(|(id, _)| !id.ends_with("-50") && !id.ends_with("-20")) {
        let world = world(id);
        let (states, random) = check(&world, id);
        let rules = &world.rules;
        let drawing = rules.slip > 0 || rules.has_currents || world.ruleset.map.contains('%');
        assert_eq!(random > 0, drawing, "{id}: {random} steps of {states} states are stochastic");
        let tvs = !rules.tvs.is_empty();
        assert_eq!(world.stochasticity(None) == Stochasticity::Never, !drawing && !tvs, "{id}");
        let position = "position".parse().expect("a key");
        assert_eq!(world.stochasticity(Some(position)) == Stochasticity::Never, !drawing, "{id}");
    }
}

#[test]
fn what_is_said_of_drawn_worlds_is_so() {
    let tv = "[tv.0]\non = \"action\"\naction = \"N\"\ncolours = 3\n";
    let cases = [
        ("S..\n.#.\n...", "slip = 1.0"),
        ("S", "slip = 0.5"),
        ("S.", "actions = \"WE\"\nslip = 0.5"),
        ("S.", "actions = \"WE\"\nslip = 1.0"),
        ("#.#\n#S#\n#.#", "actions = \"WE\"\nslip = 0.5"),
        ("S%.\n#%%\n.%#", ""),
        ("S%#", ""),
        ("S.%.\n.aA.\n<>^v", "slip = 0.25\nspend_keys = true"),
        (".S.", "actions = \"turn\"\nfacing = \"N\"\nslip = 0.1"),
        ("S....\n.....\n.....", "actions = \"dive\"\nslip = 0.1"),
        ("..S..", "actions = \"WE\"\n[[current]]\nagainst = \"E\"\nstay = 1.0\nback = 0.0"),
        ("..S..", "actions = \"WE\"\n[[current]]\nagainst = \"E\"\nstay = 0.0\nback = 1.0"),
        ("..S..", "actions = \"WE\"\n[[current]]\nagainst = \"E\"\nstay = 0.0\nback = 0.0"),
        ("..S..", "actions = \"WE\"\n[[current]]\nagainst = \"W\"\nstay = 0.5\nback = 0.5"),
        ("S.0", tv),
        ("S.0", "[tv.0]\non = \"chance\"\nprobability = 0.0\ncolours = 2\n"),
        ("S.0", "slip = 0.1\n[tv.0]\non = \"chance\"\nprobability = 0.1\ncolours = 2\n"),
    ];
    for (map, extra) in cases {
        check(&drawn(map, extra), &format!("{map} {extra}"));
    }
}

/// Every cell that play reaches is within reach, and in these worlds no other cell is.
#[test]
fn what_is_within_reach_is_where_play_comes() {
    for id in ["gridlab/klyubin-maze", "gridlab/deep-sea-10", "gridlab/mixed-env", "gridlab/keys", "gridlab/tunnel-world"] {
        let world = world(id);
        let mut grid = vec![0; world.spec().buffers[0].words];
        begin(&world.rules, &[0; Core::WORDS], &mut grid);
        let reach = super::super::reach::within_reach(&world.rules, super::step::here(&world.rules, &grid));
        let mut todo = vec![dark(&grid)];
        for start in &world.rules.starts {
            (grid[word::X], grid[word::Y]) = (start % world.rules.width, start / world.rules.width);
            todo.push(dark(&grid));
        }
        let mut seen = BTreeSet::new();
        while let Some(grid) = todo.pop() {
            let cell = super::step::here(&world.rules, &grid);
            assert!(reach[cell as usize], "{id}: {cell}");
            if !seen.insert(grid.clone()) || world.rules.cells[cell as usize] & super::tables::cell::TERMINAL != 0 {
                continue;
            }
            for action in 0..world.spec().num_actions() {
                todo.extend(followers(&world, action, &grid).iter().map(|grid| dark(grid)));
            }
        }
        let cells: BTreeSet<u32> = seen.iter().map(|grid| super::step::here(&world.rules, grid)).collect();
        assert_eq!(cells.len(), reach.iter().filter(|reached| **reached).count(), "{id}");
    }
}
