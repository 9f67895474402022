//! A participant comes to a study, for the first time or again.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use sha2::{Digest, Sha256};

use super::item::{ACTIVE, ItemDigest};
use super::lock::ParticipantLock;
use super::open::{connect, create, failed, utc};
use super::writer::Position;
use crate::error::{Error, Result};
use crate::study::assignment::{Assigned, Place, PlaceState, assign};
use crate::study::plan::StudyPlan;

/// Who takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// Id: letters, digits, `-` and `_`, at most 64.
    pub participant: String,
    /// One of the cohorts of the plan.
    pub cohort: Option<String>,
}

/// How a participant comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EnterAs {
    /// For the first time.
    #[default]
    New,
    /// To go on with a session that stopped.
    Resume,
    /// For another session.
    Again,
}

/// What is known of the machine when the program starts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Boot {
    /// Operating system and processor.
    pub system: String,
    /// Graphics adapter.
    pub adapter: Option<String>,
    /// Refresh rate of the display.
    pub display_hz: Option<f64>,
    /// The smallest step of the clock that was measured, in nanoseconds.
    pub clock_step_ns: u64,
    /// Size of the window in pixels, and its scale.
    pub window: Option<String>,
    /// Language of the participant.
    pub language: Option<String>,
}

/// A participant who came in.
#[derive(Debug)]
pub struct Entered {
    /// The study file. None: nothing is kept.
    pub path: Option<PathBuf>,
    /// The connection of a database in memory.
    pub memory: Option<Connection>,
    /// Who it is.
    pub who: Who,
    /// Condition and seed.
    pub assigned: Assigned,
    /// Where its items go on.
    pub position: Position,
    /// Whether the session began in an earlier program.
    pub resumed: bool,
    /// Keeps other programs out.
    pub lock: Option<ParticipantLock>,
}

/// Checks the id of a participant.
///
/// # Errors
/// [`Error::Usage`] with what an id is.
pub fn check_id(id: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !id.is_empty() && id.len() <= 64 && id.chars().all(plain) {
        return Ok(());
    }
    let shown: String = id.chars().take(80).collect();
    Err(Error::Usage(format!("'{shown}' is no id of a participant: 1 to 64 letters, digits, - and _ (use codes, not names)")))
}

/// Lets a participant in. The study file is created if there is none.
///
/// # Errors
/// [`Error::Usage`] if the participant cannot come in this way, with what to do; [`Error::Busy`] if another program has the participant;
/// [`Error::Data`], [`Error::Io`].
pub fn enter(path: &Path, plan: &StudyPlan, who: &Who, how: EnterAs, boot: &Boot) -> Result<Entered> {
    check_who(plan, who)?;
    let exists = std::fs::metadata(path).is_ok_and(|about| about.len() > 0);
    let mut connection = if exists { connect(path)? } else { create(path, &plan.name)? };
    check_study(&connection, path, plan)?;
    // The number of the participant names the lock, so it comes first; a participant without a session is complete.
    let assigned = transact(&mut connection, path, |transaction| enrol(transaction, plan, who, how))?;
    let lock = ParticipantLock::take(path, assigned.number, &who.participant)?;
    let (position, resumed) =
        transact(&mut connection, path, |transaction| begin(transaction, plan, &who.participant, how, boot))?;
    Ok(Entered { path: Some(path.to_path_buf()), memory: None, who: who.clone(), assigned, position, resumed, lock: Some(lock) })
}

/// [`enter`] with a database in memory.
///
/// # Errors
/// As [`enter`].
pub fn enter_in_memory(mut connection: Connection, plan: &StudyPlan, who: &Who, boot: &Boot) -> Result<Entered> {
    check_who(plan, who)?;
    let path = Path::new(":memory:");
    let assigned = transact(&mut connection, path, |transaction| enrol(transaction, plan, who, EnterAs::New))?;
    let begun = transact(&mut connection, path, |transaction| begin(transaction, plan, &who.participant, EnterAs::New, boot))?;
    Ok(Entered {
        path: None,
        memory: Some(connection),
        who: who.clone(),
        assigned,
        position: begun.0,
        resumed: false,
        lock: None,
    })
}

