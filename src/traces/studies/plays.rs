//! The plays of a study file.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::file::StudyFile;
use super::name::{PlayName, Selector, StudyPath, is_id};
use crate::error::{Error, Result};

/// Plays that a message names, at most.
const MAX_NAMED: usize = 12;

/// A play of a study file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyPlay {
    /// Its name in the file.
    pub name: PlayName,
    /// The cohort of the participant.
    pub cohort: Option<String>,
    /// The condition that the participant is in.
    pub condition: Option<String>,
    /// Number of the session in the file.
    pub session: i64,
    /// Whether it is practice.
    pub practice: bool,
}

const PLAYS: &str = "SELECT participant, cohort, condition, session, play, practice FROM sessions \
    JOIN participants USING(participant) LEFT JOIN assignments USING(participant) LEFT JOIN plays USING(session) \
    ORDER BY participant, session, plays.n";

/// All plays, by participant and in order.
fn all(connection: &Connection) -> rusqlite::Result<Result<Vec<StudyPlay>>> {
    let mut select = connection.prepare(PLAYS)?;
    let mut rows = select.query([])?;
    let (mut plays, mut sessions) = (Vec::new(), BTreeMap::<String, (u32, i64)>::new());
    while let Some(row) = rows.next()? {
        let (participant, session): (String, i64) = (row.get(0)?, row.get(3)?);
        if !is_id(&participant) {
            return Ok(Err(Error::Data(format!("session {session} is of a participant whose id is none"))));
        }
        // The sessions of a participant are counted, whether they have plays or not.
        let (count, last) = sessions.entry(participant.clone()).or_insert((0, -1));
        if *last != session {
            (*count, *last) = (*count + 1, session);
        }
        let Some(play) = row.get::<_, Option<u32>>(4)? else { continue };
        plays.push(StudyPlay {
            name: PlayName { participant, session: *count, play },
            cohort: row.get(1)?,
            condition: row.get(2)?,
            session,
            practice: row.get::<_, i64>(5)? != 0,
        });
    }
    Ok(Ok(plays))
}

impl StudyFile {
    /// All plays, by participant and in order.
    ///
    /// # Errors
    /// [`Error::Data`], [`Error::Io`] or [`Error::Busy`] if they cannot be read.
    pub fn plays(&self) -> Result<Vec<StudyPlay>> {
        self.with(all)?.map_err(|why| self.wrong(why))
    }

    /// The plays that `selector` means.
    ///
    /// # Errors
    /// As [`StudyFile::plays`]; [`Error::Usage`] if there are none, with what there is; [`Error::Data`] if the participant's records were erased.
    pub fn selected(&self, selector: &Selector) -> Result<Vec<StudyPlay>> {
        let all = self.plays()?;
        let plays: Vec<StudyPlay> = all.iter().filter(|play| play.is_meant(selector)).cloned().collect();
        if !plays.is_empty() {
            return Ok(plays);
        }
        if let Selector::Participant { id, .. } = selector {
            self.check_not_erased(id)?;
        }
        let path = self.path.display();
        if all.is_empty() {
            return Err(Error::Usage(format!("{path}: nobody has played yet")));
        }
        Err(Error::Usage(format!("{path}: no such play; there are {}", contents(&all))))
    }

    /// # Errors
    /// [`Error::Data`] if the records of a participant were erased.
    pub fn check_not_erased(&self, participant: &str) -> Result<()> {
        let erased = "SELECT count(*) FROM withdrawals WHERE participant = ?1";
        let erased = self.with(|connection| connection.query_row(erased, [participant], |row| row.get::<_, i64>(0)))?;
        if erased == 0 { Ok(()) } else { Err(self.wrong(format!("the records of {participant} were erased"))) }
    }
}

impl StudyPlay {
    /// Whether `selector` means it.
    pub fn is_meant(&self, selector: &Selector) -> bool {
        match selector {
            Selector::All => true,
            Selector::Practice(practice) => self.practice == *practice,
            Selector::Condition(name) => self.condition.as_ref() == Some(name),
            Selector::Cohort(name) => self.cohort.as_ref() == Some(name),
            Selector::Participant { id, session, play } => {
                let PlayName { participant, session: number, play: own } = &self.name;
                // A play is one of the first session unless another one is named.
                let session = session.or(play.map(|_| 1));
                participant == id && session.is_none_or(|session| session == *number) && play.is_none_or(|play| play == *own)
            }
        }
    }
}

/// What there is, in words.
fn contents(plays: &[StudyPlay]) -> String {
    let list = |mut names: Vec<String>| {
        names.sort();
        names.dedup();
        let more = names.len().saturating_sub(MAX_NAMED);
        names.truncate(MAX_NAMED);
        if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
    };
    let mut text = format!("plays {}", list(plays.iter().map(|play| play.name.to_string()).collect()));
    let named = |of: fn(&StudyPlay) -> &Option<String>| list(plays.iter().filter_map(|play| of(play).clone()).collect());
    for (what, names) in [("conditions", named(|play| &play.condition)), ("cohorts", named(|play| &play.cohort))] {
        if !names.is_empty() {
            text += &format!("; {what} {names}");
        }
    }
    text
}

/// The paths of the plays that a path names, one for each. None if it names no study file.
///
/// # Errors
/// [`Error::Data`] if the file is not a study file that can be read; [`Error::Usage`] if a selector matches nothing; [`Error::Io`].
pub fn paths(path: &std::path::Path) -> Result<Option<Vec<std::path::PathBuf>>> {
    let Some(study) = StudyPath::parse(path)? else { return Ok(None) };
    let plays = StudyFile::open(&study.file)?.selected(&study.selector)?;
    Ok(Some(plays.iter().map(|play| play.name.path(&study.file)).collect()))
}
