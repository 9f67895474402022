//! Opens plays as parts, which all readers of traces read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chain::Chain;
use super::file::StudyFile;
use super::name::{Selector, StudyPath};
use super::plays::StudyPlay;
use super::rows::StudyRows;
use crate::error::{Error, Result};
use crate::traces::format::{FORMAT_VERSION, Meta};
use crate::traces::parts::PartFile;
use crate::traces::worlds::world_of;

/// The study files that are being opened. Each file is opened once, and each session is checked once.
#[derive(Debug, Default)]
pub struct OpenStudies {
    files: BTreeMap<PathBuf, (Arc<StudyFile>, BTreeMap<i64, Chain>)>,
}

impl OpenStudies {
    /// Opens the play that `path` names. None if it names no study file.
    ///
    /// # Errors
    /// [`Error::Data`] if the file is not a study file that can be read, or an item was changed; [`Error::Io`]; [`Error::Usage`] if there is no
    /// such play.
    pub fn part(&mut self, path: &Path) -> Result<Option<PartFile>> {
        let Some(study) = StudyPath::parse(path)? else { return Ok(None) };
        if !self.files.contains_key(&study.file) {
            self.files.insert(study.file.clone(), (Arc::new(StudyFile::open(&study.file)?), BTreeMap::new()));
        }
        let Some((file, chains)) = self.files.get_mut(&study.file) else { return Ok(None) };
        let mut plays = file.selected(&study.selector)?;
        let (Some(play), None) = (plays.pop(), plays.pop()) else {
            return Err(Error::Usage(format!("{}: several plays", path.display())));
        };
        let chain = match chains.get(&play.session) {
            Some(chain) => chain.clone(),
            None => chains.entry(play.session).or_insert(file.check_items(play.session, &Chain::default())?).clone(),
        };
        opened(file, play, chain).map(Some)
    }
}

/// A play as a part.
fn opened(file: &Arc<StudyFile>, play: StudyPlay, chain: Chain) -> Result<PartFile> {
    let path = play.name.path(&file.path);
    let meta = meta_of(file, &play, &path)?;
    let world = world_of(&path, &meta)?;
    let rows = StudyRows::list(file.clone(), play, world, chain)?;
    let count = rows.count();
    Ok(PartFile::stored(path, meta, Arc::new(rows), count))
}

/// The description of a play, with what the study knows of it.
fn meta_of(file: &StudyFile, play: &StudyPlay, path: &Path) -> Result<Meta> {
    let number = i64::from(play.name.play);
    let select = "SELECT meta FROM plays WHERE session = ?1 AND play = ?2";
    let json: String =
        file.with(|connection| connection.query_row(select, [play.session, number], |row| row.get::<_, String>(0)))?;
    let wrong = |why: String| Error::Data(format!("{}: {why}", path.display()));
    let meta: Meta = serde_json::from_str(&json).map_err(|e| wrong(format!("its description cannot be read: {e}")))?;
    if meta.format > FORMAT_VERSION {
        let format = meta.format;
        return Err(wrong(format!("format {format} is newer than this program, which reads up to {FORMAT_VERSION}")));
    }
    Ok(Meta {
        participant: Some(play.name.participant.clone()),
        cohort: play.cohort.clone(),
        condition: play.condition.clone(),
        session: Some(play.session),
        play: Some(play.name.play),
        practice: Some(play.practice),
        part: Some(0),
        rows: None,
        hashes: BTreeMap::new(),
        ..meta
    })
}

/// The path by which a file, or a play, is known, however it was written.
///
/// # Errors
/// [`Error::Io`] if there is no such file.
pub fn canonical(path: &Path) -> Result<PathBuf> {
    let whole = |path: &Path| path.canonicalize().map_err(|e| Error::io(path, e));
    let Some(study) = StudyPath::parse(path)? else { return whole(path) };
    let file = whole(&study.file)?;
    Ok(study.play().map_or_else(|| file.clone(), |play| play.path(&file)))
}

