//! What the window and the thread of figures leave for each other.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::measured::Measured;
use super::request::Request;
use crate::viewer::sources::{Notify, locked};

/// How far the thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It reads trace number n of so many.
    Reading(usize, usize),
    /// All are read, and so many instances are measured.
    Measuring(usize),
}

/// What the window asks for. A later request replaces an earlier one.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) wanted: Option<(u64, Request)>,
    /// Figures to write, and the folder below which they are written.
    pub(super) exports: Vec<(Arc<Measured>, PathBuf)>,
    pub(super) stop: bool,
}

/// What the thread has found.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    /// How far it is; None while it waits.
    pub progress: Option<Progress>,
    /// The figures that were measured last.
    pub measured: Option<Arc<Measured>>,
    /// Why the last request cannot be measured.
    pub failed: Option<String>,
    /// Number of the request that was answered last, by figures or by an error.
    pub answered: u64,
    /// What became of the exports, in order: the folder, or why there is none.
    pub exported: Vec<Result<PathBuf, String>>,
    /// Changes with everything above.
    pub version: u64,
}

/// What the window and the thread share.
pub(super) struct Shared {
    pub(super) inbox: Mutex<Inbox>,
    pub(super) wake: Condvar,
    pub(super) outbox: Mutex<Outbox>,
    pub(super) notify: Notify,
}

/// What the thread does next.
pub(super) enum Task {
    Measure(u64, Request),
    Export(Arc<Measured>, PathBuf),
    Stop,
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

    /// Waits for something to do.
    pub(super) fn next(&self) -> Task {
        let inbox = locked(&self.inbox);
        let idle = |inbox: &mut Inbox| !inbox.stop && inbox.wanted.is_none() && inbox.exports.is_empty();
        let mut inbox = self.wake.wait_while(inbox, idle).unwrap_or_else(PoisonError::into_inner);
        if !inbox.exports.is_empty() && !inbox.stop {
            let (figures, folder) = inbox.exports.remove(0);
            return Task::Export(figures, folder);
        }
        match inbox.wanted.take() {
            Some((number, request)) if !inbox.stop => Task::Measure(number, request),
            _ => Task::Stop,
        }
    }

    /// Whether the work at hand is no longer wanted.
    pub(super) fn is_stale(&self) -> bool {
        let inbox = locked(&self.inbox);
        inbox.stop || inbox.wanted.is_some()
    }
}
