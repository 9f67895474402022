//! What was recorded of a session, in numbers.

use std::path::Path;

use super::open::{connect_to_read, failed};
use crate::error::Result;

/// What was recorded of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionSummary {
    /// `active`, `done`, `declined` or `stopped`.
    pub state: String,
    /// Plays: recordings of a world.
    pub plays: u64,
    /// Steps of all of them.
    pub steps: u64,
    /// Episodes that began.
    pub episodes: u64,
    /// Key events.
    pub keys: u64,
    /// Answers, each as often as it was changed.
    pub answers: u64,
    /// All items.
    pub items: u64,
}

/// Counts what is in a study file of a session.
///
/// # Errors
/// The file cannot be read.
pub fn summary(path: &Path, session: i64) -> Result<SessionSummary> {
    let connection = connect_to_read(path)?;
    let number = |query: &str| {
        let count = connection.query_row(query, [session], |row| row.get::<_, i64>(0));
        count.map(i64::unsigned_abs).map_err(|e| failed(path, &e))
    };
    let state = "SELECT state FROM sessions WHERE session = ?1";
    let state = connection.query_row(state, [session], |row| row.get::<_, String>(0)).map_err(|e| failed(path, &e))?;
    let mut items = 0;
    for table in super::ITEM_TABLES {
        items += number(&format!("SELECT count(*) FROM {table} WHERE session = ?1"))?;
    }
    Ok(SessionSummary {
        state,
        plays: number("SELECT count(*) FROM plays WHERE session = ?1")?,
        steps: number("SELECT count(*) FROM steps WHERE session = ?1 AND action IS NOT NULL")?,
        episodes: number("SELECT count(*) FROM steps WHERE session = ?1 AND action IS NULL")?,
        keys: number("SELECT count(*) FROM keys WHERE session = ?1")?,
        answers: number("SELECT count(*) FROM answers WHERE session = ?1")?,
        items,
    })
}