/// Whether a path, which may name plays of a study file, names something that exists.
pub fn exists(path: &Path) -> bool {
    match StudyPath::parse(path) {
        Ok(Some(study)) => study.file.exists(),
        _ => path.exists(),
    }
}

/// The paths of the plays that `path` names, and how many plays of practice were left out, because the path names neither practice nor a play.
/// None if it names no study file.
///
/// # Errors
/// As [`super::paths`]; [`Error::Usage`] if there is nothing but practice.
pub fn without_practice(path: &Path) -> Result<Option<(Vec<PathBuf>, usize)>> {
    let Some(study) = StudyPath::parse(path)? else { return Ok(None) };
    let plays = StudyFile::open(&study.file)?.selected(&study.selector)?;
    let (all, practice) = (plays.len(), study.selector.wants_practice());
    let left: Vec<PathBuf> =
        plays.iter().filter(|play| practice || !play.practice).map(|play| play.name.path(&study.file)).collect();
    if left.is_empty() {
        let shown = path.display();
        return Err(Error::Usage(format!(
            "{shown}: nothing but practice, which is left out; {}#practice names it",
            study.file.display()
        )));
    }
    let out = all - left.len();
    Ok(Some((left, out)))
}

/// Where a play stands among those of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayPlace {
    /// The study file.
    pub file: PathBuf,
    /// Id of the participant.
    pub participant: String,
    /// The whole name of the play: `P01/0`.
    pub name: String,
    /// The name among the plays of the participant: `0`, or `s2/0`.
    pub number: String,
}

/// The place of the play that a path names. None if it names no play.
pub fn place_of(path: &Path) -> Option<PlayPlace> {
    let study = StudyPath::parse(path).ok()??;
    let play = study.play()?;
    let name = play.to_string();
    let number = name.split_once('/').map(|(_, number)| number.to_string())?;
    Some(PlayPlace { file: study.file, participant: play.participant, name, number })
}

/// Whether a path names all plays, or some, of a study file.
pub fn is_study(path: &Path) -> bool {
    matches!(StudyPath::parse(path), Ok(Some(_)))
}

/// The items of a study file, as far as a path names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckedItems {
    /// Number of participants.
    pub participants: usize,
    /// Number of sessions.
    pub sessions: usize,
    /// Number of plays.
    pub plays: usize,
    /// Number of items of the sessions.
    pub items: u64,
}

/// Checks all items of the sessions that a path names, or all of its plays. None if it names no study file.
///
/// # Errors
/// [`Error::Data`] if the file is not a study file that can be read, or an item was changed; [`Error::Io`].
pub fn check(path: &Path) -> Result<Option<CheckedItems>> {
    let Some(study) = StudyPath::parse(path)? else { return Ok(None) };
    let file = StudyFile::open(&study.file)?;
    let mut checked = CheckedItems::default();
    let (mut participants, mut sessions) = (Vec::new(), Vec::new());
    if study.selector == Selector::All {
        // Sessions without play have items too.
        for (session, participant) in file.sessions()? {
            participants.push(participant);
            sessions.push(session);
        }
        checked.plays = file.plays()?.len();
    } else {
        for play in file.selected(&study.selector)? {
            checked.plays += 1;
            participants.push(play.name.participant);
            sessions.push(play.session);
        }
    }
    participants.sort();
    participants.dedup();
    sessions.sort_unstable();
    sessions.dedup();
    for session in &sessions {
        checked.items += file.check_items(*session, &Chain::default())?.items;
    }
    (checked.participants, checked.sessions) = (participants.len(), sessions.len());
    Ok(Some(checked))
}

impl StudyFile {
    /// The sessions with their participants.
    fn sessions(&self) -> Result<Vec<(i64, String)>> {
        self.with(|connection| {
            let mut select = connection.prepare("SELECT session, participant FROM sessions ORDER BY session")?;
            select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
    }
}
