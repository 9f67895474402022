//! Stories of tasks: what a researcher does with recorded play.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use egui::{Key, Modifiers, pos2, vec2};
use explorarium::bonus::empowerment::{Empowerment, Mode, Noise};
use explorarium::maps::empowerment_of;
use explorarium::scene::Theme;
use explorarium::traces::cursor::{Cursor, CursorOptions};
use explorarium::viewer::HeatOf;

use super::super::cursor::record;
use super::super::files::Folder;
use super::story::Story;
use super::{crafter, four_rooms};

/// Row, range and whether the recorded row was compared with its replay.
fn row(story: &Story) -> u64 {
    story.app(|app| app.playback.row)
}

#[test]
fn a_run_is_scrubbed_from_achievement_to_achievement() {
    let folder = Folder::new("view-achievements");
    let mut story = Story::open(&[&crafter(&folder)]);
    assert!(story.has("Exact replay"), "{:?}", story.names());
    let mut rows = vec![row(&story)];
    for _ in 0..3 {
        story.press(Key::N);
        story.run_until_idle();
        rows.push(row(&story));
        assert!(story.has("Exact replay"));
    }
    assert!(rows.windows(2).all(|pair| pair[0] < pair[1]), "{rows:?}");
    let here = story.names().into_iter().filter(|name| name.ends_with(&format!("at step {}", rows[3]))).count();
    assert!(here >= 1, "the achievement of this step is in the inspector: {:?}", story.names());
    story.press_with(Modifiers::SHIFT, Key::N);
    assert_eq!(row(&story), rows[2]);
    story.press_with(Modifiers::COMMAND, Key::ArrowRight);
    assert_eq!(row(&story), rows[2] + 1);
    story.press_with(Modifiers::COMMAND, Key::ArrowLeft);
    story.press_with(Modifiers::COMMAND, Key::ArrowLeft);
    assert_eq!(row(&story), rows[2] - 1);
    story.press(Key::End);
    assert_eq!(row(&story) + 1, story.app(|app| app.rows_of_shown()), "the last row");
    story.press(Key::Home);
    assert_eq!(row(&story), 0);
}

#[test]
fn layers_are_switched_by_keys_and_buttons() {
    let folder = Folder::new("view-layers");
    let mut story = Story::open(&[&four_rooms(&folder, "800")]);
    let layers = |story: &Story| story.app(|app| app.layers.clone());
    assert_eq!(layers(&story).heat, Some(HeatOf::Visits));
    story.click("Trail  3");
    assert!(!layers(&story).trail);
    for (key, off) in [(Key::Num1, 0), (Key::Num2, 1), (Key::Num3, 2), (Key::Num4, 3)] {
        let before = layers(&story);
        story.press(key);
        let after = layers(&story);
        let both = [
            (before.terrain, after.terrain),
            (before.entities, after.entities),
            (before.trail, after.trail),
            (before.view, after.view),
        ];
        for (k, (before, after)) in both.into_iter().enumerate() {
            assert_eq!(before != after, k == off, "key {key:?}, layer {k}");
        }
    }
    story.press(Key::H);
    assert_eq!(layers(&story).heat, Some(HeatOf::Bonus("bonus_count".to_string())));
    assert!(story.shows("Bonus count, mean"), "its legend");
    story.press(Key::H);
    story.press(Key::H);
    assert_eq!(layers(&story).heat, None);
}

/// The episodes that went to a cell, as the list names them, from the rows one by one.
fn visits(run: &Path, cell: (u32, u32)) -> Vec<String> {
    let mut cursor = Cursor::open(run, &CursorOptions::default()).expect("opens");
    let mut names = Vec::new();
    for instance in cursor.instances().collect::<Vec<_>>() {
        for episode in cursor.episodes(instance).expect("recorded").to_vec() {
            let mut here = Vec::new();
            for row in episode.first_row..episode.first_row + episode.rows {
                let rows = cursor.recorded_rows(instance, row, 1).expect("a row");
                let number = |name: &str| rows.column_by_name(name).expect("a column").as_primitive::<UInt32Type>().value(0);
                if (number("x"), number("y")) == cell {
                    here.push(row - episode.first_row + u64::from(episode.first_step));
                }
            }
            if let Some(first) = here.first() {
                let times = if here.len() == 1 { "1 visit".to_string() } else { format!("{} visits", here.len()) };
                names.push(format!("World {instance} \u{b7} episode {}, {times}, first at {first}", episode.episode));
            }
        }
    }
    names
}

