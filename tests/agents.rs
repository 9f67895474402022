//! Agents: they reach what random actions do not, and a stopped agent continues without any loss.

use std::sync::Arc;

use explorarium::agents::{Driver, Setup, find};
use explorarium::envs::{Options, World, load};
use explorarium::sim::{Batch, Config, Dump, ResetMode, Row, Worlds};

fn world(id: &str) -> Arc<dyn World> {
    load(id, &Options::default()).unwrap_or_else(|e| panic!("{id}: {e}"))
}

fn driver(agent: &str, world: &Arc<dyn World>, options: &str) -> Box<dyn Driver> {
    let kind = find(agent).expect("an agent");
    let options = (kind.resolve)(&options.parse().expect("TOML"), &**world).expect("options");
    (kind.make)(Setup { world, seed: 3, options: &options, recording: None, person: None, bonuses: None }).expect("made")
}

fn batch(world: &Arc<dyn World>, driver: &dyn Driver, config: Config) -> Batch {
    let reset = driver.reset_mode().unwrap_or(config.reset);
    Batch::new(world.clone(), Config { reset, ..config }).expect("a batch")
}

fn said(driver: &dyn Driver, name: &str) -> serde_json::Value {
    let report = driver.report();
    report.into_iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
}

/// Returns the best return of any of 16 instances in `steps` steps of each.
fn best(agent: &str, id: &str, options: &str, steps: u64) -> f64 {
    let world = world(id);
    let mut driver = driver(agent, &world, options);
    let mut batch = batch(&world, &*driver, Config { num_envs: 16, seed: 5, ..Config::default() });
    driver.advance(&mut batch, steps).expect("runs");
    said(&*driver, "best_return").as_f64().expect("a number")
}

/// Returns the mean return of the batch's episodes in `steps` steps of each instance.
fn mean(driver: &mut dyn Driver, batch: &mut Batch, steps: u64) -> f64 {
    let before = batch.stats().clone();
    driver.advance(batch, steps).expect("runs");
    let sum = (batch.stats().reward - before.reward) as f64 / f64::from(batch.world().spec().reward_denominator);
    sum / (batch.stats().episodes - before.episodes) as f64
}

/// The treasure of deep-sea-20 lies at the end of one of 2^20 paths. Random actions find it in about one of a hundred such runs.
#[test]
fn the_treasure_of_the_deep_sea_is_found_but_not_by_chance() {
    let id = "gridlab/deep-sea-20";
    let sea = world(id);
    let mut chance = driver("random", &sea, "");
    let mut dice = batch(&sea, &*chance, Config { num_envs: 16, seed: 5, ..Config::default() });
    chance.advance(&mut dice, 12_000).expect("runs");
    assert!(dice.stats().episodes == 16 * 600 && dice.stats().reward < 0, "no episode was paid: each costs what it does");
    for (agent, steps) in [("rf-express", 12_000), ("ucb-q", 12_000), ("go-explore", 3_000)] {
        let best = best(agent, id, "", steps);
        assert!((best - 0.99).abs() < 1e-9, "{agent}: {best}");
    }
}

/// Each of the 16 instances finds the treasure by itself, and the bound falls once all states were visited.
#[test]
fn every_instance_explores_for_itself() {
    let sea = world("gridlab/deep-sea-8");
    let mut agent = driver("rf-express", &sea, "");
    let mut batch = batch(&sea, &*agent, Config { num_envs: 16, ..Config::default() });
    agent.advance(&mut batch, 8 * 20).expect("runs");
    let early = said(&*agent, "mean_bound_of_first_state").as_f64().expect("a number");
    agent.advance(&mut batch, 8 * 400).expect("runs");
    let late = said(&*agent, "mean_bound_of_first_state").as_f64().expect("a number");
    assert_eq!(said(&*agent, "instances_with_best_return"), 16);
    assert_eq!(early, 8.0);
    assert!(late < 4.0, "{late}");
    // With the constants of the proof the bound stays at its maximum for a very long time.
    let mut theory = driver("rf-express", &sea, "form = 'theory'");
    let mut same = self::batch(&sea, &*theory, Config { num_envs: 2, ..Config::default() });
    theory.advance(&mut same, 8 * 200).expect("runs");
    assert_eq!(said(&*theory, "mean_bound_of_first_state"), 8.0);
}

#[test]
fn the_prize_of_the_chain_is_earned_against_the_current() {
    let chain = world("gridlab/chain-12");
    // Mean return of the last 200 of 2200 episodes of each instance.
    let paid = |agent: &str| {
        let mut agent = driver(agent, &chain, "");
        let mut batch = batch(&chain, &*agent, Config { num_envs: 4, seed: 5, ..Config::default() });
        agent.advance(&mut batch, 48 * 2_000).expect("runs");
        mean(&mut *agent, &mut batch, 48 * 200)
    };
    let (chance, learnt) = (paid("random"), paid("ucb-q"));
    assert!(chance < 1.0 && learnt > 10.0, "ucb-q {learnt}, chance {chance}");
    // Without a reward to follow, the agent still reaches the far end more often than random actions do.
    let explored = paid("rf-express");
    assert!(explored > 3.0 * chance, "rf-express {explored}, chance {chance}");
}

#[test]
fn optimistic_learning_improves() {
    let sea = world("gridlab/deep-sea-10");
    let mut agent = driver("ucb-q", &sea, "");
    let mut batch = batch(&sea, &*agent, Config { num_envs: 16, ..Config::default() });
    let first = mean(&mut *agent, &mut batch, 10 * 20);
    mean(&mut *agent, &mut batch, 10 * 600);
    let last = mean(&mut *agent, &mut batch, 10 * 100);
    assert!(first < 0.3 && last > 0.8, "{first}, then {last}");
}

