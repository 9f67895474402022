//! Takes the steps before the first one, in a replay and in a batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::batch::Batch;
use super::block_context::Row;
use super::instance_state::InstanceState;
use super::replay::{Levels, Replay};
use crate::envs::Core;
use crate::error::{Error, Result};

impl Replay {
    /// Begins the first episode, from `scenario` if there is one, and takes the actions of `prefix`. Returns the row of the state that
    /// is reached, which has no action and no reward. `stop` interrupts it.
    ///
    /// # Errors
    /// As [`Replay::reset`] and [`Replay::step`]; [`Error::Interrupted`] if `stop` is set.
    pub fn begin_after(&mut self, scenario: Option<&serde_json::Value>, prefix: Option<&[u8]>, stop: &AtomicBool) -> Result<Row> {
        let first = self.reset(scenario)?;
        let Some(prefix) = prefix else { return Ok(first) };
        for action in prefix {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let row = self.step(u32::from(*action))?;
            if row.terminated || row.truncated {
                self.reset(None)?;
            }
        }
        // The batch has taken no step.
        (self.core[Core::FLAGS], self.core[Core::REWARD]) = (0, 0);
        Ok(self.row(None))
    }
}

impl Batch {
    /// Takes the prefixes, after first episodes have begun and before the plugin processes first states. Their rows replace those of the
    /// first episodes.
    pub(super) fn take_prefixes(&mut self) -> Result<()> {
        let prefixes = self.config.prefixes.clone();
        if prefixes.is_empty() {
            return Ok(());
        }
        let (seed, scenario) = (self.config.seed, self.config.scenario.clone());
        let levels = Arc::new(Levels::new(&*self.world, self.config.worlds, seed)?);
        let never = AtomicBool::new(false);
        let mut reached: Vec<(usize, InstanceState, Row)> = Vec::new();
        for (i, actions) in prefixes.iter() {
            let mut replay = Replay::new(self.world.clone(), levels.clone(), seed, i as usize);
            let row = replay.begin_after(scenario.as_deref(), Some(actions), &never)?;
            reached.push((i as usize, replay.instance_state(), row));
        }
        self.rows.retain(|row| prefixes.of(row.instance).is_none());
        let list: Vec<usize> = reached.iter().map(|(i, ..)| *i).collect();
        // The GPU gets the buffers later: those of the host are the ones to change.
        let backend = self.backend.take();
        let put = self.change_some(&list, |k, work| {
            reached[k].1.put(work)?;
            work.set_fresh(0);
            Ok(())
        });
        self.backend = backend;
        put?;
        let recorded = reached.into_iter().filter(|(i, ..)| self.recorded[*i]).map(|(.., row)| row);
        self.rows.extend(recorded);
        Ok(())
    }
}
