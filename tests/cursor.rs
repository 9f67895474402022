//! The cursor over recorded trajectories: at every row it shows the state that the batch had there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::RecordBatch;
use explorarium::agents::Random;
use explorarium::envs::catalog::{find, load_source};
use explorarium::envs::{Block, BufferSpec, Options, World};
use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::Keyed;
use explorarium::sim::{Batch, Config, Levels, Replay, Row, Worlds};
use explorarium::traces::cursor::{Agreement, Cursor, CursorOptions};
use explorarium::traces::{FORMAT_PLAIN, Meta, Replays, Value, at, runs, write};

use super::files::{Folder, outcome};

/// Runs the program on the CPU with these arguments and returns the folder of the run.
pub fn record(folder: &Folder, name: &str, args: &[&str]) -> String {
    let run = folder.join(name);
    let (code, _, err) = outcome(&[&["run"], args, &["--backend", "cpu", "-q", "-o", &run]].concat());
    assert_eq!(code, 0, "{args:?}: {err}");
    run
}

/// Plays a recorded row.
pub fn play(replay: &mut Replay, row: &Row) -> Row {
    match row.action {
        None => replay.reset(None),
        Some(action) => replay.step(action),
    }
    .expect("plays")
}

pub fn replay_of(world: &Arc<dyn World>, worlds: Worlds, seed: i64, instance: usize) -> Replay {
    let levels = Arc::new(Levels::new(&**world, worlds, seed).expect("levels"));
    Replay::new(world.clone(), levels, seed, instance)
}

/// Loads a world. In Crafter's worlds night falls within 75 steps.
fn early_night(id: &str, options: &Options) -> Arc<dyn World> {
    let mut source = find(id).expect("built in");
    assert!(id != "crafter" || source.text.contains("start = 0.3\n"), "the day begins in another way");
    source.text = source.text.replace("start = 0.3\n", "start = 0.75\n");
    load_source(&source, options).expect("loads")
}

/// A replay of a world with pixels draws what the batch drew, also after a restore. A replay of a world
/// without pixels draws the same on request.
#[test]
fn a_replay_draws_as_the_batch_did() {
    let options = |pixels, picture_noise, keyed| Options { pixels, picture_noise, keyed, ..Options::default() };
    for (id, noise, keyed) in [
        ("crafter", true, false),
        ("crafter", false, false),
        ("crafter", false, true),
        ("MiniGrid-DoorKey-5x5-v0", false, false),
        ("gridlab/keys", false, true),
    ] {
        let drawing = early_night(id, &options(true, noise, keyed));
        let plain = early_night(id, &options(false, noise, keyed));
        let (seed, worlds) = (11, Worlds::Pool(3));
        let config = Config { num_envs: 2, seed, worlds, record: vec![1], ..Config::default() };
        let mut batch = Batch::new(drawing.clone(), config).expect("a batch");
        let mut drawn = replay_of(&drawing, worlds, seed, 1);
        let mut asked = replay_of(&plain, worlds, seed, 1);
        let mut restored = replay_of(&drawing, worlds, seed, 1);
        let (words, mut latest) = (drawing.spec().pixel_words(), 0);
        for step in 0..450 {
            if step > 0 {
                batch.advance(1, &Random::default()).expect("steps");
            }
            for row in batch.take_rows() {
                assert_eq!([play(&mut drawn, &row), play(&mut asked, &row)].map(|row| row.pose), [row.pose; 2]);
                latest = latest.max(row.step);
            }
            let pixels: &[u8] = bytemuck::cast_slice(&batch.pixels().expect("pixels")[words..]);
            let here = format!("{id}, noise {noise}, step {step}");
            assert!(drawn.pixels() == &pixels[..drawn.pixels().len()] && !drawn.pixels().is_empty(), "{here}");
            assert!(asked.draw(&*drawing).expect("draws") == drawn.pixels(), "{here}");
            restored.restore(&drawn.state()).expect("fits");
            assert!(restored.pixels() == drawn.pixels() && restored.state() == asked.state(), "{here}");
        }
        assert!(latest > 75, "no night was drawn: {latest} steps");
        assert!(asked.draw(&*plain).is_err() && asked.pixels().is_empty());
    }
}

/// Returns the words of a state: core, state buffers without their spare room, observation.
pub fn seen(world: &dyn World, block: &Block) -> Vec<Vec<u32>> {
    let buffers = world.spec().buffers.iter().enumerate();
    let row = |(b, buffer): (usize, &BufferSpec)| {
        let row = block.row(b, 0);
        buffer.grows.map_or_else(|| row.to_vec(), |lists| lists.plain(row))
    };
    let state = buffers.map(row);
    [block.core_of(0).to_vec()].into_iter().chain(state).chain([block.obs.to_vec()]).collect()
}

