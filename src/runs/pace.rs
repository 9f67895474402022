//! The pace of a run that people watch: slower than the machine, paused, or one step at a time.
//!
//! A pace decides when steps are taken, never what they are: results are those of a run without one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Longest time that a run waits before it looks at its stop flag and its checkpoint again.
const WAIT: Duration = Duration::from_millis(40);
/// Seconds of stepping that a run which fell behind catches up at once.
const CATCH_UP: f64 = 0.1;

/// Parts after which a paced run waits twice as long between two of them.
const PARTS: f64 = 600.0;

/// Seconds between checkpoints of a run that people watch, after so many parts: the interval grows, so that a run that is watched for hours
/// leaves thousands of parts and not tens of thousands. Each takes its place on the disk and, while it is open, in memory.
pub(super) fn interval(checkpoint: f64, parts: usize) -> f64 {
    checkpoint * (1.0 + parts as f64 / PARTS)
}

/// Control of a run from another thread. The run takes steps only as this allows.
#[derive(Debug)]
pub struct Pace {
    state: Mutex<PaceState>,
    changed: Condvar,
}

#[derive(Debug)]
struct PaceState {
    paused: bool,
    /// Steps a second of each instance; None for as fast as it goes.
    rate: Option<f64>,
    /// Single steps that are asked for and not taken.
    single: u64,
    /// Steps that are due at the rate.
    due: f64,
    since: Instant,
    taken: u64,
    /// Whether everything up to the last step is on the disk and the run waits.
    saved: bool,
}

impl Pace {
    /// A pace of `rate` steps a second of each instance, or as fast as it goes.
    pub fn new(paused: bool, rate: Option<f64>) -> Pace {
        let state = PaceState { paused, rate, single: 0, due: 0.0, since: Instant::now(), taken: 0, saved: false };
        Pace { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, PaceState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut PaceState)) {
        let mut state = self.state();
        change(&mut state);
        (state.due, state.since) = (0.0, Instant::now());
        drop(state);
        self.changed.notify_all();
    }

    /// Pauses the run, or lets it go on. Single steps that were not taken are dropped.
    pub fn set_paused(&self, paused: bool) {
        self.change(|state| (state.paused, state.single) = (paused, 0));
    }

    /// Changes the steps a second of each instance; None for as fast as it goes.
    pub fn set_rate(&self, rate: Option<f64>) {
        self.change(|state| state.rate = rate);
    }

    /// Asks a paused run for one more step of each instance. A run that is not paused is left as it is.
    pub fn step(&self) {
        self.change(|state| {
            if state.paused {
                (state.single, state.saved) = (state.single + 1, false);
            }
        });
    }

    /// Whether the run is paused.
    pub fn is_paused(&self) -> bool {
        self.state().paused
    }

    /// Steps a second of each instance; None for as fast as it goes.
    pub fn rate(&self) -> Option<f64> {
        self.state().rate
    }

    /// Steps that each instance has taken under this pace.
    pub fn taken(&self) -> u64 {
        self.state().taken
    }

    /// Whether the run is paused, and every step up to now is on the disk.
    pub fn is_saved(&self) -> bool {
        let state = self.state();
        state.paused && state.single == 0 && state.saved
    }

    /// Waits until steps are due. Returns how many the run may take now, at most `most`; 0 after a short wait without any, or if `stop`.
    pub(super) fn next(&self, most: u64, stop: &AtomicBool) -> u64 {
        let begun = Instant::now();
        let mut state = self.state();
        loop {
            let n = state.allowed().min(most);
            let left = WAIT.saturating_sub(begun.elapsed());
            if n > 0 || left.is_zero() || stop.load(Ordering::SeqCst) {
                return n;
            }
            let wait = left.min(state.until_due());
            state = match self.changed.wait_timeout(state, wait) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    /// Notes that each instance has taken `n` steps.
    pub(super) fn took(&self, n: u64) {
        let mut state = self.state();
        state.taken += n;
        state.saved = false;
        state.single = state.single.saturating_sub(n);
        state.due = (state.due - n as f64).max(0.0);
    }

    /// Notes that every step up to now is on the disk.
    pub(super) fn note_saved(&self) {
        self.state().saved = true;
    }
}

impl PaceState {
    /// Steps that may be taken now.
    fn allowed(&mut self) -> u64 {
        let now = Instant::now();
        let seconds = now.duration_since(self.since).as_secs_f64();
        self.since = now;
        match self.rate {
            _ if self.paused => self.single,
            None => u64::MAX,
            Some(rate) => {
                self.due = (self.due + seconds * rate).min((rate * CATCH_UP).max(1.0));
                self.due as u64
            }
        }
    }

    /// Time until the next step is due.
    fn until_due(&self) -> Duration {
        match self.rate {
            Some(rate) if !self.paused => Duration::try_from_secs_f64((1.0 - self.due).max(0.0) / rate).unwrap_or(WAIT),
            _ => WAIT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps that a run takes within `time`.
    fn taken(pace: &Pace, time: Duration) -> u64 {
        let (begun, stop, before) = (Instant::now(), AtomicBool::new(false), pace.taken());
        while begun.elapsed() < time {
            pace.took(pace.next(1000, &stop));
        }
        pace.taken() - before
    }

    #[test]
    fn a_paused_run_takes_only_single_steps() {
        let pace = Pace::new(true, None);
        assert_eq!(taken(&pace, WAIT), 0);
        for _ in 0..3 {
            pace.step();
        }
        assert_eq!(taken(&pace, WAIT), 3);
        assert_eq!(taken(&pace, WAIT), 0);
        pace.set_paused(false);
        pace.step();
        pace.set_paused(true);
        assert_eq!(taken(&pace, WAIT), 0);
    }

    #[test]
    fn a_rate_is_kept_and_can_be_changed() {
        let pace = Pace::new(false, Some(100.0));
        let begun = Instant::now();
        let n = taken(&pace, Duration::from_millis(500));
        // A loaded machine takes fewer steps, never more.
        let most = begun.elapsed().as_secs_f64() * 100.0 + 1.0;
        assert!(n >= 1 && n as f64 <= most, "{n} steps, at most {most}");
        pace.set_rate(None);
        assert_eq!(pace.next(1000, &AtomicBool::new(false)), 1000);
        pace.set_rate(Some(0.001));
        assert_eq!(taken(&pace, WAIT), 0);
    }

    #[test]
    fn hours_leave_thousands_of_parts() {
        assert_eq!([0, 600, 1200].map(|parts| interval(0.5, parts)), [0.5, 1.0, 1.5]);
        let (mut seconds, mut parts) = (0.0, 0);
        while seconds < 3600.0 {
            seconds += interval(0.5, parts);
            parts += 1;
        }
        assert_eq!(parts, 2401, "of an hour");
        assert_eq!(interval(0.0, 9), 0.0);
    }

    #[test]
    fn a_change_or_a_stop_wakes_the_run() {
        let pace = Pace::new(true, Some(10.0));
        let begun = Instant::now();
        assert_eq!(pace.next(1, &AtomicBool::new(true)), 0);
        std::thread::scope(|scope| {
            scope.spawn(|| pace.step());
            let mut n = 0;
            while n == 0 && begun.elapsed() < Duration::from_secs(10) {
                n = pace.next(1, &AtomicBool::new(false));
            }
            assert_eq!(n, 1);
        });
    }
}
