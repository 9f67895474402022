//! Sessions: what is recorded, the beat, keys, pages, going on after a crash.

use std::time::Duration;

use explorarium::study::database::EnterAs;
use explorarium::study::plan::{Ends, PlayPace, Seeds, StageKind};
use explorarium::study::session::{Clock, Input, PlayState, Screen, Session};
use rusqlite::types::Value as Sql;

use super::harness::*;

fn column(items: &[(String, Vec<Sql>)], table: &str, c: usize) -> Vec<Sql> {
    items.iter().filter(|(of, _)| of == table).map(|(_, values)| values[c].clone()).collect()
}

#[test]
fn a_whole_session_is_recorded_and_the_same_keys_give_the_same_items() {
    let plan = plan(vec![
        play_stage("crafter-simple", real_time(200), steps(60)),
        play_stage("MiniGrid-Empty-5x5-v0", PlayPace::WaitForKey { held: false }, steps(25)),
    ]);
    let run = || {
        let mut session = in_memory(&plan);
        Scripted::new(3, 0).play_to_the_end(&mut session);
        let connection = session.memory().expect("in memory");
        check_chain(connection, 1);
        integrity(connection);
        items(connection, 1)
    };
    let (one, other) = (run(), run());
    assert_eq!(one, other);
    let actions = column(&one, "steps", 8);
    assert_eq!(actions.iter().filter(|action| **action != Sql::Null).count(), 85);
    let stages: Vec<String> =
        one.iter().filter(|(of, _)| of == "stages").map(|(_, row)| format!("{:?} {:?}", row[5], row[6])).collect();
    assert_eq!(stages.len(), 2 * plan.stages.len() - 1, "the last page is entered, and left by its button: {stages:?}");
    assert_eq!(column(&one, "consents", 6), [Sql::Text("game".into()), Sql::Text("audio".into())]);
    assert_eq!(column(&one, "consents", 7), [Sql::Integer(1), Sql::Integer(0)]);
    assert_eq!(column(&one, "answers", 5), [Sql::Text("curious".into())]);
    assert!(column(&one, "events", 4).contains(&Sql::Text("ended".into())));
}

#[test]
fn ticks_keep_their_beat_and_nothing_is_skipped_in_silence() {
    let plan =
        plan(vec![play_stage("crafter-simple", real_time(200), Ends { time: Some(Duration::from_secs(60)), ..Ends::default() })]);
    let mut session = in_memory(&plan);
    let mut script = Scripted::new(1, 0);
    while !matches!(session.screen(), Screen::Play(_)) {
        script.act(&mut session);
    }
    let Screen::Play(play) = session.screen() else { panic!("no play") };
    assert_eq!(play.state, PlayState::Countdown(0));
    let begun = script.now;
    // The computer is away for 1.1 seconds after 20 steps.
    let mut away = false;
    while matches!(session.screen(), Screen::Play(_)) {
        session.clock().set(script.now);
        let next = session.advance(script.now).expect("something is due");
        let late = if !away && script.now >= begun + 4_000_000 { 1_100_000 } else { 0 };
        away |= late > 0;
        script.now = next.max(script.now) + late;
    }
    let items = items(session.memory().expect("in memory"), 1);
    let whole = |value: &Sql| if let Sql::Integer(n) = value { *n } else { panic!("{value:?}") };
    let due: Vec<i64> = column(&items, "steps", 20).iter().filter(|due| **due != Sql::Null).map(whole).collect();
    let skipped: Vec<Sql> = items
        .iter()
        .filter(|(of, row)| of == "events" && row[4] == Sql::Text("ticks-skipped".into()))
        .map(|(_, row)| row[5].clone())
        .collect();
    assert_eq!(skipped, [Sql::Text("5".into())]);
    // The last picture of an episode takes the time of four steps.
    let resets = column(&items, "steps", 8).iter().filter(|action| **action == Sql::Null).count() as i64 - 1;
    assert_eq!(due.len() as i64 + 5 + 4 * resets, 300 - 1, "60 s at 5 a second; the tick at the very end is not taken");
    assert!(due.iter().all(|due| (due - begun as i64) % 200_000 == 0), "the beat is that of the first step");
}

