//! What a recording holds: for each instance its episodes, and in which rows of which part they lie.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::traces::order::Common;
use crate::traces::parts::RowChunk;
use crate::traces::room;

/// Entries between looks at the memory that is left.
const LOOK_EVERY: usize = 1 << 16;

/// With what an episode begins in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// With the row of its first state.
    Reset,
    /// With the row of a restored state.
    Restored,
    /// With its first recorded step: another program wrote the rows.
    Step,
}

/// An episode of one instance as it was recorded. What follows a restored state is listed as an episode of its own, of the number and the step
/// that the recording says.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// The instance, its number in the batch.
    pub instance: u32,
    /// Number of the episode as recorded; this program counts from 1.
    pub episode: u32,
    /// With what it begins.
    pub begins: Begins,
    /// Its first row, counted in the rows of the instance from 0.
    pub first_row: u64,
    /// The value of `step` in that row.
    pub first_step: u32,
    /// Recorded rows: one more than steps where the first is that of a state.
    pub rows: u64,
    /// Recorded steps.
    pub steps: u64,
    /// Sum of the rewards in its rows. Rewards on the way to a restored state are in no row, and not in it.
    pub episode_return: f64,
    /// Whether its last row says so; both may be.
    pub terminated: bool,
    /// Likewise.
    pub truncated: bool,
    /// Whether the instance left it before it had ended: an earlier state was restored, or another program's rows end there.
    pub interrupted: bool,
}

impl Episode {
    /// Whether it goes on as far as the recording tells: it has not ended, and nothing follows it.
    pub fn is_open(&self) -> bool {
        !(self.terminated || self.truncated || self.interrupted)
    }

    /// The row of `step`, counted in the rows of the instance.
    pub fn row_of(&self, step: u32) -> Option<u64> {
        let ahead = u64::from(step.checked_sub(self.first_step)?);
        (ahead < self.rows).then_some(self.first_row + ahead)
    }
}

/// Rows of one instance that lie one after the other in a part.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// The first of them, counted in the rows of the instance.
    pub first: u64,
    /// The part, counted in the recording.
    pub part: usize,
    /// The first of them, counted in the rows of the part.
    pub at: u64,
    /// How many there are.
    pub rows: u64,
}

/// What is known of one instance.
#[derive(Clone, Debug, Default)]
pub struct Instance {
    /// In the order of their rows.
    pub episodes: Vec<Episode>,
    /// In the order of their rows.
    pub segments: Vec<Segment>,
    pub rows: u64,
    /// An episode's number is lower than that of one before it.
    unsorted: bool,
}

/// All instances of a recording.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub instances: BTreeMap<u32, Instance>,
    /// Entries made since memory was looked at.
    entries: usize,
}

impl Index {
    /// Takes in the next rows of part `part`, which were found in order. `foreign`: another program wrote them.
    ///
    /// # Errors
    /// [`Error::Limit`] if it does not fit into memory.
    pub fn add(&mut self, piece: &RowChunk, common: &Common, part: usize, foreign: bool) -> Result<()> {
        for k in 0..piece.rows.num_rows() {
            let (instance, episode) = (common.instance.value(k), common.episode.value(k));
            let known = self.instances.entry(instance).or_default();
            let at = piece.first + k as u64;
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
    /// [`Error::Usage`] with the instances that there are.
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

    /// The first row of `step` in an episode of number `episode`.
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

    /// The segments from row `row` on; of the first what is before `row` is left out.
    pub fn segments_from(&self, row: u64) -> impl Iterator<Item = Segment> {
        let from = self.segments.partition_point(|segment| segment.first + segment.rows <= row);
        self.segments[from..].iter().map(move |segment| {
            let skip = row.saturating_sub(segment.first);
            Segment { first: segment.first + skip, at: segment.at + skip, rows: segment.rows - skip, ..*segment }
        })
    }
}
