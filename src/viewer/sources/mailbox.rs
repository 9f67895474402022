//! What the window and the thread of a source leave for each other.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::empowerment::{Empower, EmpowermentWork};
use super::listing::Listing;
use super::shown_step::ShownStep;
use super::track::Track;
use super::visitors::Visitors;
use crate::traces::Timeline;
use crate::traces::cursor::{Branch, Progress, ReadBytes};

/// Tells the window that something is new.
pub type Notify = Arc<dyn Fn() + Send + Sync>;

/// How a run goes on from a row, or why none can.
pub type BranchAnswer = std::result::Result<Arc<Branch>, String>;

/// A row to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The instance.
    pub instance: u32,
    /// Its row.
    pub row: u64,
    /// Whether a slider is being dragged, so that the nearest keyframe is shown first.
    pub dragged: bool,
}

/// A row to show beside the one that is shown: a thumbnail, or a world to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The place that it is for; its answer has the same number.
    pub place: u64,
    /// The instance.
    pub instance: u32,
    /// Its row.
    pub row: u64,
}

/// What the window asks for. A later row replaces an earlier one.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) wanted: Option<Wanted>,
    pub(super) tracks: Vec<u32>,
    /// All glances that are wanted; those that are answered are not asked again.
    pub(super) glances: Vec<Glance>,
    /// The state whose empowerment is wanted, and whether that is new.
    pub(super) empower: Option<Empower>,
    pub(super) empowers: bool,
    /// The row from which a run shall go on.
    pub(super) branch: Option<(u32, u64)>,
    /// The cell whose visitors are wanted, and whether that is new.
    pub(super) cell: Option<(u32, u32)>,
    pub(super) cells: bool,
    /// Whether the list of glances is new.
    pub(super) looks: bool,
    pub(super) stop: bool,
}

/// What the thread has found.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    /// The contents, once the recording is open.
    pub listing: Option<Arc<Listing>>,
    /// Why it cannot be opened.
    pub failed: Option<String>,
    /// How much is read, and since when it is being read; None once all is read.
    pub reading: Option<(ReadBytes, Instant)>,
    /// Why the rest of it cannot be read.
    pub unread: Option<String>,
    /// The row shown last.
    pub shown: Option<Arc<ShownStep>>,
    /// Why the last row that was asked for cannot be shown, and which it was.
    pub show_failed: Option<(Wanted, String)>,
    /// Columns of instances.
    pub columns: BTreeMap<u32, Arc<Track>>,
    /// Why the columns of an instance cannot be read.
    pub columns_failed: BTreeMap<u32, String>,
    /// Rows shown beside, by their places.
    pub glances: BTreeMap<u64, Arc<ShownStep>>,
    /// Glances that cannot be shown, and why.
    pub glances_failed: BTreeMap<u64, (Glance, String)>,
    /// The empowerment of a state.
    pub empowerment: Option<EmpowermentWork>,
    /// The episodes that went to a cell.
    pub visitors: Option<Arc<Visitors>>,
    /// Times, key presses and notes of a play of a study.
    pub timeline: Option<Arc<Timeline>>,
    /// How a run goes on from a row, or why none can: the last answer.
    pub branch: Option<((u32, u64), BranchAnswer)>,
    /// Progress of the background replay.
    pub progress: Option<Progress>,
    /// Why the background replay stopped.
    pub replay_failed: Option<String>,
    /// Why the files are no longer followed: they were removed or replaced.
    pub gone: Option<String>,
    /// Whether rows were added since the recording was opened.
    pub grows: bool,
    /// Changes with everything above.
    pub version: u64,
}

/// What the window and the thread share.
pub(super) struct Shared {
    pub(super) inbox: Mutex<Inbox>,
    pub(super) wake: Condvar,
    pub(super) outbox: Mutex<Outbox>,
    /// Ends long reads.
    pub(super) stop: AtomicBool,
    pub(super) notify: Notify,
}

/// The content of a mutex, also after a panic of another thread.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Changes what was found, and tells the window.
    pub(super) fn tell(&self, change: impl FnOnce(&mut Outbox)) {
        let mut outbox = locked(&self.outbox);
        change(&mut outbox);
        outbox.version += 1;
        drop(outbox);
        (self.notify)();
    }

    /// Waits for a request, at most for `time`.
    pub(super) fn next(&self, time: Duration) -> (Option<Wanted>, Option<u32>, bool) {
        let inbox = locked(&self.inbox);
        let idle = |inbox: &mut Inbox| {
            let rows = inbox.wanted.is_none() && inbox.tracks.is_empty() && inbox.branch.is_none();
            !inbox.stop && rows && !inbox.looks && !inbox.empowers && !inbox.cells
        };
        let (mut inbox, _) = match self.wake.wait_timeout_while(inbox, time, idle) {
            Ok(woken) => woken,
            Err(poisoned) => poisoned.into_inner(),
        };
        let wanted = inbox.wanted.take();
        // A row comes first: it is what people wait for.
        let track = if wanted.is_none() && !inbox.tracks.is_empty() { Some(inbox.tracks.remove(0)) } else { None };
        (wanted, track, inbox.stop)
    }

    /// The glances that are wanted, if the list changed since the last call.
    pub(super) fn new_glances(&self) -> Option<Vec<Glance>> {
        let mut inbox = locked(&self.inbox);
        std::mem::take(&mut inbox.looks).then(|| inbox.glances.clone())
    }

    /// The state whose empowerment is wanted, if that changed since the last call.
    pub(super) fn new_empower(&self) -> Option<Option<Empower>> {
        let mut inbox = locked(&self.inbox);
        std::mem::take(&mut inbox.empowers).then_some(inbox.empower)
    }

    /// The cell whose visitors are wanted, if that changed since the last call.
    pub(super) fn new_cell(&self) -> Option<Option<(u32, u32)>> {
        let mut inbox = locked(&self.inbox);
        std::mem::take(&mut inbox.cells).then_some(inbox.cell)
    }

    /// The row from which a run shall go on, if one was asked for.
    pub(super) fn new_branch(&self) -> Option<(u32, u64)> {
        locked(&self.inbox).branch.take()
    }

    /// Whether there is something that people wait for more than for glances.
    pub(super) fn is_busy(&self) -> bool {
        let inbox = locked(&self.inbox);
        inbox.stop || inbox.wanted.is_some() || !inbox.tracks.is_empty()
    }

    pub(super) fn is_wanted(&self) -> bool {
        locked(&self.inbox).wanted.is_some()
    }
}
