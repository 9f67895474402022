//! Changes of lists of instances between steps: reset, new seed, restore. Here they run on the CPU;
//! `gpu/by_hand.rs` compares with the GPU.

use std::sync::Arc;

use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Core, Options, load};
use explorarium::sim::{Batch, Config, Origin, ResetMode, StepPlugin, Worlds};

const N: usize = 6;

pub fn plugin(world: &Arc<dyn explorarium::envs::World>, names: &str) -> Arc<dyn StepPlugin> {
    Arc::new(Bonuses::new(world, &BonusConfig::parse(names).expect(names)).expect(names))
}

fn batch(id: &str, config: Config) -> Batch {
    Batch::new(load(id, &Options::default()).expect(id), Config { num_envs: N, ..config }).expect("a batch")
}

fn words(batch: &Batch, i: usize) -> Vec<u32> {
    let row = |words: &[u32]| words[i * words.len() / N..(i + 1) * words.len() / N].to_vec();
    let state = (0..batch.world().spec().buffers.len()).map(|b| row(batch.state(b).expect("on the CPU")));
    [row(batch.core().expect("on the CPU")), row(batch.obs().expect("on the CPU"))].into_iter().chain(state).flatten().collect()
}

/// An instance with a new seed runs like an instance of a batch with that seed. The other instances are not affected.
#[test]
fn a_seed_makes_an_instance_what_it_would_have_been() {
    for (id, reset) in
        [("crafter", ResetMode::SameStep), ("MiniGrid-DoorKey-6x6-v0", ResetMode::NextStep), ("gridlab/keys", ResetMode::Off)]
    {
        let config = |seed| Config { seed, reset, ..Config::default() };
        let (mut changed, mut plain, mut other) = (batch(id, config(3)), batch(id, config(3)), batch(id, config(700)));
        for t in 0..9 {
            [&mut changed, &mut plain].into_iter().for_each(|batch| _ = batch.step(&[t % 3; N]).expect("steps"));
        }
        let mask: Vec<bool> = (0..N).map(|i| i % 2 == 1).collect();
        let seeds: Vec<i64> = (0..N as i64).map(|i| 700 + i).collect();
        let output = changed.reset(&mask, Some(&seeds)).expect("resets");
        assert_eq!((output.episodes[1], output.steps[1], output.rewards[1]), (1, 0, 0.0), "{id}");
        assert!(!output.terminated[1] && !output.final_mask[1] && output.begun.iter().all(|begun| !begun));
        for t in 0..40 {
            for i in 0..N {
                let same = if mask[i] { &other } else { &plain };
                // Words 0 and 1, which may differ, are the last action and its reward.
                assert!(words(&changed, i)[2..] == words(same, i)[2..], "{id}, instance {i}, {t} steps later");
            }
            [&mut changed, &mut plain, &mut other]
                .into_iter()
                .for_each(|batch| _ = batch.step(&[(t + 1) % 3; N]).expect("steps"));
        }
    }
}

#[test]
fn without_seeds_the_next_episode_begins() {
    let config = Config { record: vec![1, 2], worlds: Worlds::Pool(4), ..Config::default() };
    let (mut bulk, mut one) = (batch("crafter", config.clone()), batch("crafter", config));
    for t in 0..7 {
        [&mut bulk, &mut one].into_iter().for_each(|batch| _ = batch.step(&[t % 5; N]).expect("steps"));
    }
    bulk.reset(&[false, true, true, false, false, false], None).expect("resets");
    [1, 2].into_iter().for_each(|i| one.begin_episode(i).expect("begins"));
    assert_eq!(bulk.core().expect("on the CPU")[Core::WORDS + Core::EPISODE], 2);
    (0..N).for_each(|i| assert_eq!(words(&bulk, i)[Core::EPISODE..], words(&one, i)[Core::EPISODE..], "instance {i}"));
    assert_eq!(bulk.take_rows(), one.take_rows());
    assert_eq!(bulk.stats().episodes, 2, "open episodes are counted as they stand");
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    let mut batch = batch("gridlab/keys", Config { record: vec![0], ..Config::default() });
    let before = (batch.checksum().expect("on the CPU"), batch.take_rows().len());
    for (mask, seeds, part) in [
        (&[true; N - 1][..], None, "mask has 5 values for 6"),
        (&[true; N], Some(&[1i64][..]), "seeds has 1 values for 6"),
        (&[true; N], Some(&[1; N]), "instance 0 is recorded"),
    ] {
        let why = batch.reset(mask, seeds).expect_err(part).to_string();
        assert!(why.contains(part), "{why}");
    }
    let (state, origin) = (batch.instance_state(1).expect("on the CPU"), Origin { world: 1, history: Vec::new() });
    for (list, part) in [(vec![2, 2], "instance 2 is named twice"), (vec![N], "there is no instance 6")] {
        let list: Vec<_> = list.into_iter().map(|i| (i, &state, &origin)).collect();
        let why = batch.restore_states(&list).expect_err(part).to_string();
        assert!(why.contains(part), "{why}");
    }
    let other = self::batch("gridlab/four-rooms", Config::default()).instance_state(0).expect("on the CPU");
    let why = batch.restore_states(&[(1, &state, &origin), (2, &other, &origin)]).expect_err("another world").to_string();
    assert!(why.contains("the state for instance 2 is of another world"), "{why}");
    assert!(batch.begin_episode(N).is_err() && batch.reset(&[false; N], None).is_ok());
    assert_eq!((batch.checksum().expect("on the CPU"), batch.take_rows().len() + before.1), before);
}

/// The arrays of an output equal what the accessors return, bonuses included.
#[test]
fn arrays_are_what_the_accessors_say() {
    let world = load("gridlab/keys", &Options::default()).expect("built in");
    let plugin = plugin(&world, "count,entropy");
    let config = Config { num_envs: N, plugin: Some(plugin), record: (0..N).collect(), ..Config::default() };
    let mut batch = Batch::new(world, config).expect("a batch");
    let (mut ended, mut paid) = (0, 0.0);
    for t in 0..400u32 {
        batch.take_rows();
        let actions: Vec<u32> = (0..N as u32).map(|i| (i * 3 + t * t) % 4).collect();
        let output = batch.step(&actions).expect("steps");
        assert_eq!(output.bonuses.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["count", "entropy", "total"]);
        let columns: Vec<Vec<i32>> = output.bonuses.iter().map(|column| column.raw.clone()).collect();
        let (rewards, finals) = (output.rewards.to_vec(), output.final_mask.to_vec());
        paid += output.bonus("total").expect("there").values()[0];
        assert!((0..N).all(|i| output.final_observation(i).is_some() == output.last(i).is_some()));
        ended += finals.iter().filter(|ended| **ended).count();
        for row in batch.take_rows().iter().filter(|row| row.action.is_some()) {
            let i = row.instance as usize;
            assert_eq!(columns.iter().map(|column| column[i]).collect::<Vec<_>>(), row.plugin_values);
            assert_eq!((f64::from(rewards[i]), finals[i]), (f64::from(row.reward as f32), row.terminated || row.truncated));
        }
    }
    assert!(ended > 3 && paid > 0.0, "{ended} episodes ended, {paid} was paid");
}
