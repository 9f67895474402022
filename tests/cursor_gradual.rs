//! A recording that is read in steps is shown as one that is read at once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type};
use arrow_array::{ArrayRef, Float64Array, UInt32Array};
use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::Keyed;
use explorarium::traces::cursor::{Cursor, CursorOptions};
use explorarium::traces::{list, read, write_batch};
use parquet::basic::Compression;

use super::cursor::{Truth, record, ways};
use super::files::{Folder, outcome};
use super::traces::{described, rewritten, with_column};

/// A run with several parts: it is resumed several times.
fn parts_of(folder: &Folder, name: &str, args: &[&str]) -> String {
    let run = record(folder, name, &[args, &["--num-envs", "3", "--record", "0,2", "--steps", "400"]].concat());
    for steps in ["900", "1300", "2100"] {
        go_on(&run, steps);
    }
    assert!(list(Path::new(&run)).expect("parts").len() >= 4);
    run
}

fn go_on(run: &str, steps: &str) {
    let (code, _, err) = outcome(&["run", "--resume", run, "--steps", steps, "-q"]);
    assert_eq!(code, 0, "{err}");
}

fn first(run: &str, options: &CursorOptions) -> Cursor {
    Cursor::open_first(Path::new(run), options).expect("opens")
}

/// The same episodes and rows.
fn assert_same_listing(some: &Cursor, whole: &Cursor, what: &str) {
    assert_eq!(some.instances().collect::<Vec<_>>(), whole.instances().collect::<Vec<_>>(), "{what}");
    for instance in whole.instances() {
        assert_eq!(some.rows(instance).ok(), whole.rows(instance).ok(), "{what}");
        assert_eq!(some.episodes(instance).ok(), whole.episodes(instance).ok(), "{what}");
    }
}

/// With random steps and all options, whether parts are checked before they are listed or not: what is listed is the beginning of what is
/// listed in the end, what is shown between two steps is what a replay of all rows shows, and the cursor stays where it is.
#[test]
fn what_is_read_in_steps_is_what_is_read_at_once() {
    let folder = Folder::new("gradual-same");
    let go_explore = ["--agent", "go-explore", "--set", "agent.explore_steps=20"];
    let cases: [(&str, &[&str]); 5] = [
        ("crafter", &[]),
        ("MiniGrid-DoorKey-5x5-v0", &["--reset", "next-step"]),
        ("gridlab/noisy-tv", &["--bonus", "count"]),
        ("gridlab/keys", &["--worlds", "pool:2"]),
        ("crafter", &go_explore),
    ];
    for (k, (env, more)) in cases.into_iter().enumerate() {
        let run = parts_of(&folder, &format!("run-{k}"), &[&[env], more].concat());
        let truth = Truth::of(&run);
        let whole = Cursor::open(Path::new(&run), &CursorOptions::default()).expect("opens");
        let mut dice = Keyed::new([k as u32, 1], 2, 3, 4);
        for (w, (way, options)) in ways().into_iter().enumerate() {
            let what = format!("{env} {more:?}, {way}");
            // In every second case no part is held back, so that rows are listed piece by piece.
            let options = CursorOptions { rows_checked_first: if w % 2 == 0 { u64::MAX } else { 0 }, ..options };
            let mut cursor = first(&run, &options);
            assert_eq!((cursor.instances().count(), cursor.position()), (0, None), "{what}");
            let (mut steps, mut bytes) = (0, 0);
            while cursor.read_more(1 + u64::from(dice.randint(120))).expect("reads") {
                steps += 1;
                let reading = cursor.reading().expect("not all is read");
                assert!(bytes <= reading.read && reading.read <= reading.total, "{what}: {reading:?}");
                bytes = reading.read;
                let Some(instance) = cursor.instances().last() else { continue };
                let rows = cursor.rows(instance).expect("listed");
                let (row, place) = (u64::from(dice.randint(rows as u32)), cursor.position());
                let beside = cursor.glance((instance, row), &AtomicBool::new(false), |beside| beside.row.clone()).expect("a row");
                assert_eq!((beside.instance as u32, cursor.position()), (instance, place), "{what}");
                cursor.seek_row(instance, row).expect("a row");
                truth.check(&mut cursor, instance, row, &what);
            }
            assert!(steps >= 3 && cursor.reading().is_none(), "{what}: {steps} steps");
            assert_same_listing(&cursor, &whole, &what);
            assert!(!cursor.read_more(1).expect("nothing is left"));
            let progress = cursor.wait_for_keyframes().expect("plays");
            assert!(progress.is_done() || !options.background, "{what}: {progress:?}");
            truth.check_some(&mut cursor, 32, k as u32, &what);
        }
    }
}

