//! What goes wrong on the pages beside Inspect, and what they say while something is under way.

use std::fs;
use std::path::{Path, PathBuf};

use egui::{Key, Modifiers};
use explorarium::traces::list;
use explorarium::viewer::{LivePlan, Page};

use super::super::cursor::record;
use super::super::files::{Folder, outcome};
use super::four_rooms;
use super::story::Story;

/// A run of several parts, which hold the rows up to different steps.
fn in_parts(folder: &Folder) -> (String, Vec<PathBuf>) {
    let run = four_rooms(folder, "400");
    for steps in ["800", "1200", "1600"] {
        let (code, _, err) = outcome(&["run", "--resume", &run, "--steps", steps, "-q"]);
        assert_eq!(code, 0, "{err}");
    }
    let parts = list(Path::new(&run)).expect("parts");
    assert!(parts.len() >= 4);
    (run, parts)
}

/// Overwrites the data of a part and leaves its description.
fn damage(part: &Path) {
    let mut bytes = fs::read(part).expect("read");
    let n = bytes.len();
    let footer = u32::from_le_bytes(bytes[n - 8..n - 4].try_into().expect("four bytes")) as usize;
    bytes[4..n - 8 - footer].fill(0x5a);
    fs::write(part, bytes).expect("written");
}

fn rows(story: &Story) -> u64 {
    story.app(|app| app.rows_of_shown())
}

fn go(story: &mut Story, row: u64) {
    story.app(|app| {
        let all = app.rows_of_shown();
        app.playback.go(row, all);
    });
    story.run_until_idle();
}

/// A later part is damaged when the recording is opened: what comes before is shown on all pages, and what is wrong is said on all.
#[test]
fn what_comes_before_a_damaged_part_is_shown_on_all_pages() {
    let folder = Folder::new("view-damaged-part");
    let (run, parts) = in_parts(&folder);
    let whole = rows(&Story::open(&[&run]));
    damage(&parts[2]);
    let mut story = Story::open(&[&run]);
    let some = rows(&story);
    assert!(some > 100 && some < whole, "{some} of {whole} rows");
    for (key, modifiers, page) in [
        (Key::I, Modifiers::NONE, Page::Inspect),
        (Key::G, Modifiers::NONE, Page::Grid),
        (Key::C, Modifiers::SHIFT, Page::Compare),
    ] {
        story.press_with(modifiers, key);
        go(&mut story, some - 1);
        assert_eq!(story.app(|app| (app.page, app.shown_row())), (page, Some(some - 1)));
        assert!(story.shows("part-00002.parquet") && story.shows("What comes before is shown."), "{page:?}: {:?}", story.texts());
        assert!(!story.shows("cannot be shown"), "{page:?}");
        let failed = story.app(|app| app.sources.list[0].found.glances_failed.len());
        assert_eq!(failed, 0, "{page:?}");
    }
    // The figures leave it out, because they are of whole recordings.
    story.press(Key::M);
    story.harness.run_steps(3);
    assert!(story.shows("four-rooms is left out"), "{:?}", story.texts());
    // A good recording beside it has no message of this kind.
    let other = record(&folder, "other", &["gridlab/four-rooms", "--num-envs", "2", "--steps", "300", "--record", "all"]);
    let story = Story::open(&[&other, &run]);
    assert!(!story.shows("What comes before is shown."), "{:?}", story.texts());
}

/// A part is damaged while its recording is open: thumbnails and tiles of rows that cannot be read say so, and the others stay.
#[test]
fn damage_behind_the_back_is_said_in_thumbnails_and_tiles() {
    let folder = Folder::new("view-damaged-later");
    let (run, parts) = in_parts(&folder);
    let other = record(&folder, "other", &["gridlab/four-rooms", "--num-envs", "2", "--steps", "1600", "--record", "all"]);
    let mut story = Story::open(&[&run, &other]);
    // The thread may have the actions of one of the worlds already, but not those of both.
    damage(&parts[2]);
    let last = rows(&story) - 1;
    story.press(Key::G);
    let failed = |story: &Story| story.app(|app| app.sources.list[0].found.glances_failed.len());
    story.wait("a thumbnail fails", |app| !app.sources.list[0].found.glances_failed.is_empty());
    story.harness.run_steps(3);
    assert!(failed(&story) >= 1);
    let said = |name: &String| name.starts_with("World ") && name.contains("part-00002.parquet");
    assert!(story.names().iter().any(said), "{:?}", story.names());
    // The map of the shown world: rows of the damaged part cannot be read, rows of others can.
    let (first_bad, shown) = (rows_before(&parts[..2]), 20);
    go(&mut story, first_bad + 10);
    assert!(story.shows("This step cannot be shown") && story.shows("Other steps are still open"), "{:?}", story.texts());
    go(&mut story, shown);
    assert!(!story.shows("This step cannot be shown"));
    assert_eq!(story.app(|app| app.shown_row()), Some(shown));
    // World 1 beside world 1 of a whole recording: one tile says why it is empty, the other one is drawn.
    story.press_with(Modifiers::SHIFT, Key::C);
    story.app(|app| {
        let good = app.sources.list[1].id;
        app.select(good, 1, 30);
    });
    story.wait("a tile fails", |app| !app.sources.list[0].found.glances_failed.is_empty());
    story.run_until_idle();
    assert!(story.shows("part-00002.parquet"), "{:?}", story.texts());
    assert_eq!(story.app(|app| (app.page, app.shown_row(), last > 30)), (Page::Compare, Some(30), true));
}

