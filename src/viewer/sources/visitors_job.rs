//! The search for the episodes that went to a cell.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;

use super::mailbox::Shared;
use super::visitors::{EpisodeVisits, Visitors};
use crate::error::Result;
use crate::traces::Cursor;

/// Rows that are read at once.
const PIECE: u64 = 1 << 16;
/// Time after which other requests are answered.
const SLICE: Duration = Duration::from_millis(30);

/// The search for the episodes that went to a cell. It goes on when rows are added.
#[derive(Debug)]
pub struct VisitorsJob {
    cell: (u32, u32),
    /// Rows read of each instance.
    read: BTreeMap<u32, u64>,
    /// By instance and index of the episode.
    found: BTreeMap<(u32, usize), EpisodeVisits>,
    failed: Option<String>,
}

impl VisitorsJob {
    /// A search that has read nothing.
    pub fn new(cell: (u32, u32)) -> VisitorsJob {
        VisitorsJob { cell, read: BTreeMap::new(), found: BTreeMap::new(), failed: None }
    }

    /// The next instance with rows to read, and how many were read.
    fn next(&self, cursor: &Cursor) -> Option<(u32, u64)> {
        let read = |instance: u32| self.read.get(&instance).copied().unwrap_or(0);
        let has_more = |instance: &u32| cursor.rows(*instance).is_ok_and(|rows| rows > read(*instance));
        cursor.instances().find(has_more).map(|instance| (instance, read(instance)))
    }

    /// Whether there is something to read.
    pub fn has_work(&self, cursor: &Cursor) -> bool {
        self.failed.is_none() && self.next(cursor).is_some()
    }

    /// Reads some rows and tells what is known.
    pub fn work(&mut self, shared: &Shared, cursor: &Cursor) {
        let begun = Instant::now();
        while begun.elapsed() < SLICE
            && self.failed.is_none()
            && let Some((instance, from)) = self.next(cursor)
        {
            if let Err(why) = self.read(cursor, instance, from) {
                self.failed = Some(why.to_string());
            }
        }
        let rows = cursor.instances().filter_map(|instance| cursor.rows(instance).ok()).sum();
        let visitors = Visitors {
            cell: self.cell,
            episodes: self.found.values().copied().collect(),
            rows: (self.read.values().sum(), rows),
            failed: self.failed.clone(),
        };
        shared.tell(|out| out.visitors = Some(Arc::new(visitors)));
    }

    fn read(&mut self, cursor: &Cursor, instance: u32, from: u64) -> Result<()> {
        let rows = cursor.recorded_columns(instance, (from, PIECE), &["x", "y"])?;
        let numbers = |name: &str| rows.column_by_name(name).and_then(|column| column.as_primitive_opt::<UInt32Type>());
        let (Some(x), Some(y)) = (numbers("x"), numbers("y")) else {
            self.failed = Some("the recording has no positions".to_string());
            return Ok(());
        };
        let episodes = cursor.episodes(instance)?;
        for k in (0..rows.num_rows()).filter(|k| (x.value(*k), y.value(*k)) == self.cell) {
            let row = from + k as u64;
            let index = episodes.partition_point(|episode| episode.first_row <= row).saturating_sub(1);
            let Some(episode) = episodes.get(index) else { continue };
            let step = episode.first_step + (row - episode.first_row) as u32;
            let first = EpisodeVisits { instance, episode: episode.episode, visits: 0, first: (row, step) };
            self.found.entry((instance, index)).or_insert(first).visits += 1;
        }
        self.read.insert(instance, from + rows.num_rows().max(1) as u64);
        Ok(())
    }
}
