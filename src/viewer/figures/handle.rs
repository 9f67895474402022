//! The handle of the thread of figures. The window asks and looks; it never waits.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};

use super::mailbox::{Outbox, Shared};
use super::request::{Readiness, Request, readiness};
use super::thread::serve;
use crate::measures::Unit;
use crate::viewer::sources::{Notify, Sources, locked};

/// Figures of the open sources. Dropping it ends the thread; the window does not wait for it.
#[derive(Default)]
pub struct Figures {
    /// The thread, once something was asked for.
    shared: Option<Arc<Shared>>,
    /// What the thread had found when [`Figures::poll`] was last called.
    pub found: Outbox,
    /// What was asked for last.
    asked: Option<Request>,
    /// Number of the last request, from 1.
    number: u64,
    /// Exports that were asked for.
    exports: usize,
    /// Exports whose end was taken.
    exported: usize,
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Figures({} asked, {} answered)", self.number, self.found.answered)
    }
}

impl Figures {
    /// Takes over what the thread has found.
    pub fn poll(&mut self) {
        if let Some(shared) = &self.shared {
            let outbox = locked(&shared.outbox);
            if outbox.version != self.found.version {
                self.found = outbox.clone();
            }
        }
    }

    /// What can be measured of the open sources.
    pub fn readiness(sources: &Sources, selected: Option<u64>, unit: Unit) -> Readiness {
        readiness(sources, selected, unit)
    }

    /// Measures what is asked for, unless that was asked for already. `again`: the files have grown.
    pub fn ask(&mut self, request: Request, again: bool, notify: &Notify) {
        if self.asked.as_ref().is_some_and(|before| before.is_like(&request)) && !again {
            return;
        }
        self.asked = Some(request.clone());
        if request.given.is_empty() {
            self.found.measured = None;
            self.found.failed = None;
            return;
        }
        self.number += 1;
        let number = self.number;
        let shared = self.thread(notify);
        locked(&shared.inbox).wanted = Some((number, request));
        shared.wake.notify_one();
    }

    /// Writes the shown figures into a new folder below `folder`. Returns whether there are figures.
    pub fn export(&mut self, folder: &Path, notify: &Notify) -> bool {
        let Some(figures) = self.found.measured.clone() else { return false };
        self.exports += 1;
        let shared = self.thread(notify);
        locked(&shared.inbox).exports.push((figures, folder.to_path_buf()));
        shared.wake.notify_one();
        true
    }

    /// What became of exports since the last call.
    pub fn take_exported(&mut self) -> Vec<Result<PathBuf, String>> {
        let new = self.found.exported.get(self.exported..).unwrap_or_default().to_vec();
        self.exported += new.len();
        new
    }

    /// What was asked for last.
    pub fn asked(&self) -> Option<&Request> {
        self.asked.as_ref()
    }

    /// Whether the last request is answered and everything is written.
    pub fn is_idle(&self) -> bool {
        let answered = self.found.answered == self.number || self.asked.as_ref().is_some_and(|asked| asked.given.is_empty());
        self.asked.is_some() && answered && self.exports == self.exported
    }

    /// Whether figures of an earlier request are shown.
    pub fn is_behind(&self) -> bool {
        self.found.answered != self.number
    }

    /// The thread; it starts with the first request.
    fn thread(&mut self, notify: &Notify) -> Arc<Shared> {
        if let Some(shared) = &self.shared {
            return shared.clone();
        }
        let shared =
            Arc::new(Shared { inbox: Mutex::default(), wake: Condvar::new(), outbox: Mutex::default(), notify: notify.clone() });
        let (inner, number) = (shared.clone(), self.number);
        let thread = std::thread::Builder::new().name("figures".to_string()).spawn(move || serve(&inner));
        match thread {
            Ok(_) => self.shared = Some(shared.clone()),
            Err(why) => {
                self.found.failed = Some(format!("the system gives no thread: {why}"));
                self.found.answered = number;
            }
        }
        shared
    }
}

impl Drop for Figures {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            locked(&shared.inbox).stop = true;
            shared.wake.notify_one();
        }
    }
}
