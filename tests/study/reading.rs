//! Study files are read like any other recorded play: what was recorded comes out, and what was changed is named.

use std::path::{Path, PathBuf};

use explorarium::Error;
use explorarium::envs::{Options, load};
use explorarium::sim::{Levels, Replay, Worlds};
use explorarium::study::database::{EnterAs, ITEM_TABLES, ItemBody};
use explorarium::study::plan::{PlayPace, Seeds};
use explorarium::study::session::{Clock, Session};
use explorarium::traces::cursor::{Agreement, CursorOptions};
use explorarium::traces::{Cursor, Happening, Timeline, runs, verify};
use rusqlite::Connection;
use std::sync::Arc;

use super::harness::{Scripted, entered, plan, play_stage, read, real_time, steps, wake};
use super::recorded::{StudyFixture, TICK, copied, two_participants};
use crate::files::{Folder, outcome};

fn open(path: &str) -> Cursor {
    Cursor::open(Path::new(path), &CursorOptions::default()).unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn why(path: &str) -> Error {
    verify(&[PathBuf::from(path)]).map(|_| ()).expect_err(path)
}

/// The rows that are read are those of a replay of the seed, column by column, in worlds of all families.
#[test]
fn rows_are_those_of_a_replay() {
    let study = StudyFixture::new("reading-rows");
    let worlds = ["crafter", "MiniGrid-DoorKey-5x5-v0", "gridlab/noisy-tv"];
    let mut sitting = study.sit("P01", None, None);
    let mut actions = Vec::new();
    for (k, id) in worlds.into_iter().enumerate() {
        sitting.play(&study, id, k as i64 - 1, false);
        sitting.steps(&study, 400);
        actions.push(sitting.game.take().expect("play"));
    }
    let read = runs(std::slice::from_ref(&study.path)).expect("reads");
    assert_eq!(read.len(), worlds.len());
    for ((run, id), (k, recorded)) in read.iter().zip(worlds).zip(actions.iter().enumerate()) {
        let world = load(id, &Options::default()).expect("a world");
        let levels = Arc::new(Levels::new(&*world, Worlds::Fresh, k as i64 - 1).expect("levels"));
        let mut replay = Replay::new(world.clone(), levels, k as i64 - 1, 0);
        let rows: Vec<_> = recorded.rows.iter().map(|row| row.action).collect();
        let replayed: Vec<_> = rows
            .iter()
            .map(|action| {
                let row = match action {
                    None => replay.reset(None),
                    Some(action) => replay.step(*action),
                };
                row.expect("replays")
            })
            .collect();
        // The file of a run with the same rows says what the columns are.
        let path = study.path.with_extension(format!("{k}.parquet"));
        explorarium::traces::write(&path, &*world, &recorded.meta, &replayed).expect("written");
        let expected = explorarium::traces::read(&path).expect("reads").rows;
        let mut first = 0;
        run.read(&mut |piece, _| {
            let same = expected.slice(first, piece.rows.num_rows());
            for (field, column) in piece.rows.schema().fields().iter().zip(piece.rows.columns()) {
                assert_eq!(Some(column), same.column_by_name(field.name()), "{id}: {}", field.name());
            }
            assert_eq!(piece.rows.num_columns(), same.num_columns(), "{id}");
            first += piece.rows.num_rows();
            Ok(())
        })
        .expect("in order");
        assert_eq!(first, rows.len(), "{id}");
    }
    let done = verify(std::slice::from_ref(&study.path)).expect("verifies");
    assert_eq!((done.runs, done.rows), (3, 3 * 401), "{done:?}");
    assert!(done.notes.is_empty() && done.uncovered.is_empty() && done.hashed.is_empty(), "{done:?}");
}

#[test]
fn plays_are_selected_by_name() {
    let (study, plays) = two_participants("reading-selectors");
    let done = verify(std::slice::from_ref(&study.path)).expect("verifies");
    let checked = done.study.expect("a study");
    assert_eq!((checked.participants, checked.sessions, checked.plays, done.runs), (2, 2, 3, 3));
    let items: i64 = ITEM_TABLES
        .iter()
        .map(|table| study.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)))
        .map(|count| count.expect("counts"))
        .sum();
    assert_eq!(checked.items, items.unsigned_abs());
    let names = |selector: &str| {
        let read = runs(&[PathBuf::from(study.selected(selector))]).unwrap_or_else(|why| panic!("{selector}: {why}"));
        let name = |path: &Path| path.display().to_string().rsplit_once('#').expect("a play").1.to_string();
        read.iter().map(|run| name(run.path())).collect::<Vec<_>>()
    };
    assert_eq!(names("P01"), ["P01/0", "P01/1"]);
    assert_eq!(names("P01/1"), ["P01/1"]);
    assert_eq!((names("practice"), names("play")), (vec!["P01/0".to_string()], vec!["P01/1".to_string(), "P02/0".to_string()]));
    assert_eq!((names("condition=day"), names("cohort=adults")), (vec!["P02/0".to_string()], names("P01")));
    for odd in ["P03", "P01/2", "condition=noon", "cohort=dogs", "P01/s2"] {
        let why = runs(&[PathBuf::from(study.selected(odd))]).expect_err(odd);
        let text = why.to_string();
        assert!(matches!(why, Error::Usage(_)), "{text}");
        assert!(
            text.contains("P01/0, P01/1, P02/0") && text.contains("day, night") && text.contains("adults, children"),
            "{text}"
        );
    }
    let meta = runs(&[PathBuf::from(study.selected("P01/0"))]).expect("reads")[0].meta().expect("described").clone();
    assert_eq!(meta.participant.as_deref(), Some("P01"));
    assert_eq!((meta.cohort.as_deref(), meta.condition.as_deref()), (Some("adults"), Some("night")));
    assert_eq!((meta.session, meta.play, meta.practice), (Some(1), Some(0), Some(true)));
    // One cursor shows one play.
    let several = Cursor::open(&study.path, &CursorOptions::default()).expect_err("three plays").to_string();
    assert!(several.contains("3 plays") && several.contains("#P"), "{several}");
    let mut cursor = open(&study.selected("P01/1"));
    cursor.seek_row(0, 60).expect("a row");
    assert!(matches!(cursor.agreement().expect("compared"), Agreement::Agrees { .. }));
    assert_eq!(cursor.rows(0).expect("recorded"), plays[1].rows.len() as u64);
    let twice = [study.path.clone(), PathBuf::from(study.selected("P01/1"))];
    assert!(matches!(runs(&twice), Err(Error::Usage(_))), "a play is given twice");
    // A second session of a participant has a name of its own.
    let mut again = study.sit("P01", None, None);
    again.play(&study, "gridlab/four-rooms", 1, false);
    assert_eq!(names("P01"), ["P01/0", "P01/1", "P01/s2/0"]);
    assert_eq!(names("P01/s2"), ["P01/s2/0"]);
}