fn check_who(plan: &StudyPlan, who: &Who) -> Result<()> {
    check_id(&who.participant)?;
    let known = plan.cohorts.join(", ");
    match &who.cohort {
        Some(cohort) if !plan.cohorts.contains(cohort) && plan.cohorts.is_empty() => {
            Err(Error::Usage(format!("cohort '{cohort}': the plan has no cohorts")))
        }
        Some(cohort) if !plan.cohorts.contains(cohort) => Err(Error::Usage(format!("cohort '{cohort}': the plan has {known}"))),
        _ => Ok(()),
    }
}

/// Runs `job` in one transaction. The errors of `job` come first.
fn transact<T>(
    connection: &mut Connection,
    path: &Path,
    job: impl FnOnce(&Transaction) -> rusqlite::Result<Result<T>>,
) -> Result<T> {
    let fail = |e: rusqlite::Error| failed(path, &e);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
    let done = job(&transaction).map_err(fail)??;
    transaction.commit().map_err(fail)?;
    Ok(done)
}

fn check_study(connection: &Connection, path: &Path, plan: &StudyPlan) -> Result<()> {
    let name = connection.query_row("SELECT value FROM meta WHERE key = 'study'", [], |row| row.get::<_, String>(0));
    let name = name.map_err(|e| failed(path, &e))?;
    if name == plan.name {
        return Ok(());
    }
    Err(Error::Usage(format!("{} holds the study '{name}', the plan is of '{}'; give another --db", path.display(), plan.name)))
}

/// Enrols a participant who is not yet known. Returns the condition and the seed.
fn enrol(transaction: &Transaction, plan: &StudyPlan, who: &Who, how: EnterAs) -> rusqlite::Result<Result<Assigned>> {
    let id = &who.participant;
    let withdrawn = transaction
        .query_row("SELECT utc FROM withdrawals WHERE participant = ?1", [id], |row| row.get::<_, String>(0))
        .optional()?;
    if let Some(utc) = withdrawn {
        return Ok(Err(Error::Usage(format!("the records of {id} were erased on {utc}; take another id"))));
    }
    let known = transaction
        .query_row(
            "SELECT number, condition, seed, cohort FROM assignments NATURAL JOIN participants WHERE participant = ?1",
            [id],
            |row| {
                Ok((
                    Assigned { number: row.get(0)?, condition: row.get(1)?, seed: row.get(2)? },
                    row.get::<_, Option<String>>(3)?,
                ))
            },
        )
        .optional()?;
    if let Some((assigned, cohort)) = known {
        if who.cohort.is_some() && who.cohort != cohort {
            let cohort = cohort.unwrap_or_else(|| "no cohort".to_string());
            return Ok(Err(Error::Usage(format!("{id} was enrolled in {cohort}; leave --cohort away"))));
        }
        return Ok(Ok(assigned));
    }
    // A mistyped id takes no place.
    if how == EnterAs::Resume {
        return Ok(Err(Error::Usage(format!("{id} has not come yet, so there is nothing to go on with; leave --resume away"))));
    }
    if who.cohort.is_none() && !plan.cohorts.is_empty() {
        return Ok(Err(Error::Usage(format!("{id} is new: --cohort says which of {}", plan.cohorts.join(", ")))));
    }
    let mut select = transaction.prepare("SELECT number, condition, state FROM assignments ORDER BY number")?;
    let places = select
        .query_map([], |row| {
            let state = if row.get::<_, String>(2)? == "freed" { PlaceState::Freed } else { PlaceState::Taken };
            Ok(Place { number: row.get(0)?, condition: row.get(1)?, state })
        })?
        .collect::<rusqlite::Result<Vec<Place>>>()?;
    // No number is given twice, also if records were erased.
    let last: i64 = transaction.query_row(
        "SELECT coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'last_number'), 0)",
        [],
        |row| row.get(0),
    )?;
    let assigned = assign(plan, &places, last + 1);
    transaction.execute("INSERT OR REPLACE INTO meta VALUES('last_number', ?1)", [(last + 1).to_string()])?;
    transaction.execute("INSERT INTO participants VALUES(?1, ?2, ?3)", (id, &who.cohort, utc()))?;
    transaction.execute(
        "INSERT INTO assignments VALUES(?1, ?2, ?3, ?4, 'held')",
        (id, assigned.number, &assigned.condition, assigned.seed),
    )?;
    Ok(Ok(assigned))
}

