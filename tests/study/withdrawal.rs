//! Records that are erased are nowhere any more; where participants are.

use std::fs;

use explorarium::study::database::{EnterAs, ITEM_TABLES, connect, status, withdraw};
use explorarium::study::session::{Clock, Input, Screen, Session};

use super::harness::*;

/// Whether the bytes occur in a file of the folder, or in the name of one.
fn found_in(folder: &std::path::Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(found_in(&path, bytes));
            continue;
        }
        let content = fs::read(&path).expect("a file");
        let name = path.display().to_string();
        if content.windows(bytes.len()).any(|window| window == bytes) {
            found.push(name);
        }
    }
    found
}

/// A participant who writes `secret` into the survey and about whom the experimenter notes it.
fn take_part(path: &std::path::Path, plan: &explorarium::study::plan::StudyPlan, id: &str, secret: &str) {
    let entered = entered(path, plan, id, EnterAs::New).expect("entered");
    let mut session = Session::begin(plan, entered, Clock::still(), wake()).expect("a session");
    let mut script = Scripted::new(4, 0);
    let mut told = 0;
    loop {
        if told < 2
            && let Screen::Page(page) = session.screen()
            && page.stage.id == "survey"
        {
            // A first version of the answer is a record too.
            for text in [format!("{secret} draft"), secret.to_string()] {
                session.input(Input::Answer { index: 1, value: Some(serde_json::json!(text)) }, script.now);
                script.now += 2_000_000;
                session.advance(script.now);
            }
            session.input(Input::Note(format!("said {secret}")), script.now);
            told += 2;
        }
        if !script.act(&mut session) {
            return;
        }
    }
}

#[test]
fn what_is_erased_is_in_no_file_any_more_and_others_keep_theirs() {
    let plan = plan(vec![play_stage("crafter-simple", real_time(100), steps(60))]);
    let folder = folder("withdraw");
    let path = folder.join("a.study.sqlite");
    let secrets = ["my dog is called Umbra", "I live in Nowhere Street 7", "the third one"];
    for (k, secret) in secrets.iter().enumerate() {
        take_part(&path, &plan, &format!("P{k:02}"), secret);
        assert!(!found_in(&folder, secret.as_bytes()).is_empty(), "it is there before");
    }
    let export = folder.join("export");
    fs::create_dir(&export).expect("a folder");
    connect(&path)
        .expect("opened")
        .execute(
            "INSERT INTO exports(path, utc) VALUES(?1, 'now'), ('/nowhere/at/all', 'now')",
            [export.to_str().expect("a path")],
        )
        .expect("noted");
    let before = items(&read(&path), 2);
    let done = withdraw(&path, "P00").expect("erased");
    assert_eq!((done.sessions, done.exports), (1, vec![export]));
    assert!(done.items > 100);
    assert_eq!(found_in(&folder, secrets[0].as_bytes()), Vec::<String>::new());
    assert_eq!(fs::metadata(folder.join("a.study.sqlite-wal")).map_or(0, |about| about.len()), 0, "the log is empty");
    let connection = read(&path);
    integrity(&connection);
    for table in ITEM_TABLES.into_iter().chain(["boots", "sessions"]) {
        let left: i64 = connection
            .query_row(&format!("SELECT count(*) FROM {table} WHERE session = 1"), [], |row| row.get(0))
            .expect("a count");
        assert_eq!(left, 0, "{table}");
    }
    assert_eq!(items(&connection, 2), before);
    check_chain(&connection, 3);
    let names: Vec<String> = connection
        .prepare("SELECT participant FROM withdrawals")
        .expect("a table")
        .query_map([], |row| row.get(0))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("names");
    assert_eq!(names, ["P00"]);
    assert_eq!(withdraw(&path, "P00").expect("again").items, 0);
    let why = withdraw(&path, "P77").expect_err("nobody");
    assert!(why.exit_code() == 2 && why.to_string().contains("P01, P02"), "{why}");
    let why = entered(&path, &plan, "P00", EnterAs::New).expect_err("erased").to_string();
    assert!(why.contains("take another id"), "{why}");
    fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn who_plays_is_not_erased_and_the_status_says_where_all_are() {
    let plan = plan(vec![play_stage("crafter-simple", real_time(100), steps(60))]);
    let folder = folder("status");
    let path = folder.join("a.study.sqlite");
    take_part(&path, &plan, "P01", "x");
    let entered = entered(&path, &plan, "P02", EnterAs::New).expect("entered");
    let mut session = Session::begin(&plan, entered, Clock::still(), wake()).expect("a session");
    let mut script = Scripted::new(2, 0);
    while !matches!(session.screen(), Screen::Play(_)) {
        script.act(&mut session);
    }
    let why = withdraw(&path, "P02").expect_err("plays");
    assert!(why.to_string().contains("P02 is playing"), "{why}");
    let status = status(&path).expect("a status");
    let rows: Vec<_> = status
        .participants
        .iter()
        .map(|one| (one.participant.as_str(), one.state.as_str(), one.playing, one.stage.as_deref(), one.steps, one.answers))
        .collect();
    assert_eq!(rows, [("P01", "done", false, Some("end"), 60, 2), ("P02", "active", true, Some("play-0"), 0, 0)]);
    drop(session);
    fs::remove_dir_all(&folder).expect("removed");
}
