//! Writes items into the database, in order and whole batches at a time, and says what is committed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior, params_from_iter};

use super::item::{DONE, ENDED, Item, ItemBody, ItemDigest, row_of};
use super::open::{FileIdentity, connect};
use crate::error::{Error, Result};

/// How long the writer waits after a failure before it tries again.
pub const RETRY: Duration = Duration::from_secs(1);

/// What the writer has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Items up to this number are on the disk.
    pub committed: u64,
    /// Why nothing can be written at this time; the writer tries again.
    pub trouble: Option<String>,
    /// Why nothing will be written any more.
    pub ended: Option<String>,
    /// The longest commit.
    pub slowest: Duration,
}

/// Is called when something changed in [`Written`].
pub type Wake = Arc<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct Shared {
    written: Mutex<Written>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, wake: &Wake, change: impl FnOnce(&mut Written)) {
        change(&mut self.lock());
        self.changed.notify_all();
        wake();
    }
}

/// A thread that writes the items of one session.
pub struct Writer {
    sender: Option<Sender<Vec<Item>>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// Where the items of a session go on.
#[derive(Clone, Debug)]
pub struct Position {
    /// The session.
    pub session: i64,
    /// The program start.
    pub boot: u32,
    /// Number of the last item.
    pub n: u64,
    /// Its digest.
    pub digest: ItemDigest,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Writer({:?})", self.shared.lock())
    }
}

impl Writer {
    /// Begins to write at `position`.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Data`] if the file cannot be opened.
    pub fn begin(path: &Path, position: Position, wake: Wake) -> Result<Writer> {
        let connection = connect(path)?;
        let (sender, receiver) = channel();
        let shared = Arc::new(Shared::default());
        shared.lock().committed = position.n;
        let identity = FileIdentity::of(path)?;
        let mut work =
            Work { path: path.to_path_buf(), identity, connection: Some(connection), position, shared: shared.clone(), wake };
        let thread = std::thread::Builder::new().name("study-writer".to_string()).spawn(move || work.run(&receiver));
        let thread = thread.map_err(|e| Error::io(path, e))?;
        Ok(Writer { sender: Some(sender), shared, thread: Some(thread) })
    }

    /// Gives items to write. They are committed together.
    pub fn send(&self, items: Vec<Item>) {
        // A writer that ended has said so in `written`.
        let _ = self.sender.as_ref().map(|sender| sender.send(items));
    }

    /// What is written.
    pub fn written(&self) -> Written {
        self.shared.lock().clone()
    }

    /// Waits until items up to `n` are committed, or until the writer ends, or `patience` is over. Returns what is written.
    pub fn wait_for(&self, n: u64, patience: Duration) -> Written {
        let begun = Instant::now();
        let mut written = self.shared.lock();
        while written.committed < n && written.ended.is_none() {
            let Some(left) = patience.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) else { break };
            written = self.shared.changed.wait_timeout(written, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        written.clone()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Without a sender the thread writes what it has, or gives up what it cannot write, and ends.
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Work {
    path: PathBuf,
    identity: FileIdentity,
    connection: Option<Connection>,
    position: Position,
    shared: Arc<Shared>,
    wake: Wake,
}

impl Work {
    fn run(&mut self, receiver: &Receiver<Vec<Item>>) {
        while let Ok(mut batch) = receiver.recv() {
            // What came meanwhile goes into the same commit.
            while let Ok(more) = receiver.try_recv() {
                batch.extend(more);
            }
            if !self.write(&mut batch, receiver) {
                return;
            }
        }
    }

    /// Writes a batch, and tries again until it is written. Returns false if that will never be.
    fn write(&mut self, batch: &mut Vec<Item>, receiver: &Receiver<Vec<Item>>) -> bool {
        loop {
            let begun = Instant::now();
            match self.commit(batch) {
                Ok(position) => {
                    self.position = position;
                    let (n, took) = (self.position.n, begun.elapsed());
                    self.shared.set(&self.wake, |written| {
                        (written.committed, written.trouble) = (n, None);
                        written.slowest = written.slowest.max(took);
                    });
                    return true;
                }
                Err(why) if is_final(&why) => {
                    self.shared.set(&self.wake, |written| written.ended = Some(why.to_string()));
                    return false;
                }
                Err(why) => {
                    self.connection = None;
                    self.shared.set(&self.wake, |written| written.trouble = Some(why.to_string()));
                    match receiver.recv_timeout(RETRY) {
                        Ok(more) => batch.extend(more),
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => return self.last_try(batch),
                    }
                }
            }
        }
    }

    /// The program ends: tries once more.
    fn last_try(&mut self, batch: &[Item]) -> bool {
        match self.commit(batch) {
            Ok(position) => {
                let n = position.n;
                self.shared.set(&self.wake, |written| (written.committed, written.trouble) = (n, None));
            }
            Err(why) => self.shared.set(&self.wake, |written| written.ended = Some(why.to_string())),
        }
        false
    }

    fn commit(&mut self, batch: &[Item]) -> rusqlite::Result<Position> {
        let failed = |e: Error| rusqlite::Error::ToSqlConversionFailure(e.into());
        // SQLite would go on to write into a file that was deleted or moved away.
        if FileIdentity::of(&self.path).map_err(failed)? != self.identity {
            return Err(failed(Error::Data(format!("{} is another file now; put the first one back", self.path.display()))));
        }
        if self.connection.is_none() {
            self.connection = Some(connect(&self.path).map_err(failed)?);
        }
        let Some(connection) = &mut self.connection else { return Err(rusqlite::Error::InvalidQuery) };
        insert(connection, batch, &self.position)
    }
}

/// Writes items after `position` in one transaction. Returns the new position.
pub fn insert(connection: &mut Connection, items: &[Item], position: &Position) -> rusqlite::Result<Position> {
    let mut next = position.clone();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for item in items {
        next.n += 1;
        let (row, digest) = row_of(item, (next.session, next.n, next.boot), &next.digest);
        let places = vec!["?"; row.len()].join(",");
        let mut statement = transaction.prepare(&format!("INSERT INTO {} VALUES({places})", item.body.table()))?;
        statement.execute(params_from_iter(row))?;
        drop(statement);
        if let ItemBody::Event { kind: ENDED, value: Some(state) } = &item.body {
            end(&transaction, next.session, state)?;
        }
        next.digest = digest;
    }
    transaction.commit()?;
    Ok(next)
}

/// Notes how a session ended. The place of its condition is used by who took part, and free for the next participant if someone did not.
fn end(connection: &Connection, session: i64, state: &str) -> rusqlite::Result<()> {
    connection.execute("UPDATE sessions SET state = ?1 WHERE session = ?2", (state, session))?;
    let place = if state == DONE { "used" } else { "freed" };
    let of = "participant = (SELECT participant FROM sessions WHERE session = ?2) AND state = 'held'";
    connection.execute(&format!("UPDATE assignments SET state = ?1 WHERE {of}"), (place, session)).map(|_| ())
}

/// Whether trying again cannot help: the session is gone, or another program wrote its items.
fn is_final(why: &rusqlite::Error) -> bool {
    matches!(why.sqlite_error_code(), Some(rusqlite::ErrorCode::ConstraintViolation))
}
