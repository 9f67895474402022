//! The numbers and digests of a session's items. They show that no item is missing, changed or out of place.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Rows};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::file::StudyFile;
use crate::error::{Error, Result};

/// The tables of items, each with its columns. The last one is the digest.
const TABLES: [(&str, &[&str]); 8] = [
    ("stages", &["stage", "id", "what", "why"]),
    ("plays", &["play", "stage", "practice", "meta"]),
    (
        "steps",
        &[
            "play",
            "episode",
            "step",
            "instance",
            "action",
            "reward",
            "terminated",
            "truncated",
            "x",
            "y",
            "facing",
            "state",
            "checksum",
            "key",
            "cause",
            "shown_us",
            "due_us",
            "pressed_us",
            "done_us",
            "stall_us",
            "played_us",
        ],
    ),
    ("keys", &["code", "down", "repeated"]),
    ("events", &["kind", "value"]),
    ("answers", &["stage", "question", "value", "revision"]),
    ("consents", &["text", "language", "box", "given"]),
    ("annotations", &["play", "episode", "step", "author", "text"]),
];

/// The columns with which an item of any table begins.
const FIRST: usize = 4;
/// Indices of tables.
const PLAYS: usize = 1;
const STEPS: usize = 2;
const EVENTS: usize = 4;
/// The kind of event with which a session ends.
const ENDED: &str = "ended";
/// State of a session that is not over.
const ACTIVE: &str = "active";

/// How far the items of a session are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Number of the last item.
    pub items: u64,
    digest: [u8; 16],
    plays: BTreeSet<i64>,
    /// The state with which the session ended.
    ended: Option<String>,
}

/// The next item of a table.
struct Next<'s> {
    table: usize,
    rows: Rows<'s>,
}

impl StudyFile {
    /// Checks the items of `session` that come after those of `known`. Returns how far the items are checked.
    ///
    /// # Errors
    /// [`Error::Data`] with the first item that is missing, there twice, or was changed.
    pub fn check_items(&self, session: i64, known: &Chain) -> Result<Chain> {
        let chain = self.in_one_state(|connection| {
            let Some(state) = state_of(connection, session)? else {
                return Ok(Err(Error::Data(format!("session {session} is no longer there"))));
            };
            let mut chain = known.clone();
            Ok(chain
                .follow(connection, session)?
                .and_then(|()| chain.check_end(&state))
                .map(|()| chain)
                .map_err(|why| Error::Data(format!("session {session}: {why}"))))
        });
        chain.map_err(|e| if let Error::Data(why) = &e { named(self, why) } else { e })
    }
}

/// The path comes first in every message, once.
fn named(file: &StudyFile, why: &str) -> Error {
    let path = file.path.display().to_string();
    if why.starts_with(&path) { Error::Data(why.to_string()) } else { file.wrong(why) }
}

fn state_of(connection: &Connection, session: i64) -> rusqlite::Result<Option<String>> {
    let mut select = connection.prepare("SELECT state FROM sessions WHERE session = ?1")?;
    let mut rows = select.query([session])?;
    rows.next()?.map(|row| row.get(0)).transpose()
}

impl Chain {
    /// Follows the items of all tables in the order of their numbers, one row of each table in memory.
    fn follow(&mut self, connection: &Connection, session: i64) -> rusqlite::Result<std::result::Result<(), String>> {
        // Numbers below 1 are found too.
        let after = if self.items == 0 { i64::MIN } else { i64::try_from(self.items).unwrap_or(i64::MAX) };
        let select = |(name, columns): &(&str, &[&str])| {
            let columns = columns.join(", ");
            let order = "WHERE session = ?1 AND n > ?2 ORDER BY n";
            connection.prepare(&format!("SELECT session, n, boot, at_us, {columns}, digest FROM {name} {order}"))
        };
        let mut statements = TABLES.iter().map(select).collect::<rusqlite::Result<Vec<_>>>()?;
        let mut tables = Vec::new();
        for (table, statement) in statements.iter_mut().enumerate() {
            tables.push(Next { table, rows: statement.query([session, after])? });
        }
        // The tables by the numbers of their next items.
        let mut waiting: BTreeMap<i64, usize> = BTreeMap::new();
        for table in 0..tables.len() {
            if let Some(why) = wait(&mut tables, &mut waiting, table)? {
                return Ok(Err(why));
            }
        }
        while let Some((n, table)) = waiting.pop_first() {
            if let Err(why) = self.take(&tables[table], n) {
                return Ok(Err(why));
            }
            if let Some(why) = wait(&mut tables, &mut waiting, table)? {
                return Ok(Err(why));
            }
        }
        Ok(Ok(()))
    }

