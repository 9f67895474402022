//! Documents and their files: what is replaced, what is refused, what is played.

use std::path::PathBuf;

use super::blank::{ROOM, of_world, room};
use super::check::{Loaded, check};
use super::document::Document;
use super::drawing::{Drawing, Form};
use super::editor::Editor;
use super::files::{self, Target};
use super::jobs::Outcome;
use super::scenario::Scenario;
use super::tests::{folder, night, ready};
use crate::envs::{Options, catalog, load};
use crate::runs::Prepared;

/// Saves as the page does. Returns the message.
fn save(editor: &mut Editor, confirmed: bool) -> Result<String, Target> {
    match Outcome::of_saving(editor.to_save().expect("valid"), confirmed) {
        Outcome::Saved(record, on_disk) => Ok(editor.was_saved(record, on_disk.expect("written"))),
        Outcome::Taken(target) => Err(target),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_is_replaced_only_if_it_is_the_one_that_was_opened() {
    let folder = folder("files");
    let mut editor = Editor::new(Document::Drawing(room(Form::Cells, ROOM).expect("a room")), &folder);
    ready(&mut editor);
    assert!(editor.path.ends_with("world-001.toml"), "{}", editor.path);
    let message = save(&mut editor, false).expect("saved");
    assert!(message.contains("explorarium run ") && message.contains("world-001.toml"), "{message}");
    let saved = PathBuf::from(editor.path.clone());
    assert!(load(&editor.path, &Options::default()).is_ok());
    assert!(save(&mut editor, false).is_ok() && !editor.is_changed(), "its own file");
    let (document, on_disk) = files::open(&saved, ("crafter", 0)).expect("opened");
    let mut again = Editor::opened(document, on_disk, &folder);
    ready(&mut again);
    assert_eq!((again.document.text(), again.is_changed()), (editor.document.text(), false));
    std::fs::write(&saved, "# by somebody else\n").expect("written");
    assert_eq!(save(&mut editor, false), Err(Target::Changed));
    assert_eq!(std::fs::read_to_string(&saved).expect("there"), "# by somebody else\n");
    std::fs::write(folder.join("other.toml"), "").expect("written");
    editor.path = folder.join("other.toml").display().to_string();
    assert_eq!(save(&mut editor, false), Err(Target::Taken));
    assert!(save(&mut editor, true).is_ok());
    editor.path = folder.join("other.json").display().to_string();
    assert!(editor.to_save().expect_err("another ending").contains(".toml"));
    assert_eq!(files::free_name(&folder, &editor.document), folder.join("world-002.toml"));
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn what_cannot_be_opened_is_said() {
    let folder = folder("refused");
    let rows = format!("S{}\n", ".".repeat(299)).repeat(300);
    let large = format!("family = \"gridlab\"\nactions = \"NSEW\"\nmax_steps = 9\nlayout = \"cells\"\nmap = '''\n{rows}'''\n");
    for (name, text, words) in [
        ("a.json", "{\"weather\": 1}", "unknown part 'weather'"),
        ("b.json", "{", "EOF"),
        ("c.toml", &catalog::find("crafter").expect("built in").text, "no drawing"),
        ("d.toml", "family = ", "d.toml"),
        ("e.toml", "family = \"chess\"\n", "chess"),
        ("g.toml", &large, "300 x 300 cells are too many to paint"),
        ("f.toml", "# by somebody else\n", "f.toml"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("written");
        let why = files::open(&path, ("crafter", 0)).expect_err("refused");
        assert!(why.contains(words), "{name}: {why}");
    }
    assert!(files::open(&folder.join("gone.json"), ("crafter", 0)).is_err());
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_plan_has_the_world_and_the_scenario() {
    let folder = folder("plans");
    for document in [night(), Document::Drawing(of_world("gridlab/keys", 4).expect("a world"))] {
        let mut editor = Editor::new(document, &folder);
        ready(&mut editor);
        let (plan, prepared) = editor.plan().expect("a plan").prepare(None).expect("fits");
        let Prepared { world, .. } = prepared;
        assert_eq!(plan.scenario, matches!(editor.document, Document::Scenario(_)).then(|| editor.document.text()));
        assert_eq!((plan.seed, plan.record.len()), (editor.document.seed(), 1));
        let state = editor.checked.clone().expect("a state");
        assert_eq!(world.spec().toml, state.world.spec().toml);
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// No text panics: whatever is read is a document or an error.
#[test]
fn damaged_texts_are_errors_or_documents() {
    let mut opened = [0, 0];
    let scenario = night().text();
    for id in ["gridlab/keys", "gridlab/klyubin-maze", "gridlab/noisy-tv"] {
        let text = catalog::find(id).expect("built in").text;
        for k in 0..120 {
            // A piece is left out, doubled, or put elsewhere.
            let at = |text: &str, n: usize| (n * 7919) % text.len();
            let damaged = |text: &str| {
                let (from, to) = (at(text, k), at(text, k + 1));
                let piece = text.get(from..(from + 1 + k % 9).min(text.len())).unwrap_or_default().to_string();
                let mut damaged = text.to_string();
                if k % 3 == 0 {
                    damaged.replace_range(from..from + piece.len(), "");
                } else {
                    damaged.insert_str(if k % 3 == 1 { from } else { to }, &piece);
                }
                damaged
            };
            if let Ok(mut drawing) = Drawing::parse("a.toml", 0, &damaged(&text)) {
                opened[0] += 1;
                drawing.resize((7, 5), '.');
                let _ = check(&Document::Drawing(drawing), &mut Loaded::default());
            }
            if let Some(scenario) = Scenario::parse("crafter", 0, &damaged(&scenario)) {
                opened[1] += 1;
                assert!(Document::of_record(&Document::Scenario(scenario).record()).is_some());
            }
        }
    }
    assert!(opened.iter().all(|n| (10..350).contains(n)), "{opened:?}");
}