/// Every column of every table of items is covered: one changed value is found, and its item is named.
#[test]
fn a_changed_value_is_named() {
    let (study, _) = two_participants("reading-changed");
    let copy = study.path.with_file_name("copy.study.sqlite");
    let shown = copy.display().to_string();
    let mut changed = 0;
    for table in ITEM_TABLES {
        let select = format!("SELECT name, type FROM pragma_table_info('{table}')");
        let mut columns = study.connection.prepare(&select).expect("a table");
        let columns = columns.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        let columns: Vec<(String, String)> = columns.expect("columns").map(|column| column.expect("a column")).collect();
        let n = format!("SELECT n FROM {table} WHERE session = 1 ORDER BY n DESC LIMIT 1");
        let n: i64 = study.connection.query_row(&n, [], |row| row.get(0)).expect(table);
        for (column, kind) in columns.iter().filter(|(column, _)| column != "session") {
            let _ = std::fs::remove_file(&copy);
            copied(&study, &copy);
            let new = match (&kind[..], &column[..]) {
                (_, "n") => "1000000".to_string(),
                ("INTEGER", _) => format!("coalesce({column}, 0) + 1"),
                ("REAL", _) => format!("{column} + 0.5"),
                ("TEXT", _) => format!("coalesce({column}, '') || ' '"),
                _ => "x'00112233445566778899aabbccddeeff'".to_string(),
            };
            let connection = Connection::open(&copy).expect("opens");
            connection.execute_batch("PRAGMA foreign_keys = OFF").expect("set");
            let update = format!("UPDATE {table} SET {column} = {new} WHERE session = 1 AND n = {n}");
            assert_eq!(connection.execute(&update, []).expect(&update), 1, "{update}");
            drop(connection);
            let why = why(&shown);
            let text = why.to_string();
            assert!(matches!(why, Error::Data(_)), "{table}.{column}: {text}");
            let named = if column == "n" { format!("item {n} is missing") } else { format!("item {n} (table {table})") };
            // The last item of a session has no item after it that shows a gap.
            let named = text.contains(&named) || table == "events" && text.contains("its last items");
            assert!(named && text.contains("session 1") && text.starts_with(&shown), "{table}.{column}: {text}");
            changed += 1;
        }
    }
    assert_eq!(changed, 79, "columns of items");
}