/// A row is shown before the rest is read: after the first of several parts, and in a large part after its first piece.
#[test]
fn a_row_is_shown_before_the_rest_is_read() {
    let folder = Folder::new("gradual-early");
    let run = parts_of(&folder, "run", &["gridlab/keys"]);
    let truth = Truth::of(&run);
    let mut cursor = first(&run, &CursorOptions::default());
    assert!(cursor.read_more(1).expect("reads"));
    let rows = cursor.rows(0).expect("the first part is listed");
    assert!(rows < truth.seen[&0].len() as u64, "only a part of it");
    cursor.seek_row(0, rows - 1).expect("a row");
    truth.check(&mut cursor, 0, rows - 1, "the last row of the first part");
    let later = cursor.seek_row(0, rows).expect_err("not read yet").to_string();
    assert!(later.contains("there is no row"), "{later}");
    // One file of many pieces of 4096 rows.
    let long = record(&folder, "long", &["gridlab/keys", "--num-envs", "2", "--record", "all", "--steps", "24k"]);
    let file = list(Path::new(&long)).expect("parts").remove(0);
    let file = file.to_str().expect("a path");
    let held = CursorOptions::default();
    let listed = CursorOptions { rows_checked_first: 0, ..CursorOptions::default() };
    for (options, early) in [(listed, true), (held, false)] {
        let mut cursor = first(file, &options);
        assert!(cursor.read_more(1).expect("reads"));
        assert_eq!(cursor.rows(0).is_ok_and(|rows| rows == 4096), early, "{:?}", cursor.reading());
    }
}

