//! Whole batches on both backends: every word of every buffer is compared, after every step.

use std::sync::Arc;

use explorarium::agents::Random;
use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Core, Options, World, load};
use explorarium::sim::{Batch, Config, ResetMode, StepPlugin, Worlds};

use super::{SIZES, gpu, in_full, noise, states};

/// MiniGrid ids with every task, and with balls that move.
const MINIGRID: [&str; 12] = [
    "MiniGrid-Empty-8x8-v0",
    "MiniGrid-DoorKey-8x8-v0",
    "MiniGrid-FourRooms-v0",
    "MiniGrid-Dynamic-Obstacles-6x6-v0",
    "MiniGrid-LavaCrossingS9N2-v0",
    "MiniGrid-Fetch-8x8-N3-v0",
    "MiniGrid-GoToDoor-8x8-v0",
    "MiniGrid-PutNear-8x8-N3-v0",
    "MiniGrid-RedBlueDoors-6x6-v0",
    "MiniGrid-MemoryS9-v0",
    "MiniGrid-ObstructedMaze-2Dlhb-v0",
    "MiniGrid-Unlock-v0",
];

fn gridlab() -> Vec<&'static str> {
    let ids = explorarium::envs::catalog::builtin().into_iter().map(|(id, _)| id);
    ids.filter(|id| id.starts_with("gridlab/")).collect()
}

fn world(id: &str, options: &Options) -> Arc<dyn World> {
    load(id, options).unwrap_or_else(|e| panic!("{id}: {e}"))
}

/// Returns the same batch on the CPU and on the GPU.
fn pair(world: &Arc<dyn World>, config: &Config) -> Option<(Batch, Batch)> {
    let gpu = gpu()?.clone();
    let cpu = Batch::new(world.clone(), config.clone()).expect("a batch on the CPU");
    let backend = Batch::new(world.clone(), Config { gpu: Some(gpu), ..config.clone() }).expect("a batch on the GPU");
    Some((cpu, backend))
}

/// Steps both and compares the checksum after every `chunk` steps, and at the end all buffers, the statistics and the recorded rows.
fn play(id: &str, (mut cpu, mut backend): (Batch, Batch), steps: u64, chunk: u64) {
    for step in (0..steps).step_by(chunk as usize) {
        cpu.advance(chunk, &Random { seed: 5 }).unwrap_or_else(|e| panic!("{id}: {e}"));
        backend.advance(chunk, &Random { seed: 5 }).unwrap_or_else(|e| panic!("{id} on the GPU: {e}"));
        assert_eq!(backend.checksum().expect("reads"), cpu.checksum().expect("reads"), "{id}: after {} steps", step + chunk);
    }
    assert!(backend.dump().expect("reads") == cpu.dump().expect("reads"), "{id}: buffers differ");
    assert_eq!(backend.stats(), cpu.stats(), "{id}");
    assert_eq!(backend.take_rows(), cpu.take_rows(), "{id}");
}

fn config(num_envs: usize) -> Config {
    Config { num_envs, seed: 11, record: vec![0, num_envs / 2], ..Config::default() }
}

/// Number of steps of whole runs: 2000 in `./check.sh long`.
fn steps() -> u64 {
    if in_full() { 2000 } else { 150 }
}

#[test]
fn crafter_runs_are_equal_after_every_step() {
    let variants =
        [("crafter", false, false), ("crafter", true, false), ("crafter", false, true), ("crafter-simple", false, false)];
    for (id, keyed, picture_noise) in variants {
        let world = world(id, &Options { keyed, picture_noise, ..Options::default() });
        let n = if in_full() { 256 } else { 65 };
        let Some(both) = pair(&world, &config(n)) else { return };
        play(id, both, steps(), 1);
    }
}

#[test]
fn minigrid_runs_are_equal_after_every_step() {
    for id in MINIGRID {
        let Some(both) = pair(&world(id, &Options::default()), &config(64)) else { return };
        play(id, both, steps(), 1);
    }
    let id = "MiniGrid-Dynamic-Obstacles-8x8-v0";
    let Some(both) = pair(&world(id, &Options { keyed: true, ..Options::default() }), &config(64)) else { return };
    play(id, both, steps(), 1);
}

#[test]
fn gridlab_runs_are_equal_after_every_step() {
    for id in gridlab() {
        let Some(both) = pair(&world(id, &Options::default()), &config(64)) else { return };
        play(id, both, steps(), 1);
    }
}

#[test]
fn every_reset_mode_and_pool_is_equal_in_chunks() {
    for id in ["crafter", "MiniGrid-Dynamic-Obstacles-6x6-v0", "MiniGrid-DoorKey-5x5-v0", "gridlab/deep-sea-10"] {
        let world = world(id, &Options { length: Some(37), ..Options::default() });
        for reset in [ResetMode::SameStep, ResetMode::NextStep, ResetMode::Off] {
            for worlds in [Worlds::Fresh, Worlds::Pool(7)] {
                let Some(both) = pair(&world, &Config { reset, worlds, ..config(65) }) else { return };
                play(&format!("{id}, {reset}, {worlds}"), both, 200, 40);
            }
        }
    }
}