/// The session that a participant last had, with its state, its plan's hash, and when it began.
fn last_session(transaction: &Transaction, id: &str) -> rusqlite::Result<Option<(i64, String, String, String)>> {
    transaction
        .query_row(
            "SELECT session, state, sha256, opened_utc FROM sessions JOIN plans USING(plan) WHERE participant = ?1 ORDER BY session DESC LIMIT 1",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .optional()
}

/// Begins a session or goes on with one.
fn begin(
    transaction: &Transaction,
    plan: &StudyPlan,
    id: &str,
    how: EnterAs,
    boot: &Boot,
) -> rusqlite::Result<Result<(Position, bool)>> {
    let hash = hash_of(&plan.source);
    let wrong = |why: String| Ok(Err(Error::Usage(why)));
    let last = last_session(transaction, id)?;
    let session = match (last, how) {
        (None, EnterAs::New | EnterAs::Again) => new_session(transaction, plan, id, &hash)?,
        (None, EnterAs::Resume) => return wrong(format!("{id} has no session to go on with; leave --resume away")),
        (Some((_, state, _, utc)), EnterAs::New) if state == ACTIVE => {
            return wrong(format!(
                "{id} has a session that stopped (begun {utc}); --resume goes on with it, --again begins another"
            ));
        }
        (Some((_, state, _, utc)), EnterAs::New) => {
            return wrong(format!("{id} has taken part already (begun {utc}, {state}); --again begins another session"));
        }
        (Some((_, state, ..)), EnterAs::Resume) if state != ACTIVE => {
            return wrong(format!("the session of {id} is over ({state}); --again begins another"));
        }
        (Some((_, _, used, utc)), EnterAs::Resume) if used != hash => {
            return wrong(format!(
                "the plan has changed since {id} began ({utc}); give the plan as it was, whose text is in the table `plans`"
            ));
        }
        (Some((session, ..)), EnterAs::Resume) => session,
        (Some(_), EnterAs::Again) => {
            transaction.execute("UPDATE assignments SET state = 'held' WHERE participant = ?1", [id])?;
            new_session(transaction, plan, id, &hash)?
        }
    };
    let number: u32 = transaction.query_row("SELECT count(*) FROM boots WHERE session = ?1", [session], |row| row.get(0))?;
    transaction.execute(
        "INSERT INTO boots VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        rusqlite::params![
            session,
            number,
            utc(),
            env!("CARGO_PKG_VERSION"),
            boot.system,
            boot.adapter,
            boot.display_hz,
            i64::try_from(boot.clock_step_ns).unwrap_or(i64::MAX),
            boot.window,
            boot.language
        ],
    )?;
    let (n, digest) = last_item(transaction, session)?;
    Ok(Ok((Position { session, boot: number, n, digest }, number > 0)))
}

fn new_session(transaction: &Transaction, plan: &StudyPlan, id: &str, hash: &str) -> rusqlite::Result<i64> {
    transaction.execute(
        "INSERT INTO plans(sha256, text, added_utc) VALUES(?1, ?2, ?3) ON CONFLICT(sha256) DO NOTHING",
        (hash, &plan.source, utc()),
    )?;
    for text in plan.consent_texts() {
        transaction.execute("INSERT INTO texts VALUES(?1, ?2) ON CONFLICT(sha256) DO NOTHING", (hash_of(&text), &text))?;
    }
    let plan: i64 = transaction.query_row("SELECT plan FROM plans WHERE sha256 = ?1", [hash], |row| row.get(0))?;
    transaction.execute(
        "INSERT INTO sessions(participant, plan, opened_utc, state) VALUES(?1, ?2, ?3, ?4)",
        (id, plan, utc(), ACTIVE),
    )?;
    Ok(transaction.last_insert_rowid())
}

/// The tables of items.
pub const ITEM_TABLES: [&str; 8] = ["stages", "plays", "steps", "keys", "events", "answers", "consents", "annotations"];

/// Number and digest of the last item of a session.
fn last_item(connection: &Connection, session: i64) -> rusqlite::Result<(u64, ItemDigest)> {
    let last = ITEM_TABLES
        .map(|table| format!("SELECT * FROM (SELECT n, digest FROM {table} WHERE session = ?1 ORDER BY n DESC LIMIT 1)"));
    let query = format!("{} ORDER BY n DESC LIMIT 1", last.join(" UNION ALL "));
    let found =
        connection.query_row(&query, [session], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, ItemDigest>(1)?))).optional()?;
    Ok(found.map_or((0, ItemDigest::default()), |(n, digest)| (n.unsigned_abs(), digest)))
}

/// The hash by which a text is found.
pub fn hash_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
