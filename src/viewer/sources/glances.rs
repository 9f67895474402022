//! Rows that are shown beside the shown one: which of them are still to be replayed.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::mailbox::{Glance, Shared, locked};
use super::shown_step::ShownStep;
use crate::error::Error;
use crate::traces::Cursor;

/// How long glances are replayed before the thread looks for other requests.
const SLICE: Duration = Duration::from_millis(15);

/// The glances that a source's thread still has to replay.
#[derive(Debug, Default)]
pub struct Glances {
    pending: VecDeque<Glance>,
}

impl Glances {
    /// Whether some are left.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Takes over a new list of what is wanted. What is no longer wanted is dropped; what is shown already is kept.
    pub fn take(&mut self, shared: &Shared, cursor: &mut Cursor, wanted: Vec<Glance>) {
        let instances: BTreeSet<u32> = wanted.iter().map(|glance| glance.instance).collect();
        cursor.forget_glances(|instance| instances.contains(&instance));
        let places: BTreeSet<u64> = wanted.iter().map(|glance| glance.place).collect();
        {
            let mut outbox = locked(&shared.outbox);
            outbox.glances.retain(|place, _| places.contains(place));
            outbox.glances_failed.retain(|place, _| places.contains(place));
            let is_new = |glance: &Glance| {
                let known = outbox.glances.get(&glance.place);
                known.is_none_or(|known| (known.position.instance, known.wanted) != (glance.instance, glance.row))
            };
            self.pending = wanted.into_iter().filter(is_new).collect();
        }
    }

    /// Replays glances until others wait, some time has passed, or none is left.
    pub fn serve(&mut self, shared: &Shared, cursor: &mut Cursor) {
        let began = Instant::now();
        while let Some(glance) = self.pending.pop_front() {
            match ShownStep::glance(cursor, glance.instance, glance.row, &shared.stop) {
                Ok(shown) => shared.tell(|out| {
                    out.glances.insert(glance.place, Arc::new(shown));
                    out.glances_failed.remove(&glance.place);
                }),
                Err(Error::Interrupted) => return,
                Err(why) => shared.tell(|out| {
                    out.glances_failed.insert(glance.place, (glance, why.to_string()));
                }),
            }
            if began.elapsed() > SLICE || shared.is_busy() {
                return;
            }
        }
    }
}
