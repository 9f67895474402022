//! Panes that are moved, and what the window remembers.

use std::path::Path;

use egui::{Key, Modifiers, pos2, vec2};
use explorarium::viewer::App;

use super::super::files::Folder;
use super::four_rooms;
use super::story::Story;

/// A window of this width on a run, that remembers its settings in a file.
fn remembering(run: &str, file: &str, width: f32) -> Story {
    let mut story = Story::new((width, 900.0), 1.0);
    let ctx = story.harness.ctx.clone();
    story.app(|app: &mut App| {
        app.remember(&ctx, Path::new(file));
        app.open(Path::new(run));
    });
    story.run_until_idle();
    story
}

/// Where the titles of panes are.
fn titles(story: &Story) -> Vec<(i32, i32)> {
    ["Sources", "World", "Observation", "Inspector"]
        .map(|name| {
            let at = story.rect(name).center();
            (at.x.round() as i32, at.y.round() as i32)
        })
        .to_vec()
}

#[test]
fn panes_are_moved_and_remembered() {
    let folder = Folder::new("view-layout");
    let (run, file) = (four_rooms(&folder, "400"), folder.join("config/window.json"));
    let mut story = remembering(&run, &file, 1600.0);
    let first = titles(&story);
    assert!(!Path::new(&file).exists(), "nothing was changed");
    // The edge between tree and map.
    story.drag(pos2(264.5, 400.0), pos2(364.5, 400.0));
    let wider = titles(&story);
    // A drag begins after some points.
    assert!((80..=100).contains(&(wider[1].0 - first[1].0)), "{first:?} {wider:?}");
    assert_eq!(wider[3], first[3]);
    // The agent's view becomes a tab beside the inspector.
    let (from, to) = (story.rect("Observation").center(), story.rect("Inspector").center());
    story.drag(from, to + vec2(60.0, 0.0));
    story.harness.run_steps(3);
    let moved = titles(&story);
    assert!((moved[2].0 - moved[3].0).abs() < 200 && moved[2].1 == moved[3].1, "{moved:?}");
    story.click("Light theme");
    story.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    story.harness.run_steps(2);
    let panels = story.app(|app| app.panels);
    assert!(!panels.time);
    drop(story);
    // The next window is the same; a smaller one has its own places for panes and the same theme.
    let mut story = remembering(&run, &file, 1600.0);
    assert_eq!((titles(&story), story.app(|app| app.panels)), (moved, panels));
    assert!(story.has("Dark theme"), "{:?}", story.names());
    // A pane below another one is remembered too.
    let inspector = story.rect("Inspector");
    let from = story.rect("Observation").center();
    story.drag(from, pos2(inspector.center().x, 850.0));
    story.harness.run_steps(3);
    let below = titles(&story);
    assert!(below[2].1 > below[3].1 + 100, "{below:?}");
    drop(story);
    let mut story = remembering(&run, &file, 1600.0);
    assert_eq!(titles(&story), below);
    // The map takes what a wider window has more.
    let narrow = remembering(&run, &file, 1200.0);
    assert!(narrow.has("Observation") && narrow.has("Dark theme"));
    drop(narrow);
    story.press_with(Modifiers::COMMAND, Key::K);
    story.type_text("reset the layout");
    story.press(Key::Enter);
    story.harness.run_steps(3);
    assert_eq!(titles(&story), first);
}

#[test]
fn a_file_that_lies_changes_nothing_and_stays() {
    let folder = Folder::new("view-layout-odd");
    let run = four_rooms(&folder, "400");
    let good = folder.join("good.json");
    let mut story = remembering(&run, &good, 1600.0);
    story.click("Light theme");
    let first = titles(&story);
    drop(story);
    let text = std::fs::read_to_string(&good).expect("written");
    let huge = format!("{text}{}", " ".repeat(1 << 17));
    for (name, text, why) in [
        ("not.json", "{", "EOF"),
        ("newer.json", &text.replace("\"version\": 1", "\"version\": 9")[..], "newer version"),
        ("twice.json", &text.replace("\"pane\": \"world\"", "\"pane\": \"sources\""), "is there"),
        ("share.json", &text.replace("264.0", "-1.0"), "share of -1"),
        ("huge.json", &huge, "window.json"),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).expect("written");
        let mut story = remembering(&run, &file, 1600.0);
        let said = story.texts().into_iter().find(|(words, ..)| words.contains("cannot be read")).map(|(words, ..)| words);
        let said = said.unwrap_or_else(|| panic!("{name}: nothing is said"));
        assert!(said.contains(why) || name == "huge.json", "{name}: {said}");
        assert_eq!(titles(&story), first, "{name}");
        story.click("Light theme");
        drop(story);
        assert_eq!(std::fs::read_to_string(&file).expect("there"), text, "{name}: the file is left as it is");
    }
}
