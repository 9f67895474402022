//! Bonuses as the plugin of a batch.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::deferred::{DeferredBonuses, steps_at_once};
use super::empowerment_bonus::FAULT_FORKS;
use super::passes::{resets, transitions};
use super::runtime::{Bonuses, TOTALS, VALUES};
use super::tables::fill;
use crate::envs::shared::key;
use crate::error::{Error, Result};
use crate::shaders::bonus::FAULT_TABLE;
use crate::shaders::bonus::table::{self, Table};
use crate::sim::plugin::DeferredCounting;
use crate::sim::reach::Reach;
use crate::sim::{InstanceBuffer, Pass, StepPlugin};

impl StepPlugin for Bonuses {
    fn plugin_buffers(&self) -> Vec<InstanceBuffer> {
        let named = [
            ("keys", self.keys.len() * key::WORDS),
            ("bonus values", self.columns),
            ("bonus totals", 1),
            ("bonus fusion", self.fuse.memory_words()),
        ];
        let memory = self.list.iter().map(|kept| ("bonus memory", kept.bonus.memory_words()));
        named.into_iter().chain(memory).map(|(name, words)| InstanceBuffer { name, words }).collect()
    }

    fn on_transition(self: Arc<Self>) -> Vec<Pass<'static>> {
        transitions(&self)
    }

    fn on_reset(self: Arc<Self>) -> Vec<Pass<'static>> {
        resets(&self)
    }

    fn reaches(&self) -> Vec<Reach> {
        self.list.iter().filter_map(|kept| kept.forked()?.reach()).collect()
    }

    fn texts(&self) -> Vec<(String, String)> {
        self.list.iter().filter_map(|kept| kept.bonus.text()).collect()
    }

    fn deferred(&self, n_envs: usize, block: usize) -> Option<Box<dyn DeferredCounting + '_>> {
        let steps = steps_at_once(self, n_envs)?;
        Some(Box::new(DeferredBonuses::new(self, n_envs, block, steps)))
    }

    fn recorded(&self) -> Vec<usize> {
        vec![VALUES, TOTALS]
    }

    fn recorded_names(&self) -> Vec<String> {
        self.config().names().into_iter().chain(["total".to_string()]).collect()
    }

    fn make_room(&self, n_envs: usize, steps: u64) -> Result<u64> {
        if let Some(forked) = self.forked().filter(|_| self.met_limit.load(Ordering::Relaxed)) {
            return Err(Error::Limit(forked.fork_fault()));
        }
        let left = self.steps_left(&self.headers(), n_envs, steps)?;
        if left > 0 {
            return Ok(left);
        }
        self.grow(n_envs, steps)?;
        match self.steps_left(&self.headers(), n_envs, steps)? {
            0 => Err(Error::Limit("the tables of counts have no room for another step; take a coarser key".to_string())),
            left => Ok(left),
        }
    }

    fn room(&self, headers: &[Vec<u32>], n_envs: usize, steps: u64) -> u64 {
        // Errors of a table are reported when it is read back from the GPU.
        self.steps_left(headers, n_envs, steps).unwrap_or(0)
    }

    fn forget(&self) {
        Bonuses::forget(self);
    }

    fn headers(&self) -> Vec<Vec<u32>> {
        (0..self.tables.len()).map(|t| self.table(t).head()).collect()
    }

    fn tables(&self) -> Vec<Vec<u32>> {
        (0..self.tables.len()).map(|t| self.table(t).words()).collect()
    }

    fn set_tables(&self, tables: Vec<Vec<u32>>) -> Result<()> {
        let fits = |words: &Vec<u32>| words.len() >= table::HEAD && words.len() == table::words_of(fill(words).slots);
        if tables.len() != self.tables.len() || !tables.iter().all(fits) {
            return Err(Error::Data("these are not the tables of counts of these bonuses".to_string()));
        }
        for (own, words) in self.tables.iter().zip(tables) {
            *own.write().unwrap_or_else(PoisonError::into_inner) = Table::from_words(words);
        }
        Ok(())
    }

    fn fault(&self, instance: usize, code: u32) -> Option<String> {
        if let Some(forked) = self.forked().filter(|_| code == FAULT_FORKS) {
            return Some(forked.fault(instance));
        }
        let slots = self.config().list.iter().filter_map(|entry| entry.explicit("slots")).max().unwrap_or_default();
        (code == FAULT_TABLE)
            .then(|| format!("the table of counts that it owns is full; raise slots of the bonus (bonus.NAME.slots, now {slots}), or take a coarser key"))
    }

    fn check_gpu(&self) -> Result<()> {
        Bonuses::check_gpu(self)
    }
}
