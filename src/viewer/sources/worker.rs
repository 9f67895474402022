//! The handle of a source's thread. The thread owns the cursor, so that the window never waits for a file or a replay.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use super::empowerment::Empower;
use super::mailbox::{Glance, Notify, Outbox, Shared, Wanted, locked};
use super::serving::serve;

/// Handle of the thread. Dropping it ends the thread; the window does not wait for it.
pub struct Worker {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Worker({:?})", self.outbox().version)
    }
}

impl Worker {
    /// Opens `path` in a new thread. `live`: a run of this process is about to write it, so the first part is waited for.
    pub fn open(path: &Path, live: bool, notify: Notify) -> Worker {
        let shared = Arc::new(Shared {
            inbox: Mutex::default(),
            wake: Condvar::new(),
            outbox: Mutex::default(),
            stop: AtomicBool::new(false),
            notify,
        });
        let (inner, path) = (shared.clone(), path.to_path_buf());
        let thread = std::thread::Builder::new().name("source".to_string()).spawn(move || serve(&inner, &path, live));
        if let Err(why) = thread {
            shared.tell(|out| out.failed = Some(format!("the system gives no thread: {why}")));
        }
        Worker { shared }
    }

    /// A copy of what was found so far; it shares all that is large.
    pub fn outbox(&self) -> Outbox {
        locked(&self.shared.outbox).clone()
    }

    /// Whether something is new since `version`.
    pub fn is_newer(&self, version: u64) -> bool {
        locked(&self.shared.outbox).version != version
    }

    /// Asks for a row.
    pub fn show(&self, wanted: Wanted) {
        locked(&self.shared.inbox).wanted = Some(wanted);
        self.shared.wake.notify_one();
    }

    /// Asks for these rows beside the shown one; others that were asked for before are no longer wanted.
    pub fn glance(&self, glances: Vec<Glance>) {
        let mut inbox = locked(&self.shared.inbox);
        (inbox.glances, inbox.looks) = (glances, true);
        self.shared.wake.notify_one();
    }

    /// Asks for the empowerment of a state, in place of what was asked for before; None ends the work.
    pub fn empower(&self, of: Option<Empower>) {
        let mut inbox = locked(&self.shared.inbox);
        (inbox.empower, inbox.empowers) = (of, true);
        self.shared.wake.notify_one();
    }

    /// Asks for the episodes that went to a cell; None ends the search.
    pub fn visitors(&self, cell: Option<(u32, u32)>) {
        let mut inbox = locked(&self.shared.inbox);
        (inbox.cell, inbox.cells) = (cell, true);
        self.shared.wake.notify_one();
    }

    /// Asks how a run goes on from a row of an instance.
    pub fn branch(&self, from: (u32, u64)) {
        locked(&self.shared.inbox).branch = Some(from);
        self.shared.wake.notify_one();
    }

    /// Asks for the columns of an instance.
    pub fn track(&self, instance: u32) {
        let mut inbox = locked(&self.shared.inbox);
        if !inbox.tracks.contains(&instance) {
            inbox.tracks.push(instance);
        }
        self.shared.wake.notify_one();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        locked(&self.shared.inbox).stop = true;
        self.shared.wake.notify_one();
    }
}