#[test]
fn go_explore_comes_where_chance_does_not() {
    // Six rooms behind doors, one level for all instances: random actions need millions of steps.
    let rooms = world("MiniGrid-MultiRoom-N6-v0");
    let config = || Config { num_envs: 16, worlds: Worlds::Pool(1), ..Config::default() };
    let mut chance = driver("random", &rooms, "");
    let mut dice = batch(&rooms, &*chance, config());
    chance.advance(&mut dice, 12_500).expect("runs");
    assert_eq!(dice.stats().reward, 0, "no goal by chance");
    let mut agent = driver("go-explore", &rooms, "");
    let mut batch = batch(&rooms, &*agent, config());
    agent.advance(&mut batch, 12_500).expect("runs");
    assert!(said(&*agent, "best_return").as_f64() > Some(0.0), "{:?}", agent.report());
    assert!(said(&*agent, "excursions").as_u64() >= Some(16 * 12_500 / 40));
    assert!(batch.stats().reward > 0, "ways that ended at the goal count as episodes");
}

const STOPPED: [(&str, &str, &str); 5] = [
    ("go-explore", "crafter", "explore_steps = 13\nmax_cells = 40"),
    ("go-explore", "MiniGrid-DoorKey-5x5-v0", "explore_steps = 7"),
    ("go-explore", "gridlab/keys", "key = 'position+inventory'"),
    ("rf-express", "gridlab/chain-9", "horizon = 17"),
    ("ucb-q", "MiniGrid-Empty-5x5-v0", "key = 'position+facing'"),
];

/// Returns the complete state of a batch and its agent.
fn all(batch: &mut Batch, driver: &dyn Driver) -> (u64, explorarium::sim::Stats, Dump, String) {
    let words = batch.dump().expect("words");
    (batch.checksum().expect("a checksum"), batch.stats().clone(), words, driver.save().to_string())
}

/// An agent that is stopped after any number of steps and restored from what was saved gives exactly the results of one
/// that is not stopped, rows included.
#[test]
fn a_stopped_agent_goes_on_as_if_nothing_had_been() {
    for (agent, id, options) in STOPPED {
        for worlds in [Worlds::Fresh, Worlds::Pool(3)] {
            let world = world(id);
            let config = || Config { num_envs: 6, seed: 9, worlds, record: vec![1, 4], ..Config::default() };
            let mut whole = driver(agent, &world, options);
            let mut whole_batch = batch(&world, &*whole, config());
            let mut rows: Vec<Row> = whole_batch.take_rows();
            whole.advance(&mut whole_batch, 150).expect("runs");
            rows.extend(whole_batch.take_rows());
            let expected = all(&mut whole_batch, &*whole);
            for stop in [0u64, 1, 12, 13, 14, 75, 149] {
                let mut first = driver(agent, &world, options);
                let mut first_batch = batch(&world, &*first, config());
                first.advance(&mut first_batch, stop).expect("runs");
                let mut kept = first_batch.take_rows();
                let text = first.save().to_string();
                let (words, stats) = (first_batch.dump().expect("words"), first_batch.stats().clone());
                let mut second = driver(agent, &world, options);
                let mut second_batch = batch(&world, &*second, config());
                second_batch.load(&words, stats).expect("loaded");
                second.load(&second_batch, &serde_json::from_str(&text).expect("JSON")).expect("loaded");
                second.advance(&mut second_batch, 150 - stop).expect("runs");
                kept.extend(second_batch.take_rows());
                assert!(all(&mut second_batch, &*second) == expected, "{agent}, {id}, {worlds}, stopped at {stop}");
                let sort = |rows: &mut Vec<Row>| rows.sort_by_key(|row| row.instance);
                sort(&mut kept);
                sort(&mut rows);
                assert_eq!(kept, rows, "{agent}, {id}, {worlds}, stopped at {stop}");
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for (agent, id, options) in STOPPED {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
            pool.install(|| {
                let world = world(id);
                let mut driver = driver(agent, &world, options);
                let mut batch = batch(&world, &*driver, Config { num_envs: 70, seed: 9, ..Config::default() });
                driver.advance(&mut batch, 60).expect("runs");
                all(&mut batch, &*driver)
            })
        };
        assert!(run(1) == run(3), "{agent}, {id}");
    }
}

#[test]
fn what_is_not_of_this_agent_is_refused() {
    for (agent, id, options) in STOPPED {
        let world = world(id);
        let mut driver = driver(agent, &world, options);
        let mut small = batch(&world, &*driver, Config { num_envs: 2, ..Config::default() });
        driver.advance(&mut small, 20).expect("runs");
        let saved = driver.save();
        let large = batch(&world, &*driver, Config { num_envs: 3, ..Config::default() });
        assert!(driver.load(&large, &saved).is_err(), "{agent}: another number of instances");
        assert!(driver.load(&small, &serde_json::json!({ "archive": 7 })).is_err(), "{agent}");
    }
}

#[test]
fn a_reset_mode_that_an_agent_needs_is_the_batchs() {
    let world = world("gridlab/keys");
    assert_eq!(driver("go-explore", &world, "").reset_mode(), Some(ResetMode::Off));
    assert_eq!(driver("rf-express", &world, "").reset_mode(), None);
    // All modes but off lead to the same learned states.
    let sums = [ResetMode::SameStep, ResetMode::NextStep].map(|reset| {
        let mut agent = driver("rf-express", &world, "horizon = 30");
        let mut batch = batch(&world, &*agent, Config { num_envs: 3, reset, ..Config::default() });
        agent.advance(&mut batch, 400).expect("runs");
        said(&*agent, "states_of_an_instance").as_u64().expect("a number")
    });
    assert!(sums.iter().all(|n| *n > 10), "{sums:?}");
}
