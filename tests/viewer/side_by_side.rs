//! Many worlds at once: thumbnails, and worlds compared.

use std::collections::BTreeSet;
use std::path::Path;

use arrow_array::RecordBatch;
use egui::{Key, Modifiers};
use explorarium::traces::cursor::{Cursor, CursorOptions};
use explorarium::traces::{Value, at};
use explorarium::viewer::Page;

use super::super::cursor::record;
use super::super::files::Folder;
use super::story::Story;

/// Runs of two agents in the same worlds.
fn two_agents(folder: &Folder) -> [String; 2] {
    ["lookahead", "random"].map(|agent| {
        let args = ["crafter", "--agent", agent, "--num-envs", "6", "--steps", "1500", "--record", "all", "--seed", "3"];
        record(folder, agent, &args)
    })
}

/// The rows of an instance as they were recorded.
fn rows_of(run: &str, instance: u32) -> Vec<RecordBatch> {
    let mut cursor = Cursor::open(Path::new(run), &CursorOptions::default()).expect("opens");
    let (mut rows, n) = (Vec::new(), cursor.rows(instance).expect("recorded"));
    while (rows.len() as u64) < n {
        let piece = cursor.recorded_rows(instance, rows.len() as u64, n - rows.len() as u64).expect("rows");
        rows.extend((0..piece.num_rows()).map(|k| piece.slice(k, 1)));
    }
    rows
}

fn number(row: &RecordBatch, column: &str) -> u64 {
    match at(&**row.column_by_name(column).expect("a column"), 0) {
        Value::Whole(whole) => whole as u64,
        other => panic!("{column} is {other:?}"),
    }
}

/// Different achievements of a recorded row.
fn achieved(row: &RecordBatch) -> usize {
    let names: Vec<String> = row.schema().fields().iter().map(|field| field.name().clone()).collect();
    names.iter().filter(|name| name.starts_with("achievement_") && number(row, name) > 0).count()
}

/// The thumbnails from left to right and top to bottom.
fn thumbnails(story: &Story) -> Vec<String> {
    story.names().into_iter().filter(|name| name.starts_with("World ") && name.contains(", ")).collect()
}

#[test]
fn thumbnails_show_each_world_at_the_playhead() {
    let folder = Folder::new("view-grid");
    let [run, _] = two_agents(&folder);
    let rows: Vec<Vec<RecordBatch>> = (0..6).map(|instance| rows_of(&run, instance)).collect();
    let mut story = Story::open(&[&run]);
    story.press(Key::G);
    for row in [0usize, 60, 100] {
        story.app(|app| {
            let all = app.rows_of_shown();
            app.playback.go(row as u64, all);
        });
        story.run_until_idle();
        let mut expected: Vec<(usize, usize)> = (0..6).map(|k| (achieved(&rows[k][row.min(rows[k].len() - 1)]), k)).collect();
        expected.sort_by(|(a, k), (b, l)| b.cmp(a).then(k.cmp(l)));
        let expected: Vec<String> = expected.iter().map(|(n, k)| format!("World {k}, {n} of 22 achievements")).collect();
        assert_eq!(thumbnails(&story), expected, "row {row}");
    }
    let third = thumbnails(&story)[2].clone();
    story.click(&third);
    story.run_until_idle();
    let number: u32 = third.split([' ', ',']).nth(1).and_then(|n| n.parse().ok()).expect("a number");
    assert_eq!(story.app(|app| (app.selected.map(|(_, instance)| instance), app.shown_row())), (Some(number), Some(100)));
    // By visited cells of the open episode.
    story.click("Order");
    story.click("Novelty");
    story.run_until_idle();
    let cells = |k: usize| {
        let episode = number_of_episode(&rows[k][100]);
        let open = rows[k][..=100].iter().filter(|row| number_of_episode(row) == episode);
        open.map(|row| (self::number(row, "x"), self::number(row, "y"))).collect::<BTreeSet<_>>().len()
    };
    let mut expected: Vec<(usize, usize)> = (0..6).map(|k| (cells(k), k)).collect();
    expected.sort_by(|(a, k), (b, l)| b.cmp(a).then(k.cmp(l)));
    let expected: Vec<String> = expected.iter().map(|(n, k)| format!("World {k}, {n} cells")).collect();
    assert_eq!(thumbnails(&story), expected);
    story.press(Key::I);
    assert_eq!(story.app(|app| app.page), Page::Inspect);
}

fn number_of_episode(row: &RecordBatch) -> u64 {
    number(row, "episode")
}