#[test]
fn pauses_do_not_count_and_keys_that_are_down_are_released() {
    let plan =
        plan(vec![play_stage("crafter-simple", real_time(200), Ends { time: Some(Duration::from_secs(10)), ..Ends::default() })]);
    let mut session = in_memory(&plan);
    let mut script = Scripted::new(1, 0);
    while !matches!(session.screen(), Screen::Play(_)) {
        script.act(&mut session);
    }
    let begun = script.now;
    let go = |session: &mut Session, to: u64| {
        let mut now = session.clock().now_us();
        while let Some(next) = session.advance(now).filter(|next| *next <= to) {
            now = next.max(now);
            session.clock().set(now);
        }
        session.clock().set(to);
    };
    go(&mut session, begun);
    let key = |down| Input::Key { code: "KeyB".into(), down, repeated: false };
    session.input(key(true), begun + 50_000);
    go(&mut session, begun + 1_100_000);
    session.input(Input::Focus(false), begun + 1_100_000);
    go(&mut session, begun + 60_000_000);
    assert!(matches!(session.screen(), Screen::Play(play) if play.state == PlayState::Paused && play.pressed.is_empty()));
    session.input(Input::Focus(true), begun + 60_000_000);
    session.input(Input::Resume, begun + 61_000_000);
    go(&mut session, begun + 80_000_000);
    let items = items(session.memory().expect("in memory"), 1);
    let causes = column(&items, "steps", 18);
    let count = |cause: &str| causes.iter().filter(|value| **value == Sql::Text(cause.into())).count();
    assert_eq!((count("press"), count("held")), (1, 4), "{causes:?}");
    // 5 before the pause; after it 8.9 s are left. The last picture of an episode takes the time of four steps.
    assert_eq!(count("none") + 4 * (count("reset") - 1), 44);
    let played = column(&items, "steps", 24);
    let last = played.last().expect("steps");
    assert_eq!(*last, Sql::Integer(1_100_000 + 44 * 200_000));
}

