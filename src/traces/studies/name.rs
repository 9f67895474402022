//! Names of plays: `FILE.study.sqlite#P01/0`, and selectors that name several.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// How the files of studies end.
pub const ENDING: &str = ".study.sqlite";

/// Which plays of a study file are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selector {
    /// All of them.
    #[default]
    All,
    /// Practice, or what is not practice.
    Practice(bool),
    /// Those of a condition.
    Condition(String),
    /// Those of a cohort.
    Cohort(String),
    /// Those of a participant, of one of its sessions, or one play.
    Participant {
        /// Its id.
        id: String,
        /// The participant's session, from 1.
        session: Option<u32>,
        /// Number of the play in the session, from 0.
        play: Option<u32>,
    },
}

/// A path that names plays of a study file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyPath {
    /// The file.
    pub file: PathBuf,
    /// Which of its plays.
    pub selector: Selector,
}

/// The name of a play in its file: `P01/0`, in later sessions of the participant `P01/s2/0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlayName {
    /// Id of the participant.
    pub participant: String,
    /// The participant's session, from 1.
    pub session: u32,
    /// Number of the play in the session, from 0.
    pub play: u32,
}

impl fmt::Display for PlayName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let PlayName { participant, session, play } = self;
        if *session == 1 { write!(f, "{participant}/{play}") } else { write!(f, "{participant}/s{session}/{play}") }
    }
}

impl PlayName {
    /// The path that names the play.
    pub fn path(&self, file: &Path) -> PathBuf {
        let mut path = file.as_os_str().to_os_string();
        path.push(format!("#{self}"));
        PathBuf::from(path)
    }
}

impl StudyPath {
    /// Splits a path. None if it names no study file.
    ///
    /// # Errors
    /// [`Error::Usage`] if what follows `#` selects nothing that there could be.
    pub fn parse(path: &Path) -> Result<Option<StudyPath>> {
        // Paths with other characters can only be named whole.
        let Some(text) = path.to_str() else {
            let whole = path.as_os_str().as_encoded_bytes().ends_with(ENDING.as_bytes());
            return Ok(whole.then(|| StudyPath { file: path.to_path_buf(), selector: Selector::All }));
        };
        let whole = |file: &str| StudyPath { file: PathBuf::from(file), selector: Selector::All };
        if text.ends_with(ENDING) {
            return Ok(Some(whole(text)));
        }
        let Some(at) = text.find(&format!("{ENDING}#")) else { return Ok(None) };
        let (file, selected) = (&text[..at + ENDING.len()], &text[at + ENDING.len() + 1..]);
        let selector = Selector::parse(selected).ok_or_else(|| {
            Error::Usage(format!(
                "{text}: '{selected}' selects no plays; write #ID, #ID/PLAY, #condition=NAME, #cohort=NAME, #practice or #play"
            ))
        })?;
        Ok(Some(StudyPath { selector, ..whole(file) }))
    }

    /// The name of the play, if the path names one.
    pub fn play(&self) -> Option<PlayName> {
        let Selector::Participant { id, session, play } = &self.selector else { return None };
        Some(PlayName { participant: id.clone(), session: session.unwrap_or(1), play: (*play)? })
    }
}

impl Selector {
    fn parse(text: &str) -> Option<Selector> {
        let named = |name: &str| (!name.is_empty()).then(|| name.to_string());
        match text.split_once('=') {
            Some(("condition", name)) => return named(name).map(Selector::Condition),
            Some(("cohort", name)) => return named(name).map(Selector::Cohort),
            Some(_) => return None,
            None => {}
        }
        if text == "practice" || text == "play" {
            return Some(Selector::Practice(text == "practice"));
        }
        let mut parts = text.split('/');
        let id = parts.next().and_then(named).filter(|id| is_id(id))?;
        let (second, third) = (parts.next(), parts.next());
        let session = second.and_then(|part| part.strip_prefix('s'));
        let (session, play) = match (session, second, third) {
            (Some(session), _, play) => (Some(session.parse().ok().filter(|n| *n > 0)?), play),
            (None, play, None) => (None, play),
            _ => return None,
        };
        let play = play.map(str::parse).transpose().ok()?;
        parts.next().is_none().then_some(Selector::Participant { id, session, play })
    }

    /// Whether it names a play, or practice as such: then practice is not left out.
    pub fn wants_practice(&self) -> bool {
        matches!(self, Selector::Practice(true) | Selector::Participant { play: Some(_), .. })
    }
}

/// Whether a text is an id of a participant: letters, digits, `-` and `_`.
pub fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !text.is_empty() && text.len() <= 64 && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<StudyPath> {
        StudyPath::parse(Path::new(text)).expect(text)
    }

    #[test]
    fn paths_name_plays() {
        assert_eq!(parsed("runs/a"), None);
        assert_eq!(parsed("a.study.sqlite.parquet"), None);
        let selected = |text: &str| parsed(&format!("d/a.study.sqlite#{text}")).map(|path| path.selector);
        assert_eq!(parsed("d/a.study.sqlite").map(|path| path.selector), Some(Selector::All));
        let of = |id: &str, session, play| Some(Selector::Participant { id: id.to_string(), session, play });
        assert_eq!(selected("P01"), of("P01", None, None));
        assert_eq!(selected("P01/12"), of("P01", None, Some(12)));
        assert_eq!(selected("P01/s2"), of("P01", Some(2), None));
        assert_eq!(selected("P01/s2/0"), of("P01", Some(2), Some(0)));
        assert_eq!(selected("condition=night"), Some(Selector::Condition("night".to_string())));
        assert_eq!(selected("cohort=adults"), Some(Selector::Cohort("adults".to_string())));
        assert_eq!((selected("practice"), selected("play")), (Some(Selector::Practice(true)), Some(Selector::Practice(false))));
        for odd in ["", "P 1", "P01/", "P01/x", "P01/1/2", "P01/s0", "P01/s1/2/3", "condition=", "group=a"] {
            assert!(StudyPath::parse(Path::new(&format!("a.study.sqlite#{odd}"))).is_err(), "{odd}");
        }
    }

    #[test]
    fn names_come_back() {
        for (session, text) in [(1, "P01/3"), (2, "P01/s2/3")] {
            let name = PlayName { participant: "P01".to_string(), session, play: 3 };
            assert_eq!(name.to_string(), text);
            let path = parsed(&name.path(Path::new("a.study.sqlite")).display().to_string()).expect("a study file");
            assert_eq!(path.play(), Some(name));
        }
    }
}