/// The words over the difference for two episodes up to these rows, from the recorded positions.
fn difference_words(a: &[RecordBatch], b: &[RecordBatch]) -> String {
    let cells = |rows: &[RecordBatch]| rows.iter().map(|row| (number(row, "x"), number(row, "y"))).collect::<BTreeSet<_>>();
    let (a, b) = (cells(a), cells(b));
    format!(
        "{} cells only A \u{b7} {} only B \u{b7} {} both",
        a.difference(&b).count(),
        b.difference(&a).count(),
        a.intersection(&b).count()
    )
}

#[test]
fn two_agents_are_compared_by_step_and_by_share() {
    let folder = Folder::new("view-compare");
    let [one, other] = two_agents(&folder);
    let (a, b) = (rows_of(&one, 0), rows_of(&other, 0));
    let length = |rows: &[RecordBatch]| rows.iter().filter(|row| number_of_episode(row) == 1).count() - 1;
    let (last_a, last_b) = (length(&a), length(&b));
    let mut story = Story::open(&[&one, &other]);
    story.press_with(Modifiers::SHIFT, Key::C);
    for row in [0usize, 50, last_a] {
        story.app(|app| app.playback.go(row as u64, u64::MAX));
        story.run_until_idle();
        let there = row.min(last_b);
        for words in [
            format!("World 0 \u{b7} step {row} of {last_a}"),
            format!("World 0 \u{b7} step {there} of {last_b}"),
            format!("{} of 22", achieved(&a[row])),
            format!("{} of 22", achieved(&b[there])),
            difference_words(&a[..=row], &b[..=there]),
            "Same world, seed 3".to_string(),
        ] {
            assert!(story.shows(&words), "row {row}: {words}: {:?}", story.texts());
        }
    }
    story.app(|app| app.playback.go(0, u64::MAX));
    story.run_until_idle();
    assert!(story.shows("No difference in these steps."), "{:?}", story.texts());
    story.app(|app| app.playback.go(last_a as u64, u64::MAX));
    // By share the ends belong together.
    story.click("Align by share");
    story.run_until_idle();
    assert!(story.shows(&format!("World 0 \u{b7} step {last_b} of {last_b}")), "{:?}", story.texts());
    assert!(story.shows(&difference_words(&a[..=last_a], &b[..=last_b])));
    // A third world of the first run: the playhead stays with A.
    let selected = story.app(|app| app.selected);
    story.click("Add world");
    story.click("lookahead, world 4");
    story.run_until_idle();
    assert!(story.shows("Different seeds") && story.app(|app| app.selected) == selected, "{:?}", story.texts());
    // Taking A away moves the playhead to what is A then.
    let first = story.rect_of("Take it away").center();
    story.click_at(first);
    story.run_until_idle();
    assert!(story.app(|app| app.selected.map(|(id, _)| id)) != selected.map(|(id, _)| id));
}

/// What cannot be compared is said; the rest is shown.
#[test]
fn unlike_worlds_stand_side_by_side() {
    let folder = Folder::new("view-unlike");
    let [crafter, _] = two_agents(&folder);
    let rooms = super::four_rooms(&folder, "400");
    let mut story = Story::open(&[&crafter, &rooms]);
    // The pinned worlds are compared.
    story.press(Key::C);
    assert!(story.shows("World 0 is A in Compare."));
    story.press_with(Modifiers::SHIFT, Key::C);
    story.run_until_idle();
    assert!(story.shows("The maps have different sizes, so they have no difference."), "{:?}", story.texts());
    assert!(story.shows("Different worlds"));
    // Closing a source takes its worlds out.
    story.app(|app| app.sources.close(2));
    story.run_until_idle();
    assert!(!story.shows("The maps have different sizes, so they have no difference."));
}

#[test]
fn the_map_shows_the_difference_to_another_world() {
    let folder = Folder::new("view-difference-layer");
    let run = super::four_rooms(&folder, "800");
    let mut story = Story::open(&[&run]);
    story.press(Key::N);
    for _ in 0..20 {
        story.press_with(egui::Modifiers::COMMAND, Key::ArrowRight);
    }
    story.app(|app| app.layers.heat = Some(explorarium::viewer::HeatOf::Difference));
    story.run_until_idle();
    story.wait("the other world is read", |app| app.shown().other.is_some());
    story.harness.run_steps(3);
    let (instance, rows, at) = story.app(|app| {
        let shown = app.shown();
        let other = shown.other.expect("another world");
        (other.instance, other.rows, shown.row)
    });
    assert_eq!((instance, rows.1), (1, at), "the other instance, at the same step of its first episode");
    assert!(story.shows("Share of visits, this \u{2212} other"));
    assert!(story.shows(&format!("Other: four-rooms \u{b7} world 1 \u{b7} {at} steps")), "{:?}", story.texts().len());
}
