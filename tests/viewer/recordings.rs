//! Recordings that are damaged, foreign, removed, replaced or still being written. The window goes on, and changes no file.

use std::fs;
use std::path::{Path, PathBuf};

use egui::Key;

use super::super::files::{Folder, outcome};
use super::four_rooms;
use super::story::Story;

/// All files below a folder with their contents.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { all.extend(contents(&path)) } else { all.push((path.clone(), fs::read(&path).expect("read"))) }
    }
    all.sort();
    all
}

fn part(run: &str, number: u32) -> PathBuf {
    Path::new(run).join(format!("traces/part-{number:05}.parquet"))
}

#[test]
fn looking_changes_no_file() {
    let folder = Folder::new("view-unchanged");
    let run = four_rooms(&folder, "800");
    let before = contents(Path::new(&run));
    let mut story = Story::open(&[&run]);
    for key in [Key::N, Key::H, Key::End, Key::Num1, Key::F, Key::L, Key::OpenBracket, Key::CloseBracket, Key::Home] {
        story.press(key);
        story.run_until_idle();
    }
    drop(story);
    assert_eq!(contents(Path::new(&run)), before);
}

#[test]
fn what_cannot_be_read_is_said_where_it_would_be_shown() {
    let folder = Folder::new("view-damaged");
    let (run, empty) = (four_rooms(&folder, "800"), folder.join("nothing"));
    fs::create_dir_all(&empty).expect("made");
    let foreign = folder.join("notes.parquet");
    fs::write(&foreign, b"these are notes").expect("written");
    let bytes = fs::read(part(&run, 0)).expect("read");
    let cut = folder.join("cut.parquet");
    fs::write(&cut, &bytes[..bytes.len() / 2]).expect("written");
    for (path, words) in [(&foreign, "notes cannot be shown"), (&empty, "nothing cannot be shown"), (&cut, "cut cannot be shown")]
    {
        let mut story = Story::open(&[path]);
        story.harness.run_steps(3);
        assert!(story.shows(words), "{:?}", story.texts());
        assert!(story.has("Copy details"));
    }
    // Beside a good source, the good one is shown.
    let story = Story::open(&[&foreign, &run]);
    assert!(story.has("Exact replay"), "{:?}", story.names());
}

#[test]
fn a_folder_that_is_removed_is_still_shown() {
    let folder = Folder::new("view-removed");
    let run = four_rooms(&folder, "800");
    let mut story = Story::open(&[&run]);
    fs::remove_dir_all(&run).expect("removed");
    story.wait("it is noticed", |app| app.sources.list[0].found.gone.is_some());
    story.harness.run_steps(2);
    assert!(story.shows("What was read is still shown"), "{:?}", story.texts());
    // The track was read before; the playhead goes on over it.
    story.press(Key::End);
    assert_eq!(story.app(|app| app.playback.row) + 1, story.app(|app| app.rows_of_shown()));
}

#[test]
fn a_recording_that_grows_is_followed() {
    let folder = Folder::new("view-follow");
    let run = four_rooms(&folder, "800");
    let mut story = Story::open(&[&run]);
    let rows = |story: &Story| story.app(|app| app.rows_of_shown());
    let before = rows(&story);
    story.press(Key::End);
    assert_eq!(story.app(|app| app.playback.row) + 1, before);
    let (code, _, err) = outcome(&["run", "--resume", &run, "--steps", "2000", "-q"]);
    assert_eq!(code, 0, "{err}");
    story.wait("the new rows", |app| app.rows_of_shown() > before);
    story.run_until_idle();
    assert_eq!(story.app(|app| app.playback.row) + 1, rows(&story), "the playhead follows the end");
    assert!(story.shows("FOLLOWED"));
}
