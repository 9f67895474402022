//! The noisy television: which bonuses keep an agent in sight of a source of noise, and how much.
//!
//! Every test prints its figures: `cargo test --test all noisy_tv -- --nocapture --test-threads 1`.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use explorarium::agents::lookahead::{NoveltyOptions, Options as Horizon};
use explorarium::agents::{Lookahead, Random};
use explorarium::bonus::empowerment::{Empowerment, Mode, Rollouts, UNITS_PER_BIT, on_every_cell};
use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Options, World, load};
use explorarium::sim::keyed_model::KeyedModel;
use explorarium::sim::{Agent, Batch, Config};

use super::files::Folder;

mod decay;

/// The plugin buffer that holds values (see `src/bonus/runtime.rs`).
const VALUES: usize = 1;
/// The value of one unit of a bonus.
const UNIT: f64 = 1.0 / 1_048_576.0;
/// Seeds so far apart that no two batches have an instance with the same seed: instance i of a batch has the batch's seed + i.
const SEEDS: [i64; 5] = [0, 1000, 2000, 3000, 4000];
/// The byte in observations of a television out of sight.
const DARK: u8 = 255;

fn world(id: &str) -> Arc<dyn World> {
    load(id, &Options::default()).expect(id)
}

fn corridor() -> Arc<dyn World> {
    world(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tv-corridor.toml").to_string_lossy())
}

/// Returns bonuses whose tables belong to the instances and are large enough.
fn own(world: &Arc<dyn World>, names: &str) -> Arc<Bonuses> {
    let mut config = BonusConfig::parse(names).expect(names);
    for entry in &mut config.list {
        entry.set("scope", "instance");
        entry.set("slots", 8192);
        if entry.name == "information-gain" {
            entry.set("outcomes", COLOURS as i64);
        }
    }
    Arc::new(Bonuses::new(world, &config).expect(names))
}

/// The result of an agent: the mean share of its steps in which an instance was in sight of the television, over the whole
/// run, over the last quarter, and over all steps since it first was; the mean bonus in the first and the last quarter; the
/// fewest cells that an instance was in.
struct Stay {
    share: f64,
    late: f64,
    since: f64,
    /// Number of instances that were never in sight.
    never: usize,
    paid: [f64; 2],
    cells: usize,
}

const INSTANCES: usize = 8;

fn stay(agent: &str, names: &str, seed: i64, steps: u64) -> Stay {
    let world = corridor();
    let bonuses = own(&world, names);
    let config = Config { num_envs: INSTANCES, seed, plugin: Some(bonuses.clone()), ..Config::default() };
    let mut batch = Batch::new(world.clone(), config).expect("a batch");
    let horizon = Horizon { rollouts: 4, depth: 6, discount: 0.95 };
    let agent: Box<dyn Agent> = match agent {
        "random" => Box::new(Random { seed: 0 }),
        "novelty" => Box::new(Lookahead::novelty(&*world, bonuses, NoveltyOptions::default(), 0).expect("novelty")),
        _ => Box::new(Lookahead::new(&*world, bonuses, horizon, 0).expect("lookahead")),
    };
    let (mut seen, mut late, mut paid, mut found) = (0u64, 0u64, [0.0; 2], [steps; INSTANCES]);
    let quarter = steps / 4;
    let mut cells = vec![BTreeSet::new(); INSTANCES];
    for step in 0..steps {
        batch.advance(1, &*agent).expect("steps");
        let words = world.spec().obs_words();
        for (i, obs) in batch.obs().expect("observations").chunks_exact(words).enumerate() {
            let bytes: Vec<u8> = obs.iter().flat_map(|word| word.to_le_bytes()).collect();
            // x and y, two bytes each; the television is the last byte of the observation.
            cells[i].insert([bytes[0], bytes[2]]);
            let sees = u64::from(bytes[world.spec().obs_bytes - 1] != DARK);
            seen += sees;
            found[i] = if sees == 1 { found[i].min(step) } else { found[i] };
            late += if step >= steps - quarter { sees } else { 0 };
        }
        let sum: f64 = batch.plugin_buffer(VALUES).expect("values").iter().map(|value| f64::from(*value as i32) * UNIT).sum();
        if step < quarter {
            paid[0] += sum;
        } else if step >= steps - quarter {
            paid[1] += sum;
        }
    }
    let each = |n: f64, steps: u64| n / (steps * INSTANCES as u64) as f64;
    Stay {
        share: each(seen as f64, steps),
        late: each(late as f64, quarter),
        since: seen as f64 / found.iter().map(|first| steps - first).sum::<u64>() as f64,
        never: found.iter().filter(|first| **first == steps).count(),
        paid: paid.map(|sum| each(sum, quarter)),
        cells: cells.iter().map(BTreeSet::len).min().expect("instances"),
    }
}

/// Runs all seeds and prints a line of figures.
fn stays(agent: &str, names: &str, steps: u64) -> Vec<Stay> {
    let stays: Vec<Stay> = SEEDS.iter().map(|seed| stay(agent, names, *seed, steps)).collect();
    let range = |of: &dyn Fn(&Stay) -> f64| {
        let all: Vec<f64> = stays.iter().map(of).collect();
        let (least, most) = (all.iter().copied().fold(f64::MAX, f64::min), all.iter().copied().fold(f64::MIN, f64::max));
        format!("{:.3} ({least:.3} to {most:.3})", all.iter().sum::<f64>() / all.len() as f64)
    };
    let never: usize = stays.iter().map(|stay| stay.never).sum();
    let cells = stays.iter().map(|stay| stay.cells).min().expect("seeds");
    let [share, late, since] = [range(&|stay| stay.share), range(&|stay| stay.late), range(&|stay| stay.since)];
    let paid = [0, 1].map(|k| stays.iter().map(|stay| stay.paid[k]).sum::<f64>() / stays.len() as f64);
    println!(
        "{agent:9} {names:30} in sight {share}, last quarter {late}, since seen {since}; {never} never; fewest cells {cells}; paid {:.4}, {:.4}",
        paid[0], paid[1]
    );
    stays
}

/// Floor cells of the corridor, those in sight of its television, and its colours.
const CELLS: usize = 90;
const IN_SIGHT: usize = 8;
const COLOURS: usize = 16;
const STEPS: u64 = 2000;

/// An agent that evens out its visits of views is in sight in 16 views of 17. With the position in the key it is in sight in 8 x 16 states
/// of 210, and with positions alone in 8 cells of 90.
#[test]
fn counts_of_views_are_trapped_and_counts_of_positions_are_not() {
    let all_views = COLOURS as f64 / (COLOURS + 1) as f64;
    let all_states = (IN_SIGHT * COLOURS) as f64 / (IN_SIGHT * COLOURS + CELLS - IN_SIGHT) as f64;
    let all_cells = IN_SIGHT as f64 / CELLS as f64;
    let random = stays("random", "count:position", STEPS);
    let by_chance = random.iter().map(|stay| stay.share).fold(0.0, f64::max);
    assert!(by_chance < 0.25, "{by_chance}");
    for agent in ["novelty", "lookahead"] {
        // Out of sight all views are the same: an agent that looks one step ahead must first come across the television.
        for stay in stays(agent, "count:view", STEPS) {
            assert!(stay.share > 3.0 * by_chance, "{agent}: {}", stay.share);
            assert!((stay.since - all_views).abs() < 0.05, "{agent}: {} of the steps since", stay.since);
            assert!(stay.cells < CELLS / 3, "{agent}: {} cells", stay.cells);
        }
        for stay in stays(agent, "count:position+view", STEPS) {
            assert!(stay.share > 2.0 * by_chance && stay.share > 0.8 * all_states, "{agent}: {} {}", stay.share, stay.late);
        }
        for stay in stays(agent, "count:position", STEPS) {
            assert!(stay.share < 1.5 * all_cells, "{agent}: {}", stay.share);
            assert_eq!(stay.cells, CELLS, "{agent}");
        }
    }
}

/// The gain for noise falls as 1/n, but the gain for a known move falls as 1/n^2. So an agent that follows the
/// gain stays, although the gain falls.
#[test]
fn information_gain_pays_ever_less_for_noise_but_known_moves_pay_less_still() {
    for stay in stays("novelty", "information-gain:view", 4 * STEPS) {
        assert!(stay.paid[1] < stay.paid[0] / 2.0 && stay.since > 0.9, "{:?} {}", stay.paid, stay.since);
    }
    for stay in stays("novelty", "information-gain:position", 4 * STEPS) {
        assert!(stay.paid[1] < stay.paid[0] / 4.0 && stay.late < 0.2 && stay.cells == CELLS, "{:?} {}", stay.paid, stay.late);
    }
}

/// The corridor with a wall where the television was.
fn without_tv(folder: &Folder) -> Arc<dyn World> {
    let text = corridor().spec().toml.clone();
    let text = text.split("[tv.0]").next().unwrap_or_default().replace("0.......S", "#.......S");
    let path = folder.join("no-tv.toml");
    std::fs::write(&path, text).expect("written");
    world(&path)
}

/// Returns the bits of every free cell, row by row.
fn map(world: &Arc<dyn World>, horizon: u32, mode: Mode, key: &str) -> Vec<Option<f64>> {
    let measure = Empowerment::new(&**world, horizon, mode, key.parse().expect(key)).expect("a measure");
    let model = KeyedModel::of(&**world).expect("a model");
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, ..Config::default() }).expect("a batch");
    let found = batch
        .with_block(|world, block| on_every_cell(world, &model, block, 0, |search, block| measure.measure(search, block, 0)));
    found
        .expect("a block")
        .expect("a map")
        .into_iter()
        .map(|cell| cell.map(|measured| measured.fixed as f64 / UNITS_PER_BIT))
        .collect()
}