#[test]
fn a_click_on_a_cell_lists_who_went_there() {
    let folder = Folder::new("view-cells");
    let run = four_rooms(&folder, "800");
    let mut story = Story::open(&[&run]);
    story.press(Key::N);
    let place = |story: &Story| {
        let name = story.names().into_iter().find(|name| name.starts_with("Map, ")).expect("a map");
        let at = name.rsplit("at ").next().expect("a place").to_string();
        let (x, y) = at.split_once(", ").expect("two numbers");
        (x.parse::<f32>().expect("x"), y.parse::<f32>().expect("y"))
    };
    // Where the player is after some steps; then from the start a click there leads to a step there.
    for _ in 0..30 {
        story.press_with(Modifiers::COMMAND, Key::ArrowRight);
    }
    story.run_until_idle();
    let (x, y) = place(&story);
    story.press(Key::Home);
    story.run_until_idle();
    let map = story.rect_of("Map, ");
    let cell = (map.width() / 13.0).min(map.height() / 13.0).floor();
    let corner = map.center() - vec2(13.0, 13.0) * cell / 2.0;
    story.click_at(corner + vec2(x + 0.5, y + 0.5) * cell);
    story.run_until_idle();
    // The list is what the recorded positions say, in all worlds and episodes.
    let expected = visits(Path::new(&run), (x as u32, y as u32));
    let listed: Vec<String> =
        story.names().into_iter().filter(|name| name.starts_with("World ") && name.contains("first at")).collect();
    assert!(!expected.is_empty() && listed == expected[..listed.len()], "{listed:?} of {expected:?}");
    let n = if expected.len() == 1 { "1 episode".to_string() } else { format!("{} episodes", expected.len()) };
    assert!(story.shows(&n), "{n}");
    story.click(&expected[0]);
    story.run_until_idle();
    assert_eq!(place(&story), (x, y));
    assert!((1..=30).contains(&row(&story)));
    // A wall was never visited; the list follows the clicks, and Esc closes it.
    story.click_at(corner + vec2(0.5, 0.5) * cell);
    story.run_until_idle();
    assert!(story.shows("No episode went here."));
    story.press(Key::Escape);
    assert!(!story.shows("No episode went here."));
    story.press(Key::W);
    story.run_until_idle();
    assert!(story.shows("Episodes that went here"), "those of the player's cell");
    story.click("Close the list");
    assert!(!story.shows("Episodes that went here"));
}

#[test]
fn a_range_scopes_figures_and_loops() {
    let folder = Folder::new("view-range");
    let mut story = Story::open(&[&four_rooms(&folder, "800")]);
    let lanes = story.rect("Lanes, drag to make a range");
    let at = |share: f32| pos2(lanes.left() + share * lanes.width(), lanes.center().y);
    story.drag(at(0.25), at(0.5));
    let range = story.app(|app| app.playback.range).expect("a range");
    assert!(range.0 > 30 && range.1 < 120 && range.0 < range.1, "{range:?}");
    assert!(story.shows("range "), "the legend says it");
    story.press(Key::L);
    story.app(|app| app.playback.go(range.0, 10_000));
    story.press(Key::Space);
    for _ in 0..200 {
        story.harness.step();
        assert!((range.0..=range.1).contains(&row(&story)), "{}", row(&story));
    }
    story.press(Key::Space);
    story.press(Key::Escape);
    assert_eq!(story.app(|app| app.playback.range), None);
}

#[test]
fn the_filter_finds_episodes_and_says_what_it_cannot_compare() {
    let folder = Folder::new("view-filter");
    let mut story = Story::open(&[&four_rooms(&folder, "2000")]);
    let episodes = |story: &Story| story.names().iter().filter(|name| name.starts_with("Episode ")).count();
    assert!(episodes(&story) >= 5);
    story.click("Filter");
    story.type_text("episode=2");
    assert_eq!(episodes(&story), 2, "one in each world: {:?}", story.names());
    story.type_text(" steps>9999");
    assert_eq!(episodes(&story), 0);
    assert!(story.shows("Nothing matches this filter."));
    // Keys belong to the text while it is edited.
    let before = row(&story);
    story.press(Key::N);
    story.press(Key::Home);
    assert_eq!(row(&story), before);
}

