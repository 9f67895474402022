//! The thread that makes the state of a document. The window asks and looks; it never waits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::check::{Loaded, check};
use super::checked::Checked;
use super::document::Document;
use crate::viewer::sources::{Notify, locked};

/// What the window and the thread leave for each other.
#[derive(Default)]
struct Shared {
    /// The newest document that was asked for, with its number; an older one is dropped. None once it is taken.
    wanted: Mutex<Wanted>,
    wake: Condvar,
    answer: Mutex<Option<Answer>>,
}

#[derive(Default)]
struct Wanted {
    document: Option<(u64, Document)>,
    stop: bool,
}

/// The state of a document, or why it has none.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Number of the request.
    pub number: u64,
    /// The state, or the text of the command line.
    pub checked: Result<Arc<Checked>, String>,
}

/// The handle of the thread, which begins with the first request. Dropping it ends the thread; the window does not wait for it.
#[derive(Default)]
pub struct Checker {
    shared: Option<Arc<Shared>>,
    asked: u64,
    answered: u64,
}

impl std::fmt::Debug for Checker {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Checker({} asked, {} answered)", self.asked, self.answered)
    }
}

impl Checker {
    /// Asks for the state of a document. Requests that were not begun yet are dropped.
    ///
    /// # Errors
    /// If there is no thread for it.
    pub fn ask(&mut self, document: &Document, notify: &Notify) -> Result<(), String> {
        self.asked += 1;
        let shared = match &self.shared {
            Some(shared) => shared.clone(),
            None => {
                let shared = Arc::new(Shared::default());
                let (inner, notify) = (shared.clone(), notify.clone());
                let thread = std::thread::Builder::new().name("edit".to_string()).spawn(move || serve(&inner, &*notify));
                thread.map_err(|why| format!("nothing can be checked: {why}"))?;
                self.shared.insert(shared).clone()
            }
        };
        locked(&shared.wanted).document = Some((self.asked, document.clone()));
        shared.wake.notify_one();
        Ok(())
    }

    /// The newest answer, if there is one since the last call.
    pub fn poll(&mut self) -> Option<Answer> {
        let answer = locked(&self.shared.as_ref()?.answer).take()?;
        self.answered = answer.number;
        Some(answer)
    }

    /// Whether the newest request is answered.
    pub fn is_idle(&self) -> bool {
        self.asked == self.answered || self.shared.is_none()
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            locked(&shared.wanted).stop = true;
            shared.wake.notify_one();
        }
    }
}

fn serve(shared: &Shared, notify: &(dyn Fn() + Send + Sync)) {
    let mut loaded = Loaded::default();
    loop {
        let mut wanted = locked(&shared.wanted);
        while wanted.document.is_none() && !wanted.stop {
            wanted = shared.wake.wait(wanted).unwrap_or_else(PoisonError::into_inner);
        }
        if wanted.stop {
            return;
        }
        let Some((number, document)) = wanted.document.take() else { continue };
        drop(wanted);
        // A panic is said on the page, so that it does not wait for ever.
        let checked = catch_unwind(AssertUnwindSafe(|| check(&document, &mut loaded))).unwrap_or_else(|_| {
            loaded = Loaded::default();
            Err("This cannot be checked: a fault of this program, which is described where it was started.".to_string())
        });
        *locked(&shared.answer) = Some(Answer { number, checked: checked.map(Arc::new) });
        notify();
    }
}
