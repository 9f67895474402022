//! The cause of each row of one instance: an action, a reset or a restored state. Most rows take one byte.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, RecordBatch};

use super::index::Instance;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::sim::Origin;
use crate::traces::format::{HISTORY, WORLD};
use crate::traces::parts::{PartFile, typed};
use crate::traces::player::Cause;
use crate::traces::room;

/// Marks a row whose cause is in `others`.
const OTHER: u8 = u8::MAX;
/// Bytes of memory for an entry of `others`, without its history.
const OTHER_BYTES: u64 = 96;
/// Columns from which causes are read.
const COLUMNS: [&str; 4] = ["instance", "action", WORLD, HISTORY];

/// The cause of each row of one instance. For most rows it is an action below 255, which takes one byte.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    actions: Vec<u8>,
    others: BTreeMap<u64, Cause>,
}

impl Causes {
    /// Number of rows whose cause is known.
    pub fn rows(&self) -> u64 {
        self.actions.len() as u64
    }

    /// Returns the cause of row `row`. None if it is not known.
    pub fn of(&self, row: u64) -> Option<Cause> {
        let action = *usize::try_from(row).ok().and_then(|row| self.actions.get(row))?;
        if action == OTHER { self.others.get(&row).cloned() } else { Some(Cause::Action(u32::from(action))) }
    }

    pub(super) fn push(&mut self, cause: Cause) {
        match cause {
            Cause::Action(action) if action < u32::from(OTHER) => self.actions.push(action as u8),
            other => {
                self.others.insert(self.rows(), other);
                self.actions.push(OTHER);
            }
        }
    }

    /// Reads the causes of the rows of `instance` that are not known yet. `number` is the index of the instance.
    ///
    /// # Errors
    /// [`Error::Limit`] if they do not fit into memory; [`Error::Data`] or [`Error::Io`] if a part has changed since it was listed.
    pub fn more(&self, world: Option<&dyn World>, parts: &[Arc<PartFile>], instance: &Instance, number: u32) -> Result<Causes> {
        let mut more = Causes::default();
        room::check("rows", 2 * (instance.rows - self.rows()), 1)?;
        for segment in instance.segments_from(self.rows()) {
            let part = &parts[segment.part];
            let there = |name: &&str| part.schema().field_with_name(name).is_ok();
            let names: Vec<&str> = COLUMNS.into_iter().filter(there).collect();
            let mut pieces = part.range(segment.at, segment.rows, Some(&names))?;
            let mut rows = 0;
            while let Some((first, stored)) = pieces.next_rows()? {
                let piece = typed(part, world, first, &stored)?;
                rows += stored.num_rows() as u64;
                check_room(&piece.rows)?;
                more.take(&piece.rows, number).ok_or_else(|| changed(part))?;
            }
            if rows != segment.rows {
                return Err(changed(part));
            }
        }
        Ok(more)
    }

    /// Appends the causes of the rows after the known ones.
    pub fn append(&mut self, more: Causes) {
        let known = self.rows();
        self.actions.extend(more.actions);
        self.others.extend(more.others.into_iter().map(|(row, cause)| (known + row, cause)));
    }

    /// Adds the causes of `rows`. None if a row belongs to another instance or a column is missing.
    fn take(&mut self, rows: &RecordBatch, number: u32) -> Option<()> {
        let numbers = |name: &str| rows.column_by_name(name)?.as_primitive_opt::<UInt32Type>();
        let (instances, actions, worlds) = (numbers("instance")?, numbers("action")?, numbers(WORLD));
        let histories = rows.column_by_name(HISTORY).and_then(|column| column.as_binary_view_opt());
        for k in 0..rows.num_rows() {
            if instances.value(k) != number {
                return None;
            }
            let origin = || {
                let history = histories.filter(|histories| histories.is_valid(k))?.value(k).to_vec();
                Some(Origin { world: worlds?.value(k), history })
            };
            self.push(match origin() {
                _ if actions.is_valid(k) => Cause::Action(actions.value(k)),
                Some(origin) => Cause::Restored(origin),
                None => Cause::Reset,
            });
        }
        Some(())
    }
}

/// Checks that there is memory for the causes that are stored in `others`.
fn check_room(rows: &RecordBatch) -> Result<()> {
    let others = rows.column_by_name("action").map_or(0, |actions| actions.null_count() as u64);
    let histories = rows.column_by_name(HISTORY).and_then(|column| column.as_binary_view_opt());
    let bytes: usize = histories.map_or(0, |histories| histories.iter().flatten().map(<[u8]>::len).sum());
    if others == 0 { Ok(()) } else { room::check("rows that begin episodes", others, OTHER_BYTES + bytes as u64 / others) }
}

/// Returns the error for a part that was replaced since it was listed.
pub fn changed(part: &PartFile) -> Error {
    part.wrong("it is not the file that it was when the recording was opened; open the recording again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_any_cause_come_back() {
        let origin = Origin { world: 3, history: vec![1, 255] };
        let all = [
            Cause::Reset,
            Cause::Action(0),
            Cause::Action(254),
            Cause::Action(255),
            Cause::Action(70_000),
            Cause::Restored(origin),
        ];
        let mut causes = Causes::default();
        for three in all.chunks(3) {
            let mut more = Causes::default();
            three.iter().for_each(|cause| more.push(cause.clone()));
            causes.append(more);
        }
        let back: Vec<Cause> = (0..causes.rows()).filter_map(|row| causes.of(row)).collect();
        assert_eq!((back, causes.of(6), causes.of(u64::MAX)), (all.to_vec(), None, None));
    }
}