/// Fills both batches with the same noise where a step must overwrite it: observations, pictures, rewards, flags, actions.
fn poison((cpu, backend): &mut (Batch, Batch), seed: u32) {
    let (n, spec) = (cpu.len(), cpu.world().spec().clone());
    let mut dump = cpu.dump().expect("reads");
    let junk = noise(seed, dump.words.len());
    let stored = dump.sizes[..=spec.buffers.len()].iter().sum::<u32>() as usize;
    let (obs, end) = (2 + n * stored, 2 * spec.obs_words() + spec.pixel_words());
    let words = &mut dump.words;
    words[obs..obs + n * end].copy_from_slice(&junk[..n * end]);
    for i in 0..n {
        let core = &mut words[2 + i * Core::WORDS..];
        (core[Core::ACTION], core[Core::REWARD], core[Core::FLAGS]) = (junk[3 * i], junk[3 * i + 1], junk[3 * i + 2] & 15);
    }
    for batch in [cpu, backend] {
        batch.load(&dump, batch.stats().clone()).expect("fits");
    }
}

#[test]
fn poisoned_buffers_of_any_size_are_equal_in_every_word() {
    for n in SIZES {
        for id in [
            "crafter",
            "MiniGrid-PutNear-8x8-N3-v0",
            "MiniGrid-Dynamic-Obstacles-6x6-v0",
            "gridlab/keys",
            "gridlab/noisy-tv-chance",
        ] {
            let worlds = Worlds::Pool(20);
            let Some(mut both) = pair(&world(id, &Options::default()), &Config { worlds, ..config(n) }) else { return };
            for round in 0..3 {
                poison(&mut both, round);
                for batch in [&mut both.0, &mut both.1] {
                    batch.advance(2, &Random::default()).expect("runs");
                }
                assert!(both.0.dump().expect("reads") == both.1.dump().expect("reads"), "{id}, {n} instances, round {round}");
            }
        }
    }
}

#[test]
fn states_that_play_rarely_reaches_are_equal() {
    for (keyed, length) in [(false, None), (true, None)] {
        let world = world("crafter", &Options { keyed, length, ..Options::default() });
        let Some(mut both) = pair(&world, &config(256)) else { return };
        states::set_all(&mut both.0);
        let words = both.0.dump().expect("reads");
        both.1.load(&words, both.1.stats().clone()).expect("fits");
        both.0.take_rows();
        both.1.take_rows();
        play("states", both, if in_full() { 400 } else { 60 }, 20);
    }
}

#[test]
fn a_difference_is_noticed() {
    let Some((mut cpu, mut backend)) = pair(&world("crafter", &Options::default()), &config(3)) else { return };
    let mut dump = cpu.dump().expect("reads");
    for bit in [2 * 32 + 5, 500 * 32 + 1, (dump.words.len() - 1) * 32] {
        dump.words[bit / 32] ^= 1 << (bit % 32);
        backend.load(&dump, backend.stats().clone()).expect("fits");
        assert!(backend.dump().expect("reads") != cpu.dump().expect("reads"), "bit {bit}");
        dump.words[bit / 32] ^= 1 << (bit % 32);
    }
    backend.load(&dump, backend.stats().clone()).expect("fits");
    assert!(backend.dump().expect("reads") == cpu.dump().expect("reads"));
}

#[test]
fn a_snapshot_of_one_backend_continues_on_the_other() {
    for id in ["crafter", "MiniGrid-Dynamic-Obstacles-6x6-v0", "MiniGrid-DoorKey-5x5-v0", "gridlab/keys"] {
        let Some((mut cpu, mut backend)) = pair(&world(id, &Options { length: Some(30), ..Options::default() }), &config(3))
        else {
            return;
        };
        for _ in 0..4 {
            cpu.advance(17, &Random::default()).expect("runs");
            backend.advance(17, &Random::default()).expect("runs");
            let kept = [0, 1].map(|i| (cpu.snapshot(i).expect("an instance"), backend.snapshot(i).expect("an instance")));
            assert_eq!(kept[0].0, kept[0].1, "{id}");
            // Both step on; then each restores the snapshot of the other.
            cpu.advance(5, &Random::default()).expect("runs");
            backend.advance(9, &Random::default()).expect("runs");
            for (i, (of_cpu, of_card)) in kept.iter().enumerate() {
                cpu.restore(i, of_card).expect("fits");
                backend.restore(i, of_cpu).expect("fits");
            }
            cpu.fork(&[0, 1], &[2, 0]).expect("forks");
            backend.fork(&[0, 1], &[2, 0]).expect("forks");
            assert_eq!(cpu.checksum().expect("reads"), backend.checksum().expect("reads"), "{id}");
        }
        let more = |batch: &mut Batch, n: u64| batch.advance(n, &Random::default()).expect("runs");
        more(&mut cpu, 80);
        more(&mut backend, 80);
        assert_eq!(cpu.checksum().expect("reads"), backend.checksum().expect("reads"), "{id}");
    }
}

