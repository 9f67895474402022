//! Items: what a session records, one by one and in order.

use rusqlite::types::Value as Sql;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// The digest of an item: the first bytes of SHA-256 over it and the digest of the item before.
pub type ItemDigest = [u8; 16];

/// Kind of the last event of a session. Its value is the state of the session then.
pub const ENDED: &str = "ended";
/// State of a session that went to the end of the plan.
pub const DONE: &str = "done";
/// State of a session whose participant did not agree.
pub const DECLINED: &str = "declined";
/// State of a session that the participant ended early.
pub const STOPPED: &str = "stopped";
/// State of a session that is not over.
pub const ACTIVE: &str = "active";

/// What is recorded, with its time in microseconds of the boot's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// When it happened.
    pub at_us: u64,
    /// What happened.
    pub body: ItemBody,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemBody {
    /// A stage was entered or left.
    Stage {
        /// Index of the stage in the plan.
        stage: usize,
        /// Its id.
        id: String,
        /// `entered` or `left`.
        what: &'static str,
        /// Why it was left.
        why: Option<&'static str>,
    },
    /// Play began.
    Play {
        /// Number of the play in the session, from 0.
        play: u32,
        /// Index of the stage in the plan.
        stage: usize,
        /// Whether it is practice.
        practice: bool,
        /// What a trace says of its run, as JSON.
        meta: String,
    },
    /// A row of play.
    Step(Box<StepItem>),
    /// A key went down or up.
    Key {
        /// Physical position.
        code: String,
        /// Down or up.
        down: bool,
        /// Whether the desktop repeated it.
        repeated: bool,
    },
    /// Anything else that happened.
    Event {
        /// What it is.
        kind: &'static str,
        /// Details.
        value: Option<String>,
    },
    /// A question was answered.
    Answer {
        /// Index of the stage in the plan.
        stage: usize,
        /// Id of the question.
        question: String,
        /// The answer, as JSON.
        value: String,
        /// How often it was answered before.
        revision: u32,
    },
    /// A box of a consent was given or refused.
    Consent {
        /// Hash of the text that was shown.
        text: String,
        /// Its language.
        language: String,
        /// Id of the box.
        consent_box: String,
        /// Whether it was given.
        given: bool,
    },
    /// A note on the play.
    Annotation {
        /// Play, episode and step at that time.
        place: Option<(u32, u32, u32)>,
        /// Who wrote it.
        author: &'static str,
        /// The note.
        text: String,
    },
}

/// A row of play and its times.
#[derive(Clone, Debug, PartialEq)]
pub struct StepItem {
    /// Number of the play in the session.
    pub play: u32,
    /// The row, as a trace has it.
    pub row: crate::sim::Row,
    /// The world's own columns as a JSON object.
    pub state: String,
    /// Code of the key that chose the action.
    pub key: Option<String>,
    /// `press`, `held`, `none` or `reset`.
    pub cause: &'static str,
    /// When the picture on which the action was chosen had been presented.
    pub shown_us: Option<u64>,
    /// When the step was due.
    pub due_us: Option<u64>,
    /// When the key was pressed.
    pub pressed_us: Option<u64>,
    /// When the step was done.
    pub done_us: u64,
    /// How long it waited for the commit of the step before.
    pub stall_us: u64,
    /// Time in play of the stage.
    pub played_us: u64,
}

fn text(text: &str) -> Sql {
    Sql::Text(text.to_string())
}

fn whole(number: impl Into<i64>) -> Sql {
    Sql::Integer(number.into())
}

/// Microseconds fit for 292 000 years.
fn time(us: u64) -> Sql {
    Sql::Integer(i64::try_from(us).unwrap_or(i64::MAX))
}

fn maybe<T>(value: Option<T>, of: impl Fn(T) -> Sql) -> Sql {
    value.map_or(Sql::Null, of)
}

fn index(index: usize) -> Sql {
    Sql::Integer(i64::try_from(index).unwrap_or(i64::MAX))
}