/// Items that are missing, there twice, or of a play that never began; and values that a digest covers but a world cannot have.
#[test]
fn impossible_items_are_named() {
    let (study, _) = two_participants("reading-impossible");
    let copy = study.path.with_file_name("copy.study.sqlite");
    let changed = |sql: &str| {
        let _ = std::fs::remove_file(&copy);
        copied(&study, &copy);
        let connection = Connection::open(&copy).expect("opens");
        connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap_or_else(|why| panic!("{sql}: {why}"));
        why(&copy.display().to_string()).to_string()
    };
    let cases = [
        ("DELETE FROM steps WHERE session = 2 AND n = 20", "item 20 is missing"),
        ("DELETE FROM plays WHERE session = 2", "item 2 is missing"),
        ("DELETE FROM events WHERE session = 1 AND kind = 'ended'", "its last items"),
        ("INSERT INTO events VALUES(2, 5, 0, 0, 'note', NULL, zeroblob(16))", "item 5 is there twice"),
        ("INSERT INTO events VALUES(2, -5, 0, 0, 'note', NULL, zeroblob(16))", "number -5"),
        (
            "UPDATE participants SET participant = 'a b' WHERE participant = 'P02'; UPDATE sessions SET participant = 'a b' WHERE participant = 'P02'",
            "id is none",
        ),
        ("PRAGMA application_id = 7", "another program"),
        ("PRAGMA user_version = 2", "version 2"),
        ("DROP TABLE keys", "not those of a study"),
        ("ALTER TABLE steps DROP COLUMN facing", "not those of a study"),
    ];
    for (sql, expected) in cases {
        let text = changed(sql);
        assert!(text.contains(expected), "{sql}: {text}");
    }
    // Rows with right digests that a replay does not give, or that no world has.
    let step = |change: &dyn Fn(&mut explorarium::study::database::StepItem)| {
        let study = StudyFixture::new("reading-forged");
        let mut sitting = study.sit("P01", None, None);
        sitting.play(&study, "gridlab/four-rooms", 5, false);
        let mut row = sitting.game.as_ref().expect("play").row.clone();
        (row.step, row.action) = (1, Some(0));
        let mut item = explorarium::study::database::StepItem {
            play: 0,
            row,
            state: "{}".to_string(),
            key: None,
            cause: "none",
            shown_us: None,
            due_us: None,
            pressed_us: None,
            done_us: 0,
            stall_us: 0,
            played_us: 0,
        };
        change(&mut item);
        sitting.add(&study, ItemBody::Step(Box::new(item)));
        why(&study.whole()).to_string()
    };
    assert!(step(&|item| item.row.reward = 3.0).contains("first difference at instance 0, episode 1, step 1"));
    assert!(step(&|item| item.row.action = Some(99)).contains("action is 99"));
    assert!(step(&|item| item.row.step = 7).contains("rows are missing"));
    assert!(step(&|item| item.play = 3).contains("play 3, which has not begun"));
    assert!(step(&|item| item.state = "{\"a\": 1}".to_string()).contains("no column of this world"));
    assert!(step(&|item| item.state = "[]".to_string()).contains("no JSON object"));
    assert!(step(&|item| item.row.pose.x = 5000).contains("x is 5000"));
}

