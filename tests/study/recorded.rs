//! Study files with play by script, for tests of what reads them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use explorarium::envs::{ColumnKind, Options, World, load};
use explorarium::sim::{Levels, Replay, Row, Worlds};
use explorarium::study::database::{Item, ItemBody, ItemDigest, Position, StepItem, create, insert};
use explorarium::traces::Meta;
use rusqlite::Connection;
use serde_json::{Map, Value};

use crate::files::Folder;

/// Time between two steps, in microseconds.
pub const TICK: u64 = 200_000;

/// A study file that is being written.
pub struct StudyFixture {
    pub path: PathBuf,
    pub connection: Connection,
    _folder: Folder,
}

/// A session that goes on, with its clock and its play.
pub struct Sitting {
    pub position: Position,
    pub clock: u64,
    plays: u32,
    pub game: Option<Playing>,
}

/// A play that goes on.
pub struct Playing {
    pub play: u32,
    pub replay: Replay,
    pub row: Row,
    /// All rows so far.
    pub rows: Vec<Row>,
    pub world: Arc<dyn World>,
    pub meta: Meta,
}

impl StudyFixture {
    pub fn new(name: &str) -> StudyFixture {
        let folder = Folder::new(name);
        std::fs::create_dir_all(folder.join("")).expect("a folder");
        let path = PathBuf::from(folder.join("some.study.sqlite"));
        let connection = create(&path, "some").expect("a study file");
        let plan = "INSERT INTO plans(plan, sha256, text, added_utc) VALUES(1, '00', '', '2026-01-01T00:00:00Z')";
        connection.execute(plan, []).expect("a plan");
        StudyFixture { path, connection, _folder: folder }
    }

    /// The path of what a selector selects.
    pub fn selected(&self, selector: &str) -> String {
        format!("{}#{selector}", self.path.display())
    }

    pub fn whole(&self) -> String {
        self.path.display().to_string()
    }

    pub fn sql(&self, text: &str) {
        self.connection.execute_batch(text).unwrap_or_else(|why| panic!("{text}: {why}"));
    }

    /// A participant sits down.
    pub fn sit(&self, participant: &str, cohort: Option<&str>, condition: Option<&str>) -> Sitting {
        let utc = "2026-01-01T00:00:00Z";
        let known = "INSERT INTO participants VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING";
        self.connection.execute(known, (participant, cohort, utc)).expect("a participant");
        let assign = "INSERT INTO assignments SELECT ?1, count(*) + 1, ?2, 0, 'held' FROM assignments WHERE true \
                      ON CONFLICT(participant) DO NOTHING";
        self.connection.execute(assign, (participant, condition)).expect("a condition");
        let session = "INSERT INTO sessions(participant, plan, opened_utc, state) VALUES(?1, 1, ?2, 'active')";
        self.connection.execute(session, (participant, utc)).expect("a session");
        let session = self.connection.last_insert_rowid();
        let position = Position { session, boot: 0, n: 0, digest: ItemDigest::default() };
        let mut sitting = Sitting { position, clock: 0, plays: 0, game: None };
        sitting.boot(self, 0);
        let body = ItemBody::Stage { stage: 0, id: "play".to_string(), what: "entered", why: None };
        sitting.add(self, body);
        sitting
    }
}

impl Sitting {
    /// The program starts again.
    pub fn boot(&mut self, study: &StudyFixture, boot: u32) {
        let boots = "INSERT INTO boots(session, boot, opened_utc, program, system, clock_step_ns) VALUES(?1, ?2, '', '', '', 1)";
        study.connection.execute(boots, (self.position.session, boot)).expect("a boot");
        (self.position.boot, self.clock) = (boot, 0);
    }

    pub fn add(&mut self, study: &StudyFixture, body: ItemBody) {
        self.add_at(study, self.clock, body);
    }

    pub fn add_at(&mut self, study: &StudyFixture, at_us: u64, body: ItemBody) {
        let mut connection = Connection::open(&study.path).expect("opens");
        connection.busy_timeout(std::time::Duration::from_secs(5)).expect("waits");
        self.position = insert(&mut connection, &[Item { at_us, body }], &self.position).expect("committed");
    }

    /// Begins a play in a world, with its first episode.
    pub fn play(&mut self, study: &StudyFixture, id: &str, seed: i64, practice: bool) {
        let world = load(id, &Options::default()).expect("a world");
        let levels = Arc::new(Levels::new(&*world, Worlds::Fresh, seed).expect("levels"));
        let mut replay = Replay::new(world.clone(), levels, seed, 0);
        let row = replay.reset(None).expect("an episode");
        let meta = Meta {
            format: 1,
            program: "0".to_string(),
            id: world.spec().id.clone(),
            toml: world.spec().toml.clone(),
            seed,
            reset: "off".to_string(),
            worlds: "fresh".to_string(),
            agent: "human".to_string(),
            num_envs: Some(1),
            recorded: Some("0".to_string()),
            ..Meta::default()
        };
        let play = self.plays;
        self.plays += 1;
        let json = serde_json::to_string(&meta).expect("JSON");
        self.add(study, ItemBody::Play { play, stage: 0, practice, meta: json });
        self.game = Some(Playing { play, replay, row, rows: Vec::new(), world, meta });
        self.put_row(study, None, "reset");
    }