    /// Takes the next item, with number `n`.
    fn take(&mut self, next: &Next, n: i64) -> std::result::Result<(), String> {
        let (name, columns) = TABLES[next.table];
        let expected = self.items + 1;
        if u64::try_from(n) != Ok(expected) {
            return Err(if n < 1 { format!("an item has the number {n}") } else { format!("item {expected} is missing") });
        }
        let Some(row) = next.rows.get() else { return Err(format!("item {n} cannot be read")) };
        let item = || format!("item {n} (table {name})");
        let (digest, stored) = digest_of(&self.digest, name, row, FIRST + columns.len())
            .ok_or_else(|| format!("{} has a value of a wrong type", item()))?;
        if digest[..] != stored[..] {
            return Err(format!("{} was changed, or one before it was replaced: its digest is of another", item()));
        }
        self.check_meaning(next.table, row).map_err(|why| format!("{} {why}", item()))?;
        (self.items, self.digest) = (expected, digest);
        Ok(())
    }

    /// Checks what is needed to read plays.
    fn check_meaning(&mut self, table: usize, row: &Row) -> std::result::Result<(), String> {
        let whole = |column: usize| row.get::<_, i64>(FIRST + column).map_err(|e| format!("cannot be read: {e}"));
        match table {
            PLAYS if !self.plays.insert(whole(0)?) => Err(format!("begins play {} for the second time", whole(0)?)),
            STEPS if !self.plays.contains(&whole(0)?) => Err(format!("is of play {}, which has not begun", whole(0)?)),
            EVENTS => {
                let text = |column: usize| row.get::<_, Option<String>>(FIRST + column).ok().flatten();
                if text(0).as_deref() == Some(ENDED) {
                    self.ended = text(1);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A session that is over ends with an item that says so.
    fn check_end(&self, state: &str) -> std::result::Result<(), String> {
        if state == ACTIVE || self.ended.as_deref() == Some(state) {
            return Ok(());
        }
        Err(format!("it is over ({state}), but its last items, after item {}, are missing", self.items))
    }
}

/// Reads the next row of a table. Returns why that cannot be.
fn wait(tables: &mut [Next], waiting: &mut BTreeMap<i64, usize>, table: usize) -> rusqlite::Result<Option<String>> {
    let Some(row) = tables[table].rows.next()? else { return Ok(None) };
    let n: i64 = row.get(1)?;
    let other = waiting.insert(n, table);
    Ok(other.map(|other| format!("item {n} is there twice, in tables {} and {}", TABLES[other].0, TABLES[table].0)))
}

/// The digest of a row of `table` after an item with digest `before`, and the one that is stored. None if a value has no place in such a row.
fn digest_of(before: &[u8; 16], table: &str, row: &Row, columns: usize) -> Option<([u8; 16], Vec<u8>)> {
    let value = |column: usize| {
        Some(match row.get_ref(column).ok()? {
            ValueRef::Null => Json::Null,
            ValueRef::Integer(whole) => Json::from(whole),
            ValueRef::Real(real) => Json::from(real),
            ValueRef::Text(text) => Json::from(std::str::from_utf8(text).ok()?),
            ValueRef::Blob(_) => return None,
        })
    };
    let values: Vec<Json> = (0..columns).map(value).collect::<Option<_>>()?;
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(table.as_bytes());
    hash.update([0]);
    hash.update(Json::Array(values).to_string().as_bytes());
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.finalize()[..16]);
    Some((digest, row.get_ref(columns).ok()?.as_blob().ok()?.to_vec()))
}