/// A recording, row by row for each instance: the recorded rows, and the states of a replay of all rows in order.
pub struct Truth {
    pub recorded: BTreeMap<u32, Vec<RecordBatch>>,
    pub seen: BTreeMap<u32, Vec<Vec<Vec<u32>>>>,
}

impl Truth {
    pub fn of(path: &str) -> Truth {
        let run = runs(&[path.into()]).expect("reads").remove(0);
        let mut replays = Replays::new(&run).expect("can be replayed");
        let mut truth = Truth { recorded: BTreeMap::new(), seen: BTreeMap::new() };
        run.read(&mut |piece, common| {
            let mut states = Vec::new();
            replays.check(piece, common, &mut |world, block, _| states.push(seen(world, block)))?;
            for (k, state) in states.into_iter().enumerate() {
                let instance = common.instance.value(k);
                truth.recorded.entry(instance).or_default().push(piece.rows.slice(k, 1));
                truth.seen.entry(instance).or_default().push(state);
            }
            Ok(())
        })
        .expect("a recording");
        truth
    }

    /// Checks that the cursor is at row `row` of `instance` and shows it.
    pub fn check(&self, cursor: &mut Cursor, instance: u32, row: u64, what: &str) {
        let here = format!("{what}: instance {instance}, row {row}");
        let (recorded, states) = (&self.recorded[&instance][row as usize], &self.seen[&instance][row as usize]);
        assert!(cursor.look(seen).expect("a state") == *states, "{here}");
        let position = cursor.position().expect("a position");
        assert_eq!((position.instance, position.row), (instance, row), "{here}");
        let own = cursor.recorded().expect("a row");
        let words = states.last().expect("an observation");
        let obs: &[u8] = bytemuck::cast_slice(words);
        let bytes = cursor.world().expect("a world").spec().obs_bytes;
        assert_eq!(cursor.observation().expect("bytes"), &obs[..bytes], "{here}");
        for (name, value) in own.values() {
            let column = recorded.column_by_name(&name).expect("a column");
            assert_eq!(value, at(&**column, 0), "{here}, {name}");
        }
        assert_eq!(own.batch().num_columns(), recorded.num_columns(), "{here}");
        assert_eq!(own.value("episode"), Some(Value::Whole(position.episode.into())), "{here}");
        assert_eq!(own.value("step"), Some(Value::Whole(position.step.into())), "{here}");
        let replayed = cursor.replayed().expect("a row").clone();
        let checksum = replayed.checksum.map_or(Value::Null, |sum| Value::Whole(sum.into()));
        assert_eq!(own.value("checksum"), Some(checksum), "{here}");
        assert!(matches!(cursor.agreement().expect("compared"), Agreement::Agrees { .. }), "{here}");
    }

    /// Seeks to `n` random rows and checks them.
    pub fn check_some(&self, cursor: &mut Cursor, n: u32, seed: u32, what: &str) {
        let mut dice = Keyed::new([seed, 1], 2, 3, 4);
        let instances: Vec<u32> = self.seen.keys().copied().collect();
        let mut instance = instances[0];
        for k in 0..n {
            // Keyframes belong to one instance, so the instance changes only every 16 rows.
            if k % 16 == 0 {
                instance = instances[dice.randint(instances.len() as u32) as usize];
            }
            let row = u64::from(dice.randint(self.seen[&instance].len() as u32));
            cursor.seek_row(instance, row).expect("a row");
            self.check(cursor, instance, row, what);
        }
    }
}

