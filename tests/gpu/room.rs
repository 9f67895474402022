//! Buffers that grow on the GPU: an instance that is short of room stops, the host lays out all buffers again, and the results
//! are those of a batch with enough room.

use std::sync::Arc;

use explorarium::agents::{Lookahead, Random, lookahead};
use explorarium::bonus::BonusConfig;
use explorarium::envs::{Options, World, catalog};
use explorarium::gpu::Gpu;
use explorarium::sim::{Agent, Batch, Config, ResetMode, Worlds};

use serde_json::json;

use super::gpu;
use super::plugin::Side;
use crate::room::{crowd, objects, told};

const ENOUGH: u32 = 4000;

fn world(room: u32, length: u32) -> Arc<dyn World> {
    crowd(room, &Options { length: Some(length), ..Options::default() })
}

/// Compares three batches: on the CPU with little room, on the GPU with little room, and on the GPU with enough room.
fn all_alike(what: &str, length: u32, config: &Config, mut act: impl FnMut(&mut Batch)) {
    let Some(gpu) = gpu() else { return };
    let on = |room, gpu: Option<&Arc<Gpu>>| {
        Batch::new(world(room, length), Config { gpu: gpu.cloned(), ..config.clone() }).expect("a batch")
    };
    let [mut cpu, mut backend, mut roomy] = [on(1, None), on(1, Some(gpu)), on(ENOUGH, Some(gpu))];
    let begun = objects(&backend);
    [&mut cpu, &mut backend, &mut roomy].into_iter().for_each(&mut act);
    assert!(objects(&backend).1 > begun.1, "{what}: it grew in play, from {begun:?} to {:?}", objects(&backend));
    let expected = told(&mut cpu);
    assert_eq!(told(&mut roomy).differs(&expected), None, "{what}: the GPU with room");
    assert_eq!(told(&mut backend).differs(&expected), None, "{what}: the GPU");
}

#[test]
fn a_batch_grows_in_play() {
    for (reset, worlds, length, chunk) in [
        (ResetMode::SameStep, Worlds::Fresh, 60, 80),
        (ResetMode::NextStep, Worlds::Fresh, 30, 7),
        (ResetMode::NextStep, Worlds::Pool(3), 60, 80),
        (ResetMode::Off, Worlds::Pool(3), 60, 80),
    ] {
        let config = Config { num_envs: 7, seed: 7, reset, worlds, record: vec![0, 3], ..Config::default() };
        all_alike(&format!("{reset}, {worlds}"), length, &config, |batch| {
            while batch.steps() < 80 {
                batch.advance(chunk, &Random { seed: 2 }).expect("steps");
            }
        });
    }
}

#[test]
fn actions_given_are_taken_once() {
    let config = Config { num_envs: 5, seed: 3, record: vec![4], ..Config::default() };
    all_alike("given", 1000, &config, |batch| {
        for t in 0..60u32 {
            let actions: Vec<u32> = (0..5).map(|i| (t * 7 + i * 3) % 17).collect();
            batch.step(&actions).expect("steps");
        }
    });
}

/// Instances move between batches whose buffers have different sizes.
#[test]
fn snapshots_and_forks_bring_their_room() {
    let Some(gpu) = gpu() else { return };
    let config = Config { num_envs: 4, seed: 9, ..Config::default() };
    let mut cpu = Batch::new(world(1, 500), config.clone()).expect("a batch");
    cpu.advance(160, &Random::default()).expect("steps");
    let (words, each) = (cpu.state(1).expect("reads"), objects(&cpu).1);
    let fullest = (0..4).max_by_key(|i| words[i * each]).expect("instances");
    let snapshot = cpu.snapshot(fullest).expect("a snapshot");
    let mut backend = Batch::new(world(1, 500), Config { gpu: Some(gpu.clone()), ..config }).expect("a batch");
    let before = objects(&backend);
    backend.restore(1, &snapshot).expect("fits");
    assert!(objects(&backend).1 > before.1, "{:?} {before:?}", objects(&cpu));
    assert_eq!(backend.snapshot(1).expect("a snapshot"), snapshot);
    cpu.load(&backend.dump().expect("a dump"), backend.stats().clone()).expect("fits");
    for batch in [&mut cpu, &mut backend] {
        batch.advance(20, &Random::default()).expect("steps");
        batch.fork(&[1, 0], &[3, 1]).expect("forks");
        batch.advance(9, &Random::default()).expect("steps");
    }
    assert_eq!(told(&mut cpu).differs(&told(&mut backend)), None);
}

