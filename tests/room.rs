//! Room for objects is an initial size, not a rule: a batch that begins with little room ends like one that had enough from the start.

use std::sync::Arc;

use explorarium::agents::lookahead::{NoveltyOptions, Options as Horizon};
use explorarium::agents::{Lookahead, Random};
use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Options, World, catalog, load};
use explorarium::sim::{Agent, Batch, Config, Dump, Replay, ResetMode, Row, Stats, StepPlugin, Worlds};
use serde_json::json;

/// Maximum number of objects of a world in these tests.
const ENOUGH: u32 = 4000;

/// Returns Crafter with ever more creatures, which do no harm, in a world that begins with room for `room` objects.
pub fn crowd(room: u32, options: &Options) -> Arc<dyn World> {
    let text = catalog::find("crafter").expect("built in").text;
    let crowded = text
        .replace("every = 10\n", "every = 3\n")
        .replace("spawn = 0.3, despawn = 0.4", "spawn = 0.9, despawn = 0.0")
        .replace("min = { base = 3.5, light = -3.0 }", "min = { base = 60.0, light = 0.0 }")
        .replace("spawn = 0.01, despawn = 0.1", "spawn = 0.9, despawn = 0.0")
        .replace("spawn_distance = 6", "spawn_distance = 2")
        .replace("damage = 2\ndamage_asleep = 7", "damage = 0\ndamage_asleep = 0");
    let text = crowded.replace("max_objects = 128", &format!("max_objects = {room}"));
    assert!(text.contains("damage_asleep = 0") && text.contains("every = 3\n") && text.matches("spawn = 0.9").count() == 2);
    catalog::load_source(&catalog::Source { id: "crowd".into(), text, folder: None }, options).expect("a legal ruleset")
}

/// Returns the largest number of objects of an instance, and the words of a row of objects.
pub fn objects(batch: &Batch) -> (usize, usize) {
    let words = batch.state(1).expect("reads");
    let each = words.len() / batch.len();
    (words.chunks_exact(each).map(|row| row[0] as usize).max().expect("instances"), each)
}

/// The complete state of a batch.
#[derive(Debug, PartialEq)]
pub struct Told {
    checksum: u64,
    dump: Dump,
    stats: Stats,
    rows: Vec<Row>,
}

impl Told {
    /// Returns buffer, instance and word of word `k` of the dump.
    fn place(&self, k: usize) -> String {
        let n = (self.dump.words.len() - 2) / self.dump.sizes.iter().sum::<u32>() as usize;
        let mut at = k.saturating_sub(2);
        for (b, each) in self.dump.sizes.iter().map(|each| *each as usize).enumerate() {
            if at < n * each {
                return format!("buffer {b}, instance {}, word {} of {each}", at / each, at % each);
            }
            at -= n * each;
        }
        format!("word {k}")
    }

    /// Returns the first difference between the two.
    pub fn differs(&self, other: &Told) -> Option<String> {
        let k = self.dump.words.iter().zip(&other.dump.words).position(|(a, b)| a != b);
        let row = self.rows.iter().zip(&other.rows).find(|(a, b)| a != b);
        match self == other {
            true => None,
            false if self.dump.sizes != other.dump.sizes => Some(format!("sizes {:?}, {:?}", self.dump.sizes, other.dump.sizes)),
            false if self.stats != other.stats => Some(format!("{:?}, {:?}; word {k:?}", self.stats, other.stats)),
            false if k.is_some() => {
                Some(format!("checksums {:x}, {:x}; {}", self.checksum, other.checksum, self.place(k.unwrap_or(0))))
            }
            false => Some(format!("word {k:?}; rows {} and {}, {row:?}", self.rows.len(), other.rows.len())),
        }
    }
}

pub fn told(batch: &mut Batch) -> Told {
    Told {
        checksum: batch.checksum().expect("reads"),
        dump: batch.dump().expect("reads"),
        stats: batch.stats().clone(),
        rows: batch.take_rows(),
    }
}

fn bonuses(world: &Arc<dyn World>, names: &str) -> Option<Arc<Bonuses>> {
    (!names.is_empty()).then(|| Arc::new(Bonuses::new(world, &BonusConfig::parse(names).expect(names)).expect(names)))
}

fn plugin(bonuses: &Option<Arc<Bonuses>>) -> Option<Arc<dyn StepPlugin>> {
    bonuses.clone().map(|bonuses| -> Arc<dyn StepPlugin> { bonuses })
}

