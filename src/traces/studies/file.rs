//! A study file, opened to read while another program may write it.

use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::{Error, Result};

/// `PRAGMA application_id` of a study file: the letters EXPS.
pub const APPLICATION_ID: i32 = 0x4558_5053;
/// The newest version of the schema that is read.
pub const SCHEMA_VERSION: i32 = 1;

/// The first bytes of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// How long a read waits for another program.
const BUSY: Duration = Duration::from_secs(5);
/// Longest text that is read, in bytes.
const LONGEST: i32 = 16 << 20;
/// Memory of SQLite for pages of one file, in KiB.
const CACHE_KIB: i32 = 1024;

/// An open study file. Nothing is written to it.
#[derive(Debug)]
pub struct StudyFile {
    /// Its path.
    pub path: PathBuf,
    connection: Mutex<Connection>,
}

impl StudyFile {
    /// # Errors
    /// [`Error::Io`] if it cannot be read; [`Error::Data`] if it is no study file, is damaged, or has a newer schema; [`Error::Busy`].
    pub fn open(path: &Path) -> Result<StudyFile> {
        check_start(path)?;
        let connection = connect(path).map_err(|e| failed(path, &e))?;
        let file = StudyFile { path: path.to_path_buf(), connection: Mutex::new(connection) };
        let (id, version) = file.with(|connection| {
            let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
            Ok((number("application_id")?, number("user_version")?))
        })?;
        if id != APPLICATION_ID || version < 1 {
            return Err(file.wrong("a database of another program, not of a study"));
        }
        if version > SCHEMA_VERSION {
            let why = format!("its schema has version {version}, and this program reads up to {SCHEMA_VERSION}; use a newer one");
            return Err(file.wrong(why));
        }
        Ok(file)
    }

    /// Asks the database.
    ///
    /// # Errors
    /// That of `ask`, with the path.
    pub fn with<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        ask(&self.lock()).map_err(|e| failed(&self.path, &e))
    }

    /// Asks the database in one read transaction: it stays as it is, whatever another program writes.
    ///
    /// # Errors
    /// As [`StudyFile::with`]; the error that `ask` found.
    pub fn in_one_state<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<Result<T>>) -> Result<T> {
        self.with(|connection| {
            let transaction = connection.unchecked_transaction()?;
            ask(&transaction)
        })?
    }

    /// An [`Error::Data`] that names the file and says `why`.
    pub fn wrong(&self, why: impl std::fmt::Display) -> Error {
        Error::Data(format!("{}: {why}", self.path.display()))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses what SQLite would take for a new database, and what is no database.
fn check_start(path: &Path) -> Result<()> {
    let fail = |e| Error::io(path, e);
    let mut file = std::fs::File::open(path).map_err(fail)?;
    if file.metadata().map_err(fail)?.is_dir() {
        return Err(Error::io(path, std::io::Error::from(std::io::ErrorKind::IsADirectory)));
    }
    let mut start = Vec::with_capacity(MAGIC.len());
    file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut start).map_err(fail)?;
    let wrong = |why: &str| Err(Error::Data(format!("{}: {why}", path.display())));
    match &start[..] {
        [] => wrong("an empty file: nothing was recorded in it"),
        start if start == MAGIC => Ok(()),
        _ => wrong("not a study file: it is no SQLite database"),
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    // What tells readers from writers lies in files of its own, which only a connection that may write removes again. It never writes.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // What a program left in the log when it was killed stays there.
    let keeps_log = has_log(path);
    match Connection::open_with_flags(path, flags).and_then(|connection| settings(connection, keeps_log)) {
        // Where nothing can be written, not even those files, nobody else writes either.
        Err(why) if why.sqlite_error_code() == Some(ErrorCode::CannotOpen) && !keeps_log => {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
            let opened = Connection::open_with_flags(immutable(path), flags);
            opened.and_then(|connection| settings(connection, false)).map_err(|_| why)
        }
        opened => opened,
    }
}

fn settings(connection: Connection, keeps_log: bool) -> rusqlite::Result<Connection> {
    connection.busy_timeout(BUSY)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keeps_log)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    // The first read: it finds out whether the file can be read at all.
    connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0))?;
    Ok(connection)
}

/// Whether a write-ahead log with something in it lies beside the file.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_os_string();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|about| about.len() > 0)
}

fn immutable(path: &Path) -> String {
    let mut uri = "file:".to_string();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => uri.push(char::from(*byte)),
            byte => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri + "?immutable=1"
}

/// The error of an operation on the study file at `path`.
pub fn failed(path: &Path, why: &rusqlite::Error) -> Error {
    let wrong = |why: String| Error::Data(format!("{}: {why}", path.display()));
    match why.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::Busy(format!("{}: another program has been writing for a while; try again", path.display()))
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            wrong(format!("damaged or cut off ({why}); the command .recover of SQLite's own shell saves what can be read"))
        }
        Some(ErrorCode::TooBig) => wrong(format!("a text of more than {LONGEST} bytes")),
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory
            | ErrorCode::FileLockingProtocolFailed,
        ) => Error::io(path, std::io::Error::other(why.to_string())),
        _ => wrong(format!("its tables are not those of a study ({why})")),
    }
}
