//! Bonuses in a batch: values agree with their formulas, however the batch is cut.

use std::collections::BTreeMap;
use std::sync::Arc;

use explorarium::agents::lookahead::{NoveltyOptions, Options as Horizon};
use explorarium::agents::{Lookahead, Random};
use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Core, Options, World, load};
use explorarium::sim::{Batch, Config, ResetMode, StepPlugin, Worlds};

/// Plugin buffers of keys, values and totals (see `src/bonus/runtime.rs`).
const KEYS: usize = 0;
const VALUES: usize = 1;
const TOTALS: usize = 2;

fn world(id: &str) -> Arc<dyn World> {
    load(id, &Options::default()).expect(id)
}

fn bonuses(world: &Arc<dyn World>, names: &str) -> Arc<Bonuses> {
    Arc::new(Bonuses::new(world, &BonusConfig::parse(names).expect(names)).expect(names))
}

fn batch(world: &Arc<dyn World>, names: &str, config: Config) -> (Batch, Arc<Bonuses>) {
    let bonuses = bonuses(world, names);
    let config = Config { plugin: Some(bonuses.clone()), ..config };
    (Batch::new(world.clone(), config).expect("a batch"), bonuses)
}

/// Returns name, distinct keys, visits and entropy of each shared table.
fn counted(bonuses: &Bonuses) -> Vec<(String, u64, u64, Option<f64>)> {
    bonuses.counted(&bonuses.headers()).into_iter().map(|c| (c.name, c.keys, c.visits, c.entropy)).collect()
}

/// The transitions of all instances are counted before any count is read. If two instances enter a new state in
/// the same step, both read a count of 2.
#[test]
#[expect(clippy::disallowed_methods, reason = "what the entropy of the table is compared with")]
fn counts_are_those_of_a_map() {
    let world = world("MiniGrid-DoorKey-5x5-v0");
    let n = 24;
    for mode in [ResetMode::SameStep, ResetMode::NextStep] {
        let (mut batch, bonuses) = batch(
            &world,
            "count:position+facing+inventory,entropy:position",
            Config { num_envs: n, reset: mode, ..Config::default() },
        );
        let (mut counts, mut places): (BTreeMap<u64, u32>, BTreeMap<u64, u32>) = Default::default();
        let keys_now = |batch: &Batch| {
            let keys = batch.plugin_buffer(KEYS).expect("keys");
            let key = |i: usize, slot: usize| {
                let at = (i * 2 + slot) * 4;
                u64::from(keys[at]) | u64::from(keys[at + 1]) << 32
            };
            (0..n).map(|i| (key(i, 0), key(i, 1))).collect::<Vec<_>>()
        };
        for (key, place) in keys_now(&batch) {
            *counts.entry(key).or_default() += 1;
            *places.entry(place).or_default() += 1;
        }
        let mut paid = 0;
        for t in 0..700u32 {
            let actions: Vec<u32> = (0..n as u32).map(|i| (t * 7 + i * 3 + t * t % 11) % 7).collect();
            let episodes: Vec<u32> = batch.core().expect("core").chunks_exact(Core::WORDS).map(|c| c[Core::EPISODE]).collect();
            batch.step(&actions).expect("steps");
            let core = batch.core().expect("core");
            // In same-step mode the keys of instances that began an episode are those of the first state, so only
            // the totals at the end are compared.
            let began: Vec<bool> = (0..n).map(|i| core[i * Core::WORDS + Core::EPISODE] != episodes[i]).collect();
            let keys = keys_now(&batch);
            let total: u32 = counts.values().sum();
            if mode == ResetMode::NextStep {
                for i in (0..n).filter(|i| !began[*i]) {
                    *counts.entry(keys[i].0).or_default() += 1;
                    *places.entry(keys[i].1).or_default() += 1;
                }
                for i in (0..n).filter(|i| !began[*i]) {
                    let value = batch.plugin_buffer(VALUES).expect("values")[i * 2] as i32;
                    let expected = (1.0 / f64::from(counts[&keys[i].0]).sqrt() * f64::from(1 << 20)).round() as i32;
                    assert!((value - expected).abs() <= 1, "step {t}, instance {i}: {value} is not {expected}");
                    paid += 1;
                }
                for i in (0..n).filter(|i| began[*i]) {
                    *counts.entry(keys[i].0).or_default() += 1;
                    *places.entry(keys[i].1).or_default() += 1;
                }
                assert_eq!(counts.values().sum::<u32>(), total + n as u32);
                let found = counted(&bonuses);
                assert_eq!((found[0].1, found[0].2), (counts.len() as u64, u64::from(total) + n as u64));
                let sum: f64 = places.values().map(|c| f64::from(*c)).sum();
                let entropy: f64 = places.values().map(|c| f64::from(*c) / sum).map(|p| -p * p.ln()).sum();
                assert!((found[1].3.expect("entropy") - entropy).abs() < 1e-6);
            }
        }
        let found = counted(&bonuses);
        assert_eq!(found[0].2, found[1].2);
        assert!(mode == ResetMode::SameStep || paid > 10_000, "{paid}");
        // The table counts every transition and every first state, and nothing else.
        let starts: u32 = batch.core().expect("core").chunks_exact(Core::WORDS).map(|c| c[Core::EPISODE]).sum();
        let steps = if mode == ResetMode::SameStep { 700 * n as u64 } else { 700 * n as u64 - u64::from(starts - n as u32) };
        assert_eq!(found[0].2, steps + u64::from(starts));
    }
}

const ALL: &str = "count,bebold,entropy,information-gain,knn,pseudo-count,e3b,simhash,count:full";