/// This holds however the steps are cut, for every bonus, and for every agent.
#[test]
fn a_batch_that_grows_is_as_if_it_had_had_room() {
    let options = Options { length: Some(70), ..Options::default() };
    for (reset, worlds, names, is_novelty, block, chunk) in [
        (ResetMode::SameStep, Worlds::Fresh, "", false, 1, 90),
        (ResetMode::NextStep, Worlds::Pool(3), "", false, 2, 7),
        (ResetMode::Off, Worlds::Fresh, "", false, 5, 90),
        (ResetMode::SameStep, Worlds::Pool(3), "count,knn", false, 2, 90),
        (ResetMode::SameStep, Worlds::Fresh, "count:full,empowerment", false, 2, 15),
        (ResetMode::SameStep, Worlds::Fresh, "count", true, 2, 9),
    ] {
        let play = |room: u32| {
            let world = crowd(room, &options);
            let bonuses = bonuses(&world, names);
            let agent: Box<dyn Agent> = match &bonuses {
                Some(own) if is_novelty => {
                    Box::new(Lookahead::novelty(&*world, own.clone(), NoveltyOptions::default(), 1).expect("an agent"))
                }
                _ => Box::new(Random { seed: 2 }),
            };
            let plugin = plugin(&bonuses);
            let config = Config { num_envs: 5, seed: 7, reset, worlds, block, record: vec![0, 3], plugin, ..Config::default() };
            let mut batch = Batch::new(world, config).expect("a batch");
            let begun = objects(&batch);
            while batch.steps() < 90 {
                batch.advance(chunk, &*agent).expect("steps");
            }
            (begun, objects(&batch), told(&mut batch))
        };
        let (begun, ended, grown) = play(1);
        let (_, (_, whole), expected) = play(ENOUGH);
        assert!(ended.1 > begun.1 && ended.1 < whole, "it grew in play: {begun:?} {ended:?}");
        assert_eq!(grown.differs(&expected), None, "{reset} {worlds} {names}");
    }
}

/// Worlds that need no more room than earlier versions had keep the checksums of those versions.
#[test]
fn checksums_do_not_depend_on_room() {
    let of = |room: u32| {
        let text =
            catalog::find("crafter").expect("built in").text.replace("max_objects = 128", &format!("max_objects = {room}"));
        let world = catalog::load_source(&catalog::Source { id: "crafter".into(), text, folder: None }, &Options::default());
        let mut batch = Batch::new(world.expect("loads"), Config { num_envs: 3, seed: 4, ..Config::default() }).expect("a batch");
        batch.advance(64, &Random { seed: 1 }).expect("steps");
        batch.checksum().expect("reads")
    };
    let rooms: Vec<u64> = [1, 60, 128, 255, 4000].into_iter().map(of).collect();
    assert_eq!(rooms, [rooms[0]; 5]);
    assert_eq!(rooms[0], 0xbae0_4de0_92e8_1574);
}

#[test]
fn snapshots_and_checkpoints_hold_what_is_used_and_go_on_anywhere() {
    let options = Options::default();
    let config = || Config { num_envs: 3, seed: 1, ..Config::default() };
    let mut large = Batch::new(crowd(ENOUGH, &options), config()).expect("a batch");
    let mut small = Batch::new(crowd(1, &options), config()).expect("a batch");
    large.advance(60, &Random::default()).expect("steps");
    small.advance(60, &Random::default()).expect("steps");
    let snapshot = large.snapshot(1).expect("a snapshot");
    assert_eq!(snapshot, small.snapshot(1).expect("a snapshot"), "whatever room there was");
    // The snapshot is restored in a batch that has never grown, and taken from it again.
    let mut fresh = Batch::new(crowd(1, &options), config()).expect("a batch");
    let before = objects(&fresh).1;
    fresh.restore(2, &snapshot).expect("fits");
    assert!(objects(&fresh).1 > before);
    assert_eq!(fresh.snapshot(2).expect("a snapshot"), snapshot);
    let mut again = Batch::new(crowd(1, &options), config()).expect("a batch");
    again.load(&large.dump().expect("a dump"), large.stats().clone()).expect("fits");
    for batch in [&mut large, &mut again] {
        batch.advance(20, &Random::default()).expect("steps");
        batch.fork(&[1, 0], &[2, 1]).expect("forks");
        batch.advance(5, &Random::default()).expect("steps");
    }
    assert_eq!(told(&mut large), told(&mut again));
    // A row whose count is larger than its list is refused.
    let mut odd = large.dump().expect("a dump");
    let first = 2 + 3 * (odd.sizes[0] + odd.sizes[1]) as usize;
    odd.words[first] = 5000;
    let error = again.load(&odd, large.stats().clone()).expect_err("no such count").to_string();
    assert!(error.contains("5000 entries"), "{error}");
    odd.sizes[2] += 1;
    assert!(again.load(&odd, large.stats().clone()).is_err());
    assert_eq!(told(&mut large), told(&mut again), "nothing was changed");
}

