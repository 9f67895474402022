//! Bonuses over shared tables are computed after many steps of simulation. All results equal those of a computation after
//! every step, however the batch is cut.

use std::sync::Arc;

use explorarium::agents::Random;
use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Core, Options, World, load};
use explorarium::sim::{Batch, Config, ResetMode, Row, Stats, StepPlugin, Worlds};

/// All bonuses that share a table, in all their forms, together with some that do not, and the reward.
fn everything(world: &Arc<dyn World>) -> BonusConfig {
    let names = "count,count:full,count,count:position,bebold,bebold,entropy,entropy,entropy,information-gain,information-gain,\
                 information-gain,simhash,knn,e3b,reward";
    let mut config = BonusConfig::parse(names).expect(names);
    let forms = ["sqrt", "inverse", "first-visit", "product", "inverse", "sqrt", "level", "delta", "surprisal"];
    let gains = ["belief", "posterior-prior", "prior-posterior", "product"];
    for (entry, form) in config.list.iter_mut().zip(forms.into_iter().chain(gains)) {
        entry.set("form", form);
    }
    // A count whose tables belong to the instances, besides the shared ones.
    config.list[2].set("scope", "instance");
    config.normalise = Some("rms".to_string());
    config.resolved(&**world).expect("all are bonuses")
}

/// The complete result of a batch with bonuses.
#[derive(PartialEq)]
struct Outcome {
    plugin_buffers: Vec<Vec<u32>>,
    counted: String,
    contents: Vec<Vec<(u64, u32)>>,
    sum: u64,
    stats: Stats,
    rows: Vec<Row>,
}

/// The batch to run, and how its steps are cut.
struct Play<'a> {
    world: &'a Arc<dyn World>,
    bonuses: &'a BonusConfig,
    config: Config,
    threads: usize,
    chunks: &'a [u64],
}

impl Play<'_> {
    fn run(&self) -> Outcome {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build().expect("threads start");
        pool.install(|| {
            let bonuses = Arc::new(Bonuses::new(self.world, self.bonuses).expect("bonuses"));
            let config = Config { plugin: Some(bonuses.clone()), ..self.config.clone() };
            let mut batch = Batch::new(self.world.clone(), config).expect("a batch");
            self.chunks.iter().for_each(|steps| batch.advance(*steps, &Random::default()).expect("runs"));
            let mut rows = batch.take_rows();
            rows.sort_by_key(|row| (row.batch_step, row.instance, row.action.is_none()));
            Outcome {
                plugin_buffers: (0..bonuses.plugin_buffers().len())
                    .map(|k| batch.plugin_buffer(k).expect("extra").to_vec())
                    .collect(),
                counted: format!("{:?}", bonuses.counted(&bonuses.headers())),
                contents: bonuses.tables().iter().map(|words| explorarium::bonus::tables::contents(words)).collect(),
                sum: batch.checksum().expect("sum"),
                stats: batch.stats().clone(),
                rows,
            }
        })
    }
}

#[test]
fn all_comes_out_as_step_by_step() {
    for (id, reset, worlds) in [
        ("crafter", ResetMode::SameStep, Worlds::Pool(5)),
        ("crafter", ResetMode::NextStep, Worlds::Fresh),
        ("MiniGrid-DoorKey-5x5-v0", ResetMode::SameStep, Worlds::Fresh),
        ("MiniGrid-DoorKey-5x5-v0", ResetMode::NextStep, Worlds::Pool(3)),
        ("MiniGrid-Dynamic-Obstacles-Random-6x6-v0", ResetMode::Off, Worlds::Fresh),
        ("gridlab/noisy-tv", ResetMode::SameStep, Worlds::Fresh),
    ] {
        let world = load(id, &Options::default()).expect(id);
        let bonuses = everything(&world);
        let config = |block| Config { num_envs: 29, seed: 3, block, reset, worlds, record: vec![0, 7, 28], ..Config::default() };
        let run = |block, threads, chunks: &[u64]| {
            Play { world: &world, bonuses: &bonuses, config: config(block), threads, chunks }.run()
        };
        let by_step = run(29, 1, &[1; 260]);
        let paid = by_step.rows.iter().filter(|row| row.plugin_values.iter().any(|value| *value != 0)).count();
        assert!(paid > if reset == ResetMode::Off { 3 } else { 300 }, "{id}: {paid} rows are paid");
        assert!(reset == ResetMode::Off || by_step.stats.episodes > 0, "{id}: episodes begin");
        for (block, threads, chunks) in
            [(29, 1, &[260][..]), (4, 3, &[260]), (0, 2, &[1, 2, 65, 127, 64, 1]), (1, 5, &[130, 130]), (13, 2, &[3, 257])]
        {
            let late = run(block, threads, chunks);
            assert!(late == by_step, "{id}, {reset}, blocks of {block}, {threads} threads, chunks {chunks:?}");
        }
    }
}

