//! The clock of a program start, on which everything in it is timed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Microseconds since the program began a session; or a time that is set, for play without a person.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The monotonic clock of the system.
    Real(Instant),
    /// A time that is set.
    Set(Arc<AtomicU64>),
}

impl Clock {
    /// The monotonic clock of the system, from now on.
    pub fn begin() -> Clock {
        Clock::Real(Instant::now())
    }

    /// A clock that stands still until it is set.
    pub fn still() -> Clock {
        Clock::Set(Arc::default())
    }

    /// The time now, in microseconds.
    pub fn now_us(&self) -> u64 {
        match self {
            Clock::Real(origin) => u64::try_from(origin.elapsed().as_micros()).unwrap_or(u64::MAX),
            Clock::Set(time) => time.load(Ordering::Relaxed),
        }
    }

    /// The time of an instant.
    pub fn at(&self, instant: Instant) -> u64 {
        match self {
            Clock::Real(origin) => u64::try_from(instant.saturating_duration_since(*origin).as_micros()).unwrap_or(u64::MAX),
            Clock::Set(_) => self.now_us(),
        }
    }

    /// Sets a clock that stands still. The real one cannot be set.
    pub fn set(&self, us: u64) {
        if let Clock::Set(time) = self {
            time.store(us, Ordering::Relaxed);
        }
    }
}

/// The smallest step of the system's clock, in nanoseconds, among many.
pub fn clock_step_ns() -> u64 {
    let step = || {
        let begun = Instant::now();
        loop {
            let passed = begun.elapsed().as_nanos();
            if passed > 0 {
                return u64::try_from(passed).unwrap_or(u64::MAX);
            }
        }
    };
    (0..100).map(|_| step()).min().unwrap_or(0)
}
