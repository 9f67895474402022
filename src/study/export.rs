//! Exports a study file: every table as CSV, and the plans as TOML, in a folder of their own.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::database::{ITEM_TABLES, connect, failed, utc};
use crate::error::{Error, Result};
use crate::files::{sync_folder, write_bytes};

/// Says that a folder was made by an export, so that `--force` may replace it.
pub const MARK: &str = "explorarium-export.json";
/// Tables besides those of items. Texts of consents are among them, since consents name them by their hash.
const OTHER_TABLES: [&str; 7] = ["meta", "participants", "assignments", "sessions", "boots", "texts", "withdrawals"];

/// How to export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// Replace an earlier export.
    pub force: bool,
    /// Put an apostrophe before texts that a spreadsheet would take for a formula.
    pub spreadsheet: bool,
}

/// What was exported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Name of each file, and how many rows it has; None for plans.
    pub files: Vec<(String, Option<u64>)>,
}

/// Exports the study file at `path` to the folder `to`, which appears when it is complete. The file remembers where its records went.
///
/// # Errors
/// [`Error::Usage`] if `to` exists and is no export, or without `force`; [`Error::Interrupted`] if `stop` is set; [`Error::Io`],
/// [`Error::Data`].
pub fn export(path: &Path, to: &Path, options: &ExportOptions, stop: &AtomicBool) -> Result<Exported> {
    check_target(to, options.force)?;
    let mut connection = connect(path)?;
    let fail = |e: rusqlite::Error| failed(path, &e);
    let named = std::path::absolute(to).map_err(|e| Error::io(to, e))?;
    // Noted first: an export that is killed is named too when records are erased.
    connection.execute("INSERT INTO exports(path, utc) VALUES(?1, ?2)", (named.display().to_string(), utc())).map_err(fail)?;
    let temporary = beside(to, "tmp");
    fs::create_dir_all(&temporary).map_err(|e| Error::io(&temporary, e))?;
    let done = write_all(&mut connection, path, &temporary, options, stop).and_then(|exported| {
        put_in_place(&temporary, to)?;
        Ok(exported)
    });
    if done.is_err() {
        // Best effort: the error above is the one to report.
        let _ = fs::remove_dir_all(&temporary);
    }
    done
}

/// A name in the same folder that only this process takes.
fn beside(to: &Path, what: &str) -> PathBuf {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    to.with_file_name(format!(".{name}.{what}-{}", std::process::id()))
}

fn check_target(to: &Path, force: bool) -> Result<()> {
    if to.file_name().is_none() {
        return Err(Error::Usage(format!("{} names no folder", to.display())));
    }
    let Ok(about) = fs::symlink_metadata(to) else { return Ok(()) };
    let ours = about.is_dir() && to.join(MARK).is_file();
    match (ours, force) {
        (true, true) => Ok(()),
        (true, false) => Err(Error::Usage(format!("{} is there already; --force replaces it", to.display()))),
        (false, _) => Err(Error::Usage(format!("{} is there and is no export; choose another folder", to.display()))),
    }
}

fn put_in_place(temporary: &Path, to: &Path) -> Result<()> {
    let old = beside(to, "old");
    let replaced = fs::rename(to, &old).is_ok();
    fs::rename(temporary, to).map_err(|e| Error::io(to, e))?;
    if replaced {
        fs::remove_dir_all(&old).map_err(|e| Error::io(&old, e))?;
    }
    sync_folder(to)
}

fn write_all(
    connection: &mut Connection,
    path: &Path,
    to: &Path,
    options: &ExportOptions,
    stop: &AtomicBool,
) -> Result<Exported> {
    let fail = |e: rusqlite::Error| failed(path, &e);
    // One state of the file, whatever is played meanwhile.
    let transaction = connection.transaction().map_err(fail)?;
    let mut exported = Exported::default();
    for table in ITEM_TABLES.into_iter().chain(OTHER_TABLES) {
        let name = format!("{table}.csv");
        let rows = table_as_csv(&transaction, table, &to.join(&name), options.spreadsheet, stop).map_err(|e| match e {
            CsvError::Sql(e) => fail(e),
            CsvError::Io(e) => Error::io(to.join(&name), e),
            CsvError::Stopped => Error::Interrupted,
        })?;
        exported.files.push((name, Some(rows)));
    }
    let mut select = transaction.prepare("SELECT plan, text FROM plans ORDER BY plan").map_err(fail)?;
    let plans = select.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).map_err(fail)?;
    for plan in plans {
        let (number, text) = plan.map_err(fail)?;
        let name = format!("plan-{number}.toml");
        write_bytes(&to.join(&name), text.as_bytes())?;
        exported.files.push((name, None));
    }
    let about = serde_json::json!({
        "study": path.display().to_string(), "utc": utc(), "program": env!("CARGO_PKG_VERSION"), "spreadsheet": options.spreadsheet,
        "files": exported.files.iter().map(|(name, _)| name).collect::<Vec<_>>(),
    });
    write_bytes(&to.join(MARK), about.to_string().as_bytes())?;
    Ok(exported)
}

/// Why a table was not written.
enum CsvError {
    Sql(rusqlite::Error),
    Io(std::io::Error),
    Stopped,
}

impl From<rusqlite::Error> for CsvError {
    fn from(e: rusqlite::Error) -> CsvError {
        CsvError::Sql(e)
    }
}

impl From<std::io::Error> for CsvError {
    fn from(e: std::io::Error) -> CsvError {
        CsvError::Io(e)
    }
}

fn table_as_csv(
    connection: &Connection,
    table: &str,
    to: &Path,
    spreadsheet: bool,
    stop: &AtomicBool,
) -> std::result::Result<u64, CsvError> {
    let mut file = BufWriter::new(File::create(to)?);
    let mut select = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2"))?;
    let names: Vec<String> = select.column_names().into_iter().map(str::to_string).collect();
    writeln!(file, "{}", names.join(","))?;
    let (mut rows, mut n) = (select.query([])?, 0);
    while let Some(row) = rows.next()? {
        if stop.load(Ordering::Relaxed) {
            return Err(CsvError::Stopped);
        }
        let fields = (0..names.len()).map(|c| Ok(field(row.get_ref(c)?, spreadsheet)));
        writeln!(file, "{}", fields.collect::<rusqlite::Result<Vec<_>>>()?.join(","))?;
        n += 1;
    }
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(n)
}

/// A value as a field of CSV (RFC 4180). No value is an empty field; digests are hexadecimal digits.
fn field(value: ValueRef, spreadsheet: bool) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(whole) => whole.to_string(),
        ValueRef::Real(real) => real.to_string(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            let formula = spreadsheet && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
            let text = if formula { format!("'{text}") } else { text.into_owned() };
            if text.is_empty() || text.contains([',', '"', '\n', '\r']) || formula {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_text_and_formulas_are_texts_for_spreadsheets() {
        let text = |text: &str, spreadsheet| field(ValueRef::Text(text.as_bytes()), spreadsheet);
        assert_eq!(text("a", false), "a");
        assert_eq!(text("", false), "\"\"");
        assert_eq!(text("a \"b\", c\nd", false), "\"a \"\"b\"\", c\nd\"");
        assert_eq!(text("=1+1", false), "=1+1");
        assert_eq!(text("=1+1", true), "\"'=1+1\"");
        assert_eq!(field(ValueRef::Null, true), "");
        assert_eq!(field(ValueRef::Real(0.1), true), "0.1");
        assert_eq!(field(ValueRef::Blob(&[1, 255]), true), "01ff");
    }
}