#[test]
fn bonuses_do_not_depend_on_how_the_batch_is_cut() {
    for id in ["crafter", "MiniGrid-DoorKey-6x6-v0", "gridlab/noisy-tv"] {
        let world = world(id);
        let run = |block: usize, chunk: u64| {
            let config = Config { num_envs: 33, block, worlds: Worlds::Pool(5), ..Config::default() };
            let (mut batch, bonuses) = batch(&world, ALL, config);
            for _ in 0..120 / chunk {
                batch.advance(chunk, &Random::default()).expect("steps");
            }
            let plugin_buffers: Vec<Vec<u32>> =
                (0..bonuses.plugin_buffers().len()).map(|k| batch.plugin_buffer(k).expect("extra").to_vec()).collect();
            (plugin_buffers, counted(&bonuses), batch.checksum().expect("sum"))
        };
        let one = run(33, 120);
        assert!(one.0[TOTALS].iter().any(|total| *total != 0));
        assert!(run(4, 1) == one && run(7, 60) == one, "{id}");
    }
}

#[test]
fn a_checkpoint_holds_tables_and_memory() {
    let world = world("crafter");
    let config = || Config { num_envs: 9, worlds: Worlds::Pool(3), ..Config::default() };
    let (mut whole, bonuses) = batch(&world, ALL, config());
    whole.advance(150, &Random::default()).expect("steps");
    let (mut words, stats) = (whole.dump().expect("words"), whole.stats().clone());
    whole.advance(100, &Random::default()).expect("steps");
    let (mut other, others) = batch(&world, ALL, config());
    other.load(&words, stats).expect("loads");
    other.advance(100, &Random::default()).expect("steps");
    for k in 0..bonuses.plugin_buffers().len() {
        assert_eq!(whole.plugin_buffer(k).expect("extra"), other.plugin_buffer(k).expect("extra"), "extra {k}");
    }
    assert_eq!(counted(&bonuses), counted(&others));
    words.words.pop();
    assert!(other.load(&words, whole.stats().clone()).is_err());
}

#[test]
fn a_full_table_of_an_instance_says_what_to_raise() {
    let world = world("crafter");
    let mut config = BonusConfig::parse("count:full").expect("count");
    config.list[0].set("scope", "episode");
    config.list[0].set("slots", 64);
    let bonuses = Arc::new(Bonuses::new(&world, &config).expect("bonuses"));
    let config = Config { num_envs: 3, plugin: Some(bonuses), ..Config::default() };
    let mut batch = Batch::new(world, config).expect("a batch");
    let error = batch.advance(500, &Random::default()).expect_err("64 slots do not hold 500 states").to_string();
    assert!(error.contains("raise slots") && error.contains("episode 1, step 56"), "{error}");
    let rows = batch.take_rows();
    assert!(rows.is_empty());
}

#[test]
fn what_is_no_bonus_is_explained() {
    let world = world("MiniGrid-Empty-5x5-v0");
    let error = |names: &str| {
        let config = BonusConfig::parse(names);
        config.and_then(|config| Bonuses::new(&world, &config)).map(|_| ()).expect_err(names).to_string()
    };
    assert!(error("coun").contains("unknown bonus 'coun'; there are count, simhash"));
    assert!(error("count:achievements").contains("key part 'achievements' means nothing in MiniGrid-Empty-5x5-v0"));
    assert!(error("count:positon").contains("did you mean 'position'"));
    let mut config = BonusConfig::parse("knn").expect("knn");
    config.list[0].set("window", 3);
    let error = Bonuses::new(&world, &config).expect_err("no window").to_string();
    assert!(
        error.contains("bonus knn has no option 'window'; it has scope, form, dims, points, nearest, weight, decay"),
        "{error}"
    );
    let of = |option: &str, value: toml::Value| {
        let mut config = BonusConfig::parse("count").expect("count");
        config.list[0].set(option, value);
        Bonuses::new(&world, &config).map(|_| ()).expect_err("refused").to_string()
    };
    assert_eq!(of("form", "cube".into()), "bonus count: form 'cube'; there are sqrt, inverse, first-visit, product");
    assert_eq!(of("form", 3.into()), "bonus count: form = 3 is not one of sqrt, inverse, first-visit, product");
    assert_eq!(of("slots", (-1).into()), "bonus count: slots = -1 is not a whole number from 0 to 4294967295");
}

/// In deep-sea only one sequence of actions leads to the far corner. Random actions find it once in two
/// to the power of the depth episodes.
#[test]
fn agents_that_look_ahead_reach_what_chance_does_not() {
    let world = world("gridlab/deep-sea-10");
    let reached = |names: Option<&str>| {
        let bonuses = bonuses(&world, "count");
        let config = Config { num_envs: 8, plugin: Some(bonuses.clone()), ..Config::default() };
        let mut batch = Batch::new(world.clone(), config).expect("a batch");
        match names {
            None => batch.advance(1000, &Random::default()),
            Some("novelty") => {
                batch.advance(1000, &Lookahead::novelty(&*world, bonuses, NoveltyOptions::default(), 0).expect("novelty"))
            }
            Some(_) => {
                let horizon = Horizon { rollouts: 4, depth: 8, discount: 0.99 };
                batch.advance(1000, &Lookahead::new(&*world, bonuses, horizon, 0).expect("lookahead"))
            }
        }
        .expect("steps");
        batch.stats().reward
    };
    let (random, novelty, lookahead) = (reached(None), reached(Some("novelty")), reached(Some("lookahead")));
    eprintln!("random {random}, novelty {novelty}, lookahead {lookahead}");
    assert!(novelty > random && lookahead > random);
}
