//! Documents as the command line takes them: painted, written, loaded, undone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::blank::{ROOM, of_level, of_world, room};
use super::brush::{Birth, Brush, Separation, drawing as palette_of};
use super::check::{Loaded, check};
use super::checked::Checked;
use super::document::Document;
use super::drawing::{Drawing, Form};
use super::editor::Editor;
use super::scenario::Scenario;
use super::shapes::Tool;
use super::take_over;
use crate::envs::{Core, Family, Options, catalog, load};
use crate::sim::{Batch, Config, Levels, Replay, Worlds};

pub fn checked(document: &Document) -> Result<Checked, String> {
    check(document, &mut Loaded::default())
}

/// An editor whose state is there.
pub fn ready(editor: &mut Editor) {
    let begun = Instant::now();
    loop {
        editor.poll(&(Arc::new(|| {}) as crate::viewer::sources::Notify));
        if editor.is_idle() {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the state is not there");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("explorarium-edit-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn every_built_in_world_is_the_same_after_a_round_trip() {
    let mut drawn = 0;
    for (id, text) in catalog::builtin() {
        let world = load(id, &Options::default()).expect("loads");
        if world.spec().family != Family::GridLab {
            continue;
        }
        let drawing = of_world(id, 0).expect("a drawing");
        if text.contains("map = ") {
            assert_eq!(drawing.text(), text, "{id}: not a byte is changed");
        }
        let again = Drawing::parse(id, 0, &drawing.text()).expect("parsed");
        let loaded = checked(&Document::Drawing(again)).expect("loads").world;
        assert_eq!(loaded.spec().toml, world.spec().toml, "{id}");
        // A changed cell is in the text, and back again it is as before.
        let mut painted = drawing.clone();
        let before = painted.glyph((0, 0));
        painted.set_glyph((0, 0), '%');
        assert_ne!(painted.text(), drawing.text());
        painted.set_glyph((0, 0), before);
        assert_eq!(painted.text(), drawing.text());
        drawn += 1;
    }
    assert!(drawn >= 16, "{drawn} worlds");
}

#[test]
fn comments_of_a_file_stay_when_it_is_painted() {
    let text = "# mine\nfamily = \"gridlab\"\nactions = \"NSEW\" # four\nmax_steps = 9\nlayout = \"cells\"\nmap = '''\nS.\n..\n'''\n# the end\n";
    let mut drawing = Drawing::parse("a.toml", 0, text).expect("parsed");
    drawing.set_glyph((1, 1), '*');
    assert_eq!(drawing.text(), text.replace("..\n'''", ".*\n'''"));
    drawing.set_field("max_steps", 12);
    assert_eq!(drawing.text(), text.replace("..\n'''", ".*\n'''").replace("= 9", "= 12"));
}

#[test]
fn all_glyphs_are_painted_and_load() {
    for form in [Form::Cells, Form::ThinWalls, Form::MiniGrid] {
        let mut document = Document::Drawing(room(form, (24, 12)).expect("a room"));
        let mut kinds = 0;
        for swatch in palette_of(form) {
            for (name, brush) in swatch.kinds {
                let cell = (1 + kinds % 20, 1 + kinds / 20 % 9);
                kinds += 1;
                document.paint(&brush, &Birth::default(), &[cell], None).expect("painted");
                document.paint_side(&brush, cell, 1);
                let needed = [if form == Form::MiniGrid { Brush::Agent(0) } else { Brush::Glyph('S') }];
                document.paint(&needed[0], &Birth::default(), &[(22, 10)], None).expect("painted");
                if form != Form::MiniGrid {
                    document.paint(&Brush::Glyph('*'), &Birth::default(), &[(22, 9)], None).expect("painted");
                }
                let found = document.brush_at(cell, None);
                if matches!(brush, Brush::Glyph(_) | Brush::Object(_)) {
                    assert_eq!(found, Some(brush), "{name}");
                }
                checked(&document).unwrap_or_else(|why| panic!("{form:?} {name}: {why}"));
            }
        }
        assert!(kinds > 15, "{kinds}");
    }
}

#[test]
fn thin_walls_are_painted_between_cells() {
    let mut drawing = room(Form::ThinWalls, (3, 2)).expect("a room");
    drawing.set_side((0, 0), 1, Separation::Wall.glyph(1));
    drawing.set_side((0, 0), 3, Separation::OneWay.glyph(3));
    drawing.set_side((0, 0), 0, ' ');
    assert!(drawing.text().contains("+-+-+-+\n|S|. .|\n+v+ + +\n|. . *|\n+-+-+-+"), "{}", drawing.text());
    let state = checked(&Document::Drawing(drawing.clone())).expect("loads");
    assert_eq!(state.layers.walls[0] & 0b1010, 0b0010, "east is closed, south is open");
    assert_eq!(state.layers.walls[3] & 0b0100, 0b0100, "not back north");
    drawing.resize((4, 3), '.');
    assert!(drawing.text().contains("|S|. . .|\n+v+ + + +\n|. . * .|\n+ + + + +\n|. . . .|\n+-+-+-+-+"), "{}", drawing.text());
}

/// One zombie beside the player at night with a wood sword.
pub fn night() -> Document {
    let mut document = Document::Scenario(Scenario::new("crafter", 7));
    let first = checked(&document).expect("a world");
    let agent = first.layers.agent.clone();
    let beside = (agent.x + 1, agent.y);
    document.paint(&Brush::Material("grass".into()), &Birth::default(), &[beside], Some(&first)).expect("painted");
    document.paint(&Brush::Material("lava".into()), &Birth::default(), &[(3, 4), (4, 4)], Some(&first)).expect("painted");
    let weak = Birth { health: Some(2), ..Birth::default() };
    document.paint(&Brush::Creature("zombie".into()), &weak, &[beside], Some(&first)).expect("painted");
    if let Document::Scenario(scenario) = &mut document {
        scenario.set_item("wood_sword", 1);
        scenario.step = Some(270);
    }
    document
}

#[test]
fn a_painted_scenario_is_what_the_batch_makes_of_its_file() {
    let document = night();
    let state = checked(&document).expect("fits");
    assert_eq!(state.step, 270);
    assert!(state.daylight.daylight < 0.5, "{:?}", state.daylight);
    let json = serde_json::from_str(&document.text()).expect("JSON");
    let world = load("crafter", &Options::default()).expect("loads");
    let config = Config { num_envs: 1, seed: 7, scenario: Some(Arc::new(json)), ..Config::default() };
    let mut batch = Batch::new(world, config).expect("a batch");
    let (layers, step) =
        batch.with_block(|world, block| (world.layers(0, block), block.core_of(0)[Core::STEP])).expect("a state");
    assert_eq!((&state.layers, state.step), (&layers, step));
    let zombie = layers.entities.iter().find(|entity| entity.health == Some(2)).expect("the zombie");
    assert_eq!((zombie.x, zombie.y), (layers.agent.x + 1, layers.agent.y));
    // Erased, the world is as it was.
    let mut document = document;
    let cells = [(3, 4), (4, 4), (zombie.x, zombie.y)];
    document.paint(&Brush::Erase, &Birth::default(), &cells, Some(&state)).expect("painted");
    let first = checked(&Document::Scenario(Scenario::new("crafter", 7))).expect("a world");
    assert_eq!(checked(&document).expect("fits").layers.terrain, first.layers.terrain);
}

#[test]
fn what_is_invalid_is_said_as_by_the_command_line() {
    let Document::Scenario(mut scenario) = night() else { unreachable!() };
    scenario.terrain.insert((900, 3), "water".to_string());
    let why = checked(&Document::Scenario(scenario)).expect_err("off the map");
    assert_eq!(why, "scenario, instance 0: scenario: [900, 3] is outside the map of 64 x 64");
    let mut drawing = room(Form::Cells, ROOM).expect("a room");
    drawing.origin = "mine.toml".to_string();
    drawing.set_glyph((1, 1), '.');
    let path = folder("faults").join("mine.toml");
    std::fs::write(&path, drawing.text()).expect("written");
    let said = load(&path.display().to_string(), &Options::default()).expect_err("no start").to_string();
    let why = checked(&Document::Drawing(drawing)).expect_err("no start");
    assert!(said.ends_with(&why) && why.starts_with("mine.toml: impossible ruleset: the map has no start"), "{said}\n{why}");
}

#[test]
fn a_shown_state_is_taken_over() {
    let world = load("crafter", &Options::default()).expect("loads");
    let levels = Arc::new(Levels::new(&*world, Worlds::Fresh, 3).expect("levels"));
    let mut replay = Replay::new(world.clone(), levels, 3, 0);
    replay.reset(None).expect("a reset");
    for k in 0..120 {
        replay.step([1, 5, 3, 5, 2, 4, 11, 7][k % 8]).expect("a step");
    }
    let mut found = None;
    replay.look(&mut |world, block| found = Some((world.layers(0, block), block.core_of(0)[Core::STEP])));
    let (layers, step) = found.expect("a state");
    let scenario = take_over::scenario(("crafter", 3), &layers, step).expect("taken over");
    let state = checked(&Document::Scenario(scenario)).expect("fits");
    assert_eq!((state.layers, state.step), (layers, step));
}

#[test]
fn levels_of_minigrid_are_taken_over() {
    for id in ["MiniGrid-DoorKey-8x8-v0", "MiniGrid-ObstructedMaze-2Dlh-v0", "MiniGrid-Playground-v0", "MiniGrid-LavaGapS7-v0"] {
        let world = load(id, &Options::default()).expect("loads");
        let levels = Arc::new(Levels::new(&*world, Worlds::Fresh, 5).expect("levels"));
        let mut replay = Replay::new(world.clone(), levels, 5, 0);
        replay.reset(None).expect("a reset");
        let mut found = None;
        replay.look(&mut |world, block| found = Some(world.layers(0, block)));
        let layers = found.expect("a state");
        let drawing = of_level(&*world, &layers).unwrap_or_else(|why| panic!("{id}: {why}"));
        let state = checked(&Document::Drawing(drawing)).unwrap_or_else(|why| panic!("{id}: {why}"));
        assert_eq!(state.layers, layers, "{id}");
    }
}

#[test]
fn strokes_are_undone_as_wholes() {
    let folder = folder("strokes");
    let mut editor = Editor::new(Document::Drawing(room(Form::Cells, ROOM).expect("a room")), &folder);
    ready(&mut editor);
    let texts = |editor: &Editor| editor.document.text();
    let begin = texts(&editor);
    assert!(!editor.is_changed() && editor.can_go() == (false, false));
    editor.brush = Brush::Glyph('~');
    [(2, 2), (5, 2), (5, 4)].into_iter().for_each(|cell| editor.stroke(cell, 0).expect("painted"));
    editor.end_stroke();
    assert!(texts(&editor).contains("#.~~~~....#"), "no gaps: {}", texts(&editor));
    editor.change(Some("Steps"), |document| {
        if let Document::Drawing(drawing) = document {
            drawing.set_field("max_steps", 50);
        }
    });
    let all = texts(&editor);
    editor.tool = Tool::Fill;
    editor.brush = Brush::Glyph('%');
    editor.flood((2, 2)).expect("painted");
    assert!(texts(&editor).contains("#.%%%%....#") && !texts(&editor).contains('~'));
    editor.go(true);
    assert_eq!(texts(&editor), all);
    editor.go(true);
    editor.go(true);
    assert_eq!(texts(&editor), begin);
    assert!(!editor.is_changed() && editor.can_go() == (false, true));
    editor.go(false);
    editor.go(false);
    assert_eq!(texts(&editor), all);
    editor.rectangle((1, 1), (9, 7)).expect("painted");
    ready(&mut editor);
    assert!(editor.why_not().is_some_and(|why| why.contains("there is no '*' on the map")), "{:?}", editor.fault);
    assert!(editor.checked.is_some() && editor.plan().is_err() && editor.to_save().is_err());
    editor.go(true);
    ready(&mut editor);
    assert_eq!(editor.why_not(), None);
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn cells_that_look_alike_share_a_tile() {
    for id in ["gridlab/keys", "gridlab/klyubin-maze", "gridlab/noisy-tv", "gridlab/deep-sea-20"] {
        let state = checked(&Document::Drawing(of_world(id, 0).expect("a world"))).expect("loads");
        let world = load(id, &Options::default()).expect("loads");
        let levels = Arc::new(Levels::new(&*world, Worlds::Fresh, 0).expect("levels"));
        let mut replay = Replay::new(world.clone(), levels, 0, 0);
        replay.reset(None).expect("a reset");
        let mut found = None;
        replay.look(&mut |world, block| found = Some(world.tile_map(0, block)));
        let map = found.expect("a map");
        let tile = |number: u32| world.draw_tile(number, 16).expect("a tile");
        let distinct: std::collections::BTreeSet<u32> = state.map.cells.iter().copied().collect();
        assert!(distinct.len() < map.cells.len() / 3, "{id}: {} tiles", distinct.len());
        let (tiles, slots) = &state.slots;
        for (at, pair) in slots.chunks(2).enumerate() {
            let numbers = [tiles[pair[0] as usize], tiles[pair[1] as usize]];
            assert_eq!(numbers, [state.map.ground[at], state.map.cells[at]]);
        }
        for (own, shared) in map.cells.iter().zip(&state.map.cells).chain(map.ground.iter().zip(&state.map.ground)) {
            assert_eq!(tile(*own), tile(*shared), "{id}");
        }
    }
}