/// Whatever bytes a file has: an error that names it, and no panic.
#[test]
fn damaged_and_foreign_files_are_refused() {
    let (study, _) = two_participants("reading-damaged");
    let copy = study.path.with_file_name("copy.study.sqlite");
    copied(&study, &copy);
    let bytes = std::fs::read(&copy).expect("reads");
    let odd = study.path.with_file_name("odd.study.sqlite");
    let shown = odd.display().to_string();
    let refused = |bytes: &[u8], what: &str| {
        std::fs::write(&odd, bytes).expect("written");
        let why = why(&shown);
        assert!(matches!(why, Error::Data(_)) && why.to_string().starts_with(&shown), "{what}: {why:?}");
        why.to_string()
    };
    assert!(refused(&[], "empty").contains("empty"));
    assert!(refused(b"PAR1", "another kind").contains("no SQLite"));
    assert!(refused(&bytes[..16], "only its magic").contains(&shown));
    for share in 1..16 {
        refused(&bytes[..bytes.len() * share / 16], &format!("cut to {share}/16"));
    }
    // Single bytes: most are covered, some lie in what is free.
    let (mut caught, mut dice) = (0, explorarium::shaders::shared::keyed::Keyed::new([9, 9], 1, 1, 1));
    for _ in 0..200 {
        let mut changed = bytes.clone();
        use explorarium::shaders::shared::chance::Chance;
        let at = dice.randint(bytes.len() as u32) as usize;
        changed[at] ^= 1 << dice.randint(8);
        std::fs::write(&odd, &changed).expect("written");
        match verify(std::slice::from_ref(&odd)) {
            Ok(done) => assert_eq!(done.rows, verify(std::slice::from_ref(&copy)).expect("verifies").rows),
            Err(why) => {
                caught += 1;
                assert!(!matches!(why, Error::Limit(_)), "{why}");
            }
        }
    }
    assert!(caught > 100, "{caught}");
    let (code, _, err) = outcome(&["verify", &study.path.with_file_name("none.study.sqlite").display().to_string()]);
    assert_eq!(code, 1, "{err}");
}

/// Reading leaves a file as it is, and no file beside it: neither a file at rest, nor one with the log of a program that was killed.
#[test]
fn reading_changes_nothing() {
    let (study, plays) = two_participants("reading-untouched");
    let rows: u64 = plays.iter().map(|play| play.rows.len() as u64).sum();
    let beside = |path: &Path, ending: &str| PathBuf::from(format!("{}{ending}", path.display()));
    let folder = Folder::new("reading-untouched-copies");
    std::fs::create_dir_all(folder.join("killed")).expect("a folder");
    std::fs::create_dir_all(folder.join("rest")).expect("a folder");
    let contents = |name: &str| {
        let mut files: Vec<(PathBuf, Vec<u8>)> = std::fs::read_dir(folder.join(name))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            // What coordinates programs holds nothing of the study.
            .filter(|path| !path.display().to_string().ends_with("-shm"))
            .map(|path| (path.clone(), std::fs::read(path).expect("reads")))
            .collect();
        files.sort();
        files
    };
    // The log has all of it: nothing was moved into the file yet.
    let killed = PathBuf::from(folder.join("killed/a.study.sqlite"));
    for ending in ["", "-wal"] {
        std::fs::copy(beside(&study.path, ending), beside(&killed, ending)).expect("copied");
    }
    let rest = PathBuf::from(folder.join("rest/a.study.sqlite"));
    copied(&study, &rest);
    Connection::open(&rest).and_then(|connection| connection.pragma_update(None, "journal_mode", "wal")).expect("a log");
    for (name, path) in [("killed", killed), ("rest", rest)] {
        let before = contents(name);
        assert_eq!(before.len(), if name == "killed" { 2 } else { 1 }, "{name}");
        assert_eq!(verify(std::slice::from_ref(&path)).expect("verifies").rows, rows, "{name}");
        assert!(contents(name) == before, "{name}");
    }
}