    /// Presses a key and takes the action of it; after the end of an episode the next one begins.
    pub fn step(&mut self, study: &StudyFixture, action: u32) {
        let game = self.game.as_mut().expect("play");
        let over = game.row.terminated || game.row.truncated;
        game.row = if over { game.replay.reset(None) } else { game.replay.step(action) }.expect("steps");
        if over {
            self.clock += TICK;
            return self.put_row(study, None, "reset");
        }
        let code = format!("Digit{}", action % 10);
        let pressed = self.clock + TICK / 2;
        self.add_at(study, pressed, ItemBody::Key { code: code.clone(), down: true, repeated: false });
        self.clock += TICK;
        self.put_row(study, Some(code.clone()), "press");
        self.add_at(study, self.clock + TICK / 4, ItemBody::Key { code, down: false, repeated: false });
    }

    /// Takes steps with actions that differ.
    pub fn steps(&mut self, study: &StudyFixture, n: u32) {
        let actions = self.game.as_ref().expect("play").world.spec().num_actions();
        (0..n).for_each(|k| self.step(study, (k * k + 3 * k) / 2 % actions));
    }

    fn put_row(&mut self, study: &StudyFixture, key: Option<String>, cause: &'static str) {
        let game = self.game.as_mut().expect("play");
        game.rows.push(game.row.clone());
        let step = StepItem {
            play: game.play,
            state: state_of(&*game.world, &game.row),
            row: game.row.clone(),
            key,
            cause,
            shown_us: Some(self.clock),
            due_us: Some(self.clock),
            pressed_us: None,
            done_us: self.clock,
            stall_us: 0,
            played_us: self.clock + u64::from(self.position.boot) * 100 * TICK,
        };
        self.add(study, ItemBody::Step(Box::new(step)));
    }

    /// The session ends.
    pub fn end(&mut self, study: &StudyFixture) {
        self.add(study, ItemBody::Event { kind: "ended", value: Some("done".to_string()) });
    }
}

/// The columns of a world as JSON.
fn state_of(world: &dyn World, row: &Row) -> String {
    let columns = world.spec().columns.iter().zip(&row.columns).enumerate();
    let value = |(c, (column, word)): (usize, (&explorarium::envs::Column, &u32))| {
        let value = match column.kind {
            ColumnKind::I32 => Value::from(word.cast_signed()),
            ColumnKind::Bool => Value::from(*word != 0),
            ColumnKind::F32 => Value::from(f64::from(f32::from_bits(*word))),
            ColumnKind::Text => Value::from(world.text(c, *word)),
            _ => Value::from(*word),
        };
        (column.name.clone(), value)
    };
    Value::Object(columns.map(value).collect::<Map<_, _>>()).to_string()
}

/// A study with two participants: `P01`, an adult by night, practised and played; `P02`, a child by day, played.
pub fn two_participants(name: &str) -> (StudyFixture, Vec<Playing>) {
    let study = StudyFixture::new(name);
    let mut plays = Vec::new();
    let mut one = study.sit("P01", Some("adults"), Some("night"));
    one.play(&study, "gridlab/four-rooms", 5, true);
    one.steps(&study, 12);
    plays.extend(one.game.take());
    one.play(&study, "crafter", 7, false);
    one.steps(&study, 60);
    let note = "looks at the cow".to_string();
    one.add(&study, ItemBody::Annotation { place: Some((1, 1, 60)), author: "experimenter", text: note });
    one.steps(&study, 20);
    one.add(&study, ItemBody::Event { kind: "marker", value: Some("1".to_string()) });
    let answer = ItemBody::Answer { stage: 1, question: "age".to_string(), value: "31".to_string(), revision: 0 };
    one.add(&study, answer);
    study.sql("INSERT INTO texts VALUES('ab', 'a text')");
    let (text, language, consent_box) = ("ab".to_string(), "en".to_string(), "all".to_string());
    one.add(&study, ItemBody::Consent { text, language, consent_box, given: true });
    one.end(&study);
    plays.extend(one.game.take());
    let mut two = study.sit("P02", Some("children"), Some("day"));
    two.play(&study, "crafter", 8, false);
    two.steps(&study, 30);
    two.boot(&study, 1);
    two.steps(&study, 30);
    plays.extend(two.game.take());
    (study, plays)
}

/// Copies a study file with what is still in its log.
pub fn copied(study: &StudyFixture, to: &Path) {
    study.connection.execute("VACUUM INTO ?1", [to.display().to_string()]).expect("copied");
}