#[test]
fn the_palette_does_anything() {
    let folder = Folder::new("view-palette");
    let mut story = Story::open(&[&four_rooms(&folder, "800")]);
    story.press_with(Modifiers::COMMAND, Key::K);
    story.type_text("light or");
    story.press(Key::Enter);
    assert_eq!(story.app(|app| app.theme), Theme::Light);
    story.press_with(Modifiers::COMMAND, Key::K);
    story.type_text(":17");
    story.press(Key::Enter);
    assert_eq!(row(&story), 17);
    story.press_with(Modifiers::COMMAND, Key::K);
    story.type_text("no such thing");
    story.press(Key::Enter);
    story.press(Key::Escape);
    assert!(!story.shows("Nothing has this name."));
    story.press(Key::Questionmark);
    assert!(story.shows("Next achievement"));
    story.press(Key::Escape);
    assert!(!story.shows("Next achievement"));
}

/// Empowerment is that of the state under the playhead, as `maps` computes it.
#[test]
fn empowerment_is_computed_where_the_playhead_rests() {
    let folder = Folder::new("view-empowerment");
    let args = ["gridlab/keys", "--agent", "random", "--num-envs", "2", "--steps", "400", "--record", "all"];
    let run = record(&folder, "keys", &args);
    let mut cursor = Cursor::open(Path::new(&run), &CursorOptions::default()).expect("opens");
    let mut range = |row: u64, horizon: u32| {
        cursor.seek_row(0, row).expect("a row");
        let mut found = None;
        cursor.replay().expect("a state").look(&mut |world, block| {
            let measure = Empowerment::new(world, horizon, Mode::Exact, world.default_keys().ends).expect("a measure");
            let stop = AtomicBool::new(false);
            found = Some(empowerment_of(world, (block, 0), &measure, Noise::PerCell, &(), &stop).expect("a map"));
        });
        let range = found.and_then(|map| map.range()).expect("cells");
        assert!(range.min < range.max, "{range:?}");
        [range.min, range.max].map(|bits| format!("{bits:.3}"))
    };
    let mut story = Story::open(&[&run]);
    story.click("Heat  H");
    story.click("Empowerment");
    for row in [0u64, 77] {
        story.app(|app| app.playback.go(row, 1000));
        story.run_until_idle();
        for words in range(row, 3) {
            assert!(story.shows(&words), "row {row}: {words}: {:?}", story.texts());
        }
    }
    story.click("Horizon");
    story.click("2 actions");
    story.run_until_idle();
    for words in range(77, 2) {
        assert!(story.shows(&words), "{words}: {:?}", story.texts());
    }
    // While the playhead moves, an older map is not shown as that of another step.
    story.press(Key::Space);
    story.wait("it plays on", |app| app.shown_row().is_some_and(|row| row > 78));
    assert!(story.shows("Pause to compute it."), "{:?}", story.texts());
}

#[test]
fn a_recording_is_opened_by_its_path() {
    let folder = Folder::new("view-open");
    let run = four_rooms(&folder, "400");
    let mut story = Story::new((1600.0, 1000.0), 1.0);
    story.harness.run_steps(3);
    story.click("Open\u{2026}  Ctrl+O");
    story.press_with(Modifiers::COMMAND, Key::A);
    // The folder is listed, chosen and listed in turn; the run in it is opened.
    let base = folder.join("");
    let (above, name) = base.trim_end_matches('/').rsplit_once('/').expect("a folder in a folder");
    story.type_text(&format!("{above}/{name}"));
    story.press(Key::Enter);
    assert!(story.has(&run), "{:?}", story.names());
    assert!(story.shows("Run folder"));
    story.press(Key::Enter);
    story.run_until_idle();
    assert_eq!(story.app(|app| app.sources.list.len()), 1);
    assert!(story.has("Exact replay"));
    story.press_with(Modifiers::COMMAND, Key::O);
    story.press_with(Modifiers::COMMAND, Key::A);
    story.type_text(&format!("{base}gone/"));
    assert!(story.shows("gone/: "), "why it cannot be read");
}