impl ItemBody {
    /// The table that it is a row of.
    pub fn table(&self) -> &'static str {
        match self {
            ItemBody::Stage { .. } => "stages",
            ItemBody::Play { .. } => "plays",
            ItemBody::Step(_) => "steps",
            ItemBody::Key { .. } => "keys",
            ItemBody::Event { .. } => "events",
            ItemBody::Answer { .. } => "answers",
            ItemBody::Consent { .. } => "consents",
            ItemBody::Annotation { .. } => "annotations",
        }
    }

    /// The values of its own columns, in the order of the table.
    fn values(&self) -> Vec<Sql> {
        match self {
            ItemBody::Stage { stage, id, what, why } => vec![index(*stage), text(id), text(what), maybe(*why, text)],
            ItemBody::Play { play, stage, practice, meta } => vec![whole(*play), index(*stage), whole(*practice), text(meta)],
            ItemBody::Step(step) => step.values(),
            ItemBody::Key { code, down, repeated } => vec![text(code), whole(*down), whole(*repeated)],
            ItemBody::Event { kind, value } => vec![text(kind), maybe(value.as_deref(), text)],
            ItemBody::Answer { stage, question, value, revision } => {
                vec![index(*stage), text(question), text(value), whole(*revision)]
            }
            ItemBody::Consent { text: hash, language, consent_box, given } => {
                vec![text(hash), text(language), text(consent_box), whole(*given)]
            }
            ItemBody::Annotation { place, author, text: note } => {
                let [play, episode, step] = place.map_or([None; 3], |(play, episode, step)| [play, episode, step].map(Some));
                vec![maybe(play, whole), maybe(episode, whole), maybe(step, whole), text(author), text(note)]
            }
        }
    }
}

impl StepItem {
    fn values(&self) -> Vec<Sql> {
        let row = &self.row;
        vec![
            whole(self.play),
            whole(row.episode),
            whole(row.step),
            whole(row.instance),
            maybe(row.action, whole),
            // SQLite stores -0 as 0, which has another digest.
            Sql::Real(row.reward + 0.0),
            whole(row.terminated),
            whole(row.truncated),
            whole(row.pose.x),
            whole(row.pose.y),
            whole(row.pose.facing),
            text(&self.state),
            maybe(row.checksum, |checksum| Sql::Integer(checksum.cast_signed())),
            maybe(self.key.as_deref(), text),
            text(self.cause),
            maybe(self.shown_us, time),
            maybe(self.due_us, time),
            maybe(self.pressed_us, time),
            time(self.done_us),
            time(self.stall_us),
            time(self.played_us),
        ]
    }
}

/// The row of an item with number `n`, and the digest that it has after an item with digest `before`. The digest is the last value.
pub fn row_of(item: &Item, (session, n, boot): (i64, u64, u32), before: &ItemDigest) -> (Vec<Sql>, ItemDigest) {
    let mut row = vec![whole(session), time(n), whole(boot), time(item.at_us)];
    row.extend(item.body.values());
    let digest = digest_of(before, item.body.table(), &row);
    row.push(Sql::Blob(digest.to_vec()));
    (row, digest)
}

/// The digest of a row of `table` without its digest.
pub fn digest_of(before: &ItemDigest, table: &str, row: &[Sql]) -> ItemDigest {
    let json: Vec<Json> = row.iter().map(json_of).collect();
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(table.as_bytes());
    hash.update([0]);
    hash.update(Json::Array(json).to_string().as_bytes());
    let mut digest = ItemDigest::default();
    digest.copy_from_slice(&hash.finalize()[..16]);
    digest
}

fn json_of(value: &Sql) -> Json {
    match value {
        Sql::Null | Sql::Blob(_) => Json::Null,
        Sql::Integer(whole) => Json::from(*whole),
        Sql::Real(real) => Json::from(*real),
        Sql::Text(text) => Json::from(text.as_str()),
    }
}
