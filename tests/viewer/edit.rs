//! Painting: a scenario and a world, by mouse and keys; what is saved is what the command line takes, and a run of it replays exactly.

use std::fs;
use std::path::Path;

use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::kittest::NodeT;
use explorarium::viewer::Page;

use super::super::files::{Folder, outcome};
use super::story::Story;

/// The page Edit, with files in this folder.
fn page(folder: &Folder) -> Story {
    let mut story = Story::new((1600.0, 1000.0), 1.0);
    story.app(|app| app.export_folder = folder.join("").into());
    story.press(Key::E);
    assert_eq!(story.app(|app| app.page), Page::Edit);
    story.run_until_idle();
    story
}

/// The middle of a cell of the canvas.
fn cell(story: &Story, (width, height): (f32, f32), x: u32, y: u32) -> Pos2 {
    let canvas = story.rect_of("Canvas, ");
    let side = (canvas.width() / width).min(canvas.height() / height).floor().min(256.0);
    canvas.center() - vec2(width, height) * side / 2.0 + vec2(x as f32 + 0.5, y as f32 + 0.5) * side
}

/// What the canvas says of the cell that was painted or chosen last.
fn here(story: &Story) -> String {
    let name = story.names().into_iter().find(|name| name.starts_with("Canvas, ")).expect("a canvas");
    name.rsplit("at ").next().expect("a cell").to_string()
}

fn click_cell(story: &mut Story, size: (f32, f32), x: u32, y: u32) {
    let at = cell(story, size, x, y);
    story.click_at(at);
    story.run_until_idle();
}

/// Types a number into a field of a form.
fn number(story: &mut Story, name: &str, value: &str) {
    story.click(name);
    story.type_text(value);
    story.press(Key::Enter);
    story.run_until_idle();
}

/// Saves by the key, once it is on the disk.
fn save(story: &mut Story, path: &Path) -> String {
    story.press_with(Modifiers::COMMAND, Key::S);
    story.run_until_idle();
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{why}: {:?}", story.texts()))
}

/// Plays what is painted for some steps. The recording replays exactly.
fn play(story: &mut Story) -> String {
    story.click("Play from here");
    assert_eq!(story.app(|app| app.page), Page::Inspect);
    story.wait("steps are taken", |app| {
        app.sources.list.first().is_some_and(|source| source.live.as_ref().is_some_and(|live| live.taken() >= 3))
    });
    story.app(|app| assert!(app.pause_if(3)));
    story.run_until_idle();
    story.press(Key::Home);
    story.run_until_idle();
    assert!(story.has("Exact replay"), "{:?}", story.names());
    let run = story.app(|app| app.sources.list[0].path.display().to_string());
    let (code, out, err) = outcome(&["verify", &run]);
    assert_eq!(code, 0, "{out}{err}");
    fs::read_to_string(Path::new(&run).join("run.toml")).expect("the plan")
}

const CRAFTER: (f32, f32) = (64.0, 64.0);

