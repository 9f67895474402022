//! Repeats the actions of a recorded trace.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toml::Table;

use super::driver::Driver;
use crate::envs::Core;
use crate::error::{Error, Result};
use crate::sim::{Batch, ResetMode};

/// Name of this agent after `--agent`.
pub const NAME: &str = "replay";

/// Options.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Trace file or run folder, resolved to an absolute path; must be given.
    pub from: String,
}

impl Options {
    /// Returns the options with `from` as an absolute path.
    ///
    /// # Errors
    /// [`Error::Usage`] if no trace is named or its path is not Unicode; [`Error::Io`] if the working directory cannot be read.
    pub fn resolve(self) -> Result<Options> {
        if self.from.is_empty() {
            return Err(Error::Usage(format!("agent {NAME}: no trace given; name one with --from TRACE")));
        }
        // A resumed run may be started in another folder.
        let from = std::path::absolute(&self.from).map_err(|e| Error::io(&self.from, e))?;
        Ok(Options { from: text(&from)? })
    }
}

/// A recorded row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// An episode begins: a reset.
    Begin,
    /// A step with this action.
    Act(u32),
}

/// The rows of each recorded instance, in order.
pub type Recording = BTreeMap<u32, Vec<Recorded>>;

/// Instance i repeats what was recorded of instance i, or of the only recorded instance.
#[derive(Debug)]
pub struct ReplayAgent {
    recording: Recording,
    /// `[n]`: the next row of each instance; empty before the first step.
    next: Vec<usize>,
    over: Option<String>,
}

/// What an instance does in a step.
enum Deed {
    Act(u32),
    /// Its episode has ended, or the step begins its next episode.
    Wait,
    /// The recording has no more rows.
    Over,
}

impl ReplayAgent {
    /// Replays `recording` from its first row.
    pub fn new(recording: Recording) -> ReplayAgent {
        ReplayAgent { recording, next: Vec::new(), over: None }
    }

    fn rows(&self, i: usize) -> Option<&[Recorded]> {
        let only = self.recording.values().next().filter(|_| self.recording.len() == 1);
        self.recording.get(&(i as u32)).or(only).map(|rows| &rows[..])
    }

    fn peek(&self, i: usize) -> Option<Recorded> {
        self.rows(i)?.get(self.next[i]).copied()
    }

    fn begin(&mut self, batch: &Batch) -> Result<()> {
        self.next = vec![0; batch.len()];
        for i in 0..batch.len() {
            let known: Vec<String> = self.recording.keys().map(u32::to_string).collect();
            let absent = || Error::Usage(format!("{NAME}: instance {i} is not in the trace; it has {}", known.join(", ")));
            self.rows(i).ok_or_else(absent)?;
            self.episode_begins(batch, i)?;
        }
        Ok(())
    }

    /// Checks that the trace also begins an episode where instance `i` has begun one, unless the trace has ended.
    fn episode_begins(&mut self, batch: &Batch, i: usize) -> Result<()> {
        match self.peek(i) {
            Some(Recorded::Act(_)) => Err(odd(batch, i, "the recorded episode goes on where this one has ended")),
            None => Ok(()),
            Some(Recorded::Begin) => {
                self.next[i] += 1;
                Ok(())
            }
        }
    }

    fn deed(&self, batch: &Batch, i: usize, flags: u32) -> Result<Deed> {
        let waits = flags & Core::DONE != 0 && batch.config().reset != ResetMode::SameStep;
        match (waits, self.peek(i)) {
            (true, _) => Ok(Deed::Wait),
            (false, Some(Recorded::Act(action))) => Ok(Deed::Act(action)),
            (false, Some(Recorded::Begin)) => Err(odd(batch, i, "the recorded episode has ended where this one goes on")),
            (false, None) => Ok(Deed::Over),
        }
    }

    /// Makes one step of all instances; returns false if there is nothing more to do.
    fn step(&mut self, batch: &mut Batch) -> Result<bool> {
        let flags = flags(batch)?;
        let deeds = (0..batch.len()).map(|i| self.deed(batch, i, flags[i])).collect::<Result<Vec<_>>>()?;
        let ended = deeds.iter().position(|deed| matches!(deed, Deed::Over));
        let left = (0..batch.len()).any(|i| self.peek(i).is_some());
        if let Some(i) = ended.or((!left).then_some(0)) {
            self.over = Some(format!("the recorded actions of instance {i} end after {} steps", batch.steps()));
            return Ok(false);
        }
        let actions: Vec<u32> = deeds.iter().map(|deed| if let Deed::Act(action) = deed { *action } else { 0 }).collect();
        let limit = batch.world().spec().num_actions();
        if let Some(i) = actions.iter().position(|action| *action >= limit) {
            let what = format!("action {} was recorded, and there are 0 to {}", actions[i], limit - 1);
            return Err(odd(batch, i, &what));
        }
        batch.step(&actions)?;
        let (mode, after) = (batch.config().reset, self::flags(batch)?);
        for (i, deed) in deeds.iter().enumerate() {
            self.next[i] += usize::from(matches!(deed, Deed::Act(_)));
            if after[i] & Core::BEGUN != 0 || mode == ResetMode::SameStep && after[i] & Core::DONE != 0 {
                self.episode_begins(batch, i)?;
            }
        }
        Ok(true)
    }
}

fn flags(batch: &Batch) -> Result<Vec<u32>> {
    Ok(batch.core()?.chunks_exact(Core::WORDS).map(|core| core[Core::FLAGS]).collect())
}

fn odd(batch: &Batch, i: usize, what: &str) -> Error {
    let hint = "it was recorded in another world, or with another seed or ruleset";
    Error::Data(format!("{NAME}: instance {i}, step {} of the batch: {what}; {hint}", batch.steps()))
}

impl Driver for ReplayAgent {
    fn name(&self) -> &'static str {
        NAME
    }

    fn advance(&mut self, batch: &mut Batch, n_steps: u64) -> Result<()> {
        if self.next.is_empty() {
            self.begin(batch)?;
        }
        for _ in 0..n_steps {
            if self.over.is_some() || !self.step(batch)? {
                break;
            }
        }
        Ok(())
    }

    fn over(&self) -> Option<String> {
        self.over.clone()
    }

    fn save(&self) -> Value {
        json!(self.next)
    }

    fn load(&mut self, batch: &Batch, saved: &Value) -> Result<()> {
        let odd = || Error::Data(format!("checkpoint: {NAME}: places in the trace cannot be read"));
        let next: Vec<usize> = serde_json::from_value(saved.clone()).map_err(|_| odd())?;
        if !next.is_empty() && next.len() != batch.len() {
            return Err(odd());
        }
        self.next = next;
        Ok(())
    }

    fn report(&self) -> Vec<(String, Value)> {
        self.over.iter().map(|why| ("over".to_string(), json!(why))).collect()
    }
}

/// Returns `options` with the trace as the option `from`.
///
/// # Errors
/// [`Error::Usage`] if the path cannot be written into `run.toml`.
pub fn with_trace(mut options: Table, from: &Path) -> Result<Table> {
    options.insert("from".to_string(), text(from)?.into());
    Ok(options)
}

fn text(from: &Path) -> Result<String> {
    let odd =
        || Error::Usage(format!("agent {NAME}: {}: run.toml holds UTF-8 only; name the trace by another path", from.display()));
    from.to_str().map(str::to_string).ok_or_else(odd)
}
