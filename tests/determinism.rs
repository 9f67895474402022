//! Results depend on seeds and actions only: not on batch size, block size, chunking, threads, snapshots or forks.

use explorarium::agents::Random;
use explorarium::envs::{Core, Options, load};
use explorarium::sim::{Batch, Config, Worlds};

const WORLDS: [&str; 5] =
    ["crafter", "crafter-simple", "MiniGrid-DoorKey-8x8-v0", "MiniGrid-Dynamic-Obstacles-Random-6x6-v0", "gridlab/noisy-tv"];

fn batch(id: &str, options: &Options, config: Config) -> Batch {
    let world = load(id, options).unwrap_or_else(|e| panic!("{id}: {e}"));
    Batch::new(world, config).unwrap_or_else(|e| panic!("{id}: {e}"))
}

fn config(num_envs: usize) -> Config {
    Config { num_envs, seed: 11, ..Config::default() }
}

#[test]
fn blocks_and_chunks_change_nothing() {
    for id in WORLDS {
        for keyed in [false, true] {
            let options = Options { keyed, ..Options::default() };
            let mut whole = batch(id, &options, Config { record: vec![0, 5, 12], block: 13, ..config(13) });
            whole.advance(210, &Random::default()).expect("runs");
            let rows = whole.take_rows();
            for block in [1, 2, 5, 100] {
                let mut cut = batch(id, &options, Config { record: vec![0, 5, 12], block, ..config(13) });
                for chunk in [1, 2, 7, 100, 50, 50] {
                    cut.advance(chunk, &Random::default()).expect("runs");
                }
                assert_eq!(
                    whole.checksum().expect("on the CPU"),
                    cut.checksum().expect("on the CPU"),
                    "{id}, keyed {keyed}, blocks of {block}"
                );
                assert_eq!(whole.stats(), cut.stats(), "{id}, keyed {keyed}, blocks of {block}");
                assert_eq!(whole.obs().expect("on the CPU"), cut.obs().expect("on the CPU"));
                assert_eq!(rows, cut.take_rows(), "{id}, keyed {keyed}, blocks of {block}");
            }
        }
    }
}

#[test]
fn threads_change_nothing() {
    for id in WORLDS {
        let sum = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
            pool.install(|| {
                let mut batch = batch(id, &Options::default(), Config { block: 3, ..config(10) });
                batch.advance(150, &Random::default()).expect("runs");
                batch.checksum().expect("on the CPU")
            })
        };
        assert_eq!(sum(1), sum(4), "{id}");
    }
}

#[test]
fn an_instance_is_the_same_alone_and_in_a_batch() {
    for id in WORLDS {
        let mut many = batch(id, &Options::default(), config(6));
        many.advance(120, &Random::default()).expect("runs");
        for i in 0..6 {
            let mut alone = batch(id, &Options::default(), Config { num_envs: 1, seed: 11 + i as i64, ..Config::default() });
            alone.advance(120, &Random::default()).expect("runs");
            assert_eq!(
                alone.core().expect("on the CPU"),
                &many.core().expect("on the CPU")[i * Core::WORDS..(i + 1) * Core::WORDS],
                "{id}, instance {i}"
            );
            let words = alone.obs().expect("on the CPU").len();
            assert_eq!(
                alone.obs().expect("on the CPU"),
                &many.obs().expect("on the CPU")[i * words..(i + 1) * words],
                "{id}, instance {i}"
            );
        }
    }
}

