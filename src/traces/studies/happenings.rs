//! Reads the times of a play's rows, its key presses and what was noted.

use rusqlite::{Connection, Row};

use super::file::StudyFile;
use super::plays::StudyPlay;
use crate::error::Result;
use crate::traces::timeline::{Happening, Timeline};

/// Characters of a note that are kept.
const LONGEST: usize = 1000;

/// Key presses, annotations, and events that are notes, between two items.
const ITEMS: &str = "SELECT n, boot, at_us, code, NULL FROM keys WHERE session = ?1 AND n > ?2 AND n < ?3 AND down = 1 AND repeated = 0 \
    UNION ALL SELECT n, boot, at_us, author, text FROM annotations WHERE session = ?1 AND n > ?2 AND n < ?3 \
    UNION ALL SELECT n, boot, at_us, kind, coalesce(value, '') FROM events \
    WHERE session = ?1 AND n > ?2 AND n < ?3 AND kind IN ('marker', 'note') ORDER BY 1";

/// The item before which a play ends: the next play, or the end of its stage.
const END: &str = "SELECT min(n) FROM (SELECT n FROM plays WHERE session = ?1 AND n > ?2 \
    UNION ALL SELECT n FROM stages WHERE session = ?1 AND n > ?2 AND what = 'left')";

/// Reads on what is new. Returns whether something was.
///
/// # Errors
/// As [`StudyFile::with`].
pub fn read_on(file: &StudyFile, play: &StudyPlay, timeline: &mut Timeline) -> Result<bool> {
    file.with(|connection| {
        let transaction = connection.unchecked_transaction()?;
        read(&transaction, play, timeline)
    })
}

fn read(connection: &Connection, play: &StudyPlay, timeline: &mut Timeline) -> rusqlite::Result<bool> {
    let (session, number, before) = (play.session, i64::from(play.name.play), timeline.read);
    let first = "SELECT min(n) FROM plays WHERE session = ?1 AND play = ?2";
    let first: Option<i64> = connection.query_row(first, [session, number], |row| row.get(0))?;
    let Some(first) = first else { return Ok(false) };
    let steps = "SELECT n, boot, at_us, instance, played_us FROM steps WHERE session = ?1 AND play = ?2 AND n > ?3 ORDER BY n";
    let mut steps = connection.prepare(steps)?;
    let mut rows = steps.query([session, number, timeline.read.0])?;
    while let Some(row) = rows.next()? {
        timeline.read.0 = row.get(0)?;
        timeline.push_row((row.get(1)?, row.get(2)?), row.get(3)?, row.get::<_, i64>(4)?.max(0).cast_unsigned());
    }
    let end: Option<i64> = connection.query_row(END, [session, first], |row| row.get(0))?;
    let mut items = connection.prepare(ITEMS)?;
    let mut rows = items.query([session, timeline.read.1.max(first), end.unwrap_or(i64::MAX)])?;
    while let Some(row) = rows.next()? {
        timeline.read.1 = row.get(0)?;
        timeline.push_item((row.get(1)?, row.get(2)?), happening(row)?);
    }
    timeline.resolve();
    Ok(timeline.read != before)
}

fn happening(row: &Row) -> rusqlite::Result<Happening> {
    let short = |text: String| text.chars().take(LONGEST).collect();
    Ok(match row.get::<_, Option<String>>(4)? {
        None => Happening::Key(short(row.get(3)?)),
        Some(text) => Happening::Note { author: short(row.get(3)?), text: short(text) },
    })
}
