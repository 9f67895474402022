//! Bonuses in whole batches on both backends: every word of every plugin buffer, and the contents of every shared table.

use std::sync::Arc;

use explorarium::agents::Random;
use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Options, World, load};
use explorarium::shaders::bonus::table;
use explorarium::sim::{Batch, Config, ResetMode, StepPlugin, Worlds};

use super::gpu;

/// All bonuses whose values are equal in every bit.
pub const EXACT: &str = "count,bebold,entropy,information-gain,knn,simhash,count:full,reward";
const VALUES: usize = 1;

pub struct Side {
    pub batch: Batch,
    pub bonuses: Arc<Bonuses>,
}

impl Side {
    pub fn new(world: &Arc<dyn World>, bonus: &BonusConfig, config: Config) -> Side {
        let bonuses = Arc::new(Bonuses::new(world, bonus).expect("bonuses"));
        let batch = Batch::new(world.clone(), Config { plugin: Some(bonuses.clone()), ..config }).expect("a batch");
        Side { batch, bonuses }
    }

    /// Returns for each table its head without the number of slots, and its taken slots (key and count) by key.
    pub fn tables(&mut self) -> Vec<(Vec<u32>, Vec<Vec<u32>>)> {
        // Reads the tables from the GPU.
        self.batch.dump().expect("reads");
        let of = |words: Vec<u32>| {
            let slots = words[table::HEAD..].chunks_exact(table::SLOT).filter(|slot| slot[0] != 0);
            let mut slots: Vec<Vec<u32>> = slots.map(|slot| slot.to_vec()).collect();
            slots.sort_unstable();
            (words[1..table::HEAD].to_vec(), slots)
        };
        self.bonuses.tables().into_iter().map(of).collect()
    }

    pub fn plugin_buffers(&self) -> Vec<Vec<u32>> {
        (0..self.bonuses.plugin_buffers().len()).map(|k| self.batch.plugin_buffer(k).expect("reads").to_vec()).collect()
    }
}

pub fn pair(world: &Arc<dyn World>, names: &str, change: impl Fn(&mut BonusConfig), config: &Config) -> Option<[Side; 2]> {
    let gpu = gpu()?.clone();
    let mut bonus = BonusConfig::parse(names).expect(names);
    change(&mut bonus);
    Some([Side::new(world, &bonus, config.clone()), Side::new(world, &bonus, Config { gpu: Some(gpu), ..config.clone() })])
}

fn play(what: &str, [mut cpu, mut backend]: [Side; 2], steps: u64, chunk: u64) {
    for step in (0..steps).step_by(chunk as usize) {
        for side in [&mut cpu, &mut backend] {
            side.batch.advance(chunk, &Random { seed: 5 }).unwrap_or_else(|e| panic!("{what}: {e}"));
        }
        let (a, b) = (cpu.plugin_buffers(), backend.plugin_buffers());
        for (k, (a, b)) in a.iter().zip(&b).enumerate() {
            let first = a.iter().zip(b).position(|(a, b)| a != b);
            assert_eq!(first, None, "{what}: extra {k} differs after {} steps", step + chunk);
        }
        assert!(cpu.tables() == backend.tables(), "{what}: tables differ after {} steps", step + chunk);
    }
    assert_eq!(cpu.batch.checksum().expect("sum"), backend.batch.checksum().expect("sum"), "{what}");
    assert_eq!(cpu.batch.take_rows(), backend.batch.take_rows(), "{what}");
}

pub fn config(num_envs: usize) -> Config {
    Config { num_envs, seed: 3, record: vec![0, num_envs / 2], ..Config::default() }
}

#[test]
fn bonuses_are_equal_after_every_step() {
    let worlds = [
        ("crafter", Worlds::Pool(3), ResetMode::SameStep),
        ("MiniGrid-DoorKey-5x5-v0", Worlds::Pool(7), ResetMode::SameStep),
        ("MiniGrid-DoorKey-5x5-v0", Worlds::Fresh, ResetMode::NextStep),
        ("gridlab/noisy-tv", Worlds::Pool(1), ResetMode::SameStep),
    ];
    for (id, worlds, reset) in worlds {
        let world = load(id, &Options::default()).expect(id);
        let Some(both) = pair(&world, EXACT, |_| {}, &Config { worlds, reset, ..config(65) }) else { return };
        play(id, both, 60, 3);
    }
}

/// Worlds with moving balls cannot be generated in advance. An instance that waits for its world holds up those that share a table.
#[test]
fn shared_tables_do_not_depend_on_when_worlds_arrive() {
    let world = load("MiniGrid-Dynamic-Obstacles-5x5-v0", &Options::default()).expect("a world");
    let Some(both) = pair(&world, "count,entropy,bebold", |_| {}, &config(70)) else { return };
    play("Dynamic-Obstacles", both, 90, 9);
}

