//! A step with actions from the host is one submission and one read, and its outputs equal those of the CPU.

use std::sync::Arc;

use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Options, load};
use explorarium::gpu::Gpu;
use explorarium::sim::{Batch, Config, Worlds};

use super::gpu;

const STEPS: u64 = 12;

/// Returns the numbers of submissions and reads of [`STEPS`] steps, and all outputs.
fn stepped(id: &str, bonus: Option<&str>, gpu: Option<Arc<Gpu>>) -> ([u64; 2], Vec<Vec<u32>>) {
    let world = load(id, &Options::default()).expect(id);
    let actions = world.spec().num_actions();
    let plugin = bonus.map(|names| {
        let bonuses = Bonuses::new(&world, &BonusConfig::parse(names).expect(names)).expect(names);
        Arc::new(bonuses) as Arc<dyn explorarium::sim::StepPlugin>
    });
    let config = Config { num_envs: 70, seed: 2, worlds: Worlds::Pool(3), plugin, gpu: gpu.clone(), ..Config::default() };
    let mut batch = Batch::new(world, config).expect("a batch");
    let counts = || gpu.as_ref().map_or([0, 0], |gpu| gpu.counts());
    // The first step, which is not counted, looks at the tables that the host has made.
    batch.step(&[0; 70]).expect("steps");
    let (before, mut all) = (counts(), Vec::new());
    for t in 0..STEPS as u32 {
        let chosen: Vec<u32> = (0..70).map(|i| (i * 7 + t * 3) % actions).collect();
        let output = batch.step(&chosen).expect("steps");
        let mut words: Vec<u32> = output.rewards.iter().map(|reward| reward.to_bits()).collect();
        words.extend(output.raw_rewards.iter().map(|raw| *raw as u32));
        for flags in [output.terminated, output.truncated, output.begun, output.final_mask] {
            words.extend(flags.iter().map(|flag| u32::from(*flag)));
        }
        words.extend(output.episodes.iter().chain(output.steps).chain(output.observations).chain(output.final_observations));
        words.extend(output.bonuses.iter().flat_map(|column| &column.raw).map(|raw| *raw as u32));
        words.extend((0..70).filter_map(|i| output.last(i)).map(|last| last.step));
        all.push(words);
    }
    let after = counts();
    ([after[0] - before[0], after[1] - before[1]], all)
}

#[test]
fn a_step_is_one_submission_and_one_reading() {
    if gpu().is_none() {
        return;
    }
    // This test has its own device, because other tests use theirs at the same time.
    let own = Arc::new(Gpu::open(None).expect("an adapter"));
    for (id, bonus) in [("MiniGrid-DoorKey-5x5-v0", None), ("crafter", Some("count,knn")), ("gridlab/keys", Some("entropy"))] {
        let (counts, on_gpu) = stepped(id, bonus, Some(own.clone()));
        assert_eq!(counts, [STEPS; 2], "{id}: submissions and readings");
        assert!(on_gpu == stepped(id, bonus, None).1, "{id}: the backends differ");
    }
}