/// A replay, a restored state, and a scenario with more objects than there was room for.
#[test]
fn whatever_holds_an_instance_grows() {
    let options = Options { length: Some(500), ..Options::default() };
    let crowded: Vec<_> = (0..60).flat_map(|x| (0..20).map(move |y| json!(["Cow", x, y]))).collect();
    let cleared: Vec<_> = (0..64).flat_map(|x| (0..64).map(move |y| json!([x, y]))).collect();
    let meadow: Vec<_> = (0..60).flat_map(|x| (0..20).map(move |y| json!([x, y, "grass"]))).collect();
    let scenario = json!({ "remove": cleared, "terrain": meadow, "add": crowded });
    let play = |room: u32| {
        let world = crowd(room, &options);
        let config =
            Config { num_envs: 2, seed: 1, record: vec![0], scenario: Some(Arc::new(scenario.clone())), ..Config::default() };
        let mut batch = Batch::new(world.clone(), config).expect("a batch");
        assert_eq!(objects(&batch).0, 1200);
        batch.advance(10, &Random::default()).expect("steps");
        let moment = batch.instance_state(0).expect("reads");
        batch.begin_episode(0).expect("begins");
        let origin = explorarium::sim::Origin { world: 0, history: vec![0, 1] };
        batch.restore_states(&[(0, &moment, &origin)]).expect("goes back");
        assert_eq!(batch.instance_state(0).expect("reads"), moment);
        batch.set_scenario(1, &json!({ "remove": cleared })).expect("fits");
        batch.advance(10, &Random::default()).expect("steps");
        let levels = Arc::new(explorarium::sim::Levels::new(&*world, Worlds::Fresh, 1).expect("levels"));
        let mut replay = Replay::new(world, levels, 1, 0);
        let mut rows = vec![replay.reset(Some(&scenario)).expect("begins")];
        rows.extend((0..30).map(|t| replay.step(t % 17).expect("steps")));
        (told(&mut batch), rows, replay.instance_state())
    };
    assert!(play(1) == play(ENOUGH));
}

/// Maps for which the room of earlier versions was never enough; chunks whose creatures a byte cannot count.
#[test]
fn large_maps_and_large_chunks_are_played() {
    for (area, chunk) in [((96, 96), 12), ((128, 128), 12), ((256, 256), 12), ((64, 64), 32)] {
        let text = catalog::find("crafter").expect("built in").text.replace("[12, 12]", &format!("[{chunk}, {chunk}]"));
        let options = Options { area: Some(area), ..Options::default() };
        let world = catalog::load_source(&catalog::Source { id: "large".into(), text, folder: None }, &options).expect("loads");
        let mut batch = Batch::new(world, Config { num_envs: 2, ..Config::default() }).expect("a batch");
        batch.advance(50, &Random::default()).expect("steps");
        assert!(area.0 < 128 || objects(&batch).0 > 128, "{area:?}: {:?}", objects(&batch));
    }
}

/// Forks are not cut off if their buffers were too small: their results do not depend on room.
#[test]
fn what_forks_do_does_not_depend_on_room() {
    let options = Options { length: Some(100), ..Options::default() };
    let play = |room: u32| {
        let world = crowd(room, &options);
        let horizon = Horizon { rollouts: 1, depth: 12, ..Horizon::default() };
        let bonuses = bonuses(&world, "count:full");
        let agent = Lookahead::new(&*world, bonuses.clone().expect("bonuses"), horizon, 3).expect("an agent");
        let config = Config { num_envs: 2, seed: 3, plugin: plugin(&bonuses), ..Config::default() };
        let mut batch = Batch::new(world, config).expect("a batch");
        batch.advance(30, &agent).expect("steps");
        told(&mut batch)
    };
    assert!(play(1) == play(ENOUGH));
}

#[test]
fn only_crafter_grows() {
    for id in ["MiniGrid-DoorKey-8x8-v0", "gridlab/keys"] {
        assert_eq!(load(id, &Options::default()).expect(id).spec().growing().count(), 0);
    }
}