/// Tables grow during a run. No count is lost, and nothing depends on when they grow.
#[test]
fn tables_grow_between_chunks() {
    let world = load("gridlab/four-rooms", &Options::default()).expect("a world");
    let bonuses = BonusConfig::parse("count:clock+position,entropy:clock+position").expect("bonuses");
    let run = |threads, chunks: &[u64]| {
        let config = Config { num_envs: 1500, ..Config::default() };
        Play { world: &world, bonuses: &bonuses, config, threads, chunks }.run()
    };
    let by_step = run(1, &[1; 90]);
    assert!(by_step.contents[0].len() > 3000, "{}", by_step.contents[0].len());
    assert!(run(3, &[90]) == by_step && run(2, &[7, 83]) == by_step);
}

/// The reported fault is that of the earliest step, then of the lowest instance, whichever thread finds it. Rows end with that step.
#[test]
fn a_fault_is_that_of_step_by_step() {
    let world = load("crafter", &Options::default()).expect("crafter");
    let mut shared = BonusConfig::parse("bebold:full,count").expect("bonuses");
    let mut alone = BonusConfig::parse("count:full,count").expect("bonuses");
    shared.list[0].set("slots", 64);
    alone.list[0] = alone.list[0].clone().with("slots", 64).with("scope", "episode");
    for bonuses in [shared, alone] {
        let run = |block, chunk: u64| {
            let plugin = Arc::new(Bonuses::new(&world, &bonuses).expect("bonuses"));
            let config = Config {
                num_envs: 11,
                block,
                record: vec![2, 9],
                worlds: Worlds::Pool(4),
                plugin: Some(plugin),
                ..Config::default()
            };
            let mut batch = Batch::new(world.clone(), config).expect("a batch");
            let error = loop {
                if let Err(error) = batch.advance(chunk, &Random::default()) {
                    break error.to_string();
                }
            };
            let mut rows = batch.take_rows();
            rows.sort_by_key(|row| (row.batch_step, row.instance, row.action.is_none()));
            (error, rows)
        };
        let by_step = run(11, 1);
        assert!(by_step.0.contains("raise slots") && by_step.1.len() > 60, "{}", by_step.0);
        for (block, chunk) in [(11, 64), (1, 500), (4, 33), (3, 2)] {
            assert_eq!(run(block, chunk), by_step, "blocks of {block}, chunks of {chunk}");
        }
    }
}

/// Single steps, many steps at once, resets and forks: keys and tables continue from whatever came last.
#[test]
fn steps_given_by_hand_and_steps_of_an_agent_go_together() {
    let world = load("MiniGrid-DoorKey-5x5-v0", &Options::default()).expect("a world");
    let run = |at_once: bool| {
        let bonuses = Arc::new(Bonuses::new(&world, &everything(&world)).expect("bonuses"));
        let config = Config { num_envs: 6, plugin: Some(bonuses.clone()), ..Config::default() };
        let mut batch = Batch::new(world.clone(), config).expect("a batch");
        for round in 0..4u32 {
            batch.step(&[round, 1, 2, 2, 5, round]).expect("steps");
            let chunks = if at_once { vec![40] } else { vec![1; 40] };
            chunks.iter().for_each(|steps| batch.advance(*steps, &Random::default()).expect("steps"));
            batch.begin_episode(3).expect("begins");
            batch.fork(&[0], &[5]).expect("forks");
        }
        let episodes: Vec<u32> = batch.core().expect("core").chunks_exact(Core::WORDS).map(|core| core[Core::EPISODE]).collect();
        let plugin_buffers: Vec<Vec<u32>> =
            (0..bonuses.plugin_buffers().len()).map(|k| batch.plugin_buffer(k).expect("extra").to_vec()).collect();
        (plugin_buffers, episodes, format!("{:?}", bonuses.counted(&bonuses.headers())))
    };
    assert!(run(true) == run(false));
}