#[test]
fn own_tables_and_normalised_products_are_equal() {
    let world = load("MiniGrid-Empty-5x5-v0", &Options::default()).expect("a world");
    for scope in ["episode", "instance"] {
        let change = |config: &mut BonusConfig| {
            (config.fusion, config.normalise) = (Some("product".to_string()), Some("rms".to_string()));
            for entry in &mut config.list {
                entry.set("scope", scope);
                entry.decay = Some(0.001);
            }
        };
        let Some(both) = pair(&world, "count,entropy,knn", change, &config(64)) else { return };
        play(scope, both, 60, 20);
    }
}

/// The table begins with room for all keys of 64 steps. 900 instances on a map whose states differ make it grow on both backends.
#[test]
fn tables_grow_and_lose_nothing() {
    let world = load("crafter", &Options::default()).expect("a world");
    let Some([mut cpu, mut backend]) = pair(&world, "count:full", |_| {}, &Config { worlds: Worlds::Pool(2), ..config(900) })
    else {
        return;
    };
    for _ in 0..6 {
        cpu.batch.advance(20, &Random::default()).expect("steps");
        backend.batch.advance(20, &Random::default()).expect("steps");
    }
    assert!(cpu.tables() == backend.tables());
    assert!(
        cpu.bonuses.counted(&cpu.bonuses.headers())[0].keys > 50_000
            && backend.bonuses.tables()[0].len() > table::words_of(1 << 16)
    );
}

/// Bonuses in floats: the stored words are equal, and values differ by no more than their bound.
#[test]
fn tolerances_are_kept() {
    let world = load("MiniGrid-DoorKey-5x5-v0", &Options::default()).expect("a world");
    let Some([mut cpu, mut backend]) = pair(&world, "pseudo-count,e3b", |_| {}, &config(64)) else { return };
    for _ in 0..40 {
        cpu.batch.advance(1, &Random::default()).expect("steps");
        backend.batch.advance(1, &Random::default()).expect("steps");
        let (a, b) = (cpu.plugin_buffers(), backend.plugin_buffers());
        for (a, b) in a[VALUES].iter().zip(&b[VALUES]) {
            let (a, b) = (f64::from(*a as i32), f64::from(*b as i32));
            assert!((a - b).abs() <= 1e-3 * a.abs().max(1000.0), "{a} and {b}");
        }
        assert!(a[4] == b[4] && a[5] == b[5], "what is kept differs");
    }
}

/// A snapshot of one backend, tables included, continues on the other with the same results.
#[test]
fn checkpoints_move_between_backends() {
    let world = load("crafter", &Options::default()).expect("a world");
    let pool = Config { worlds: Worlds::Pool(2), ..config(20) };
    let Some([mut cpu, mut backend]) = pair(&world, EXACT, |_| {}, &pool) else { return };
    backend.batch.advance(40, &Random::default()).expect("steps");
    let (words, stats) = (backend.batch.dump().expect("reads"), backend.batch.stats().clone());
    cpu.batch.load(&words, stats).expect("loads");
    cpu.batch.advance(30, &Random::default()).expect("steps");
    backend.batch.advance(30, &Random::default()).expect("steps");
    assert!(cpu.plugin_buffers() == backend.plugin_buffers() && cpu.tables() == backend.tables());
}

/// The comparison notices a changed kernel.
#[test]
fn a_changed_bonus_is_noticed_in_the_batch() {
    let Some(gpu) = gpu().cloned() else { return };
    let world = load("MiniGrid-Empty-5x5-v0", &Options::default()).expect("a world");
    let bonus = BonusConfig::parse("count").expect("count");
    let text = super::files().into_iter().find(|(path, _)| *path == "shaders/bonus/insert.wgsl").expect("a file").1;
    let changed = text.replace("table_add(what.key)", "table_add(what.before)");
    assert_ne!(text, changed);
    let texts = vec![("shaders/bonus/insert.wgsl".to_string(), changed)];
    let mut cpu = Side::new(&world, &bonus, config(30));
    let mut backend = Side::new(&world, &bonus, Config { gpu: Some(Arc::new(gpu.with_texts(texts))), ..config(30) });
    for side in [&mut cpu, &mut backend] {
        side.batch.advance(20, &Random::default()).expect("steps");
    }
    assert!(cpu.tables() != backend.tables());
}

/// A horizon that the GPU cannot compute is refused before anything is written, and the error says what would fit. Without
/// `--backend gpu` the run is on the CPU.
#[test]
fn empowerment_beyond_a_card_is_refused() {
    if gpu().is_none() {
        return;
    }
    let folder = crate::files::Folder::new("forked");
    let out = folder.join("run");
    let args = ["run", "crafter", "--bonus", "empowerment", "--set", "bonus.empowerment.horizon=3"];
    let args = [&args[..], &["--num-envs", "2", "--steps", "4", "-q", "-o", &out]].concat();
    let (code, _, errors) = crate::files::outcome(&[&args[..], &["--backend", "gpu"]].concat());
    assert!(code == 2 && errors.contains("horizon of 2") && errors.contains("--backend cpu"), "{code}: {errors}");
    assert!(!std::path::Path::new(&out).exists());
    let (code, _, errors) = crate::files::outcome(&args);
    assert_eq!(code, 0, "{errors}");
}
