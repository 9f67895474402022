//! The study file: who may come in, lost power, full disks, files that are moved, foreign and newer files.

use std::fs;
use std::path::Path;

use explorarium::study::database::{EnterAs, SCHEMA_VERSION, connect, create, lock_folder};
use explorarium::study::session::{Clock, Screen, Session};

use super::harness::*;

fn small_plan() -> explorarium::study::plan::StudyPlan {
    plan(vec![play_stage("crafter-simple", real_time(100), steps(40))])
}

#[test]
fn one_program_at_a_time_writes_a_participant_and_others_write_others() {
    let (plan, folder) = (small_plan(), folder("lock"));
    let path = folder.join("a.study.sqlite");
    let first = entered(&path, &plan, "P01", EnterAs::New).expect("entered");
    for how in [EnterAs::New, EnterAs::Resume, EnterAs::Again] {
        let why = entered(&path, &plan, "P01", how).expect_err("in use");
        assert_eq!(why.exit_code(), 1);
        assert!(why.to_string().contains("P01 is playing"), "{why}");
    }
    let mut sessions: Vec<Session> = (2..6)
        .map(|k| {
            let entered = entered(&path, &plan, &format!("P{k:02}"), EnterAs::New).expect("entered");
            Session::begin(&plan, entered, Clock::still(), wake()).expect("a session")
        })
        .collect();
    std::thread::scope(|scope| {
        for (k, session) in sessions.iter_mut().enumerate() {
            scope.spawn(move || Scripted::new(k as u64, 0).play_to_the_end(session));
        }
    });
    drop(sessions);
    let connection = read(&path);
    integrity(&connection);
    for session in 2..6 {
        assert!(check_chain(&connection, session) > 50);
    }
    drop(first);
    let why = entered(&path, &plan, "P01", EnterAs::New).expect_err("unfinished").to_string();
    assert!(why.contains("--resume"), "{why}");
    assert!(entered(&path, &plan, "P01", EnterAs::Resume).is_ok());
    for odd in ["", "../x", "a b", "Ä", &"x".repeat(65)] {
        assert_eq!(entered(&path, &plan, odd, EnterAs::New).expect_err("odd").exit_code(), 2);
    }
    let names: Vec<String> = fs::read_dir(lock_folder(&path))
        .expect("locks")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.iter().all(|name| name.parse::<u32>().is_ok()), "no id of a person in a file name: {names:?}");
    fs::remove_dir_all(&folder).expect("removed");
}

/// Copies the study file as a computer would find it that lost its power: the database, and a part of the write-ahead log.
fn cut_copy(path: &Path, to: &Path, wal_bytes: u64) {
    let wal = |path: &Path| path.with_file_name(format!("{}-wal", path.file_name().expect("a name").to_string_lossy()));
    fs::copy(path, to).expect("copied");
    let bytes = fs::read(wal(path)).unwrap_or_default();
    fs::write(wal(to), &bytes[..bytes.len().min(wal_bytes as usize)]).expect("written");
}

