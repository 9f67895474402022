//! Opens and creates study databases.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::{Error, Result};

/// `PRAGMA application_id` of a study database: the letters EXPS.
pub const APPLICATION_ID: i32 = 0x4558_5053;
/// The version of the schema that this program writes.
pub const SCHEMA_VERSION: i32 = MIGRATIONS.len() as i32;
/// How files are named.
pub const ENDING: &str = ".study.sqlite";

/// What makes each version of the schema from the one before. A file of any of them is brought to the newest when it is opened to write.
const MIGRATIONS: [&str; 1] = [include_str!("schema.sql")];
/// How long one program waits for the commit of another.
const BUSY: Duration = Duration::from_secs(5);

/// Which file a path named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    #[cfg(unix)]
    inode: (u64, u64),
    path: PathBuf,
}

impl FileIdentity {
    /// The file that `path` names now.
    ///
    /// # Errors
    /// [`Error::Io`] if there is none.
    pub fn of(path: &Path) -> Result<FileIdentity> {
        let about = std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
        #[cfg(unix)]
        let inode = {
            use std::os::unix::fs::MetadataExt;
            (about.dev(), about.ino())
        };
        #[cfg(not(unix))]
        let _ = about;
        Ok(FileIdentity {
            #[cfg(unix)]
            inode,
            path: path.to_path_buf(),
        })
    }
}

/// The error of an operation on the file at `path`.
pub fn failed(path: &Path, why: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Code;
    match why.sqlite_error_code() {
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => {
            Error::Data(format!("{}: not a study database that can be read ({why})", path.display()))
        }
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => {
            Error::Busy(format!("{}: another program has been writing for a while; try again", path.display()))
        }
        _ => Error::io(path, std::io::Error::other(why.to_string())),
    }
}

/// Creates the database of the study `name`. An empty file is filled: a program that was killed may have left it.
///
/// # Errors
/// [`Error::Usage`] if there is another file; [`Error::Io`].
pub fn create(path: &Path, name: &str) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|e| failed(path, &e))?;
    if version(&connection).map_err(|e| failed(path, &e))?.is_some() {
        return Err(Error::Usage(format!("{} is there already", path.display())));
    }
    settings(&connection).map_err(|e| failed(path, &e))?;
    migrate(&mut connection, 0, Some(name)).map_err(|e| failed(path, &e))?;
    crate::files::sync_folder(path)?;
    Ok(connection)
}

/// Creates a database in memory, of which nothing is left afterwards.
///
/// # Errors
/// [`Error::Io`] if there is no memory for it.
pub fn create_in_memory(name: &str) -> Result<Connection> {
    let fail = |e: rusqlite::Error| failed(Path::new(":memory:"), &e);
    let mut connection = Connection::open_in_memory().map_err(fail)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(fail)?;
    migrate(&mut connection, 0, Some(name)).map_err(fail)?;
    Ok(connection)
}

/// Opens a database to write, and brings its schema up to date.
///
/// # Errors
/// [`Error::Io`] if there is none; [`Error::Data`] for another kind of file, or one of a newer version; [`Error::Busy`].
pub fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // SQLite does not tell a missing file from one that may not be opened.
    std::fs::metadata(path).map_err(|e| Error::io(path, e))?;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|e| failed(path, &e))?;
    // Asked first: the file of another program is not changed.
    let found = version(&connection).map_err(|e| failed(path, &e))?;
    settings(&connection).map_err(|e| failed(path, &e))?;
    match found {
        None => Err(Error::Data(format!("{} is not a study database", path.display()))),
        Some(version) if version > SCHEMA_VERSION => Err(Error::Data(format!(
            "{} was written by a newer version (schema {version}, this program has {SCHEMA_VERSION})",
            path.display()
        ))),
        Some(version) if version < SCHEMA_VERSION => {
            migrate(&mut connection, version, None).map_err(|e| failed(path, &e))?;
            Ok(connection)
        }
        Some(_) => Ok(connection),
    }
}

/// Opens a database to read only.
///
/// # Errors
/// As [`connect`].
pub fn connect_to_read(path: &Path) -> Result<Connection> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true).map_err(|e| failed(path, &e))?;
    Ok(connection)
}

fn settings(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // Acknowledged means committed: a commit returns when it is on the disk.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is erased must not survive in free pages.
    connection.pragma_update(None, "secure_delete", true)
}

/// The version of the schema. None if this is no study database.
fn version(connection: &Connection) -> rusqlite::Result<Option<i32>> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id == APPLICATION_ID && version > 0 {
        return Ok(Some(version));
    }
    // A file with tables of another program is left as it is.
    if id == 0 && version == 0 && tables == 0 { Ok(None) } else { Err(not_ours()) }
}

fn not_ours() -> rusqlite::Error {
    let code = rusqlite::ffi::Error { code: rusqlite::ErrorCode::NotADatabase, extended_code: rusqlite::ffi::SQLITE_NOTADB };
    rusqlite::Error::SqliteFailure(code, Some("it is a database of another program".to_string()))
}

/// Brings the schema from version `from` to the newest, all or nothing.
fn migrate(connection: &mut Connection, from: i32, name: Option<&str>) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another program may have done it meanwhile.
    let now: i32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(now.max(from)).unwrap_or(0)) {
        transaction.execute_batch(migration)?;
    }
    if let Some(name) = name.filter(|_| now == 0) {
        let mut put = transaction.prepare("INSERT INTO meta VALUES(?1, ?2)")?;
        put.execute(["study", name])?;
        put.execute(["created_utc", &utc()])?;
        put.execute(["program", env!("CARGO_PKG_VERSION")])?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
}

/// The time now, for people.
pub fn utc() -> String {
    jiff::Timestamp::now().to_string()
}
