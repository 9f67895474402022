//! The cursor over recordings that still grow, were altered or damaged, or were written by other programs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::UInt32Array;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use explorarium::agents::Random;
use explorarium::envs::{Key, KeyPart, Options, load};
use explorarium::sim::{Batch, Config, Row, Worlds};
use explorarium::traces::cursor::{Agreement, Begins, BonusSource, Cursor, CursorOptions, GlancedRow, Position, Refreshed};
use explorarium::traces::{Meta, OwnedValue, Part, Value, list, read, write, write_batch};

use super::cursor::{Truth, meta, play, record, replay_of, seen};
use super::files::{Folder, outcome};

fn open(path: &str) -> Cursor {
    Cursor::open(Path::new(path), &CursorOptions { keyframe_interval: 16, ..CursorOptions::default() }).expect("opens")
}

fn without_thread(path: &str) -> Cursor {
    Cursor::open(Path::new(path), &CursorOptions { background: false, ..CursorOptions::default() }).expect("opens")
}

/// When a run is resumed, the cursor takes in its new parts; keyframes and position stay. A part that is not finished is no error.
#[test]
fn a_recording_that_grows_is_taken_in() {
    let folder = Folder::new("cursor-grows");
    for (k, (env, agent)) in [("crafter", "random"), ("gridlab/keys", "go-explore")].into_iter().enumerate() {
        let args = [env, "--num-envs", "2", "--record", "0,1", "--agent", agent, "--steps", "1200"];
        let run = record(&folder, &format!("run-{k}"), &args);
        let mut cursor = open(&run);
        let first_rows: u64 = [0, 1].map(|instance| cursor.rows(instance).expect("recorded")).iter().sum();
        cursor.seek_row(1, 500).expect("a row");
        let go_on = AtomicBool::new(false);
        cursor.glance((0, 300), &go_on, |_| ()).expect("a row beside");
        let (before, place) = (cursor.wait_for_keyframes().expect("plays"), cursor.position());
        assert_eq!(cursor.refresh().expect("nothing new"), Refreshed::default());
        let known = list(Path::new(&run)).expect("parts").len();
        let (code, _, err) = outcome(&["run", "--resume", &run, "--steps", "3000", "-q"]);
        assert_eq!(code, 0, "{err}");
        let parts = list(Path::new(&run)).expect("parts");
        assert!(parts.len() > known, "{parts:?}");
        // The last part is still being copied.
        let last = parts.last().expect("parts");
        let bytes = std::fs::read(last).expect("read");
        std::fs::write(last, &bytes[..bytes.len() / 2]).expect("cut");
        let found = cursor.refresh().expect("not finished");
        assert_eq!((found.parts, cursor.unfinished()), (parts.len() - known - 1, std::slice::from_ref(last)), "{env}");
        std::fs::write(last, &bytes).expect("whole");
        let more = cursor.refresh().expect("finished");
        assert_eq!((more.parts, cursor.unfinished().len()), (1, 0), "{env}");
        let truth = Truth::of(&run);
        let rows: usize = truth.seen.values().map(Vec::len).sum();
        assert_eq!(found.rows + more.rows + first_rows, rows as u64, "{env}");
        let new = truth.seen[&0].len() as u64 - 1;
        let mut states = Vec::new();
        let see = |beside: GlancedRow| beside.replay.look(&mut |world, block| states = seen(world, block));
        cursor.glance((0, new), &go_on, see).expect("a new row beside");
        assert!(states == truth.seen[&0][new as usize], "{env}");
        assert_eq!(cursor.position(), place, "{env}");
        truth.check(&mut cursor, 1, 500, env);
        let now = cursor.progress().expect("plays");
        assert!(now.keyframes >= before.keyframes && now.rows >= before.rows && now.total > before.total, "{before:?} {now:?}");
        let last_row = truth.seen[&1].len() as u64 - 1;
        cursor.seek_row(1, last_row).expect("the last row");
        truth.check(&mut cursor, 1, last_row, env);
        let after = cursor.wait_for_keyframes().expect("plays");
        assert!(after.is_done() && after.keyframes > before.keyframes, "{after:?}");
        truth.check_some(&mut cursor, 64, 3, env);
        assert_eq!(cursor.refresh().expect("nothing new"), Refreshed::default());
        // A part that was read before must not change.
        std::fs::copy(&parts[1], &parts[0]).expect("replaced");
        assert!(cursor.refresh().is_err(), "{env}");
        cursor.seek_row(1, last_row).expect("the keyframes are still there");
    }
}

