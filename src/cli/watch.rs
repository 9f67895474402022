//! Shows the progress of work that may take long.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::global::Global;
use super::output;
use super::progress::{clock, short};
use crate::maps::{Estimate, MapProgress, Work};

/// Seconds between lines if stderr is not a terminal, and before the first line.
const LINE_SECONDS: u64 = 10;
/// Seconds after which the duration can be estimated, and the estimated seconds from which on it is announced.
const KNOWN_SECONDS: f64 = 1.0;
const LONG_SECONDS: f64 = 20.0;

/// Shows the progress of work whose size is known.
pub struct Watch {
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
    /// Creates a watch over `total` units of work, which are called `what`.
    pub fn new(global: &Global, total: u64, what: &'static str) -> Watch {
        let quiet = global.quiet > 0;
        let bar = (!quiet && output::is_watched()).then(|| {
            let style = ProgressStyle::with_template("{bar:30} {percent:>3}%  {pos} of {len} {msg}, {eta} left");
            ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_message(what)
        });
        let (now, done, announced) = (Instant::now(), AtomicU64::new(0), AtomicBool::new(false));
        Watch { quiet, what, total, done, begun: now, bar, announced, printed: Mutex::new(now) }
    }

    /// Announces the work once, if it takes long.
    pub fn announce(&self, work: &str, seconds: f64) {
        if !self.announced.swap(true, Ordering::Relaxed) && seconds >= LONG_SECONDS {
            self.say(&format!("about {work}, {}; Ctrl-C stops", clock(seconds)));
        }
    }

    /// Adds `n` units of work that are done.
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

    /// Writes a line to stderr, unless quiet. A failed write is ignored.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            output::note(text);
        }
    }

    /// Ends the display.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Shows the progress of a map, from when its size is known.
pub struct MapWatch<'a> {
    global: &'a Global,
    watch: OnceLock<Watch>,
}

impl<'a> MapWatch<'a> {
    pub fn new(global: &'a Global) -> MapWatch<'a> {
        MapWatch { global, watch: OnceLock::new() }
    }
}

impl MapProgress for MapWatch<'_> {
    fn begin(&self, total: u64, work: Work) {
        self.watch.get_or_init(|| Watch::new(self.global, total, work.name()));
    }

    fn wants_estimate(&self) -> bool {
        true
    }

    fn estimate(&self, estimate: Estimate) {
        let work = format!("{} forked steps on {} cells", short(estimate.forked_steps), estimate.cells);
        self.watch.get().iter().for_each(|watch| watch.announce(&work, estimate.seconds));
    }

    fn done(&self, n: u64) {
        self.watch.get().iter().for_each(|watch| watch.done(n));
    }

    fn finish(&self) {
        self.watch.get().iter().for_each(|watch| watch.finish());
    }
}