/// Rows of any instance beside the cursor's own are those of a replay of all rows, and the cursor stays where it is.
#[test]
fn rows_beside_are_those_of_a_replay() {
    let folder = Folder::new("cursor-beside");
    let go_explore = ["--agent", "go-explore", "--set", "agent.explore_steps=20"];
    for (env, more) in [("crafter", &[][..]), ("crafter", &go_explore[..]), ("MiniGrid-DoorKey-5x5-v0", &[][..])] {
        let args = [&[env, "--num-envs", "3", "--record", "all", "--steps", "1500"], more].concat();
        let run = record(&folder, &format!("{env}-{}", more.len()), &args);
        let truth = Truth::of(&run);
        for (way, options) in ways() {
            let what = format!("{env} {more:?}, {way}");
            let mut cursor = Cursor::open(Path::new(&run), &options).expect("opens");
            cursor.seek_row(1, 77).expect("a row");
            let (mut dice, go_on) = (Keyed::new([5, 1], 2, 3, 4), AtomicBool::new(false));
            for _ in 0..48 {
                let instance = dice.randint(3);
                let row = u64::from(dice.randint(truth.seen[&instance].len() as u32));
                let shown = cursor.glance((instance, row), &go_on, |beside| {
                    let mut states = Vec::new();
                    beside.replay.look(&mut |world, block| states = seen(world, block));
                    (states, beside.row.checksum)
                });
                let (states, checksum) = shown.expect("a row");
                assert!(states == truth.seen[&instance][row as usize], "{what}: instance {instance}, row {row}");
                let recorded = truth.recorded[&instance][row as usize].column_by_name("checksum").map(|sums| at(&**sums, 0));
                let checksum = checksum.map_or(Value::Null, |sum| Value::Whole(sum.into()));
                assert_eq!(recorded, Some(checksum), "{what}: instance {instance}, row {row}");
            }
            truth.check(&mut cursor, 1, 77, &what);
            assert!(cursor.glance_bytes() <= options.keyframe_bytes, "{what}: {}", cursor.glance_bytes());
            cursor.forget_glances(|instance| instance == 2);
            let stop = AtomicBool::new(true);
            let stopped = cursor.glance((0, 40), &stop, |_| ());
            assert!(matches!(stopped, Err(explorarium::error::Error::Interrupted)), "{what}: {stopped:?}");
            let missing = cursor.glance((0, u64::MAX), &go_on, |_| ());
            assert!(missing.is_err_and(|why| why.to_string().contains("there is no row")), "{what}");
            cursor.glance((0, 40), &go_on, |_| ()).expect("replayed anew");
        }
    }
}

/// Options of a cursor. None of them changes what it shows.
pub fn ways() -> Vec<(&'static str, CursorOptions)> {
    let usual = CursorOptions::default();
    vec![
        ("usual", usual.clone()),
        ("no thread", CursorOptions { background: false, ..usual.clone() }),
        ("every row", CursorOptions { keyframe_interval: 1, ..usual.clone() }),
        ("little memory", CursorOptions { keyframe_bytes: 90_000, keyframe_interval: 3, ..usual.clone() }),
        ("no memory", CursorOptions { keyframe_bytes: 0, ..usual }),
    ]
}

/// For every recording and all options, states, observations and rows equal those of a replay of all rows in order.
#[test]
fn any_row_is_shown_as_a_replay_of_all_rows_shows_it() {
    let folder = Folder::new("cursor-rows");
    let scenario = folder.join("scenario.json");
    let json = r#"{"step": 170, "player": {"inventory": {"wood": 5}}, "add": [["zombie", 30, 32]]}"#;
    std::fs::write(&scenario, json).expect("written");
    let cases: [(&str, Vec<&str>); 9] = [
        ("crafter", vec!["--steps", "1400"]),
        ("crafter", vec!["--steps", "900", "--worlds", "pool:3", "--picture-noise"]),
        ("crafter", vec!["--steps", "900", "--scenario", &scenario, "--stream", "keyed"]),
        ("MiniGrid-DoorKey-5x5-v0", vec!["--steps", "1500", "--reset", "next-step"]),
        ("MiniGrid-MultiRoom-N2-S4-v0", vec!["--steps", "700", "--worlds", "pool:4"]),
        ("gridlab/noisy-tv", vec!["--steps", "900", "--bonus", "count"]),
        ("gridlab/keys", vec!["--steps", "900", "--worlds", "pool:2"]),
        ("crafter", vec!["--steps", "1500", "--agent", "go-explore", "--set", "agent.explore_steps=20"]),
        ("gridlab/keys", vec!["--steps", "1200", "--agent", "go-explore", "--set", "agent.explore_steps=9"]),
    ];
    for (k, (env, more)) in cases.iter().enumerate() {
        let run = record(&folder, &format!("run-{k}"), &[&[*env, "--num-envs", "3", "--record", "0,2"], &more[..]].concat());
        let truth = Truth::of(&run);
        for (way, options) in ways() {
            let what = format!("{env} {more:?}, {way}");
            let mut cursor = Cursor::open(Path::new(&run), &options).expect("opens");
            assert_eq!(cursor.instances().collect::<Vec<_>>(), [0, 2], "{what}");
            truth.check_some(&mut cursor, 32, k as u32, &what);
            let progress = cursor.wait_for_keyframes().expect("plays");
            assert!(
                progress.bytes <= options.keyframe_bytes && (progress.is_done() || !options.background),
                "{what}: {progress:?}"
            );
            truth.check_some(&mut cursor, 64, 100 + k as u32, &what);
            check_episodes(&mut cursor, &truth, &what);
        }
    }
}