fn recorded(env: &str, steps: u64) -> (Meta, Vec<Row>, Arc<dyn explorarium::envs::World>) {
    let options = Options { keyed: true, ..Options::default() };
    let world = load(env, &options).expect("loads");
    let config = Config { num_envs: 2, seed: 5, record: vec![1], ..Config::default() };
    let mut batch = Batch::new(world.clone(), config).expect("a batch");
    batch.advance(steps, &Random::default()).expect("steps");
    (meta(&*world, &options, 5, Worlds::Fresh), batch.take_rows(), world)
}

fn differs(cursor: &mut Cursor, row: u64) -> Option<(u64, u32, Vec<String>)> {
    cursor.seek_row(1, row).expect("a row");
    match cursor.agreement().expect("compared") {
        Agreement::Agrees { compared } => {
            assert!(compared <= row + 1);
            None
        }
        Agreement::Differs(difference) => {
            Some((difference.row, difference.step, difference.fields.into_iter().map(|field| field.field).collect()))
        }
    }
}

/// Values of two rows are altered, and the hashes are made to fit. The first difference is reported at its row with its
/// columns, and no difference before it.
#[test]
fn the_first_difference_of_an_altered_value_is_where_it_is() {
    let folder = Folder::new("cursor-altered");
    let (meta, rows, world) = recorded("gridlab/four-rooms", 300);
    let path = folder.join("altered.parquet");
    let mut altered = rows.clone();
    let at = rows.iter().position(|row| row.step == 41).expect("a step");
    altered[at].pose.x += 1;
    altered[at].reward = 0.25;
    altered[at + 9].pose.y += 1;
    write(Path::new(&path), &*world, &meta, &altered).expect("written");
    let (row, fields) = (at as u64, vec!["reward".to_string(), "x".to_string()]);
    let mut cursor = open(&path);
    cursor.seek_row(1, 0).expect("a row");
    cursor.wait_for_keyframes().expect("plays");
    assert_eq!(differs(&mut cursor, row - 1), None);
    for later in [row, row + 1, row + 9, rows.len() as u64 - 1] {
        assert_eq!(differs(&mut cursor, later), Some((row, 41, fields.clone())), "row {later}");
    }
    let Agreement::Differs(difference) = cursor.agreement().expect("compared") else { panic!("it differs") };
    assert_eq!(difference.fields[1].recorded, OwnedValue::Whole(i128::from(rows[at].pose.x) + 1));
    assert_eq!(difference.fields[1].replayed, OwnedValue::Whole(rows[at].pose.x.into()));
    assert!(difference.to_string().contains("step 41") && difference.to_string().contains("x recorded"), "{difference}");
    // Without a thread only the row itself is compared.
    let mut alone = without_thread(&path);
    assert_eq!(differs(&mut alone, row), Some((row, 41, fields)));
    assert_eq!([differs(&mut alone, row - 1), differs(&mut alone, row + 1)], [None, None]);
    assert_eq!(differs(&mut alone, row + 9), Some((row + 9, 50, vec!["y".to_string()])));
}