/// A cursor follows play that goes on, in another connection, over a program start; and says when the records are erased.
#[test]
fn a_cursor_follows_play_that_goes_on() {
    let study = StudyFixture::new("reading-live");
    let mut sitting = study.sit("P01", None, None);
    sitting.play(&study, "crafter", 3, false);
    let path = study.selected("P01/0");
    let mut cursor = Cursor::open_first(Path::new(&path), &CursorOptions::default()).expect("opens");
    while cursor.read_more(1).expect("reads") {}
    assert_eq!(cursor.rows(0).expect("recorded"), 1);
    cursor.seek_row(0, 0).expect("a row");
    for round in 0..40u32 {
        if round == 20 {
            sitting.boot(&study, 1);
        }
        sitting.steps(&study, 1 + round % 17);
        // Items that are no rows come too.
        sitting.add(&study, ItemBody::Event { kind: "focus-lost", value: None });
        let known = cursor.rows(0).expect("recorded");
        let news = cursor.refresh().expect("follows");
        let all = sitting.game.as_ref().expect("play").rows.len() as u64;
        assert_eq!((news.rows, cursor.rows(0).expect("recorded")), (all - known, all));
        assert_eq!(cursor.refresh().expect("nothing new").rows, 0);
        let last = cursor.seek_row(0, all - 1).expect("a row");
        assert_eq!(last.row, all - 1);
        assert!(matches!(cursor.agreement().expect("compared"), Agreement::Agrees { .. }), "round {round}");
        assert_eq!(cursor.recorded().expect("recorded").batch().num_rows(), 1);
    }
    // What is read piece by piece is what is read at once.
    let whole = open(&path);
    assert_eq!(whole.episodes(0).expect("recorded"), cursor.episodes(0).expect("recorded"));
    cursor.wait_for_keyframes().expect("replays");
    for row in (0..whole.rows(0).expect("recorded")).rev().step_by(41) {
        cursor.seek_row(0, row).expect("a row");
        assert!(matches!(cursor.agreement().expect("compared"), Agreement::Agrees { .. }));
    }
    // An item that is changed behind the reader's back.
    let n = sitting.position.n;
    sitting.steps(&study, 1);
    study.sql(&format!("UPDATE keys SET code = 'KeyX' WHERE n = {}", n + 1));
    let changed = cursor.refresh().expect_err("changed").to_string();
    assert!(changed.contains(&format!("item {} (table keys)", n + 1)), "{changed}");
    study.sql(&format!("UPDATE keys SET code = 'Digit0' WHERE n = {}", n + 1));
    let tables: Vec<String> =
        ITEM_TABLES.iter().chain(&["boots", "sessions"]).map(|table| format!("DELETE FROM {table};")).collect();
    study.sql(&format!(
        "{} DELETE FROM assignments; DELETE FROM participants; INSERT INTO withdrawals VALUES('P01', '2026-01-02T00:00:00Z')",
        tables.concat()
    ));
    for gone in
        [cursor.refresh().map(|_| ()), cursor.recorded_rows(0, 300, 1).map(|_| ()), runs(&[PathBuf::from(&path)]).map(|_| ())]
    {
        let gone = gone.expect_err("erased").to_string();
        assert!(gone.contains("the records of P01 were erased"), "{gone}");
    }
}

