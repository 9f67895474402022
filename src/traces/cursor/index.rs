//! The index of a recording: the episodes of each instance, and the parts and rows that contain them.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::traces::order::Common;
use crate::traces::room;

/// Number of new entries between checks of the available memory.
const LOOK_EVERY: usize = 1 << 16;

/// How an episode begins in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// With the row of its first state.
    Reset,
    /// With the row of a restored state.
    Restored,
    /// With its first recorded step. This happens only in rows that another program wrote.
    Step,
}

/// An episode of one instance as it was recorded. The rows from a restored state on are listed as a separate episode, with the recorded
/// number and step.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// Index of the instance in the batch.
    pub instance: u32,
    /// Number of the episode as recorded; this program counts from 1.
    pub episode: u32,
    /// How the episode begins.
    pub begins: Begins,
    /// Index of its first row among the rows of the instance, from 0.
    pub first_row: u64,
    /// The value of `step` in that row.
    pub first_step: u32,
    /// Number of recorded rows. One more than `steps` if the first row is that of a first or restored state.
    pub rows: u64,
    /// Number of recorded steps.
    pub steps: u64,
    /// Sum of the rewards in its rows. It does not contain the rewards before a restored state, which are in no row.
    pub episode_return: f64,
    /// Whether its last row has `terminated` set. `terminated` and `truncated` can both be set.
    pub terminated: bool,
    /// Whether its last row has `truncated` set.
    pub truncated: bool,
    /// Whether another episode follows although this one has not ended: an earlier state was restored, or another program did not record
    /// the end.
    pub interrupted: bool,
}

impl Episode {
    /// Whether the episode has not ended in the recording and no other episode follows it.
    pub fn is_open(&self) -> bool {
        !(self.terminated || self.truncated || self.interrupted)
    }

    /// Returns the index of the row of `step` among the rows of the instance. None if the episode has no such row.
    pub fn row_of(&self, step: u32) -> Option<u64> {
        let ahead = u64::from(step.checked_sub(self.first_step)?);
        (ahead < self.rows).then_some(self.first_row + ahead)
    }
}

/// Consecutive rows of a part that belong to one instance.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Index of the first row among the rows of the instance.
    pub first: u64,
    /// Index of the part in the recording.
    pub part: usize,
    /// Index of the first row among the rows of the part.
    pub at: u64,
    /// Number of rows.
    pub rows: u64,
}

/// The index of one instance.
#[derive(Clone, Debug, Default)]
pub struct Instance {
    /// In the order of their rows.
    pub episodes: Vec<Episode>,
    /// In the order of their rows.
    pub segments: Vec<Segment>,
    pub rows: u64,
    /// Whether an episode has a lower number than an episode before it.
    unsorted: bool,
}

/// All instances of a recording.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub instances: BTreeMap<u32, Instance>,
    /// Number of entries added since the last check of the memory.
    entries: usize,
}

impl Index {
    /// Adds the next rows of part `part`, from row `first` of the part on. Their order was checked before. `foreign`: whether another program
    /// wrote them.
    ///
    /// # Errors
    /// [`Error::Limit`] if the index does not fit into memory.
    pub fn add(&mut self, first: u64, common: &Common, part: usize, foreign: bool) -> Result<()> {
        for k in 0..common.instance.len() {
            let (instance, episode) = (common.instance.value(k), common.episode.value(k));
            let known = self.instances.entry(instance).or_default();
            let at = first + k as u64;
            match known.segments.last_mut() {
                Some(last) if last.part == part && last.at + last.rows == at => last.rows += 1,
                _ => {
                    known.segments.push(Segment { first: known.rows, part, at, rows: 1 });
                    self.entries += 1;
                }
            }
            let begins = match common.action(k) {
                None if common.is_restored(k) => Some(Begins::Restored),
                None => Some(Begins::Reset),
                Some(_) if foreign && known.episodes.last().is_none_or(|last| last.episode != episode) => Some(Begins::Step),
                Some(_) => None,
            };
            if let Some(begins) = begins {
                known.begin(instance, begins, common, k);
                self.entries += 1;
            }
            known.take(common, k);
        }
        if self.entries >= LOOK_EVERY {
            self.entries = 0;
            let bytes = (size_of::<Episode>() + size_of::<Segment>()) as u64;
            room::check("episodes", 2 * LOOK_EVERY as u64, bytes)?;
        }
        Ok(())
    }

    /// # Errors
    /// [`Error::Usage`] with the recorded instances if `instance` is not one of them.
    pub fn instance(&self, instance: u32) -> Result<&Instance> {
        self.instances.get(&instance).ok_or_else(|| {
            let known: Vec<usize> = self.instances.keys().map(|i| *i as usize).collect();
            let known = if known.is_empty() { "none".to_string() } else { crate::traces::ranges(&known) };
            Error::Usage(format!("instance {instance} was not recorded; recorded are {known}"))
        })
    }
}

impl Instance {
    fn begin(&mut self, instance: u32, begins: Begins, common: &Common, k: usize) {
        let episode = common.episode.value(k);
        if let Some(last) = self.episodes.last_mut() {
            last.interrupted = last.is_open();
            self.unsorted |= last.episode > episode;
        }
        self.episodes.push(Episode {
            instance,
            episode,
            begins,
            first_row: self.rows,
            first_step: common.step.value(k),
            rows: 0,
            steps: 0,
            episode_return: 0.0,
            terminated: false,
            truncated: false,
            interrupted: false,
        });
    }

    fn take(&mut self, common: &Common, k: usize) {
        self.rows += 1;
        if let Some(last) = self.episodes.last_mut() {
            last.rows += 1;
            last.steps += u64::from(common.action(k).is_some());
            last.episode_return += common.reward.value(k);
            (last.terminated, last.truncated) = (common.terminated.value(k), common.truncated.value(k));
        }
    }

    /// Returns the first row of `step` in an episode with the number `episode`.
    pub fn row_of(&self, episode: u32, step: u32) -> Option<u64> {
        let from = if self.unsorted { 0 } else { self.episodes.partition_point(|known| known.episode < episode) };
        let same = self.episodes[from..].iter().take_while(|known| self.unsorted || known.episode == episode);
        same.filter(|known| known.episode == episode).find_map(|known| known.row_of(step))
    }

    /// The episode that row `row` belongs to.
    pub fn episode_of(&self, row: u64) -> Option<&Episode> {
        let after = self.episodes.partition_point(|episode| episode.first_row <= row);
        self.episodes.get(after.checked_sub(1)?).filter(|_| row < self.rows)
    }

    /// Returns the segments from row `row` on. The first one begins at `row`.
    pub fn segments_from(&self, row: u64) -> impl Iterator<Item = Segment> {
        let from = self.segments.partition_point(|segment| segment.first + segment.rows <= row);
        self.segments[from..].iter().map(move |segment| {
            let skip = row.saturating_sub(segment.first);
            Segment { first: segment.first + skip, at: segment.at + skip, rows: segment.rows - skip, ..*segment }
        })
    }
}
