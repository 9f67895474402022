//! Handles Ctrl-C, SIGTERM and SIGHUP: the run finishes its current phase, writes its checkpoint and ends. A phase other than saving that
//! takes longer than [`GRACE`] is given up, as if the program were killed: `--resume` continues from the last checkpoint. A second signal
//! ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::output;
use crate::runs::RunPhase;

/// Exit code of an interrupted program.
pub const INTERRUPTED: u8 = 130;
/// The time that a run has to finish its current phase.
const GRACE: Duration = Duration::from_millis(1500);

/// Whether the run has to stop, and its current phase.
#[derive(Debug)]
pub struct Stop {
    asked: Arc<AtomicBool>,
    state: Mutex<State>,
    quiet: bool,
}

#[derive(Debug)]
struct State {
    doing: RunPhase,
    /// How the user can continue from here.
    advice: String,
}

impl Stop {
    /// Listens to the signals of this process.
    ///
    /// # Errors
    /// If the system does not report signals.
    pub fn listen(quiet: bool) -> anyhow::Result<Arc<Stop>> {
        let state = State { doing: RunPhase::Worlds, advice: "nothing was begun".to_string() };
        let stop = Arc::new(Stop { asked: Arc::default(), state: Mutex::new(state), quiet });
        watch(stop.clone())?;
        Ok(stop)
    }

    pub fn asked(&self) -> &AtomicBool {
        &self.asked
    }

    pub fn set_doing(&self, doing: RunPhase) {
        self.state().doing = doing;
    }

    pub fn set_advice(&self, advice: String) {
        self.state().advice = advice;
    }

    /// Returns the message for a run that has stopped.
    pub fn farewell(&self) -> String {
        format!("stopped; {}", self.state().advice)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called for each signal.
    fn signal(self: &Arc<Stop>) {
        if self.asked.swap(true, Ordering::SeqCst) {
            self.leave(&self.state());
        }
        let stop = self.clone();
        std::thread::spawn(move || stop.wait());
    }

    /// Gives the run the time [`GRACE`] to stop, then ends the program. A run that is saving gets more time.
    fn wait(&self) {
        loop {
            std::thread::sleep(GRACE);
            // Held until the program has ended, so that the run cannot begin its checkpoint in between.
            let state = self.state();
            if state.doing == RunPhase::Saving {
                self.say(&format!("waiting for {}; once more ends at once", state.doing));
                continue;
            }
            self.say(&format!("not waiting for {}, which takes long", state.doing));
            self.leave(&state);
        }
    }

    fn leave(&self, state: &State) -> ! {
        self.say(&format!("stopped; {}", state.advice));
        exit()
    }

    fn say(&self, text: &str) {
        if !self.quiet {
            output::note(text);
        }
    }
}

/// Ends the program without running exit handlers, because other threads may be inside a driver.
#[cfg(unix)]
fn exit() -> ! {
    signal_hook::low_level::exit(i32::from(INTERRUPTED))
}

#[cfg(not(unix))]
fn exit() -> ! {
    std::process::exit(i32::from(INTERRUPTED))
}

#[cfg(unix)]
fn watch(stop: Arc<Stop>) -> anyhow::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    if is_heard(SIGHUP) {
        signals.add_signal(SIGHUP)?;
    }
    std::thread::spawn(move || signals.forever().for_each(|_| stop.signal()));
    Ok(())
}

#[cfg(not(unix))]
fn watch(stop: Arc<Stop>) -> anyhow::Result<()> {
    Ok(ctrlc::set_handler(move || stop.signal())?)
}

/// Whether a signal is not ignored; `nohup` ignores SIGHUP. False if the system does not report it, so that the signal is left as it is.
#[cfg(unix)]
fn is_heard(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask >> (signal - 1) & 1 == 0)
}