#[test]
fn steps_with_given_actions_give_the_same() {
    for (id, num_actions) in [("crafter", 17), ("MiniGrid-DoorKey-5x5-v0", 7)] {
        let world = world(id, &Options { length: Some(20), ..Options::default() });
        let Some((mut cpu, mut backend)) = pair(&world, &config(9)) else { return };
        for step in 0..50 {
            let actions: Vec<u32> = noise(step, 9).iter().map(|w| w % num_actions).collect();
            let (a, b) = (cpu.step(&actions).expect("steps"), backend.step(&actions).expect("steps"));
            assert_eq!((a.observations, a.final_observations), (b.observations, b.final_observations), "{id} {step}");
            for i in 0..9 {
                let of =
                    |s: &explorarium::sim::StepOutput| (s.reward(i), s.terminated[i], s.truncated[i], s.observation(i).to_vec());
                assert_eq!(of(&a), of(&b), "{id} {step} {i}");
            }
        }
        assert!(backend.step(&[0; 8]).is_err() && backend.step(&[num_actions; 9]).is_err());
    }
}

#[test]
fn pictures_are_equal_by_day_and_near_by_night() {
    for (id, picture_noise) in [("crafter", false), ("crafter", true), ("MiniGrid-KeyCorridorS3R2-v0", false)] {
        let world = world(id, &Options { pixels: true, picture_noise, ..Options::default() });
        let Some((mut cpu, mut backend)) = pair(&world, &config(9)) else { return };
        let (mut days, mut nights) = (0, 0);
        for _ in 0..25 {
            cpu.advance(13, &Random::default()).expect("runs");
            backend.advance(13, &Random::default()).expect("runs");
            assert_eq!(cpu.checksum().expect("reads"), backend.checksum().expect("reads"), "{id}");
            let spec = world.spec();
            let (words, pixels) = (spec.obs_words(), spec.pixel_words());
            for i in 0..9 {
                let bytes: &[u8] = bytemuck::cast_slice(&cpu.obs().expect("reads")[i * words..(i + 1) * words]);
                let dark = spec.achievements.len() > 1 && bytes[spec.obs_bytes - 1] < 128;
                let picture = |batch: &Batch| batch.pixels().expect("reads")[i * pixels..(i + 1) * pixels].to_vec();
                let (a, b) = (picture(&cpu), picture(&backend));
                let (a, b): (&[u8], &[u8]) = (bytemuck::cast_slice(&a), bytemuck::cast_slice(&b));
                let most = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
                assert!(most <= u8::from(dark), "{id}, instance {i}: {most} grey levels apart, dark {dark}");
                (days, nights) = (days + u32::from(!dark), nights + u32::from(dark));
            }
        }
        assert!(days > 20 && (nights > 20 || spec_is_bright(&*world)), "{days} by day, {nights} by night");
    }
}

fn spec_is_bright(world: &dyn World) -> bool {
    world.spec().achievements.is_empty()
}

#[test]
fn a_batch_may_be_larger_than_a_dispatch_dimension() {
    let n = if in_full() { 65_535 * 64 + 65 } else { 65_535 * 4 };
    let Some((mut cpu, mut backend)) = pair(&world("gridlab/klyubin-maze", &Options::default()), &config(n)) else { return };
    cpu.advance(2, &Random::default()).expect("runs");
    backend.advance(2, &Random::default()).expect("runs");
    assert_eq!(cpu.checksum().expect("reads"), backend.checksum().expect("reads"));
}

/// The tables of instances have few slots, so that they become full in one instance after the other.
#[test]
fn faults_are_those_of_the_cpu() {
    let world = world("crafter", &Options { length: Some(50), ..Options::default() });
    let mut told = 0;
    for (seed, slots) in [(0, 32), (100, 64), (200, 64)] {
        let of = |gpu| {
            let mut bonus = BonusConfig::parse("count:full").expect("a bonus");
            bonus.list[0] = bonus.list[0].clone().with("scope", "episode").with("slots", i64::from(slots));
            let plugin: Arc<dyn StepPlugin> = Arc::new(Bonuses::new(&world, &bonus).expect("bonuses"));
            let config = Config { num_envs: 12, seed, record: (0..12).collect(), gpu, plugin: Some(plugin), ..Config::default() };
            let mut batch = Batch::new(world.clone(), config).expect("a batch");
            let stopped = batch.advance(400, &Random::default());
            (stopped.map_or_else(|e| e.to_string(), |()| String::new()), batch.take_rows())
        };
        let Some(gpu) = gpu() else { return };
        let (cpu, backend) = (of(None), of(Some(gpu.clone())));
        assert_eq!(cpu.0, backend.0, "seed {seed}");
        assert_eq!(cpu.1, backend.1, "seed {seed}");
        told += usize::from(!cpu.0.is_empty() && !cpu.1.is_empty());
    }
    assert!(told > 0, "no fault came to pass in play");
}