/// An action is altered. The difference is reported at the first row that the action changes.
#[test]
fn the_first_difference_of_an_altered_action_is_where_it_shows() {
    let folder = Folder::new("cursor-action");
    for (env, at) in [("gridlab/four-rooms", 20), ("crafter", 77), ("MiniGrid-DoorKey-5x5-v0", 33)] {
        let (meta, rows, world) = recorded(env, 300);
        let path = folder.join("action.parquet");
        // Some actions have the same effect as others; this finds the first one whose change has an effect.
        let change = |at: usize| {
            let mut altered = rows.clone();
            altered[at].action = altered[at].action.map(|action| (action + 1) % world.spec().num_actions());
            let mut replay = replay_of(&world, Worlds::Fresh, 5, 1);
            let again = |row: &Row| Row { batch_step: row.batch_step, ..play(&mut replay, row) };
            let first = altered.iter().map(again).zip(&altered).position(|(again, row)| again != *row)?;
            Some((at, first, altered))
        };
        let (at, first, altered) = (at..rows.len()).find_map(change).expect("a difference");
        assert!(first >= at, "{env}");
        write(Path::new(&path), &*world, &meta, &altered).expect("written");
        let mut cursor = open(&path);
        cursor.seek_row(1, 0).expect("a row");
        cursor.wait_for_keyframes().expect("plays");
        let found = differs(&mut cursor, rows.len() as u64 - 1).expect("a difference");
        assert_eq!((found.0, differs(&mut cursor, first as u64 - 1)), (first as u64, None), "{env}");
    }
}

/// Rows of other programs are shown as they were recorded, but have no state.
#[test]
fn foreign_rows_are_shown_but_not_replayed() {
    let folder = Folder::new("cursor-foreign");
    let (_, rows, world) = recorded("gridlab/four-rooms", 300);
    let path = folder.join("own.parquet");
    write(Path::new(&path), &*world, &recorded("gridlab/four-rooms", 1).0, &rows).expect("written");
    let Part { rows, .. } = read(Path::new(&path)).expect("reads");
    let foreign = folder.join("foreign.parquet");
    write_batch(Path::new(&foreign), &rows, None).expect("written");
    let mut cursor = open(&foreign);
    let episodes = cursor.episodes(1).expect("recorded").to_vec();
    assert!(episodes.len() > 1 && episodes[1].episode == 2 && cursor.meta().is_none(), "{episodes:?}");
    let place = cursor.seek(1, 2, 5).expect("a step");
    assert_eq!((place.episode, place.step, place.row), (2, 5, episodes[1].first_row + 5));
    let actions = rows.column_by_name("action").expect("actions").as_primitive::<UInt32Type>();
    let action = Value::Whole(actions.value(place.row as usize).into());
    assert_eq!(cursor.recorded().expect("a row").value("action"), Some(action));
    assert_eq!(cursor.seek_nearest(1, 7).expect("a row").row, 7);
    let refused = [
        cursor.state().map(|_| ()),
        cursor.observation().map(|_| ()),
        cursor.picture().map(|_| ()),
        cursor.agreement().map(|_| ()),
        cursor.key(Key::of(&[KeyPart::Position])).map(|_| ()),
        cursor.bonus_values().map(|_| ()),
    ];
    for error in refused {
        let error = error.expect_err("no replay").to_string();
        assert!(error.contains("foreign.parquet: a Parquet file, but not a trace of this program"), "{error}");
    }
    // Rows without first states, of two instances in turn.
    let acted: Vec<u32> = (0..rows.num_rows() as u32).filter(|k| !arrow_array::Array::is_null(actions, *k as usize)).collect();
    let order = UInt32Array::from(acted.iter().flat_map(|k| [*k, *k]).collect::<Vec<_>>());
    let schema = rows.schema();
    let columns = schema.fields().iter().zip(rows.columns()).map(|(field, column)| {
        let column = arrow_select::take::take(column, &order, None).expect("taken");
        let turns = (0..2 * acted.len() as u32).map(|k| k % 2).collect::<UInt32Array>();
        let column: arrow_array::ArrayRef = if field.name() == "instance" { Arc::new(turns) } else { column };
        (field.name().clone(), column, true)
    });
    let turns = arrow_array::RecordBatch::try_from_iter_with_nullable(columns.collect::<Vec<_>>()).expect("rows");
    write_batch(Path::new(&foreign), &turns, None).expect("written");
    let mut cursor = open(&foreign);
    for instance in [0, 1] {
        assert_eq!(cursor.rows(instance).ok(), Some(acted.len() as u64));
        assert_eq!(cursor.episodes(instance).expect("recorded")[0].begins, Begins::Step);
        let place = cursor.seek_row(instance, 33).expect("a row");
        let row = cursor.recorded().expect("a row");
        assert_eq!(row.value("instance"), Some(Value::Whole(instance.into())));
        assert_eq!(row.value("step"), Some(Value::Whole(place.step.into())));
    }
}

