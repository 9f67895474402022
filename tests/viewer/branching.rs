//! Runs that go on from the shown state: fork, take over, hand back, record, other options.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::{Key, Modifiers};
use explorarium::bonus::BonusConfig;
use explorarium::files::hash_of;
use explorarium::traces::verify;
use explorarium::viewer::{App, LivePlan, LiveState, Page};

use super::super::cursor::record;
use super::super::files::{Folder, outcome, program};
use super::crafter;
use super::story::Story;

/// Name, folder and steps of the shown live run.
fn live(app: &App) -> Option<(String, PathBuf, u64)> {
    let source = app.sources.get(app.selected?.0)?;
    let live = source.live.as_ref()?;
    Some((source.name.clone(), live.folder().to_path_buf(), live.taken()))
}

/// All files of a folder, by their hashes.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let hash = hash_of(&std::fs::read(&path).expect("reads"));
            all.push((path, hash));
        }
    }
    all.sort();
    all
}

fn rooms() -> LivePlan {
    LivePlan {
        world: "gridlab/four-rooms".to_string(),
        agent: "random".to_string(),
        num_envs: 3,
        seed: 2,
        pace: Some(50.0),
        ..LivePlan::demo()
    }
}

/// A window on a live run that has taken some steps.
fn watching(plan: LivePlan) -> Story {
    let mut story = Story::new((1600.0, 1000.0), 1.0);
    story.app(|app| app.start(plan));
    story.wait("steps are shown", |app| app.playback.row >= 12);
    story
}

fn pause(story: &mut Story) {
    story.app(|app| app.pause_if(0));
    story.wait("all rests", App::is_idle);
    story.harness.run_steps(3);
}

#[test]
fn a_recorded_state_is_forked_and_both_are_watched() {
    let folder = Folder::new("view-fork");
    let run = crafter(&folder);
    let before = files(Path::new(&run));
    let mut story = Story::open(&[&run]);
    story.press(Key::N);
    story.run_until_idle();
    let row = story.app(|app| app.playback.row);
    story.press(Key::B);
    story.wait("the fork is shown", |app| app.page == Page::Compare && live(app).is_some_and(|(.., taken)| taken > 5));
    pause(&mut story);
    let (name, path, taken) = story.app(|app| live(app)).expect("a live run");
    assert_eq!(name, format!("Branch 1 from step {row}"));
    let of = story.app(|app| app.compared().iter().map(|(id, _)| *id).collect::<Vec<_>>());
    assert_eq!(of.len(), 2, "the original and its copy");
    assert!(story.app(|app| app.sources.depth(of[1]) == 1 && app.sources.depth(of[0]) == 0));
    let group = |id: u64| story.app(|app| app.sources.get(id).map(|source| source.group));
    assert_eq!(group(of[0]), group(of[1]), "one hue");
    let checked = verify(&[path]).expect("verifies");
    assert!(checked.rows > taken && checked.hashed.is_empty() && checked.uncovered.is_empty(), "{checked:?}");
    assert_eq!(files(Path::new(&run)), before, "the recording is as it was");
    // The copy has the state of the row: the first row of the branch has its inventory and position.
    story.press(Key::I);
    story.press(Key::Home);
    story.run_until_idle();
    let shown = story.app(|app| {
        let shown = app.shown().step.expect("a step").clone();
        (shown.position.step, shown.state.is_some())
    });
    assert_eq!(shown, (row as u32, true));
}

#[test]
fn a_person_takes_over_and_hands_back() {
    let mut story = watching(rooms());
    story.press(Key::P);
    let played = |app: &App| app.played().is_some() && app.is_idle();
    story.wait("the world is the person's", played);
    assert!(story.app(|app| app.sources.list.iter().filter(|source| source.is_running()).count() == 0), "the rest waits");
    let (name, path, _) = story.app(|app| live(app)).expect("a live run");
    assert!(name.starts_with("You, from step "), "{name}");
    assert!(story.shows("You play") && story.has("Hand back"), "{:?}", story.names());
    for (k, key) in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown, Key::Space].into_iter().enumerate() {
        story.press(key);
        story.wait("the step is shown", |app| app.is_idle() && app.playback.row == k as u64 + 1);
    }
    // Keys without an action are commands, and keys with one are not.
    story.press(Key::S);
    story.wait("the step is shown", |app| app.is_idle() && app.playback.row == 5);
    story.press(Key::H);
    assert_eq!(story.app(|app| app.playback.row), 5);
    let actions = story.app(|app| {
        let (id, instance) = app.selected.expect("selected");
        app.sources.get(id).expect("open").found.columns[&instance].actions.clone()
    });
    // N, S, E, W, stay.
    assert_eq!(actions[1..], [2, 2, 1, 4, 1]);
    story.press(Key::Escape);
    story.wait("the agent plays on", |app| {
        live(app).is_some_and(|(name, _, taken)| name.starts_with("random, from step ") && taken > 3)
    });
    assert!(story.app(|app| app.played().is_none()));
    let (_, after, _) = story.app(|app| live(app)).expect("a live run");
    pause(&mut story);
    for folder in [path, after] {
        let checked = verify(&[folder]).expect("verifies");
        assert!(checked.rows > 3 && checked.uncovered.is_empty(), "{checked:?}");
    }
    // The run that a person has played goes on only in the window.
    let person =
        story.app(|app| app.sources.list.iter().find(|source| source.name.starts_with("You")).map(|source| source.path.clone()));
    let copy = std::env::temp_dir().join(format!("explorarium-person-{}", std::process::id()));
    copy_of(&person.expect("open"), &copy);
    let (code, _, err) = outcome(&["run", "--resume", &copy.display().to_string(), "-q", "--backend", "cpu"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("a person plays in the window"), "{err}");
    std::fs::remove_dir_all(copy).expect("a folder");
}

