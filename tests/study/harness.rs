//! A small plan, a scripted participant, and what a study file holds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use explorarium::envs::{Options, load};
use explorarium::study::database::{
    Boot, EnterAs, Entered, ITEM_TABLES, ItemDigest, Who, connect_to_read, create_in_memory, digest_of, enter, enter_in_memory,
};
use explorarium::study::plan::{
    ConsentBox, Ends, InstructionPage, PlayPace, PlayStage, Question, QuestionKind, Seeds, ShownParts, Stage, StageKind,
    StudyPlan, Text,
};
use explorarium::study::session::{Clock, Input, PlayState, Screen, Session};
use rusqlite::types::Value as Sql;

/// How long a test waits for a commit.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A stage of play in `env`.
pub fn play_stage(env: &str, pace: PlayPace, ends: Ends) -> PlayStage {
    let world = load(env, &Options::default()).expect("a world");
    let actions = world.spec().action_names.clone();
    let letters = "ABCDEFGHIJKLMNOPQ".chars();
    PlayStage {
        practice: false,
        env: env.to_string(),
        ruleset: world.spec().toml.clone(),
        keys: actions.iter().zip(letters).map(|(_, letter)| vec![format!("Key{letter}")]).collect(),
        colors: vec![None; actions.len()],
        labels: vec![Text::default(); actions.len()],
        actions,
        seeds: Seeds::Fixed(7),
        ends,
        pace,
        shown: ShownParts::default(),
        countdown: 0,
    }
}

pub fn stage(id: &str, kind: StageKind) -> Stage {
    Stage { id: id.to_string(), only: Vec::new(), title: Text::plain(id), text: Text::default(), kind }
}

/// A plan with every kind of stage around `plays`.
pub fn plan(plays: Vec<PlayStage>) -> StudyPlan {
    let consent = |id: &str, required| ConsentBox { id: id.into(), label: Text::plain(id), about: Text::default(), required };
    let question = |id: &str, required, kind| Question { id: id.into(), label: Text::plain(id), required, kind };
    let page = || InstructionPage { title: Text::plain("How"), text: Text::plain("Move."), picture: None };
    let mut stages = vec![
        stage("consent", StageKind::Consent(vec![consent("game", true), consent("audio", false)])),
        stage("instructions", StageKind::Instructions(vec![page(), page()])),
    ];
    stages.extend(plays.into_iter().enumerate().map(|(k, play)| stage(&format!("play-{k}"), StageKind::Play(Box::new(play)))));
    let scale = QuestionKind::Scale { min: 1, max: 7, low: Text::default(), high: Text::default() };
    stages.push(stage("break", StageKind::Break(Duration::from_secs(3))));
    stages.push(stage(
        "survey",
        StageKind::Survey(vec![question("curious", true, scale), question("why", false, QuestionKind::Text { lines: true })]),
    ));
    stages.push(stage("end", StageKind::End));
    let source = format!("{stages:?}");
    StudyPlan { name: "test".into(), languages: vec!["en".into()], stages, source, ..StudyPlan::default() }
}

pub fn who(id: &str) -> Who {
    Who { participant: id.to_string(), cohort: None }
}

pub fn wake() -> explorarium::study::database::Wake {
    Arc::new(|| ())
}

/// A session in memory, on a clock that stands still.
pub fn in_memory(plan: &StudyPlan) -> Session {
    let connection = create_in_memory(&plan.name).expect("memory");
    let entered = enter_in_memory(connection, plan, &who("P01"), &Boot::default()).expect("entered");
    Session::begin(plan, entered, Clock::still(), wake()).expect("a session")
}

pub fn entered(path: &Path, plan: &StudyPlan, id: &str, how: EnterAs) -> explorarium::Result<Entered> {
    enter(path, plan, &who(id), how, &Boot::default())
}

/// A participant who does at each time what a number decides.
pub struct Scripted {
    pub now: u64,
    random: u64,
}

impl Scripted {
    pub fn new(seed: u64, now: u64) -> Scripted {
        Scripted { now, random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 }
    }