/// Checks that all bonuses of these instances can be recomputed and equal the recorded ones.
fn recomputed(run: &str, instances: &[u32]) {
    let mut cursor = open(run);
    cursor.seek_row(instances[0], 3).expect("a row");
    let columns = cursor.bonus_columns().expect("columns");
    assert!(
        columns.len() > 1 && columns.iter().all(|column| column.source == BonusSource::Recomputed { exact: true }),
        "{columns:?}"
    );
    let mut paid = 0;
    for instance in instances {
        for row in (0..cursor.rows(*instance).expect("rows")).rev().step_by(7) {
            cursor.seek_row(*instance, row).expect("a row");
            let is_action = cursor.recorded().expect("a row").value("action") != Some(Value::Null);
            for value in cursor.bonus_values().expect("values") {
                assert_eq!(value.recorded, value.recomputed, "{}, instance {instance}, row {row}", value.name);
                assert_eq!(value.recorded.is_some(), is_action);
                paid += i32::from(value.recorded.is_some_and(|value| value > 0.0));
            }
        }
    }
    assert!(paid > 40, "{paid}");
}

/// Bonuses that can be recomputed equal the recorded ones; for others the cursor says why they cannot be recomputed.
#[test]
fn bonuses_are_worked_out_again_or_it_is_said_why_not() {
    let folder = Folder::new("cursor-bonuses");
    let args = ["gridlab/keys", "--num-envs", "3", "--bonus", "count,entropy:full"];
    let all = record(&folder, "all", &[&args[..], &["--record", "0,1,2", "--steps", "900"]].concat());
    let (code, _, err) = outcome(&["run", "--resume", &all, "--steps", "1500", "-q"]);
    assert_eq!(code, 0, "{err}");
    recomputed(&all, &[1, 0]);
    let returns = ["gridlab/keys", "--num-envs", "2", "--record", "0,1", "--bonus", "count", "--agent", "go-explore"];
    recomputed(
        &record(&folder, "returns", &[&returns[..], &["--set", "agent.explore_steps=9", "--steps", "900"]].concat()),
        &[1],
    );
    let own = ["gridlab/keys", "--num-envs", "3", "--record", "1", "--bonus", "count", "--set", "bonus.count.scope=instance"];
    recomputed(&record(&folder, "own", &[&own[..], &["--steps", "900"]].concat()), &[1]);
    let some = record(&folder, "some", &[&args[..], &["--record", "1", "--steps", "900"]].concat());
    let mut cursor = open(&some);
    cursor.seek_row(1, 40).expect("a row");
    let columns = cursor.bonus_columns().expect("columns");
    let why = |source: &BonusSource| matches!(source, BonusSource::Recorded { why } if why.contains("not all were recorded"));
    assert!(columns.len() == 3 && columns.iter().all(|column| why(&column.source)), "{columns:?}");
    let values = cursor.bonus_values().expect("values");
    assert!(values.iter().all(|value| value.recorded.is_some() && value.recomputed.is_none()), "{values:?}");
    let none = record(&folder, "none", &["gridlab/keys", "--record", "0", "--num-envs", "1", "--steps", "50"]);
    let mut cursor = open(&none);
    cursor.seek_row(0, 4).expect("a row");
    assert!(cursor.bonus_columns().expect("none").is_empty() && cursor.bonus_values().expect("none").is_empty());
}

