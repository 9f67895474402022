//! The columns of instances that panes show as a whole, and the achievements of all instances: read in steps.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::mailbox::Shared;
use super::track::{Track, TrackReader};
use crate::traces::Cursor;

/// Instances whose tracks are kept for panes.
const KEPT_TRACKS: usize = 8;
/// How long rows are read before the thread looks for other requests.
const SLICE: Duration = Duration::from_millis(30);
/// While a recording is being read, a track grows once this share of it is new, so that it is not copied for each step.
const GROWTH: u64 = 8;

/// Readers of rows.
#[derive(Debug, Default)]
pub struct Columns {
    /// Readers of tracks, with the time of their last use.
    readers: BTreeMap<u32, (TrackReader, Instant)>,
    /// Readers of achievements of the other instances.
    counters: BTreeMap<u32, TrackReader>,
    /// Achievements of each episode, for instances whose rows were all read.
    counted: BTreeMap<u32, (u64, Vec<u32>)>,
    /// Instances whose tracks are wanted.
    wanted: VecDeque<u32>,
}

impl Columns {
    /// Asks for the track of an instance.
    pub fn ask(&mut self, instance: Option<u32>) {
        self.wanted.extend(instance.filter(|instance| !self.wanted.contains(instance)));
    }

    /// Asks for the new rows of the tracks that are kept; for all of them, or only where they are many.
    pub fn extend(&mut self, cursor: &Cursor, all: bool) {
        let is_due = |(instance, (reader, _)): (&u32, &(TrackReader, Instant))| {
            let (rows, read) = (cursor.rows(*instance).unwrap_or(0), reader.rows());
            (rows > read + if all { 0 } else { read / GROWTH }).then_some(*instance)
        };
        for instance in self.readers.iter().filter_map(is_due).collect::<Vec<_>>() {
            self.ask(Some(instance));
        }
    }

    /// Whether a track is still to be read.
    pub fn is_waiting(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// The number of different achievements in each of the `episodes` of an instance, once they are counted.
    pub fn achieved(&self, instance: u32, episodes: usize) -> Option<Vec<u32>> {
        let counts = self.counted.get(&instance).map(|(_, counts)| counts.clone());
        counts.filter(|counts| counts.len() == episodes)
    }

    /// Reads on the track that was asked for first, for a short time, and tells it once it has all rows. Returns whether achievements were
    /// counted.
    pub fn serve(&mut self, shared: &Shared, cursor: &Cursor) -> bool {
        let Some(instance) = self.wanted.front().copied() else { return false };
        let (reader, used) = self.readers.entry(instance).or_insert_with(|| (TrackReader::default(), Instant::now()));
        *used = Instant::now();
        match reader.read(cursor, instance, &until(shared)) {
            Ok(false) => return false,
            Ok(true) => {
                let track = reader.with_scales();
                shared.tell(|out| {
                    out.columns.insert(instance, track.clone());
                    out.columns_failed.remove(&instance);
                });
                self.wanted.pop_front();
                let is_new = self.note(cursor, instance, &track, track.rows());
                self.forget(shared, instance);
                return is_new;
            }
            Err(why) => {
                let why = why.to_string();
                shared.tell(|out| _ = out.columns_failed.insert(instance, why));
            }
        }
        self.wanted.pop_front();
        false
    }

    /// Notes the achievements of each episode. Returns whether they are new.
    fn note(&mut self, cursor: &Cursor, instance: u32, track: &Track, rows: u64) -> bool {
        let Ok(episodes) = cursor.episodes(instance) else { return false };
        let counts = episodes.iter().map(|episode| {
            let last = episode.first_row + episode.rows.max(1) - 1;
            track.achieved(episode.first_row, last).count() as u32
        });
        let counts = counts.collect();
        self.counted.insert(instance, (rows, counts)).is_none_or(|(before, _)| before != rows)
    }

    /// Keeps the columns of the instances that were asked for last.
    fn forget(&mut self, shared: &Shared, keep: u32) {
        while self.readers.len() > KEPT_TRACKS {
            let oldest = self.readers.iter().filter(|(instance, _)| **instance != keep).min_by_key(|(_, (_, used))| *used);
            let Some(instance) = oldest.map(|(instance, _)| *instance) else { return };
            self.readers.remove(&instance);
            shared.tell(|out| _ = out.columns.remove(&instance));
        }
    }

    /// An instance whose achievements are not counted; None in worlds without achievements.
    pub fn uncounted(&self, cursor: &Cursor) -> Option<u32> {
        let world = cursor.world()?;
        if world.spec().achievements.is_empty() {
            return None;
        }
        let is_new = |instance: &u32| {
            let rows = cursor.rows(*instance).unwrap_or(0);
            self.counted.get(instance).is_none_or(|(counted, _)| *counted != rows)
        };
        cursor.instances().find(is_new)
    }

    /// Counts achievements of one instance for a short time. Returns whether there is a new count.
    pub fn count(&mut self, shared: &Shared, cursor: &Cursor) -> bool {
        let Some(instance) = self.uncounted(cursor) else { return false };
        if self.readers.contains_key(&instance) {
            self.ask(Some(instance));
            return self.serve(shared, cursor);
        }
        // Only achievements are kept, so that rows that were read are not read again when the recording grows.
        let mut reader = self.counters.remove(&instance).unwrap_or_else(TrackReader::light);
        let is_new = match reader.read(cursor, instance, &until(shared)) {
            Ok(true) => self.note(cursor, instance, reader.track(), reader.rows()),
            Ok(false) => false,
            // Told where the instance is shown.
            Err(_) => {
                let rows = cursor.rows(instance).unwrap_or(0);
                self.counted.insert(instance, (rows, Vec::new()));
                false
            }
        };
        self.counters.insert(instance, reader);
        is_new
    }
}

/// Says when it is time to look for other requests.
fn until(shared: &Shared) -> impl Fn() -> bool {
    let began = Instant::now();
    move || began.elapsed() > SLICE || shared.is_busy() || shared.stop.load(Ordering::Relaxed)
}