#[test]
fn frozen_empowerment_gives_the_tv_nothing() {
    let folder = Folder::new("no-tv");
    let (with, without) = (corridor(), without_tv(&folder));
    let frozen = Mode::Frozen { noise_samples: 4 };
    for horizon in 1..=3 {
        let (tv, wall) = (map(&with, horizon, frozen, "position"), map(&without, horizon, frozen, "position"));
        assert_eq!(tv.iter().flatten().count(), CELLS);
        assert_eq!(tv, wall, "horizon {horizon}");
        // The colour in the key adds nothing either: all forks of a root see the same colour.
        assert_eq!(map(&with, horizon, frozen, "full"), wall, "horizon {horizon}, colours in the key");
        // For comparison, independent noise: the same positions count many times.
        let alone = Mode::Sampled(Rollouts { each: 1, sequences: None });
        if horizon == 2 {
            let noisy = map(&with, horizon, alone, "full");
            let more: Vec<f64> = noisy.iter().zip(&wall).filter_map(|(a, b)| Some((*a)? - (*b)?)).collect();
            let mean = more.iter().sum::<f64>() / more.len() as f64;
            println!(
                "horizon {horizon}: frozen adds 0 bits on {} cells, one rollout with noise of its own adds {mean:.2}",
                more.len()
            );
            assert!(mean > 0.5);
        }
    }
}

/// The bonus has the same values on the same walk with the television and without it.
#[test]
fn a_walk_past_the_tv_is_paid_as_one_past_a_wall() {
    let folder = Folder::new("walk");
    let worlds = [corridor(), without_tv(&folder)];
    let walks = worlds.map(|world| {
        let mut config = BonusConfig::parse("empowerment:position").expect("a bonus");
        config.list[0] = config.list[0].clone().with("mode", "frozen").with("noise_samples", 2).with("horizon", 2);
        let bonuses = Arc::new(Bonuses::new(&world, &config).expect("a bonus"));
        let config = Config { num_envs: INSTANCES, plugin: Some(bonuses), ..Config::default() };
        let mut batch = Batch::new(world, config).expect("a batch");
        let mut paid = Vec::new();
        for _ in 0..150 {
            batch.advance(1, &Random::default()).expect("steps");
            paid.extend_from_slice(batch.plugin_buffer(VALUES).expect("values"));
        }
        paid
    });
    let distinct: BTreeSet<u32> = walks[0].iter().copied().collect();
    assert!(distinct.len() > 3, "the walk goes through places that differ");
    assert!(walks[0] == walks[1]);
}