    pub fn draw(&mut self, n: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % n
    }

    fn input(&mut self, session: &mut Session, input: Input) {
        session.clock().set(self.now);
        session.input(input, self.now);
    }

    fn key(&mut self, session: &mut Session) {
        let code = format!("Key{}", char::from(b'A' + self.draw(13) as u8));
        let down = self.draw(3) > 0;
        self.input(session, Input::Key { code, down, repeated: false });
    }

    /// Lets one thing happen, and waits until all of it is written. Returns false when the session is over.
    pub fn act(&mut self, session: &mut Session) -> bool {
        session.clock().set(self.now);
        let next = session.advance(self.now);
        session.wait_until_written(PATIENCE);
        match session.screen() {
            Screen::Closed => return false,
            Screen::Trouble { details } => panic!("{details}"),
            Screen::Page(page) => {
                self.now += 50_000 + self.draw(200_000);
                match &page.stage.kind {
                    StageKind::Consent(_) => self.input(session, Input::Box { index: 0, given: true }),
                    StageKind::Survey(_) => {
                        let value = Some(serde_json::json!(1 + self.draw(7)));
                        self.input(session, Input::Answer { index: 0, value });
                    }
                    _ => {}
                }
                self.input(session, Input::Next);
            }
            Screen::Play(play) => match play.state {
                PlayState::Running => {
                    session.presented(play.number, self.now + 1_000);
                    if self.draw(2) == 0 {
                        self.now += self.draw(60_000);
                        self.key(session);
                    } else {
                        self.now = next.map_or(self.now + 10_000, |next| next.max(self.now));
                    }
                }
                PlayState::Countdown(_) => self.now = next.unwrap_or(self.now + 1_000),
                PlayState::Paused | PlayState::Stopping => self.input(session, Input::Resume),
            },
        }
        session.wait_until_written(PATIENCE);
        true
    }

    pub fn play_to_the_end(&mut self, session: &mut Session) {
        for _ in 0..200_000 {
            if !self.act(session) {
                return;
            }
        }
        panic!("no end");
    }
}

/// All items of a session in order: the table, and the values of the columns.
pub fn items(connection: &rusqlite::Connection, session: i64) -> Vec<(String, Vec<Sql>)> {
    let mut items: BTreeMap<i64, (String, Vec<Sql>)> = BTreeMap::new();
    for table in ITEM_TABLES {
        let mut select = connection.prepare(&format!("SELECT * FROM {table} WHERE session = ?1")).expect("a table");
        let n_columns = select.column_count();
        let mut rows = select.query([session]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let values: Vec<Sql> = (0..n_columns).map(|c| row.get(c).expect("a value")).collect();
            let Sql::Integer(n) = values[1] else { panic!("no number") };
            assert!(items.insert(n, (table.to_string(), values)).is_none(), "{n} twice");
        }
    }
    items.into_values().collect()
}

/// Checks numbers and digests of all items. Returns how many there are.
pub fn check_chain(connection: &rusqlite::Connection, session: i64) -> usize {
    let items = items(connection, session);
    let mut digest = ItemDigest::default();
    for (k, (table, values)) in items.iter().enumerate() {
        assert_eq!(values[1], Sql::Integer(k as i64 + 1), "numbers have no gap");
        let (last, row) = values.split_last().expect("a digest");
        digest = digest_of(&digest, table, row);
        assert_eq!(*last, Sql::Blob(digest.to_vec()), "item {} of {table}", k + 1);
    }
    items.len()
}

pub fn integrity(connection: &rusqlite::Connection) {
    let said: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(said, "ok");
}

pub fn read(path: &Path) -> rusqlite::Connection {
    connect_to_read(path).expect("a study file")
}

pub fn real_time(ms: u64) -> PlayPace {
    PlayPace::RealTime { period: Duration::from_millis(ms) }
}

pub fn steps(n: u64) -> Ends {
    Ends { steps: Some(n), ..Ends::default() }
}

/// A folder of its own for a test.
pub fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("explorarium-study-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