/// What is done to a part, in words and as a function.
type Damage = (&'static str, fn(&Path));

/// Replaces the part by what `change` makes of its bytes.
fn change(part: &Path, change: impl Fn(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(part).expect("read");
    change(&mut bytes);
    std::fs::write(part, bytes).expect("written");
}

/// Reads until the end or an error, which comes again.
fn read_all(cursor: &mut Cursor) -> Option<String> {
    loop {
        match cursor.read_more(100) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(why) => {
                let again = cursor.read_more(1).expect_err("it stays damaged").to_string();
                assert!(again == why.to_string() && cursor.refresh().is_err() && cursor.reading().is_none(), "{again}");
                return Some(why.to_string());
            }
        }
    }
}

/// What comes before a damaged part stays, and the error is that of [`Cursor::open`].
#[test]
fn what_comes_before_a_damaged_part_is_shown() {
    let folder = Folder::new("gradual-damaged");
    let run = parts_of(&folder, "run", &["gridlab/keys"]);
    let truth = Truth::of(&run);
    let parts = list(Path::new(&run)).expect("parts");
    let whole: Vec<Vec<u8>> = parts.iter().map(|part| std::fs::read(part).expect("read")).collect();
    let mut two = first(&run, &CursorOptions::default());
    while two.rows(0).unwrap_or(0) < rows_of(&parts[..2], 0) {
        two.read_more(1).expect("reads");
    }
    let damages: [Damage; 5] = [
        ("cut off", |part| change(part, |bytes| bytes.truncate(bytes.len() / 2))),
        ("a page", |part| change(part, |bytes| bytes[40..400].fill(0x5a))),
        ("missing", |part| std::fs::remove_file(part).expect("removed")),
        ("rows in another order", |part| {
            let read = read(part).expect("reads");
            let order = UInt32Array::from((0..read.rows.num_rows() as u32).rev().collect::<Vec<_>>());
            let taken = arrow_select::take::take_record_batch(&read.rows, &order).expect("taken");
            write_batch(part, &taken, Some(&read.meta)).expect("written");
        }),
        // Its hashes are those of other values: known only at its end.
        ("a value", alter_reward),
    ];
    for (what, damage) in damages {
        damage(&parts[2]);
        let said = Cursor::open(Path::new(&run), &CursorOptions::default()).expect_err("damaged").to_string();
        let mut cursor = first(&run, &CursorOptions::default());
        let why = read_all(&mut cursor).unwrap_or_else(|| panic!("{what}: nothing is said"));
        assert_eq!(why, said, "{what}");
        assert_same_listing(&cursor, &two, what);
        let last = cursor.rows(2).expect("listed") - 1;
        cursor.seek_row(2, last).expect("a row before the damage");
        truth.check(&mut cursor, 2, last, what);
        parts.iter().zip(&whole).for_each(|(part, bytes)| std::fs::write(part, bytes).expect("written"));
    }
    assert_eq!(read_all(&mut first(&run, &CursorOptions::default())), None);
}

/// Changes a value of a part and leaves the description with the hashes as it is.
fn alter_reward(part: &Path) {
    let pairs = described(part);
    let rows = read(part).expect("reads").rows;
    let old = rows.column_by_name("reward").expect("a column").as_primitive::<Float64Type>().clone();
    let column: ArrayRef = Arc::new(Float64Array::from_iter_values(old.values().iter().map(|reward| reward + 0.125)));
    let rows = with_column(&rows, "reward", column);
    rewritten(part.to_str().expect("a path"), &rows, &pairs, false, Compression::SNAPPY);
}

fn rows_of(parts: &[PathBuf], instance: u32) -> u64 {
    let of = |part: &PathBuf| {
        let rows = read(part).expect("reads").rows;
        let instances = rows.column_by_name("instance").expect("a column").as_primitive::<UInt32Type>().clone();
        instances.values().iter().filter(|number| **number == instance).count() as u64
    };
    parts.iter().map(of).sum()
}

/// While it is read the run writes more, which is read as well; a part that is not finished is left for later.
#[test]
fn a_recording_that_grows_while_it_is_read_is_read_to_its_end() {
    let folder = Folder::new("gradual-grows");
    let run = parts_of(&folder, "run", &["gridlab/keys"]);
    let mut cursor = first(&run, &CursorOptions::default());
    cursor.read_more(1).expect("reads");
    cursor.seek_row(2, 50).expect("a row");
    let (before, place) = (cursor.rows(2).expect("listed"), cursor.position());
    go_on(&run, "3000");
    let last = list(Path::new(&run)).expect("parts").pop().expect("a part");
    let bytes = std::fs::read(&last).expect("read");
    std::fs::write(&last, &bytes[..bytes.len() / 2]).expect("cut");
    assert_eq!(cursor.refresh().expect("that is for later"), Default::default());
    assert_eq!(cursor.rows(2).ok(), Some(before));
    assert_eq!(read_all(&mut cursor), None);
    assert_eq!((cursor.unfinished(), cursor.position()), (std::slice::from_ref(&last), place));
    std::fs::write(&last, &bytes).expect("whole");
    assert_eq!(cursor.refresh().expect("reads").parts, 1);
    go_on(&run, "3600");
    assert!(cursor.refresh().expect("reads").rows > 0);
    let whole = Cursor::open(Path::new(&run), &CursorOptions::default()).expect("opens");
    assert_same_listing(&cursor, &whole, "the whole run");
    Truth::of(&run).check_some(&mut cursor, 48, 7, "the whole run");
}