fn copy_of(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("traces")).expect("a folder");
    for (path, _) in files(from) {
        let name = path.strip_prefix(from).expect("inside");
        std::fs::copy(&path, to.join(name)).expect("copied");
    }
}

#[test]
fn a_recording_begins_with_the_shown_state() {
    let folder = Folder::new("view-record");
    let mut story = watching(rooms());
    story.app(|app| app.export_folder = PathBuf::from(folder.join("")));
    story.click("Record from here");
    story.wait("it begins", |app| app.sources.list.len() == 2);
    story.harness.step();
    assert!(story.shows("explorarium run --resume"), "how to go on is said");
    story.wait("it is recorded", |app| {
        live(app).is_some_and(|(_, path, taken)| path.starts_with(&app.export_folder) && taken > 10)
    });
    let (_, path, _) = story.app(|app| live(app)).expect("a live run");
    story.wait("all rests", |app| {
        let source = app.selected.and_then(|(id, _)| app.sources.get(id));
        source.is_some_and(|source| source.live.as_ref().is_some_and(|live| live.state() == LiveState::Running))
    });
    drop(story);
    let run = path.display().to_string();
    let rows = || verify(std::slice::from_ref(&path)).expect("verifies").rows;
    let before = rows();
    let mut goes_on = program(&["run", "--resume", &run, "-q", "--backend", "cpu"]).spawn().expect("starts");
    let begun = Instant::now();
    while rows() == before {
        assert!(begun.elapsed() < Duration::from_secs(120) && goes_on.try_wait().expect("runs").is_none(), "no step in time");
        std::thread::sleep(Duration::from_millis(100));
    }
    goes_on.kill().expect("killed");
    goes_on.wait().expect("ended");
    assert!(rows() > before);
}

#[test]
fn options_are_chosen_in_a_form() {
    let mut story = watching(LivePlan { bonus: BonusConfig::parse("count,entropy").expect("known"), ..rooms() });
    pause(&mut story);
    story.click("Options");
    assert!(story.shows("Bonus count") && story.shows("Bonus entropy") && story.shows("It has no options."));
    assert!(story.shows("fusion") && story.shows("cycle-by-episode"));
    assert!(!story.shows("They are those"), "a tooltip");
    let runs = story.app(|app| app.sources.list.len());
    story.click("Start with these");
    assert_eq!(story.app(|app| app.sources.list.len()), runs, "nothing was changed");
    story.click("maximum");
    story.click("Start with these");
    let old = story.app(|app| app.selected);
    story.wait("another run is shown", |app| app.sources.list.len() == runs + 1 && app.selected != old && app.playback.row > 3);
    let fusion = story.app(|app| {
        let (id, _) = app.selected.expect("selected");
        app.sources.get(id).and_then(|source| source.live.as_ref()).map(|live| live.resolved.bonus.fusion.clone())
    });
    assert_eq!(fusion, Some(Some("maximum".to_string())));
    assert!(story.app(|app| app.sources.list.iter().filter(|source| source.is_running()).count() == 1), "the other one pauses");
    story.press_with(Modifiers::NONE, Key::F);
}

#[test]
fn agents_that_cannot_play_on_are_replaced_and_named() {
    let folder = Folder::new("view-replaced");
    let args = ["gridlab/keys", "--agent", "go-explore", "--num-envs", "2", "--steps", "400", "--record", "all"];
    let mut story = Story::open(&[&record(&folder, "go", &args)]);
    for _ in 0..3 {
        story.press_with(Modifiers::COMMAND, Key::ArrowRight);
    }
    story.run_until_idle();
    story.press(Key::B);
    story.wait("it begins", |app| app.sources.list.len() == 2);
    story.harness.step();
    assert!(story.shows("go-explore cannot play on from a state, so random actions do."));
    story.wait("it plays", |app| live(app).is_some_and(|(.., taken)| taken > 5));
    pause(&mut story);
    let (_, path, _) = story.app(|app| live(app)).expect("a live run");
    assert!(verify(&[path]).expect("verifies").rows > 5);
}