#[test]
fn a_scenario_is_painted_and_played() {
    let folder = Folder::new("edit-scenario");
    let mut story = page(&folder);
    // One zombie beside the player at night with a wood sword.
    story.click("Grass");
    click_cell(&mut story, CRAFTER, 33, 32);
    story.click("Zombie");
    click_cell(&mut story, CRAFTER, 33, 32);
    assert!(here(&story).starts_with("33, 32: grass, zombie with health 5"), "{}", here(&story));
    number(&mut story, "Wood sword", "1");
    number(&mut story, "Step", "270");
    story.click("Lava");
    let (from, to) = (cell(&story, CRAFTER, 10, 10), cell(&story, CRAFTER, 14, 10));
    story.drag(from, to);
    story.run_until_idle();
    // The keyboard goes on where the mouse was: a cell to the right and one down.
    for key in [Key::ArrowRight, Key::ArrowDown, Key::Enter] {
        story.press(key);
    }
    story.run_until_idle();
    assert_eq!(here(&story), "15, 11: lava");
    story.press_with(Modifiers::COMMAND, Key::Z);
    story.run_until_idle();
    assert_ne!(here(&story), "15, 11: lava");
    story.press_with(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
    story.run_until_idle();
    assert_eq!(here(&story), "15, 11: lava");
    let file = folder.join("scenario-001.json");
    let text = save(&mut story, Path::new(&file));
    for part in ["[14,10,\"lava\"]", "[15,11,\"lava\"]", "[\"zombie\",33,32]", "\"wood_sword\":1", "\"step\": 270"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(story.shows("explorarium run crafter --seed 0 --scenario"), "{:?}", story.texts());
    let run = folder.join("run");
    let args = ["run", "crafter", "--agent", "random", "--num-envs", "1", "--seed", "0", "--steps", "20", "--record", "all"];
    let (code, _, err) = outcome(&[&args[..], &["--scenario", &file, "-o", &run, "-q"]].concat());
    assert_eq!(code, 0, "{err}");
    let plan = play(&mut story);
    assert!(plan.contains("zombie"), "{plan}");
    assert_eq!(story.app(|app| app.sources.list[0].found.listing.as_ref().map(|listing| listing.instances.len())), Some(1));
}

const ROOM: (f32, f32) = (11.0, 9.0);

#[test]
fn a_world_is_painted_and_played() {
    let folder = Folder::new("edit-world");
    let mut story = page(&folder);
    story.click("New");
    story.click("Blank room");
    story.run_until_idle();
    assert!(story.shows("63 of 63 free cells can be reached"), "{:?}", story.texts());
    story.click("Rectangle");
    story.click("Wall cell");
    let (from, to) = (cell(&story, ROOM, 5, 1), cell(&story, ROOM, 5, 7));
    story.drag(from, to);
    story.run_until_idle();
    assert!(story.shows("No goal can be reached. 28 of 56 free cells"), "{:?}", story.texts());
    story.click("Brush");
    story.click("Door");
    click_cell(&mut story, ROOM, 5, 4);
    assert!(story.shows("Valid. 57 of 57 free cells"), "a door counts as open: {:?}", story.texts());
    story.click("Key");
    click_cell(&mut story, ROOM, 2, 6);
    // Without a start nothing can be saved or played, and the command line's words stand below the canvas.
    story.click("Floor");
    click_cell(&mut story, ROOM, 1, 1);
    assert!(story.shows("impossible ruleset: the map has no start"), "{:?}", story.texts());
    let file = folder.join("world-001.toml");
    story.press_with(Modifiers::COMMAND, Key::S);
    story.run_until_idle();
    story.click("Play from here");
    assert!(!Path::new(&file).exists() && story.app(|app| (app.page, app.sources.list.len())) == (Page::Edit, 0));
    story.press_with(Modifiers::COMMAND, Key::Z);
    story.run_until_idle();
    let text = save(&mut story, Path::new(&file));
    assert!(text.contains("#S...#....#\n#....#....#\n#....#....#\n#....A....#") && text.contains("#.a..#....#"), "{text}");
    let (code, out, err) = outcome(&["envs", "show", &file]);
    assert_eq!(code, 0, "{out}{err}");
    let plan = play(&mut story);
    assert!(plan.contains("#....A....#"), "{plan}");
    // The document is still there, and nothing of it is unsaved.
    story.press(Key::E);
    story.run_until_idle();
    assert!(story.app(explorarium::viewer::App::may_close));
}

#[test]
fn a_file_that_is_not_ours_is_not_replaced_silently() {
    let folder = Folder::new("edit-replace");
    let mut story = page(&folder);
    let file = folder.join("scenario-001.json");
    fs::write(&file, "mine").expect("written");
    story.click("Grass");
    click_cell(&mut story, CRAFTER, 1, 1);
    story.press_with(Modifiers::COMMAND, Key::S);
    story.run_until_idle();
    assert_eq!(fs::read_to_string(&file).expect("there"), "mine");
    assert!(story.has("Replace scenario-001.json"), "{:?}", story.names());
    story.click("Replace scenario-001.json");
    story.run_until_idle();
    assert!(fs::read_to_string(&file).expect("there").starts_with('{'));
    // Somebody else changes it; then broken files are dropped on the window.
    fs::write(&file, "{}").expect("written");
    story.click("Sand");
    click_cell(&mut story, CRAFTER, 2, 2);
    story.press_with(Modifiers::COMMAND, Key::S);
    story.run_until_idle();
    assert_eq!(fs::read_to_string(&file).expect("there"), "{}");
    assert!(story.shows("was changed by another program"), "{:?}", story.texts());
    let broken = folder.join("broken.toml");
    fs::write(&broken, "family = \"gridlab\"\n").expect("written");
    story.app(|app| app.open(Path::new(&broken)));
    story.harness.run_steps(2);
    assert!(story.shows("Unsaved changes"), "{:?}", story.texts());
    story.click("Discard");
    story.run_until_idle();
    assert!(story.shows("Not opened: ") && story.shows("missing field"), "{:?}", story.texts());
    assert!(here(&story).starts_with("2, 2: sand"), "the document stays: {}", here(&story));
    // Closing asks once.
    click_cell(&mut story, CRAFTER, 4, 4);
    assert!(!story.app(explorarium::viewer::App::may_close));
    story.harness.run_steps(2);
    story.click("Keep editing");
    assert!(!story.app(explorarium::viewer::App::may_close));
    assert!(story.app(explorarium::viewer::App::may_close), "a second time closes");
    story.harness.run_steps(2);
    story.click("Discard");
    assert!(story.app(|app| app.closes()));
}

/// The shown state of a recording is taken over; the recording stays as it is.
#[test]
fn the_shown_world_is_edited() {
    let folder = Folder::new("edit-shown");
    let mut story = Story::open(&[&super::crafter(&folder)]);
    story.app(|app| app.export_folder = folder.join("").into());
    for _ in 0..3 {
        story.press(Key::N);
    }
    story.run_until_idle();
    story.press(Key::E);
    story.run_until_idle();
    assert!(story.shows("0 changed cells of crafter with seed 3"), "{:?}", story.texts());
    story.click("New");
    story.click("The shown world, as it is shown");
    story.run_until_idle();
    assert!(story.shows("Valid. ") && !story.shows("0 changed cells of"), "{:?}", story.texts());
    let text = save(&mut story, Path::new(&folder.join("scenario-001.json")));
    assert!(text.contains("\"step\"") && text.contains("\"inventory\""), "{text}");
}

/// Everything by keys: the canvas has a cell cursor, and thin walls are painted on a chosen side.
#[test]
fn thin_walls_are_painted_by_keys() {
    let folder = Folder::new("edit-keys");
    let mut story = page(&folder);
    story.click("New");
    story.click("Blank room with thin walls");
    story.run_until_idle();
    story.click("Thin wall");
    let canvas = |story: &Story| {
        let focused = |node: &egui_kittest::Node| node.accesskit_node().is_focused();
        let names = |node: egui_kittest::Node| node.accesskit_node().label();
        let found = story.harness.root().children_recursive().find(focused).and_then(names);
        found.is_some_and(|name| name.starts_with("Canvas, "))
    };
    let mut presses = 0;
    while !canvas(&story) {
        story.press(Key::Tab);
        presses += 1;
        assert!(presses < 100, "Tab reaches the canvas");
    }
    // From the left top: two to the right and one down, a wall to the east and one to the south.
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown] {
        story.press(key);
    }
    for side in [Key::ArrowRight, Key::ArrowDown] {
        story.press_with(Modifiers::SHIFT, side);
        story.press(Key::Enter);
    }
    // The border stays closed, whatever is painted on it.
    story.click("No thin wall");
    click_cell(&mut story, ROOM, 0, 0);
    for key in [Key::ArrowLeft, Key::ArrowUp] {
        story.press_with(Modifiers::SHIFT, key);
        story.press(Key::Enter);
    }
    story.click("Rectangle");
    story.click("Thin wall");
    click_cell(&mut story, ROOM, 5, 5);
    story.press_with(Modifiers::COMMAND, Key::Z);
    story.press(Key::Enter);
    story.press(Key::ArrowRight);
    story.press(Key::Enter);
    story.run_until_idle();
    let text = save(&mut story, Path::new(&folder.join("world-001.toml")));
    let rows: Vec<&str> = text.lines().skip_while(|line| !line.starts_with('+')).collect();
    assert_eq!(rows[0], "+-+-+-+-+-+-+-+-+-+-+-+");
    assert_eq!(rows[1], "|S . . . . . . . . . .|");
    assert_eq!(rows[3], "|. . .|. . . . . . . .|");
    assert_eq!(rows[4], "+ + +-+ + + + + + + + +");
    assert_eq!(rows[10], "+ + + + + +-+-+ + + + +");
    assert_eq!(rows[11], "|. . . . .|. .|. . . .|");
    assert_eq!(rows[12], "+ + + + + +-+-+ + + + +");
    story.harness.run();
    assert!(story.app(|app| app.is_idle()), "nothing asks for more frames");
}

#[test]
fn a_level_of_minigrid_is_painted_and_played() {
    let folder = Folder::new("edit-level");
    let mut story = page(&folder);
    story.click("New");
    story.click("Blank MiniGrid level");
    story.run_until_idle();
    story.click("Rectangle");
    story.click("Wall");
    let (from, to) = (cell(&story, ROOM, 6, 1), cell(&story, ROOM, 6, 7));
    story.drag(from, to);
    story.click("Brush");
    for (thing, kind, (x, y)) in [("Door", "Locked yellow door", (6, 3)), ("Key", "Yellow key", (3, 5))] {
        story.click(thing);
        story.click(&format!("Kind of {}", thing.to_lowercase()));
        story.click(kind);
        click_cell(&mut story, ROOM, x, y);
    }
    assert_eq!(here(&story), "3, 5: yellow key");
    let text = save(&mut story, Path::new(&folder.join("world-001.toml")));
    assert!(text.contains("d = \"locked yellow door\"") && text.contains("k = \"yellow key\""), "{text}");
    assert!(text.contains("#.....d...#"), "{text}");
    // The right button takes what a cell has.
    story.click("Lava");
    let at = cell(&story, ROOM, 6, 3);
    story.harness.event(egui::Event::PointerMoved(at));
    for pressed in [true, false] {
        let (button, modifiers) = (egui::PointerButton::Secondary, Modifiers::NONE);
        story.harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        story.harness.step();
    }
    click_cell(&mut story, ROOM, 8, 6);
    assert_eq!(here(&story), "8, 6: locked yellow door");
    let plan = play(&mut story);
    assert!(plan.contains("locked yellow door"), "{plan}");
}

/// Space and the middle button move the map, the wheel zooms, Alt takes what a cell has: none of them paints.
#[test]
fn looking_around_paints_nothing() {
    let folder = Folder::new("edit-look");
    let mut story = page(&folder);
    story.click("New");
    story.click("Blank room");
    story.run_until_idle();
    story.click("Lava");
    let at = cell(&story, ROOM, 9, 7);
    let key = |pressed: bool| egui::Event::Key {
        key: Key::Space,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    story.harness.event(key(true));
    story.drag(at, at - vec2(200.0, 100.0));
    story.harness.event(key(false));
    story.harness.run_steps(2);
    assert!(!story.has("Undo  Ctrl+Z"), "Space and a drag move the map");
    story.harness.event(egui::Event::PointerMoved(at));
    let (unit, delta) = (egui::MouseWheelUnit::Point, vec2(0.0, 60.0));
    story.harness.event(egui::Event::MouseWheel {
        unit,
        delta,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    story.harness.run_steps(10);
    story.press(Key::F);
    story.harness.run_steps(2);
    // Alt and a click take the goal as the brush.
    let modifiers = Modifiers::ALT;
    story.harness.event_modifiers(egui::Event::PointerMoved(at), modifiers);
    for pressed in [true, false] {
        let button = egui::PointerButton::Primary;
        story.harness.event_modifiers(egui::Event::PointerButton { pos: at, button, pressed, modifiers }, modifiers);
        story.harness.step();
    }
    assert!(!story.has("Undo  Ctrl+Z"), "nothing was painted");
    click_cell(&mut story, ROOM, 3, 3);
    assert_eq!(here(&story), "3, 3: goal");
    assert!(story.has("Undo  Ctrl+Z"));
}