/// Checks that each row is in one episode, and that episodes agree with the rows.
fn check_episodes(cursor: &mut Cursor, truth: &Truth, what: &str) {
    for (instance, rows) in &truth.recorded {
        let episodes = cursor.episodes(*instance).expect("recorded").to_vec();
        assert_eq!(cursor.rows(*instance).ok(), Some(rows.len() as u64), "{what}");
        let mut next = 0;
        for (k, episode) in episodes.iter().enumerate() {
            assert_eq!(episode.first_row, next, "{what}");
            next += episode.rows;
            let of = &rows[episode.first_row as usize..next as usize];
            let number = |row: &RecordBatch, name: &str| match at(&**row.column_by_name(name).expect(name), 0) {
                Value::Whole(whole) => whole as f64,
                Value::Real(real) => real,
                _ => f64::NAN,
            };
            let sum: f64 = of.iter().map(|row| number(row, "reward")).sum();
            let acted = of.iter().filter(|row| !number(row, "action").is_nan()).count() as u64;
            let last = of.last().expect("a row");
            assert_eq!((episode.episode_return, episode.steps, episode.steps + 1), (sum, acted, episode.rows), "{what}");
            assert_eq!(episode.terminated, number(last, "terminated") == 1.0, "{what}");
            assert_eq!(episode.truncated, number(last, "truncated") == 1.0, "{what}");
            assert_eq!(episode.is_open(), k + 1 == episodes.len() && !episode.terminated && !episode.truncated, "{what}");
            assert!(of.iter().all(|row| number(row, "episode") == f64::from(episode.episode)), "{what}");
            let (middle, step) = (episode.first_row + episode.rows / 2, episode.first_step + episode.rows as u32 / 2);
            assert_eq!(episode.row_of(step), Some(middle), "{what}");
            if k < 8 {
                let went = cursor.seek(*instance, episode.episode, step).expect("a step");
                assert_eq!((went.episode, went.step), (episode.episode, step), "{what}");
                truth.check(cursor, *instance, went.row, what);
            }
        }
        assert_eq!(next, rows.len() as u64, "{what}");
    }
}

/// Pictures equal those that the recording batch drew, or would have drawn, at every row, whether it was recorded with pixels or not.
#[test]
fn any_row_is_drawn_as_it_was() {
    let folder = Folder::new("cursor-pictures");
    for (id, picture_noise, keyed, worlds) in [
        ("crafter", true, false, Worlds::Fresh),
        ("crafter", false, true, Worlds::Pool(2)),
        ("MiniGrid-DoorKey-5x5-v0", false, false, Worlds::Fresh),
        ("gridlab/keys", false, true, Worlds::Fresh),
    ] {
        let options = |pixels| Options { pixels, picture_noise, keyed, ..Options::default() };
        let drawing = early_night(id, &options(true));
        for pixels in [true, false] {
            let world = early_night(id, &options(pixels));
            let config = Config { num_envs: 2, seed: 5, worlds, record: vec![1], ..Config::default() };
            let mut batch = Batch::new(world.clone(), config).expect("a batch");
            batch.advance(400, &Random::default()).expect("steps");
            let rows = batch.take_rows();
            let path = folder.join(&format!("{}-{pixels}.parquet", id.replace('/', "-")));
            write(Path::new(&path), &*world, &meta(&*world, &options(pixels), 5, worlds), &rows).expect("written");
            let mut linear = replay_of(&drawing, worlds, 5, 1);
            let pictures: Vec<Vec<u8>> = rows
                .iter()
                .map(|row| {
                    play(&mut linear, row);
                    linear.pixels().to_vec()
                })
                .collect();
            let mut cursor = Cursor::open(Path::new(&path), &CursorOptions { keyframe_interval: 7, ..CursorOptions::default() })
                .expect("opens");
            let mut dice = Keyed::new([9, 9], 9, 9, 9);
            for k in 0..120 {
                if k == 30 {
                    cursor.wait_for_keyframes().expect("plays");
                }
                let row = dice.randint(rows.len() as u32);
                cursor.seek_row(1, row.into()).expect("a row");
                let before = cursor.state().expect("a state");
                let picture = cursor.picture().expect("a picture");
                assert_eq!([picture.height, picture.width], [drawing.spec().picture.0, drawing.spec().picture.1]);
                assert!(picture.rgb == pictures[row as usize], "{id}, pixels {pixels}, row {row}");
                assert!(cursor.state().expect("a state") == before, "drawing changes nothing");
            }
        }
    }
}

/// Returns the description that `run` would write for a batch in `world`.
pub fn meta(world: &dyn World, options: &Options, seed: i64, worlds: Worlds) -> Meta {
    Meta {
        format: FORMAT_PLAIN,
        id: world.spec().id.clone(),
        toml: world.spec().toml.clone(),
        seed,
        keyed: options.keyed,
        picture_noise: options.picture_noise,
        reset: "same-step".into(),
        worlds: worlds.to_string(),
        ..Meta::default()
    }
}