/// If instances share tables, one that is short of room holds up the others; this holds for several parts too.
#[test]
fn shared_tables_count_in_step() {
    if gpu().is_none() {
        return;
    }
    let lookahead = lookahead::Options { rollouts: 1, depth: 6, discount: 1.0 };
    for (names, worlds, parts, plans) in [
        ("count:full,entropy", Worlds::Pool(3), false, false),
        ("count:full", Worlds::Fresh, true, false),
        ("count:full,empowerment", Worlds::Pool(2), true, false),
        ("count:full", Worlds::Pool(2), true, true),
        ("count,empowerment", Worlds::Fresh, false, true),
    ] {
        let world = world(1, 40);
        let backend = Arc::new(Gpu::open(None).expect("a GPU"));
        if parts {
            backend.limit_bindings(40_000);
        }
        let bonus = BonusConfig::parse(names).expect(names);
        let num_envs = if parts { 16 } else { 5 };
        let config = |gpu| Config { num_envs, seed: 3, worlds, record: vec![1], gpu, ..Config::default() };
        let mut sides = [None, Some(backend)].map(|gpu| Side::new(&world, &bonus, config(gpu)));
        let n_parts = sides[1].batch.gpu().expect("a GPU").n_parts();
        assert_eq!(n_parts > 1, parts, "{names}: {n_parts} parts");
        let begun = objects(&sides[1].batch);
        let steps = if plans { 14 } else { 30 };
        for side in &mut sides {
            let agent: Box<dyn Agent> = if plans {
                Box::new(Lookahead::new(&*world, side.bonuses.clone(), lookahead, 5).expect("an agent"))
            } else {
                Box::new(Random { seed: 5 })
            };
            for _ in 0..2 {
                side.batch.advance(steps / 2, &*agent).expect("steps");
            }
        }
        let [cpu, backend] = &mut sides;
        assert!(objects(&backend.batch).1 > begun.1, "{names}: it grew in play, from {begun:?} to {:?}", objects(&backend.batch));
        assert!(cpu.tables() == backend.tables(), "{names}: tables");
        assert_eq!(cpu.plugin_buffers(), backend.plugin_buffers(), "{names}");
        let (checksum, rows) = (cpu.batch.checksum().expect("reads"), cpu.batch.take_rows());
        assert_eq!(checksum, backend.batch.checksum().expect("reads"), "{names}");
        assert!(rows == backend.batch.take_rows(), "{names}: rows");
    }
}

/// The room is less than that for which rows are hashed, equal to it, and more.
#[test]
fn rows_are_hashed_as_if_there_were_room_for_the_usual() {
    let Some(gpu) = gpu() else { return };
    for room in [1, 60, 128, 300] {
        let config = Config { num_envs: 3, seed: 4, ..Config::default() };
        let [mut cpu, mut backend] = [None, Some(gpu.clone())]
            .map(|gpu| Batch::new(world(room, 1000), Config { gpu, ..config.clone() }).expect("a batch"));
        for _ in 0..4 {
            cpu.advance(25, &Random::default()).expect("steps");
            backend.advance(25, &Random::default()).expect("steps");
            assert_eq!(cpu.checksum().expect("reads"), backend.checksum().expect("reads"), "room for {room}");
        }
    }
}