/// A request for what cannot be shown is an error that says why; what can be shown is still shown.
#[test]
fn what_there_is_not_is_refused() {
    let folder = Folder::new("cursor-refused");
    let (meta, rows, world) = recorded("crafter", 300);
    let path = folder.join("own.parquet");
    write(Path::new(&path), &*world, &meta, &rows).expect("written");
    let mut cursor = open(&path);
    assert!(cursor.position().is_none() && cursor.state().expect_err("no row").to_string().contains("seek to one first"));
    let refused = [
        (cursor.seek_row(0, 0), "instance 0 was not recorded; recorded are 1"),
        (cursor.seek_row(1, rows.len() as u64), "rows; there is no row"),
        (cursor.seek_row(1, u64::MAX), "there is no row"),
        (cursor.seek(1, 9, 0), "no step 0 of an episode 9"),
        (cursor.seek(1, 1, 9999), "no step 9999 of an episode 1"),
    ];
    for (result, why) in refused {
        let error = result.expect_err(why).to_string();
        assert!(error.contains(why), "{error}");
    }
    let at: Position = cursor.seek(1, 1, 9).expect("a step");
    assert_eq!(cursor.seek_row(1, at.row).expect("the same"), at);
    // A file that is cut off, and one that does not exist.
    let bytes = std::fs::read(&path).expect("read");
    let cut = folder.join("cut.parquet");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).expect("written");
    let nowhere: PathBuf = folder.join("nowhere.parquet").into();
    for (path, why) in [(Path::new(&cut), "cut off"), (&nowhere, "nowhere.parquet")] {
        let error = Cursor::open(path, &CursorOptions::default()).expect_err(why).to_string();
        assert!(error.contains(why), "{error}");
    }
    let textures = Some(folder.join("no-such-folder").into());
    let mut cursor = Cursor::open(Path::new(&path), &CursorOptions { textures, ..CursorOptions::default() }).expect("opens");
    cursor.seek_row(1, 7).expect("a row");
    assert!(cursor.picture().is_err() && cursor.state().is_ok());
}

/// Seeking to the nearest keyframe shows it at once, and the progress of the thread is known.
#[test]
fn the_nearest_keyframe_is_shown_at_once() {
    let folder = Folder::new("cursor-nearest");
    let (meta, rows, world) = recorded("gridlab/four-rooms", 600);
    let path = folder.join("own.parquet");
    write(Path::new(&path), &*world, &meta, &rows).expect("written");
    let mut cursor = without_thread(&path);
    assert_eq!(cursor.seek_nearest(1, 300).expect("a row").row, 0);
    let mut cursor = open(&path);
    assert_eq!(cursor.progress().expect("nothing shown").total, 0);
    cursor.seek_nearest(1, 300).expect("a row");
    let done = cursor.wait_for_keyframes().expect("plays");
    assert_eq!((done.rows, done.total, done.is_done()), (rows.len() as u64, rows.len() as u64, true));
    let mut places = std::collections::BTreeSet::new();
    for row in 0..rows.len() as u64 {
        let at = cursor.seek_nearest(1, row).expect("a row").row;
        assert!(at.abs_diff(row) <= done.interval, "{at} for {row}, {done:?}");
        let exact = cursor.replayed().expect("a row").clone();
        assert_eq!(Row { batch_step: rows[at as usize].batch_step, ..exact }, rows[at as usize]);
        places.insert(at);
    }
    assert_eq!(places.len(), done.keyframes);
}

/// If a file changes after it was opened, reading its rows is refused; the decoder does not panic.
#[test]
fn a_file_that_is_damaged_while_it_is_open_is_refused() {
    let folder = Folder::new("cursor-damaged");
    let (meta, rows, world) = recorded("gridlab/keys", 400);
    let path = folder.join("own.parquet");
    write(Path::new(&path), &*world, &meta, &rows).expect("written");
    let whole = std::fs::read(&path).expect("there");
    let (mut refused, mut panics) = (0, 0);
    for at in (4..whole.len().min(3000)).step_by(2) {
        std::fs::write(&path, &whole).expect("written");
        let mut cursor = without_thread(&path);
        let mut bytes = whole.clone();
        bytes[at] = bytes[at].wrapping_add(1 + (at % 7) as u8 * 36);
        std::fs::write(&path, bytes).expect("written");
        let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            [399u64, 0, 150].into_iter().try_for_each(|row| {
                cursor.seek_row(1, row)?;
                cursor.recorded().map(|_| ())
            })
        }));
        match looked {
            Ok(looked) => refused += u32::from(looked.is_err()),
            Err(_) => panics += 1,
        }
    }
    assert!(refused > 100, "{refused} refused");
    assert_eq!(panics, 0, "panics that reach the caller");
}
