//! Where all participants of a study are.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;

use super::lock::is_locked;
use super::open::{connect_to_read, failed};
use crate::error::Result;

/// A participant's last session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParticipantStatus {
    /// Id.
    pub participant: String,
    /// Cohort.
    pub cohort: Option<String>,
    /// Condition.
    pub condition: Option<String>,
    /// `active`, `done`, `declined` or `stopped`; `enrolled` without a session.
    pub state: String,
    /// Whether a program plays it now.
    pub playing: bool,
    /// Number of sessions.
    pub sessions: u32,
    /// When the last session began.
    pub opened_utc: Option<String>,
    /// Stage that was entered last.
    pub stage: Option<String>,
    /// Steps of all plays of the session, practice included.
    pub steps: u64,
    /// Finished episodes.
    pub episodes: u64,
    /// Answers that were given.
    pub answers: u64,
    /// Items of the session.
    pub items: u64,
}

/// Where all participants are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StudyStatus {
    /// Name of the study.
    pub study: String,
    /// Participants in the order in which they came.
    pub participants: Vec<ParticipantStatus>,
    /// Number of participants whose records were erased.
    pub withdrawn: u64,
    /// For each condition: how many places are held, and how many were used.
    pub conditions: BTreeMap<String, (u64, u64)>,
}

/// Reads where all participants of a study file are.
///
/// # Errors
/// [`crate::Error::Io`], [`crate::Error::Data`].
pub fn status(path: &Path) -> Result<StudyStatus> {
    let connection = connect_to_read(path)?;
    let mut status = status_of(&connection).map_err(|e| failed(path, &e))?;
    for (number, participant) in &mut status.1 {
        participant.playing = is_locked(path, *number);
    }
    status.0.participants = status.1.into_iter().map(|(_, participant)| participant).collect();
    Ok(status.0)
}

const PARTICIPANTS: &str = "
SELECT number, a.participant, cohort, condition, coalesce(s.state, 'enrolled'),
  (SELECT count(*) FROM sessions WHERE sessions.participant = a.participant), s.opened_utc,
  (SELECT id FROM stages WHERE session = s.session AND what = 'entered' ORDER BY n DESC LIMIT 1),
  (SELECT count(*) FROM steps WHERE session = s.session AND action IS NOT NULL),
  (SELECT count(*) FROM steps WHERE session = s.session AND (terminated OR truncated)),
  (SELECT count(DISTINCT question) FROM answers WHERE session = s.session),
  (SELECT count(*) FROM steps WHERE session = s.session) + (SELECT count(*) FROM keys WHERE session = s.session)
    + (SELECT count(*) FROM events WHERE session = s.session) + (SELECT count(*) FROM stages WHERE session = s.session)
    + (SELECT count(*) FROM plays WHERE session = s.session) + (SELECT count(*) FROM answers WHERE session = s.session)
    + (SELECT count(*) FROM consents WHERE session = s.session) + (SELECT count(*) FROM annotations WHERE session = s.session)
FROM assignments a NATURAL JOIN participants
LEFT JOIN sessions s ON s.session = (SELECT max(session) FROM sessions WHERE sessions.participant = a.participant)
ORDER BY number";

/// A count of the query.
fn count(row: &rusqlite::Row, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.unsigned_abs())
}

fn status_of(connection: &Connection) -> rusqlite::Result<(StudyStatus, Vec<(i64, ParticipantStatus)>)> {
    let study = connection.query_row("SELECT value FROM meta WHERE key = 'study'", [], |row| row.get(0))?;
    let withdrawn = connection.query_row("SELECT count(*) FROM withdrawals", [], |row| count(row, 0))?;
    let mut select = connection.prepare(PARTICIPANTS)?;
    let participants = select
        .query_map([], |row| {
            let participant = ParticipantStatus {
                participant: row.get(1)?,
                cohort: row.get(2)?,
                condition: row.get(3)?,
                state: row.get(4)?,
                playing: false,
                sessions: row.get(5)?,
                opened_utc: row.get(6)?,
                stage: row.get(7)?,
                steps: count(row, 8)?,
                episodes: count(row, 9)?,
                answers: count(row, 10)?,
                items: count(row, 11)?,
            };
            Ok((row.get::<_, i64>(0)?, participant))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut conditions: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut select = connection.prepare("SELECT condition, state FROM assignments WHERE condition IS NOT NULL")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let places = conditions.entry(row.get(0)?).or_default();
        match row.get::<_, String>(1)?.as_str() {
            "held" => places.0 += 1,
            "used" => places.1 += 1,
            _ => {}
        }
    }
    Ok((StudyStatus { study, withdrawn, conditions, ..StudyStatus::default() }, participants))
}
