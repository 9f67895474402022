//! Work that may take long: how far it is, and that Ctrl-C stops it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::global::Global;
use super::output;
use super::progress::{clock, short};
use crate::error::{Error, Result};

/// Seconds between lines if stderr is no terminal, and before the first.
const LINE_SECONDS: u64 = 10;
/// Seconds after which it can be told how long all will take, and from which on that is worth a line.
const KNOWN_SECONDS: f64 = 1.0;
const LONG_SECONDS: f64 = 20.0;

/// Watches over work whose size is known.
pub struct Watch {
    /// Set to stop.
    pub stop: Arc<AtomicBool>,
    quiet: bool,
    what: &'static str,
    total: u64,
    done: AtomicU64,
    begun: Instant,
    bar: Option<ProgressBar>,
    announced: AtomicBool,
    printed: Mutex<Instant>,
}

impl Watch {
    /// `total` pieces of work, `what` they are called.
    pub fn new(global: &Global, stop: &Arc<AtomicBool>, total: u64, what: &'static str) -> Watch {
        let quiet = global.quiet > 0;
        let bar = (!quiet && output::is_watched()).then(|| {
            let style = ProgressStyle::with_template("{bar:30} {percent:>3}%  {pos} of {len} {msg}, {eta} left");
            ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_message(what)
        });
        let (now, done, announced) = (Instant::now(), AtomicU64::new(0), AtomicBool::new(false));
        Watch { stop: stop.clone(), quiet, what, total, done, begun: now, bar, announced, printed: Mutex::new(now) }
    }

    /// Says once what there is to do, if that takes long.
    pub fn announce(&self, work: &str, seconds: f64) {
        if !self.announced.swap(true, Ordering::Relaxed) && seconds >= LONG_SECONDS {
            self.say(&format!("about {work}, {}; Ctrl-C stops", clock(seconds)));
        }
    }

    /// `n` more pieces are done.
    pub fn done(&self, n: u64) {
        let done = self.done.fetch_add(n, Ordering::Relaxed) + n;
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            return;
        }
        let took = self.begun.elapsed().as_secs_f64();
        let left = took / done.max(1) as f64 * self.total.saturating_sub(done) as f64;
        if took >= KNOWN_SECONDS {
            self.announce(&format!("{} {}", short(self.total as f64), self.what), left);
        }
        let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        if done < self.total && printed.elapsed() >= Duration::from_secs(LINE_SECONDS) {
            *printed = Instant::now();
            let (done, total) = (short(done as f64), short(self.total as f64));
            self.say(&format!("{done} of {total} {}, {} left", self.what, clock(left)));
        }
    }

    /// A line on stderr unless quiet; that nobody takes it is no reason to stop.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            output::note(text);
        }
    }

    /// # Errors
    /// [`Error::Interrupted`] once it is to stop.
    pub fn go_on(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
    }

    /// Nothing more is shown.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
