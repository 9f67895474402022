//! Changes of lists of instances between steps: results equal those of the CPU, and a list takes few submissions however long it is.

use std::sync::Arc;

use explorarium::envs::{Options, load};
use explorarium::gpu::Gpu;
use explorarium::sim::{Batch, Config, InstanceState, Origin, Prefixes, ResetMode, Worlds};

use super::gpu;
use crate::by_hand::plugin;

const N: usize = 70;

fn batch(id: &str, bonus: &str, worlds: Worlds, reset: ResetMode, gpu: Option<&Arc<Gpu>>) -> Batch {
    let world = load(id, &Options::default()).expect(id);
    let plugin = Some(plugin(&world, bonus));
    let config = Config { num_envs: N, seed: 5, worlds, reset, plugin, gpu: gpu.cloned(), ..Config::default() };
    Batch::new(world, Config { record: vec![3, 68], ..config }).expect("a batch")
}

/// Returns the complete state of a batch.
fn all(batch: &mut Batch) -> (u64, Vec<u32>) {
    (batch.checksum().expect("a checksum"), batch.dump().expect("words").words)
}

#[test]
fn lists_are_equal_to_the_cpu() {
    let Some(gpu) = gpu() else { return };
    for (id, bonus, worlds, reset) in [
        ("crafter", "count,entropy:position", Worlds::Fresh, ResetMode::SameStep),
        ("MiniGrid-Dynamic-Obstacles-5x5-v0", "count", Worlds::Fresh, ResetMode::NextStep),
        ("gridlab/keys", "count,knn,pseudo-count", Worlds::Pool(3), ResetMode::Off),
    ] {
        let mut both = [None, Some(gpu)].map(|gpu| batch(id, bonus, worlds, reset, gpu));
        let mut kept: Vec<InstanceState> = Vec::new();
        for round in 0..3u32 {
            for t in 0..6 {
                let actions: Vec<u32> = (0..N as u32).map(|i| (i * 7 + t * 3 + round) % 3).collect();
                both.iter_mut().for_each(|batch| _ = batch.step(&actions).expect("steps"));
            }
            let mask: Vec<bool> = (0..N).map(|i| (i as u32).is_multiple_of(2 + round) && i != 68).collect();
            let seeds: Vec<i64> = (0..N as i64).map(|i| 900 - i).collect();
            let seeds = (round == 1).then_some(&seeds[..]);
            // Instance 3 is recorded: it keeps its seed.
            let mask: Vec<bool> = mask.into_iter().enumerate().map(|(i, reset)| reset && i != 3).collect();
            both.iter_mut().for_each(|batch| _ = batch.reset(&mask, seeds).expect("resets"));
            if round == 0 {
                kept = both[1].instance_states(&[1, 68, 9]).expect("reads");
                assert_eq!(kept, both[0].instance_states(&[1, 68, 9]).expect("reads"), "{id}");
            } else {
                let origin = Origin { world: 1, history: vec![0] };
                let list: Vec<_> = [66, 3, 0].into_iter().zip(&kept).map(|(i, state)| (i, state, &origin)).collect();
                both.iter_mut().for_each(|batch| batch.restore_states(&list).expect("restores"));
                both.iter_mut().for_each(|batch| batch.fork(&[0, 5, 6], &[69, 68, 7]).expect("forks"));
            }
            let [cpu, backend] = &mut both;
            assert!(all(cpu) == all(backend), "{id}, round {round}: the backends differ");
        }
        let [cpu, backend] = &mut both;
        assert_eq!(cpu.take_rows(), backend.take_rows(), "{id}");
        assert_eq!(cpu.stats(), backend.stats(), "{id}");
    }
}

/// A batch that goes on from recorded steps is the same on both backends, and its bonuses begin with the states that are reached.
#[test]
fn prefixes_are_equal_to_the_cpu() {
    let Some(gpu) = gpu() else { return };
    for (id, bonus, worlds) in [
        ("crafter", "count,entropy:position", Worlds::Fresh),
        ("MiniGrid-Dynamic-Obstacles-5x5-v0", "count", Worlds::Fresh),
        ("gridlab/keys", "count,knn", Worlds::Pool(3)),
    ] {
        let world = load(id, &Options::default()).expect(id);
        let prefixes = [0, 3].into_iter().map(|i| Prefixes::one(i, &(0..150).map(|t| (t * t % 3) as u8).collect::<Vec<u8>>()));
        for prefixes in prefixes {
            let mut both = [None, Some(gpu)].map(|gpu| {
                let plugin = Some(plugin(&world, bonus));
                let config = Config { num_envs: 5, seed: 8, worlds, record: vec![0, 3], plugin, ..Config::default() };
                let config = Config { gpu: gpu.cloned(), prefixes: Arc::new(prefixes.clone()), ..config };
                Batch::new(world.clone(), config).expect("a batch")
            });
            for t in 0..40 {
                let [cpu, backend] = &mut both;
                assert!(all(cpu) == all(backend), "{id}, step {t}: the backends differ");
                both.iter_mut().for_each(|batch| _ = batch.step(&[t % 3; 5]).expect("steps"));
            }
            let rows = both.each_mut().map(Batch::take_rows);
            assert_eq!(rows[0], rows[1], "{id}");
            let begun = rows[0].iter().filter(|row| row.batch_step == 0).map(|row| (row.instance, row.step > 0));
            let prefixed = |i: u32| prefixes.of(i).is_some();
            assert_eq!(begun.filter(|(i, late)| *late || prefixed(*i)).count(), 1, "{id}: one row of the state that is reached");
        }
    }
}

/// The number of submissions does not depend on how many instances are changed.
#[test]
fn a_list_is_a_few_submissions() {
    if gpu().is_none() {
        return;
    }
    let own = Arc::new(Gpu::open(None).expect("an adapter"));
    for worlds in [Worlds::Fresh, Worlds::Pool(2)] {
        let mut batch = batch("gridlab/keys", "count", worlds, ResetMode::SameStep, Some(&own));
        batch.step(&[0; N]).expect("steps");
        let mut counts = Vec::new();
        for n in [1, 50] {
            let mask: Vec<bool> = (0..N).map(|i| i < n).collect();
            batch.reset(&mask, None).expect("resets");
            let before = own.counts();
            batch.reset(&mask, None).expect("resets");
            let list: Vec<usize> = (0..n).collect();
            let states = batch.instance_states(&list).expect("reads");
            let origin = Origin { world: 0, history: Vec::new() };
            batch.restore_states(&list.iter().map(|i| (*i, &states[*i], &origin)).collect::<Vec<_>>()).expect("restores");
            batch.fork(&list[..1], &[60]).expect("forks");
            let after = own.counts();
            counts.push([after[0] - before[0], after[1] - before[1]]);
        }
        assert_eq!(counts[0], counts[1], "submissions and readings of one, and of fifty");
        assert!(counts[0][0] <= 24, "{} submissions", counts[0][0]);
    }
}
