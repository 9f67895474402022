//! Which rows of a recording are exported.

use crate::error::{Error, Result};
use crate::traces::Cursor;
use crate::traces::cursor::Episode;

/// Which rows are asked for; what is None is not restricted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The instance.
    pub instance: Option<u32>,
    /// Number of the episode as recorded.
    pub episode: Option<u32>,
    /// First and last step of the episode.
    pub steps: Option<(u32, u32)>,
}

/// Rows of one instance that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The instance.
    pub instance: u32,
    /// First row, counted in the rows of the instance.
    pub first: u64,
    /// Number of rows.
    pub rows: u64,
}

impl Selection {
    /// The episode that pictures are made of: that of the selection, by default the first one of the first recorded instance.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is none, with those that there are.
    pub fn episode(&self, cursor: &Cursor) -> Result<Episode> {
        let instance = match self.instance {
            Some(instance) => instance,
            None => cursor.instances().next().ok_or_else(|| Error::Usage("the recording has no rows".to_string()))?,
        };
        let episodes = cursor.episodes(instance)?;
        let holds = |episode: &&Episode| {
            let number = self.episode.is_none_or(|number| episode.episode == number);
            number && self.steps.is_none_or(|(first, _)| episode.row_of(first).is_some())
        };
        // A restored state continues an episode under the same number: the piece that holds the first step is meant.
        episodes.iter().find(holds).cloned().ok_or_else(|| self.none(instance, episodes))
    }

    /// The rows of [`Selection::episode`] that are asked for.
    ///
    /// # Errors
    /// [`Error::Usage`] if the episode does not have them all.
    pub fn in_episode(&self, episode: &Episode) -> Result<Span> {
        let instance = episode.instance;
        let Some((first, last)) = self.steps else {
            return Ok(Span { instance, first: episode.first_row, rows: episode.rows });
        };
        match (episode.row_of(first), episode.row_of(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Span { instance, first, rows: last - first + 1 }),
            (Some(_), Some(_)) => Err(Error::Usage(format!("steps {first}..{last} run backwards"))),
            _ => {
                let end = u64::from(episode.first_step) + episode.rows - 1;
                let which = format!("episode {} of instance {instance}", episode.episode);
                Err(Error::Usage(format!("{which} has steps {} to {end}, not {first} to {last}", episode.first_step)))
            }
        }
    }

    /// All rows that are asked for, instance by instance.
    ///
    /// # Errors
    /// [`Error::Usage`] if there are none.
    pub fn spans(&self, cursor: &Cursor) -> Result<Vec<Span>> {
        let instances: Vec<u32> = match self.instance {
            Some(instance) => vec![instance],
            None => cursor.instances().collect(),
        };
        let mut spans = Vec::new();
        for instance in instances {
            if self.episode.is_none() && self.steps.is_none() {
                spans.push(Span { instance, first: 0, rows: cursor.rows(instance)? });
                continue;
            }
            for episode in cursor.episodes(instance)?.iter().filter(|episode| self.episode.is_none_or(|n| episode.episode == n)) {
                spans.extend(self.part_of(episode));
            }
        }
        if spans.iter().all(|span| span.rows == 0) {
            return Err(Error::Usage("the recording has no such steps".to_string()));
        }
        Ok(spans)
    }

    /// What of the steps asked for an episode has.
    fn part_of(&self, episode: &Episode) -> Option<Span> {
        let (first, last) = self.steps.unwrap_or((0, u32::MAX));
        let begin = u64::from(first.max(episode.first_step));
        let end = u64::from(last).min(u64::from(episode.first_step) + episode.rows - 1);
        let first = episode.first_row + begin - u64::from(episode.first_step);
        (begin <= end).then(|| Span { instance: episode.instance, first, rows: end - begin + 1 })
    }

    fn none(&self, instance: u32, episodes: &[Episode]) -> Error {
        let numbers = episodes.first().zip(episodes.last()).map(|(first, last)| (first.episode, last.episode));
        let there = numbers.map_or("no episodes".to_string(), |(first, last)| format!("episodes {first} to {last}"));
        let steps = self.steps.map_or(String::new(), |(first, _)| format!(" with a step {first}"));
        let asked = self.episode.map_or("no episode".to_string(), |number| format!("no episode {number}"));
        Error::Usage(format!("instance {instance} has {there}; {asked}{steps}"))
    }
}