#[test]
fn a_run_cut_by_snapshot_and_restore_at_any_step_goes_on_equal() {
    for id in WORLDS {
        for (picture_noise, keyed) in [(false, false), (true, false), (false, true)] {
            if picture_noise && id != "crafter" {
                continue;
            }
            let options = Options { keyed, picture_noise, ..Options::default() };
            let mut straight = batch(id, &options, config(2));
            let mut hopping = batch(id, &options, config(2));
            for step in 0..230 {
                straight.advance(1, &Random::default()).expect("runs");
                hopping.advance(1, &Random::default()).expect("runs");
                if step % 3 == 0 {
                    let kept: Vec<Vec<u8>> = (0..2).map(|i| hopping.snapshot(i).expect("an instance")).collect();
                    let mut other = batch(id, &options, config(2));
                    other.advance(5, &Random::default()).expect("runs");
                    kept.iter().enumerate().for_each(|(i, bytes)| other.restore(i, bytes).expect("fits"));
                    hopping = other;
                }
                assert_eq!(
                    straight.checksum().expect("on the CPU"),
                    hopping.checksum().expect("on the CPU"),
                    "{id}, step {step}"
                );
            }
        }
    }
}

#[test]
fn a_fork_plays_on_like_its_source() {
    for id in WORLDS {
        let mut batch = batch(id, &Options::default(), config(4));
        batch.advance(40, &Random::default()).expect("runs");
        batch.fork(&[1, 1], &[0, 3]).expect("instances exist");
        batch.advance(200, &Random::default()).expect("runs");
        let snapshots: Vec<Vec<u8>> = (0..4).map(|i| batch.snapshot(i).expect("an instance")).collect();
        assert_eq!(snapshots[1], snapshots[0], "{id}");
        assert_eq!(snapshots[1], snapshots[3], "{id}");
        assert_ne!(snapshots[1], snapshots[2], "{id}: not every instance is the same");
    }
}

#[test]
fn damaged_snapshots_are_refused_and_change_nothing() {
    let mut batch = batch("crafter", &Options::default(), config(1));
    let before = batch.checksum().expect("on the CPU");
    let good = batch.snapshot(0).expect("an instance");
    for at in [0, 4, 9, 100, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert!(batch.restore(0, &bad).is_err(), "one bit flipped in byte {at}");
    }
    assert!(batch.restore(0, &good[..good.len() - 4]).is_err());
    assert!(batch.restore(0, &[]).is_err());
    assert!(batch.restore(1, &good).is_err());
    assert_eq!(before, batch.checksum().expect("on the CPU"));
}

#[test]
fn the_checksum_sees_every_bit_of_state() {
    let mut batch = batch("crafter", &Options::default(), config(3));
    let before = batch.checksum().expect("on the CPU");
    let n_words = batch.with_block(|_, block| block.state[0].len()).expect("on the CPU");
    for word in [0, 1, n_words / 2, n_words - 1] {
        batch.with_block(|_, block| block.state[0][word] ^= 1 << 7).expect("on the CPU");
        assert_ne!(before, batch.checksum().expect("on the CPU"), "word {word}");
        batch.with_block(|_, block| block.state[0][word] ^= 1 << 7).expect("on the CPU");
    }
    assert_eq!(before, batch.checksum().expect("on the CPU"));
}

#[test]
fn pools_take_the_levels_they_say() {
    // Level j is the first world of seed s + j; episode k (from 1) of instance i takes level (i + k - 1) mod N.
    let pool = Config { worlds: Worlds::Pool(3), ..config(5) };
    let mut batch = batch("crafter", &Options::default(), pool);
    let maps = |batch: &mut Batch| -> Vec<String> {
        (0..5).map(|i| batch.with_block(|w, b| w.ascii(i, b)).expect("on the CPU")).collect()
    };
    let mut fresh = self::batch("crafter", &Options::default(), config(3));
    let levels: Vec<String> = (0..3).map(|j| fresh.with_block(|w, b| w.ascii(j, b)).expect("on the CPU")).collect();
    let first = maps(&mut batch);
    (0..5).for_each(|i| assert_eq!(first[i], levels[i % 3], "instance {i}"));
    (0..5).for_each(|i| batch.begin_episode(i).expect("begins"));
    let second = maps(&mut batch);
    (0..5).for_each(|i| assert_eq!(second[i], levels[(i + 1) % 3], "instance {i}"));
}
