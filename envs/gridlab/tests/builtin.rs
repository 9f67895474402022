//! The built-in worlds.

use std::collections::BTreeSet;

use super::super::{BUILTIN, GridLab};
use super::batch::{Batch, world};
use super::tables::{cell, kind};
use crate::envs::shared::catalog::{self, Options};
use crate::envs::shared::core::Core;
use crate::envs::shared::world::Describe;

#[test]
fn every_builtin_loads_and_its_resolved_ruleset_loads_again() {
    for (id, _) in BUILTIN {
        let first = world(id);
        let text = &first.spec().toml;
        let again = super::batch::from_text(text, &Options::default()).unwrap_or_else(|e| panic!("{id}: {e}\n{text}"));
        assert_eq!(first.rules, again.rules, "{id}");
        assert_eq!(first.spec().action_names, again.spec().action_names);
        assert!(!first.ruleset.about.is_empty(), "{id}");
    }
}

/// Cells that can be reached from the start if all doors are open.
fn reached(world: &GridLab) -> BTreeSet<u32> {
    let mut todo = world.rules.starts.clone();
    let mut seen: BTreeSet<u32> = todo.iter().copied().collect();
    while let Some(at) = todo.pop() {
        let word = world.rules.cells[at as usize];
        for way in (0..4).filter(|way| word >> way & 1 == 1) {
            let next = match way {
                0 => at - 1,
                1 => at + 1,
                2 => at - world.rules.width,
                _ => at + world.rules.width,
            };
            if seen.insert(next) {
                todo.push(next);
            }
        }
    }
    seen
}

#[test]
fn nothing_in_a_builtin_is_out_of_reach() {
    for (id, _) in BUILTIN {
        let world = world(id);
        let seen = reached(&world);
        for (at, &word) in world.rules.cells.iter().enumerate() {
            let wanted = !super::tables::solid(word) && cell::kind(word) != kind::FLOOR;
            assert!(!wanted || seen.contains(&(at as u32)), "{id}: {}", world.map.place(world.ruleset.layout, at));
        }
    }
}

#[test]
fn ids_with_a_number_exist_for_every_number() {
    for n in 2..=100 {
        let deep = world(&format!("gridlab/deep-sea-{n}"));
        assert_eq!(deep.spec().size, (n + 1, n + 1));
        if n >= 3 {
            assert_eq!(world(&format!("gridlab/chain-{n}")).spec().size, (n, 1));
        }
    }
    assert_eq!(world("gridlab/chain-1024").spec().size, (1024, 1));
    for (id, why) in [
        ("gridlab/deep-sea-1", "deep-sea-N exists for N from 2 to 1023, not 1"),
        ("gridlab/deep-sea-5000", "deep-sea-N exists for N from 2 to 1023, not 5000"),
        ("gridlab/chain-2", "chain-N exists for N from 3 to 1024, not 2"),
        ("gridlab/deep-see-20", "did you mean 'gridlab/deep-sea-20'"),
        ("gridlab/deep-sea-020", "unknown environment"),
    ] {
        let error = catalog::load(id, &Options::default()).expect_err(id).to_string();
        assert!(error.contains(why), "{error}");
    }
}

/// The return of an episode with "right" at every step is 1 minus the cost of N moves of 0.01 / N each.
#[test]
fn deep_sea_pays_only_for_right_all_the_way() {
    for n in [2, 10, 37, 100] {
        let sea = world(&format!("gridlab/deep-sea-{n}"));
        let mut best = 0.0;
        for wrong in 0..=n {
            let mut batch = Batch::new(&sea, 1, 3);
            let mut total = 0;
            for step in 0..n {
                let (reward, flags) = batch.act(&sea, 0, u32::from(step != wrong));
                total += reward;
                assert_eq!(flags, if step + 1 == n { Core::TERMINATED } else { 0 });
            }
            let value = sea.reward(total);
            if wrong == n {
                best = value;
            } else {
                assert!(value <= 0.0, "wrong at {wrong}: {value}");
            }
        }
        assert!((best - 0.99).abs() < 1e-12, "{best}");
    }
}

/// 10 000 random episodes of depth 20 find the treasure with probability 0.0095; those of this test do not find it.
#[test]
fn random_play_does_not_find_the_treasure() {
    let sea = world("gridlab/deep-sea-20");
    let mut batch = Batch::new(&sea, 1, 5);
    let (mut word, mut found) = (88_172_645_463_325_252u64, 0);
    for _ in 0..10_000 {
        for _ in 0..20 {
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
            found += u32::from(batch.act(&sea, 0, (word >> 32) as u32 & 1).0 > 0);
        }
        batch.reset(&sea, 0);
    }
    assert_eq!(found, 0);
}

#[test]
fn chain_flows_west() {
    let chain = world("gridlab/chain-11");
    let mut batch = Batch::new(&chain, 1, 1);
    assert_eq!(batch.at(0), (5, 0));
    for x in [4, 3, 2, 1, 0, 0] {
        let (reward, _) = batch.act(&chain, 0, 0);
        assert_eq!(batch.at(0), (x, 0));
        assert_eq!(chain.reward(reward), if x == 0 { 0.005 } else { 0.0 });
    }
    batch.place(0, (9, 0));
    let prize = (0..200).map(|_| batch.act(&chain, 0, 1).0).max();
    assert_eq!(prize.map(|units| chain.reward(units)), Some(1.0));
}

#[test]
fn mixed_env_is_the_published_one() {
    let mixed = world("gridlab/mixed-env");
    let count = |wanted| mixed.rules.cells.iter().filter(|&&word| cell::kind(word) == wanted).count();
    assert_eq!(mixed.spec().size, (12, 12));
    assert_eq!((count(kind::ICE), count(kind::LAVA), count(kind::GOAL), count(kind::WALL)), (18, 8, 1, 44 + 7));
    let batch = Batch::new(&mixed, 1, 0);
    assert_eq!(batch.at(0), (10, 4));
    assert_eq!(batch.grid(0)[2], super::map::N);
    assert_eq!(mixed.spec().action_names, ["left", "right", "forward"]);
}
