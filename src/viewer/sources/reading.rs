//! Reading a recording in steps, between which requests are answered.

use std::time::{Duration, Instant};

use super::mailbox::Shared;
use crate::error::Result;
use crate::traces::Cursor;

/// How long a step reads if nobody waits for an answer.
const STEP: Duration = Duration::from_millis(50);
/// Rows that are read before the thread looks for requests.
const ROWS: u64 = 1 << 14;
/// How often progress is told.
const TELL: Duration = Duration::from_millis(100);
/// How often the listing grows, at most.
const LIST: Duration = Duration::from_millis(300);
/// A listing that takes a while to make is made so many times less often than that.
const REST: u32 = 10;

/// When what was read is told to the window.
#[derive(Debug)]
pub struct Reading {
    began: Instant,
    told: Option<Instant>,
    list_at: Instant,
}

impl Reading {
    /// Nothing is told yet.
    pub fn new() -> Reading {
        let now = Instant::now();
        Reading { began: now, told: None, list_at: now + LIST }
    }

    /// Reads on for a short time. Returns whether there is more.
    ///
    /// # Errors
    /// As [`Cursor::read_more`].
    pub fn step(&mut self, shared: &Shared, cursor: &mut Cursor) -> Result<bool> {
        let began = Instant::now();
        // Something is read even if the window always waits for an answer, as while it plays.
        let mut more = cursor.read_more(ROWS)?;
        while more && !shared.is_busy() && began.elapsed() < STEP {
            more = cursor.read_more(ROWS)?;
        }
        if self.told.is_none_or(|told| told.elapsed() >= TELL) {
            self.told = Some(Instant::now());
            let reading = cursor.reading().map(|bytes| (bytes, self.began));
            shared.tell(|out| out.reading = reading);
        }
        Ok(more)
    }

    /// Whether the listing is to grow.
    pub fn is_due(&self) -> bool {
        Instant::now() >= self.list_at
    }

    /// Notes that the listing was made, which took so long.
    pub fn told(&mut self, took: Duration) {
        self.list_at = Instant::now() + LIST.max(took * REST);
    }
}