/// Rows of instance 0 in these parts.
fn rows_before(parts: &[PathBuf]) -> u64 {
    use arrow_array::cast::AsArray;
    use arrow_array::types::UInt32Type;
    let of = |part: &PathBuf| {
        let rows = explorarium::traces::read(part).expect("reads").rows;
        let instances = rows.column_by_name("instance").expect("a column").as_primitive::<UInt32Type>().clone();
        instances.values().iter().filter(|number| **number == 0).count() as u64
    };
    parts.iter().map(of).sum()
}

/// While a live run is followed each thumbnail is at the last step of its own world; when it is not, all are at the playhead.
#[test]
fn thumbnails_of_a_live_run_are_each_at_its_last_step() {
    let mut story = Story::new((1600.0, 1000.0), 1.0);
    let (world, agent) = ("gridlab/four-rooms".to_string(), "random".to_string());
    let plan = LivePlan { world, agent, num_envs: 6, seed: 3, pace: None, ..LivePlan::demo().with_bonus("") };
    story.app(|app| app.start(plan));
    // Worlds that end their episodes at different steps have different numbers of rows.
    let differs = |app: &explorarium::viewer::App| {
        let listing = app.sources.list[0].found.listing.as_ref();
        listing.is_some_and(|listing| listing.instances.iter().any(|known| known.rows != listing.instances[0].rows))
    };
    story.wait("episodes end", differs);
    story.press(Key::G);
    story.wait("it is paused", |_| true);
    story.app(|app| app.pause_if(1));
    story.run_until_idle();
    let places = |story: &Story| -> Vec<(u64, u64, u64)> {
        story.app(|app| {
            let found = &app.sources.list[0].found;
            let listing = found.listing.as_ref().expect("read");
            let row = |instance: u32| found.glances[&u64::from(instance)].position.row;
            listing.instances.iter().map(|known| (row(known.instance), known.rows - 1, app.playback.row)).collect()
        })
    };
    let followed = places(&story);
    assert_eq!(followed.len(), 6);
    assert!(followed.iter().all(|(row, last, _)| row == last), "{followed:?}");
    assert!(followed.iter().any(|(row, _, playhead)| row != playhead), "not all are at the playhead: {followed:?}");
    go(&mut story, 40);
    let still = places(&story);
    assert!(still.iter().all(|(row, ..)| *row == 40), "{still:?}");
    story.press(Key::End);
    story.run_until_idle();
    assert_eq!(places(&story), followed);
}

/// As many live worlds as there are thumbnails, in the world that takes most.
#[test]
fn two_hundred_and_fifty_six_live_worlds_are_thumbnails() {
    let mut story = Story::new((1600.0, 1000.0), 1.0);
    let plan = LivePlan { agent: "random".to_string(), num_envs: 256, seed: 1, pace: Some(10.0), ..LivePlan::demo() };
    story.app(|app| (app.page, _) = (Page::Grid, app.start(plan)));
    let rows = |app: &explorarium::viewer::App| -> Vec<u64> {
        app.sources.list[0].found.glances.values().map(|shown| shown.position.row).collect()
    };
    story.wait("all are shown some steps on", |app| rows(app).len() == 256 && rows(app).iter().all(|row| *row >= 10));
    story.app(|app| app.pause_if(1));
    story.run_until_idle();
    let last = story.app(|app| app.rows_of_shown() - 1);
    let shown = story.app(|app| rows(app));
    assert!(shown.len() == 256 && shown.iter().all(|row| *row == last), "{last}: {shown:?}");
    assert!(story.shows("256 worlds") && story.names().iter().any(|name| name.starts_with("World ")), "{:?}", story.names());
}

/// While traces are measured, the page of curves says which of how many.
#[test]
fn the_curves_say_what_is_measured() {
    let folder = Folder::new("view-measuring");
    let args = ["gridlab/four-rooms", "--num-envs", "2", "--steps", "30k", "--record", "all", "--seed"];
    let runs = ["1", "2", "3"].map(|seed| record(&folder, seed, &[&args[..], &[seed]].concat()));
    let mut story = Story::open(&[&runs[0], &runs[1], &runs[2]]);
    story.press(Key::M);
    let mut said = Vec::new();
    while said.is_empty() || !story.app(|app| app.is_idle()) {
        story.wait("it measures, or has measured", |app| app.figures.found.progress.is_some() || app.is_idle());
        let words = story.texts().into_iter().map(|(text, ..)| text).find(|text| text.starts_with("Measuring "));
        assert!(words.is_some() || story.app(|app| app.is_idle()), "{:?}", story.texts());
        said.extend(words);
        assert!(!said.is_empty() || story.app(|app| !app.is_idle()), "it was measured, and nothing was said");
        story.harness.step();
    }
    let of: Vec<String> = (1..=3).map(|n| format!("Measuring {n} of 3 traces")).collect();
    assert!(said.iter().any(|words| of.contains(words)), "{said:?}");
    // The number only grows, and in the end nothing is said.
    let numbers: Vec<usize> = said.iter().filter_map(|words| of.iter().position(|known| known == words)).collect();
    assert!(numbers.is_sorted(), "{said:?}");
    story.harness.run_steps(3);
    assert!(!story.shows("Measuring "), "{:?}", story.texts());
}