#[test]
fn without_consent_nothing_goes_on_and_a_refusal_is_all_that_is_recorded() {
    let plan = plan(vec![play_stage("crafter-simple", real_time(200), steps(5))]);
    let mut session = in_memory(&plan);
    session.input(Input::Next, 10);
    let Screen::Page(page) = session.screen() else { panic!("a page") };
    assert_eq!((page.stage.id.as_str(), page.missing), ("consent", 1));
    session.input(Input::Box { index: 1, given: true }, 20);
    session.input(Input::Decline, 30);
    assert!(matches!(session.screen(), Screen::Closed));
    let connection = session.memory().expect("in memory");
    let items = items(connection, 1);
    assert_eq!(column(&items, "consents", 7), [Sql::Integer(0), Sql::Integer(0)]);
    assert!(column(&items, "steps", 0).is_empty() && column(&items, "keys", 0).is_empty());
    let state: (String, String) = connection
        .query_row("SELECT sessions.state, assignments.state FROM sessions JOIN assignments USING(participant)", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a session");
    assert_eq!(state, ("declined".to_string(), "freed".to_string()));
}

#[test]
fn worlds_of_a_list_of_seeds_are_those_of_the_seeds() {
    let ends = Ends { episodes: Some(4), ..Ends::default() };
    let mut stage = play_stage("MiniGrid-Empty-Random-5x5-v0", PlayPace::WaitForKey { held: false }, ends);
    stage.seeds = Seeds::List(vec![90, 11, 40]);
    let plan = plan(vec![stage]);
    let mut session = in_memory(&plan);
    Scripted::new(5, 0).play_to_the_end(&mut session);
    let items = items(session.memory().expect("in memory"), 1);
    let begun: Vec<(Sql, Sql)> = items
        .iter()
        .filter(|(of, row)| of == "steps" && row[8] == Sql::Null)
        .map(|(_, row)| (row[7].clone(), row[5].clone()))
        .collect();
    let pair = |instance, episode| (Sql::Integer(instance), Sql::Integer(episode));
    assert_eq!(begun, [pair(79, 1), pair(0, 1), pair(29, 1), pair(79, 2)]);
}

/// Ends the session at every kind of place, and goes on with it in another program.
#[test]
fn a_session_goes_on_where_it_stopped() {
    let mut list = play_stage("crafter-simple", real_time(200), steps(80));
    list.seeds = Seeds::List(vec![5, 3]);
    let plan = plan(vec![
        play_stage("crafter-simple", real_time(100), steps(70)),
        play_stage("MiniGrid-Empty-5x5-v0", PlayPace::WaitForKey { held: true }, steps(90)),
        list,
    ]);
    let folder = folder("resume");
    let mut places = std::collections::BTreeSet::new();
    for seed in 0..12 {
        let path = folder.join(format!("{seed}.study.sqlite"));
        let mut script = Scripted::new(seed, 0);
        let mut how = EnterAs::New;
        loop {
            let entered = entered(&path, &plan, "P01", how).expect("entered");
            how = EnterAs::Resume;
            let mut session = Session::begin(&plan, entered, Clock::still(), wake()).expect("a session");
            script.now = 0;
            let lasts = 1 + script.draw(120);
            if (0..lasts).all(|_| script.act(&mut session)) {
                places.insert(match session.screen() {
                    Screen::Page(page) => page.stage.id.clone(),
                    Screen::Play(play) => play.stage.id.clone(),
                    _ => String::new(),
                });
            } else {
                break;
            }
            if session.ended().is_some() {
                break;
            }
        }
        let connection = read(&path);
        check_chain(&connection, 1);
        integrity(&connection);
        let count = |query: &str| connection.query_row(query, [], |row| row.get::<_, i64>(0)).expect("a count");
        assert_eq!(count("SELECT count(*) FROM steps WHERE action IS NOT NULL"), 240);
        assert_eq!(count("SELECT count(*) FROM plays"), 3);
        assert_eq!(count("SELECT count(*) FROM sessions WHERE state = 'done'"), 1);
        // Time in play goes on over the programs.
        assert_eq!(
            count(
                "SELECT count(*) FROM (SELECT played_us < lag(played_us) OVER (PARTITION BY play ORDER BY n) AS back FROM steps) WHERE back"
            ),
            0
        );
        let why = entered(&path, &plan, "P01", EnterAs::New).expect_err("took part").to_string();
        assert!(why.contains("--again"), "{why}");
    }
    assert!(places.len() >= 5, "ended at {places:?}");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn stopping_for_good_asks_and_shows_the_last_page() {
    let plan = plan(vec![play_stage("crafter-simple", real_time(200), steps(500))]);
    let mut session = in_memory(&plan);
    let mut script = Scripted::new(1, 0);
    while !matches!(session.screen(), Screen::Play(play) if play.state == PlayState::Running) {
        script.act(&mut session);
    }
    session.input(Input::Key { code: "Escape".into(), down: true, repeated: false }, script.now);
    session.input(Input::Stop, script.now);
    assert!(matches!(session.screen(), Screen::Play(play) if play.state == PlayState::Stopping));
    session.input(Input::StopForGood(false), script.now);
    assert!(matches!(session.screen(), Screen::Play(play) if play.state == PlayState::Paused));
    session.input(Input::Stop, script.now);
    session.input(Input::StopForGood(true), script.now);
    let Screen::Page(page) = session.screen() else { panic!("a page") };
    assert!(matches!(page.stage.kind, StageKind::End));
    assert_eq!(session.ended(), Some("stopped"));
    session.input(Input::Next, script.now);
    assert!(matches!(session.screen(), Screen::Closed));
    let states = items(session.memory().expect("in memory"), 1);
    assert_eq!(column(&states, "events", 5).iter().filter(|value| **value == Sql::Text("stopped".into())).count(), 1);
}

/// What an experimenter does is recorded and has its effect.
#[test]
fn an_experimenter_marks_writes_and_ends_stages() {
    let ends = Ends { episodes: Some(50), ..Ends::default() };
    let stage = || play_stage("MiniGrid-Empty-5x5-v0", PlayPace::WaitForKey { held: false }, ends);
    let plan = plan(vec![stage(), stage()]);
    let mut session = in_memory(&plan);
    let mut script = Scripted::new(1, 0);
    while !matches!(session.screen(), Screen::Play(play) if play.state == PlayState::Running) {
        script.act(&mut session);
    }
    session.input(Input::Marker, script.now);
    session.input(Input::Note("laughs".to_string()), script.now);
    session.input(Input::StopAfterEpisode, script.now);
    while matches!(session.screen(), Screen::Play(play) if play.stage.id == "play-0") {
        script.act(&mut session);
    }
    let items_of = |session: &Session| items(session.memory().expect("in memory"), 1);
    let steps = items_of(&session);
    let ended = steps.iter().filter(|(of, row)| of == "steps" && (row[10] == Sql::Integer(1) || row[11] == Sql::Integer(1)));
    assert_eq!(ended.count(), 1, "the episode was played to its end, and no other");
    session.input(Input::EndStage, script.now);
    let Screen::Page(page) = session.screen() else { panic!("a page") };
    assert_eq!(page.stage.id, "break");
    let items = items_of(&session);
    let why: Vec<Sql> = items
        .iter()
        .filter(|(of, row)| of == "stages" && row[5] != Sql::Text("consent".into()))
        .map(|(_, row)| row[7].clone())
        .collect();
    assert_eq!(why.iter().filter(|why| **why == Sql::Text("experimenter".into())).count(), 2, "{why:?}");
    assert_eq!(column(&items, "annotations", 8), [Sql::Text("laughs".into())]);
    assert!(column(&items, "events", 4).contains(&Sql::Text("marker".into())));
}

/// An answer is written a second after it was given; whoever closes the window earlier loses nothing.
#[test]
fn answers_are_kept_when_the_window_closes() {
    let plan = plan(Vec::new());
    for input in [Input::Close, Input::EndStage] {
        let mut session = in_memory(&plan);
        let mut script = Scripted::new(1, 0);
        while !matches!(session.screen(), Screen::Page(page) if page.stage.id == "survey") {
            script.act(&mut session);
        }
        session.input(Input::Answer { index: 1, value: Some(serde_json::json!("because")) }, script.now);
        session.input(input, script.now + 10);
        let items = items(session.memory().expect("in memory"), 1);
        assert_eq!(column(&items, "answers", 6), [Sql::Text("\"because\"".into())]);
    }
}