/// What sessions record, also those that programs went on with, is read and replays.
#[test]
fn files_of_sessions_verify() {
    let mut list = play_stage("crafter-simple", real_time(200), steps(60));
    list.seeds = Seeds::List(vec![5, 3]);
    let mut practice = play_stage("MiniGrid-DoorKey-5x5-v0", PlayPace::WaitForKey { held: true }, steps(40));
    practice.practice = true;
    let plan = plan(vec![practice, play_stage("gridlab/noisy-tv", real_time(100), steps(40)), list]);
    let folder = Folder::new("reading-sessions");
    std::fs::create_dir_all(folder.join("")).expect("a folder");
    let (mut boots, path) = (0, PathBuf::from(folder.join("test.study.sqlite")));
    for (id, seed) in [("P01", 1), ("P02", 2), ("P03", 3)] {
        let (mut script, mut how) = (Scripted::new(seed, 0), EnterAs::New);
        loop {
            let entered = entered(&path, &plan, id, how).expect("entered");
            let mut session = Session::begin(&plan, entered, Clock::still(), wake()).expect("a session");
            (script.now, how, boots) = (0, EnterAs::Resume, boots + 1);
            let lasts = 1 + script.draw(150);
            let goes_on = (0..lasts).all(|_| script.act(&mut session));
            // The file is read while its program still has it open.
            verify(std::slice::from_ref(&path)).expect("verifies");
            if !goes_on || session.ended().is_some() {
                break;
            }
        }
    }
    let done = verify(std::slice::from_ref(&path)).expect("verifies");
    let checked = done.study.expect("a study");
    assert_eq!((checked.participants, checked.sessions, checked.plays, done.runs), (3, 3, 9, 9));
    assert!(boots > 5 && done.notes.is_empty() && done.uncovered.is_empty(), "{boots} {done:?}");
    let connection = read(&path);
    let counted: i64 = connection.query_row("SELECT count(*) FROM steps", [], |row| row.get(0)).expect("counts");
    assert_eq!(done.rows, counted.unsigned_abs());
    // Two seeds of a list are two instances of one play, and each row has a time that does not go back.
    let cursor = open(&format!("{}#P02/2", path.display()));
    let mut timeline = Timeline::default();
    cursor.timeline(&mut timeline).expect("reads");
    for instance in cursor.instances().collect::<Vec<_>>() {
        let times = &timeline.times[&instance];
        assert_eq!(times.len() as u64, cursor.rows(instance).expect("recorded"));
        assert!(times.is_sorted(), "{times:?}");
    }
    assert_eq!(timeline.times.len(), cursor.instances().count());
    assert!(timeline.items.iter().any(|item| matches!(item.happening, Happening::Key(_))));
}

/// Times of rows, keys and notes come with the rows that they belong to.
#[test]
fn times_and_keys_have_rows() {
    let (study, plays) = two_participants("reading-timeline");
    let mut timeline = Timeline::default();
    let cursor = open(&study.selected("P01/1"));
    assert!(cursor.timeline(&mut timeline).expect("reads"));
    assert!(!cursor.timeline(&mut timeline).expect("nothing new"));
    let rows = plays[1].rows.len() as u64;
    let times: Vec<u64> = (0..rows).map(|row| row * TICK).collect();
    assert_eq!(timeline.times[&0], times);
    let mut notes = Vec::new();
    let mut keys = Vec::new();
    for item in &timeline.items {
        match &item.happening {
            Happening::Key(code) => keys.push((item.row, code.clone())),
            Happening::Note { author, text } => notes.push((item.row, author.clone(), text.clone())),
        }
    }
    // Each key was pressed half a tick before the row that its action led to.
    let acted =
        plays[1].rows.iter().enumerate().filter_map(|(row, known)| Some((row as u64, format!("Digit{}", known.action? % 10))));
    assert_eq!(keys, acted.collect::<Vec<_>>());
    let note = |row: u64, author: &str, text: &str| (row, author.to_string(), text.to_string());
    assert_eq!(notes, [note(60, "experimenter", "looks at the cow"), note(80, "marker", "1")]);
    // After a program start the clock of the machine begins again, and time in play goes on.
    let mut timeline = Timeline::default();
    open(&study.selected("P02/0")).timeline(&mut timeline).expect("reads");
    let times = &timeline.times[&0];
    assert_eq!((times[30], times[31]), (30 * TICK, 101 * TICK));
    assert!(timeline.items.iter().any(|item| item.row == 31), "a key of the second program start");
    let run = Folder::new("reading-timeline-run");
    let path = crate::cursor::record(&run, "run", &["gridlab/four-rooms", "--num-envs", "1", "--steps", "20", "--record", "all"]);
    assert!(!open(&path).timeline(&mut timeline).expect("a run has none"));
}