#[test]
fn after_lost_power_all_that_was_acknowledged_is_there_and_the_session_goes_on() {
    let (plan, folder) = (small_plan(), folder("power"));
    let path = folder.join("a.study.sqlite");
    let wal = folder.join("a.study.sqlite-wal");
    let entered_once = entered(&path, &plan, "P01", EnterAs::New).expect("entered");
    let mut session = Session::begin(&plan, entered_once, Clock::still(), wake()).expect("a session");
    let mut script = Scripted::new(9, 0);
    // Number of items that were acknowledged, and the length of the log then. Nothing is moved into the database meanwhile.
    let mut acknowledged = Vec::new();
    while script.act(&mut session) {
        acknowledged.push((session.wait_until_written(PATIENCE).committed, fs::metadata(&wal).expect("a log").len()));
    }
    assert!(acknowledged.len() > 60);
    assert!(acknowledged.is_sorted_by_key(|(_, length)| *length), "nothing was moved into the database");
    let whole = acknowledged.last().expect("items").1;
    let cuts: Vec<u64> =
        (0..40).map(|_| script.draw(whole)).chain(acknowledged.iter().step_by(9).map(|(_, length)| *length)).collect();
    for (k, cut) in cuts.into_iter().enumerate() {
        let copy = folder.join(format!("copy-{k}.study.sqlite"));
        cut_copy(&path, &copy, cut);
        let must = acknowledged.iter().filter(|(_, length)| *length <= cut).map(|(n, _)| *n).max().unwrap_or(0);
        let Ok(connection) = connect(&copy) else {
            assert_eq!(must, 0, "cut at {cut}: nothing was there yet");
            continue;
        };
        integrity(&connection);
        let there = check_chain(&connection, 1) as u64;
        assert!(there >= must, "cut at {cut}: {there} items, {must} were acknowledged");
        drop(connection);
        if k % 8 == 0 && must > 0 {
            let again = entered(&copy, &plan, "P01", EnterAs::Resume).expect("entered");
            let mut session = Session::begin(&plan, again, Clock::still(), wake()).expect("it goes on");
            Scripted::new(1, 0).play_to_the_end(&mut session);
            drop(session);
            let connection = read(&copy);
            let steps: i64 = connection
                .query_row("SELECT count(*) FROM steps WHERE action IS NOT NULL", [], |row| row.get(0))
                .expect("a count");
            assert_eq!(steps, 40);
            check_chain(&connection, 1);
        }
    }
    drop(session);
    fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_file_that_is_moved_away_stops_the_play_until_it_is_back() {
    let (plan, folder) = (small_plan(), folder("moved"));
    let (path, away) = (folder.join("a.study.sqlite"), folder.join("b.study.sqlite"));
    let entered_once = entered(&path, &plan, "P01", EnterAs::New).expect("entered");
    let mut session = Session::begin(&plan, entered_once, Clock::still(), wake()).expect("a session");
    let mut script = Scripted::new(2, 0);
    while !matches!(session.screen(), Screen::Play(_)) {
        script.act(&mut session);
    }
    fs::rename(&path, &away).expect("moved");
    session.input(explorarium::study::session::Input::Marker, script.now);
    for _ in 0..200 {
        std::thread::sleep(std::time::Duration::from_millis(10));
        if matches!(session.screen(), Screen::Trouble { .. }) {
            break;
        }
    }
    let Screen::Trouble { details } = session.screen() else { panic!("nothing was noticed") };
    assert!(details.contains("a.study.sqlite"), "{details}");
    let before = session.written().committed;
    session.advance(script.now + 10_000_000);
    assert_eq!(session.written().committed, before);
    fs::rename(&away, &path).expect("moved back");
    let written = session.wait_until_written(PATIENCE);
    assert_eq!(written.trouble, None);
    script.now += 10_000_000;
    script.play_to_the_end(&mut session);
    drop(session);
    let connection = read(&path);
    check_chain(&connection, 1);
    let kinds: i64 = connection
        .query_row("SELECT count(*) FROM events WHERE kind IN ('storage-failed', 'storage-works')", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(kinds, 2);
    // The 10 seconds without the file are no time in play, and no step was due in them.
    let (played, skipped): (i64, i64) = connection
        .query_row("SELECT max(played_us), (SELECT count(*) FROM events WHERE kind = 'ticks-skipped') FROM steps", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a row");
    assert!(played < 9_000_000 && skipped == 0, "{played} us played, {skipped}");
    fs::remove_dir_all(&folder).expect("removed");
}

/// What the promises of the study file rest on.
#[test]
fn connections_flush_every_commit_and_overwrite_what_is_deleted() {
    let (plan, folder) = (small_plan(), folder("settings"));
    let path = folder.join("a.study.sqlite");
    drop(entered(&path, &plan, "P01", EnterAs::New).expect("entered"));
    let connection = connect(&path).expect("opened");
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).expect(name);
    assert_eq!(["synchronous", "foreign_keys", "secure_delete"].map(number), [2, 1, 1], "full, on, on");
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).expect("a mode");
    assert_eq!(mode, "wal");
    fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_mistyped_id_takes_no_place() {
    let (plan, folder) = (small_plan(), folder("mistyped"));
    let path = folder.join("a.study.sqlite");
    drop(entered(&path, &plan, "P01", EnterAs::New).expect("entered"));
    let why = entered(&path, &plan, "P10", EnterAs::Resume).expect_err("nobody").to_string();
    assert!(why.contains("P10 has not come yet"), "{why}");
    let places: i64 = read(&path).query_row("SELECT count(*) FROM assignments", [], |row| row.get(0)).expect("a count");
    assert_eq!(places, 1);
    fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn foreign_newer_and_damaged_files_are_refused_and_left_as_they_are() {
    let (plan, folder) = (small_plan(), folder("foreign"));
    let refused = |name: &str, why: &str| {
        let path = folder.join(name);
        let before = fs::read(&path).expect("a file");
        let error = entered(&path, &plan, "P01", EnterAs::New).expect_err(name);
        assert!(error.to_string().contains(why) && error.to_string().contains(name), "{error}");
        assert_eq!(fs::read(&path).expect("a file"), before, "{name} was changed");
        error.exit_code()
    };
    let other = rusqlite::Connection::open(folder.join("other.sqlite")).expect("a database");
    other.execute_batch("CREATE TABLE t(a); INSERT INTO t VALUES(1);").expect("a table");
    drop(other);
    assert_eq!(refused("other.sqlite", "another program"), 3);
    fs::write(folder.join("text.sqlite"), "no database at all, but long enough to look like one".repeat(100)).expect("written");
    assert_eq!(refused("text.sqlite", "not a study database"), 3);
    let newer = create(&folder.join("newer.study.sqlite"), "test").expect("created");
    newer.pragma_update(None, "user_version", SCHEMA_VERSION + 1).expect("set");
    newer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("moved");
    drop(newer);
    assert_eq!(refused("newer.study.sqlite", "newer version"), 3);
    drop(create(&folder.join("study.study.sqlite"), "another").expect("created"));
    assert_eq!(refused("study.study.sqlite", "holds the study 'another'"), 2);
    // A program that was killed while it created the file leaves an empty one.
    fs::write(folder.join("empty.study.sqlite"), "").expect("written");
    assert!(entered(&folder.join("empty.study.sqlite"), &plan, "P01", EnterAs::New).is_ok());
    fs::remove_dir_all(&folder).expect("removed");
}
