//! What happens when the graphics card is lost: another device draws the window, and the window says so.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::gpu::{Adapter, Gpu, GpuError};

/// Devices that are lost within [`WHILE`] before the window gives up.
const MOST: usize = 6;
/// Devices of one adapter that are lost within [`WHILE`] before another adapter is taken, if there is one.
const MOST_OF_ONE: usize = 2;
/// How long a loss counts.
const WHILE: Duration = Duration::from_secs(60);

/// The devices that were lost lately.
#[derive(Debug)]
pub struct Recovery {
    /// Name of the adapter that drew first.
    first: String,
    /// When devices were lost, and the names of their adapters.
    losses: Vec<(Instant, String)>,
}

/// What the window says after a device was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuLost {
    /// What happened and what draws now.
    pub words: String,
    /// Whether another adapter than the first one draws, so that the first one can be tried again.
    pub can_try: bool,
}

/// The last line of an error's text, which names the cause.
fn cause_of(text: &str) -> &str {
    text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("without a text").trim_end_matches('.')
}

impl Recovery {
    /// Nothing is lost yet.
    pub fn new(gpu: &Gpu) -> Recovery {
        Recovery { first: gpu.adapter.name.clone(), losses: Vec::new() }
    }

    /// Opens a device in place of `lost`, on the first of `adapters` that opens and suits `open`: the adapter that was lost, then the
    /// others in their order, and last those that were lost several times. Returns what `open` makes, and what to say.
    ///
    /// # Errors
    /// [`Error::Gpu`] with the cause `why` if devices were lost too often, or with the last error if none opens.
    pub fn reopen<T>(
        &mut self,
        (lost, why): (&Adapter, GpuError),
        adapters: Vec<Adapter>,
        open: &mut dyn FnMut(Adapter) -> Result<T>,
    ) -> Result<(T, GpuLost)> {
        let now = Instant::now();
        self.losses.retain(|(at, _)| now.duration_since(*at) < WHILE);
        self.losses.push((now, lost.name.clone()));
        if self.losses.len() > MOST {
            return Err(Error::Gpu(why));
        }
        let times = |adapter: &Adapter| self.losses.iter().filter(|(_, name)| *name == adapter.name).count();
        let mut order = adapters;
        order.sort_by_key(|adapter| (times(adapter) >= MOST_OF_ONE, adapter.name != lost.name));
        let cause = match &why {
            GpuError::OutOfMemory(_) => "The graphics card has no memory left.".to_string(),
            GpuError::Lost(_) => "The graphics card was lost.".to_string(),
            other => format!("The graphics card reported an error ({}).", cause_of(&other.to_string())),
        };
        let mut last = Error::Gpu(why);
        for adapter in order {
            let said = self.say(&cause, &adapter);
            match open(adapter) {
                Ok(opened) => return Ok((opened, said)),
                Err(why) => last = why,
            }
        }
        Err(last)
    }

    /// Opens the first adapter again, because somebody asked for it.
    ///
    /// # Errors
    /// [`Error::Gpu`] if it is not there or does not open.
    pub fn try_first<T>(&mut self, adapters: Vec<Adapter>, open: &mut dyn FnMut(Adapter) -> Result<T>) -> Result<T> {
        let none = || Error::Gpu(GpuError::NoAdapter(format!("{} is not there", self.first)));
        let opened = open(adapters.into_iter().find(|adapter| adapter.name == self.first).ok_or_else(none)?)?;
        self.losses.retain(|(_, name)| *name != self.first);
        Ok(opened)
    }

    fn say(&self, cause: &str, adapter: &Adapter) -> GpuLost {
        let is_first = adapter.name == self.first;
        let words = match () {
            () if is_first => format!("{cause} The window has opened it again."),
            () if adapter.software => format!("{cause} The window goes on, on the CPU."),
            () => format!("{cause} The window goes on, on {}.", adapter.name),
        };
        GpuLost { words, can_try: !is_first }
    }
}
