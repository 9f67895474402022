//! Erases the records of a participant. That the participant withdrew, and when, is all that stays.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::enter::{ITEM_TABLES, check_id};
use super::lock::{ParticipantLock, lock_file};
use super::open::{connect, failed, utc};
use crate::error::{Error, Result};

/// How long to wait for other programs to let the write-ahead log be emptied.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was erased, and what may still hold records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn {
    /// Items of all sessions.
    pub items: u64,
    /// Sessions.
    pub sessions: u64,
    /// Folders and files to which records were exported while the participant's were there, and which still exist.
    pub exports: Vec<PathBuf>,
}

/// Erases the records of `participant`.
///
/// # Errors
/// [`Error::Usage`] if there is no such participant; [`Error::Busy`] if a program plays it, or if other programs use the file so that old
/// pages cannot be overwritten: then it is to be repeated; [`Error::Io`], [`Error::Data`].
pub fn withdraw(path: &Path, participant: &str) -> Result<Withdrawn> {
    check_id(participant)?;
    let mut connection = connect(path)?;
    let fail = |e: rusqlite::Error| failed(path, &e);
    let number = connection
        .query_row("SELECT number FROM assignments WHERE participant = ?1", [participant], |row| row.get::<_, i64>(0))
        .optional()
        .map_err(fail)?;
    let withdrawn = match number {
        Some(number) => {
            let lock = ParticipantLock::take(path, number, participant)?;
            let withdrawn = erase(&mut connection, participant).map_err(fail)?;
            drop(lock);
            // Best effort: an empty file with a number for a name.
            let _ = std::fs::remove_file(lock_file(path, number));
            withdrawn
        }
        None => withdrawn_before(&connection, path, participant)?,
    };
    // Old pages in the log still hold what was erased.
    empty_log(&connection, path)?;
    Ok(withdrawn)
}

/// The answer for a participant without records: erased before, or never there.
fn withdrawn_before(connection: &Connection, path: &Path, participant: &str) -> Result<Withdrawn> {
    let fail = |e: rusqlite::Error| failed(path, &e);
    let query = "SELECT utc FROM withdrawals WHERE participant = ?1";
    let utc = connection.query_row(query, [participant], |row| row.get::<_, String>(0)).optional().map_err(fail)?;
    if utc.is_some() {
        return Ok(Withdrawn { exports: exports(connection).map_err(fail)?, ..Withdrawn::default() });
    }
    let mut select = connection.prepare("SELECT participant FROM participants ORDER BY participant LIMIT 20").map_err(fail)?;
    let known = select.query_map([], |row| row.get::<_, String>(0)).map_err(fail)?;
    let known = known.collect::<rusqlite::Result<Vec<_>>>().map_err(fail)?;
    let known = if known.is_empty() { "none".to_string() } else { known.join(", ") };
    Err(Error::Usage(format!("{}: no participant {participant}; there are {known}", path.display())))
}

fn erase(connection: &mut Connection, participant: &str) -> rusqlite::Result<Withdrawn> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut withdrawn = Withdrawn::default();
    let of = "session IN (SELECT session FROM sessions WHERE participant = ?1)";
    for table in ITEM_TABLES {
        withdrawn.items += transaction.execute(&format!("DELETE FROM {table} WHERE {of}"), [participant])? as u64;
    }
    transaction.execute(&format!("DELETE FROM boots WHERE {of}"), [participant])?;
    withdrawn.sessions = transaction.execute("DELETE FROM sessions WHERE participant = ?1", [participant])? as u64;
    transaction.execute("DELETE FROM assignments WHERE participant = ?1", [participant])?;
    transaction.execute("DELETE FROM participants WHERE participant = ?1", [participant])?;
    transaction.execute("INSERT INTO withdrawals VALUES(?1, ?2)", (participant, utc()))?;
    withdrawn.exports = exports(&transaction)?;
    transaction.commit()?;
    Ok(withdrawn)
}

/// Exports that still exist.
fn exports(connection: &Connection) -> rusqlite::Result<Vec<PathBuf>> {
    let mut select = connection.prepare("SELECT DISTINCT path FROM exports ORDER BY path")?;
    let paths = select.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(paths.into_iter().map(PathBuf::from).filter(|path| path.exists()).collect())
}

/// Moves the log into the database and empties it.
fn empty_log(connection: &Connection, path: &Path) -> Result<()> {
    let begun = Instant::now();
    loop {
        let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        match busy.map_err(|e| failed(path, &e))? {
            0 => return Ok(()),
            _ if begun.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(50)),
            _ => {
                return Err(Error::Busy(format!(
                    "{}: the records are erased, but another program uses the file, so that old pages are still in its log; close that \
                     program and withdraw again",
                    path.display()
                )));
            }
        }
    }
}
