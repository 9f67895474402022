//! Work with files and worlds that the window does not wait for: opening, beginning, saving.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use super::document::Document;
use super::editor::Saving;
use super::files::{self, OnDisk, Target};
use crate::viewer::sources::Notify;

/// What is said of work that ended in a panic.
const FAULT: &str = "a fault of this program, which is described where it was started";

/// What became of the work.
#[derive(Debug)]
pub enum Outcome {
    /// A document, with its file if it has one.
    Document(Result<(Box<Document>, Option<OnDisk>), String>),
    /// The document with this text was written, or why not.
    Saved(String, Result<OnDisk, String>),
    /// Another file has the name: nothing was written.
    Taken(Target),
}

impl Outcome {
    /// Writes a file. Without `confirmed` only one that is new or was opened here is written.
    pub fn of_saving(saving: Saving, confirmed: bool) -> Outcome {
        let target = files::target(&saving.path, saving.known.as_ref());
        if !confirmed && target != Target::Free {
            return Outcome::Taken(target);
        }
        Outcome::Saved(saving.record, files::save(&saving.path, &saving.text))
    }
}

/// Work in a thread of its own.
#[derive(Debug)]
pub struct Job {
    outcome: Receiver<Outcome>,
}

impl Job {
    /// Begins it. `notify` is called when it is done.
    ///
    /// # Errors
    /// If there is no thread for it.
    pub fn start(notify: Notify, work: impl FnOnce() -> Outcome + Send + 'static) -> Result<Job, String> {
        let (sender, outcome) = channel();
        let work = move || {
            let fault = || Outcome::Document(Err(FAULT.to_string()));
            // Nobody waits for it if the window is closed.
            let _ = sender.send(catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| fault()));
            notify();
        };
        let thread = std::thread::Builder::new().name("edit file".to_string()).spawn(work);
        thread.map(|_| Job { outcome }).map_err(|why| format!("no thread: {why}"))
    }

    /// What became of it; None while it goes on.
    pub fn poll(&self) -> Option<Outcome> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Outcome::Document(Err(
                "It failed: a fault of this program, which is described where it was started.".to_string(),
            ))),
        }
    }
}