/// The program reads study files with all its commands.
#[test]
fn commands_read_study_files() {
    let (study, _) = two_participants("reading-commands");
    let (code, out, err) = outcome(&["verify", &study.whole()]);
    assert!(code == 0 && out.contains("2 participants, 2 sessions") && out.contains("3 plays"), "{out}{err}");
    let (code, out, err) = outcome(&["verify", "--json", &study.selected("P01")]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|why| panic!("{why}: {out}{err}"));
    assert_eq!((code, &json["study"]["plays"], &json["study"]["sessions"]), (0, &2.into(), &1.into()));
    let groups = |args: &[&str]| {
        let (code, out, err) = outcome(&[&["measure", "--json", "-q"], args].concat());
        assert_eq!(code, 0, "{args:?}: {err}");
        let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        let names: std::collections::BTreeSet<String> = json["units"]
            .as_array()
            .expect("units")
            .iter()
            .map(|row| row["group"].as_str().expect("a name").to_string())
            .collect();
        (names.into_iter().collect::<Vec<_>>(), json["notes"].to_string())
    };
    let (names, notes) = groups(&[&study.whole()]);
    assert_eq!(names, ["adults", "children"]);
    assert!(notes.contains("1 plays of practice are left out"), "{notes}");
    assert_eq!(groups(&[&study.whole(), "--by", "participant"]).0, ["P01", "P02"]);
    assert_eq!(groups(&[&study.whole(), "--by", "condition"]).0, ["day", "night"]);
    assert_eq!(groups(&[&study.whole(), "--by", "run"]).0, ["P01/1", "P02/0"]);
    assert_eq!(groups(&[&study.selected("condition=night")]).0, ["adults"]);
    assert_eq!(groups(&[&format!("us={}", study.selected("condition=night"))]).0, ["us"]);
    assert_eq!(groups(&[&study.selected("practice"), "--by", "cohort"]).0, ["adults"]);
    // Practice was in another family of worlds.
    let (code, _, err) = outcome(&["measure", &study.whole(), "--practice"]);
    assert!(code != 0 && err.contains("one family"), "{err}");
    let (code, out, err) = outcome(&["map", "--measure", "visits", "--from", &study.whole(), "--json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|why| panic!("{why}: {out}{err}"));
    assert_eq!((code, &json["recorded_states"]), (0, &(81 + 61).into()), "{out}");
    let folder = Folder::new("reading-exported");
    std::fs::create_dir_all(folder.join("")).expect("a folder");
    let (parquet, picture) = (folder.join("a.parquet"), folder.join("a.png"));
    let (code, _, err) = outcome(&["export", &study.selected("P02/0"), "-o", &parquet]);
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = outcome(&["export", &study.selected("P02/0"), "--at", "10", "-o", &picture]);
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = outcome(&["export", &study.whole(), "-o", &folder.join("b.parquet")]);
    assert!(code == 2 && err.contains("3 plays"), "{err}");
}