/// Removes, one at a time, what stops an instance that is short of room and what makes a round void. Each time the run must
/// end in another state or in an error.
#[test]
fn what_makes_room_matters() {
    let Some(gpu) = gpu() else { return };
    let lookahead = lookahead::Options { rollouts: 1, depth: 70, discount: 1.0 };
    // (file, text, replacement, whether forks notice it, whether a shared table does)
    let changes = [
        ("envs/crafter/step.wgsl", "if n_mobs() > rules.room {", "if false {", false, false),
        ("shaders/core/end_round.wgsl", "PACE_STATUS], PACE_NEEDS_ROOM);", "PACE_STATUS], PACE_FREE);", false, false),
        ("shaders/core/checksum.wgsl", "k < used; k++", "k < 0u; k++", false, false),
        ("shaders/core/halt.wgsl", "pace[LIST_ROUND] |= ROUND_CANCELLED;", "", false, true),
        ("shaders/core/after_fork_step.wgsl", "atomicOr(&halted[LIST_ROUND], ROUND_CANCELLED);", "", true, true),
        ("envs/crafter/instance.wgsl", "<= 255u {", "<= 65535u {", false, false),
    ];
    for (path, old, new, plans, shares) in changes {
        let (world, large) = (world(1, 1000), large_chunks());
        // With forks, `knn` depends on objects that were added. Otherwise there are few states, and values depend
        // on earlier visits of other instances.
        let bonus = BonusConfig::parse(if plans { "knn" } else { "count:inventory" }).expect("a bonus");
        let play = |texts: Vec<(String, String)>, on_gpu: bool| {
            let gpu = on_gpu.then(|| Arc::new(gpu.with_texts(texts)));
            let config = Config { num_envs: 5, seed: 3, worlds: Worlds::Pool(3), gpu, ..Config::default() };
            if !shares {
                let (world, scenario) = match path.ends_with("instance.wgsl") {
                    true => (large.0.clone(), Some(Arc::new(large.1.clone()))),
                    false => (world.clone(), None),
                };
                let mut batch = Batch::new(world, Config { scenario, ..config }).expect("a batch");
                return batch.advance(70, &Random::default()).and_then(|()| batch.checksum()).map_err(|e| e.to_string());
            }
            let mut side = Side::new(&world, &bonus, config);
            let agent: Box<dyn Agent> = match plans {
                true => Box::new(Lookahead::new(&*world, side.bonuses.clone(), lookahead, 5).expect("an agent")),
                false => Box::new(Random::default()),
            };
            let done = side.batch.advance(if plans { 5 } else { 70 }, &*agent);
            let values =
                side.plugin_buffers().concat().iter().fold(0u64, |sum, word| sum.rotate_left(5).wrapping_add(u64::from(*word)));
            done.and_then(|()| side.batch.checksum()).map(|sum| sum ^ values).map_err(|e| e.to_string())
        };
        let (_, text) = super::files().into_iter().find(|(known, _)| *known == path).expect("a file");
        assert_eq!(text.matches(old).count(), 1, "'{old}' must stand once in {path}");
        let expected = play(Vec::new(), false);
        assert_eq!(play(Vec::new(), true), expected, "{path}: without a change");
        assert_ne!(play(vec![(path.to_string(), text.replace(old, new))], true), expected, "{path} without '{old}'");
    }
}

/// Returns a world whose chunks have more cells than a byte counts, and a scenario with more zombies in
/// one of them than the balance allows.
fn large_chunks() -> (Arc<dyn World>, serde_json::Value) {
    let text = catalog::find("crafter").expect("built in").text.replace("chunk = [12, 12]", "chunk = [64, 16]");
    let text = text.replace(
        "min = { base = 3.5, light = -3.0 }, max = { base = 3.5, light = -3.0 }",
        "min = { base = 280.0, light = 0.0 }, max = { base = 290.0, light = 0.0 }",
    );
    let source = catalog::Source { id: "chunks".into(), text, folder: None };
    let world = catalog::load_source(&source, &Options::default()).expect("a legal ruleset");
    let cells: Vec<(u32, u32)> = (0..8).flat_map(|y| (0..64).map(move |x| (x, y))).collect();
    let added: Vec<_> = cells[..320].iter().map(|(x, y)| json!(["Zombie", x, y])).collect();
    let grass: Vec<_> = cells.iter().map(|(x, y)| json!([x, y, "grass"])).collect();
    (world, json!({ "remove": cells, "terrain": grass, "add": added }))
}
