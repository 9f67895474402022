//! What a block logs in a step instead of counting in shared tables.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::log::{CORE_WORDS, TransitionLog, pair};
use super::shard::{Sums, shard_of};
use crate::bonus::passes::{BonusMask, transition_of};
use crate::bonus::runtime::{Bonuses, KEYS, VALUES};
use crate::bonus::slot::{BonusSlot, Evaluator};
use crate::envs::Core;
use crate::envs::shared::key;
use crate::shaders::bonus::table::{keys_of, what};
use crate::shaders::bonus::{Bonus, Transition};
use crate::sim::BlockContext;

/// Most steps that are logged before they are scored. With so many, the state of a block is seldom loaded into the cache again, and the
/// steps take long compared with the wait for the last thread.
const MAX_STEPS: usize = 64;
/// Bytes that all logs together may take. A larger batch logs fewer steps at once.
const MAX_BYTES: usize = 64 << 20;

/// The bonus and the index of its shared table; None if it is computed by forking or has no shared table.
fn kernel(kept: &BonusSlot) -> Option<(&dyn Bonus, usize)> {
    match &kept.bonus {
        Evaluator::Kernel(bonus) => Some((&**bonus, kept.table?)),
        Evaluator::Forks(_) => None,
    }
}

/// Whether there is a bonus without a shared table.
fn scores_alone(bonuses: &Bonuses) -> bool {
    bonuses.list.iter().any(|kept| kept.table.is_none())
}

/// Number of steps to log at once. None if bonuses are computed step by step, because no table is shared, a bonus with a shared table needs
/// more than a key, or the batch is so large that fewer than two steps fit.
pub fn steps_at_once(bonuses: &Bonuses, n_envs: usize) -> Option<usize> {
    let sharing = || bonuses.list.iter().filter(|kept| kept.table.is_some());
    if sharing().next().is_none() || sharing().any(|kept| kept.slot.is_none() || kernel(kept).is_none()) {
        return None;
    }
    let columns = if scores_alone(bonuses) { bonuses.columns } else { 0 };
    let words = CORE_WORDS + 2 * bonuses.keys.len() + columns;
    let lookups: u32 = sharing().map(|kept| what(kept.bonus.inserts()).0.count_ones() + 1).sum();
    let steps = MAX_BYTES / (4 * (words + 3 * lookups as usize) * n_envs.max(1));
    (steps > 1).then_some(steps.min(MAX_STEPS))
}

/// The bonuses of a batch that are computed after the simulation.
#[derive(Debug)]
pub struct DeferredBonuses<'a> {
    pub bonuses: &'a Bonuses,
    /// Instances of a block.
    pub block: usize,
    pub steps: usize,
    /// Number of shards of each table.
    pub shards: usize,
    /// The log of each block.
    pub logs: Vec<Mutex<TransitionLog>>,
    /// For each table, the sums of the whole table that scores read, for each step that was counted.
    pub read: Vec<Vec<Sums>>,
}

impl<'a> DeferredBonuses<'a> {
    pub fn new(bonuses: &'a Bonuses, n_envs: usize, block: usize, steps: usize) -> DeferredBonuses<'a> {
        let shards = rayon::current_num_threads();
        let logs = (0..n_envs.div_ceil(block)).map(|_| Mutex::new(TransitionLog::new(shards * bonuses.tables.len()))).collect();
        DeferredBonuses { bonuses, block, steps, shards, logs, read: Vec::new() }
    }

    /// The log of the block. No other thread uses it at the same time.
    pub fn log(&self, work: &BlockContext) -> MutexGuard<'_, TransitionLog> {
        self.logs[work.block.first / self.block].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bonuses with a shared table: index in the list, slot, bonus, and index of the table.
    pub fn sharing(&self) -> impl Iterator<Item = (usize, &BonusSlot, &dyn Bonus, usize)> {
        let list = self.bonuses.list.iter().enumerate();
        list.filter_map(|(b, kept)| kernel(kept).map(|(bonus, table)| (b, kept, bonus, table)))
    }
}

impl DeferredBonuses<'_> {
    /// Logs everything about the transitions of a step except the keys of tables.
    pub fn log_transitions(&self, work: &BlockContext) {
        let values: &[u32] = if scores_alone(self.bonuses) { work.plugin_buffers[VALUES] } else { &[] };
        self.log(work).log_step(work, work.plugin_buffers[KEYS], self.bonuses.keys.len(), values);
    }

    /// Logs the keys of transitions that bonus `b` inserts, and those whose counts it reads.
    pub fn note_keys(&self, b: usize, work: &BlockContext) {
        let Some((bonus, table)) = kernel(&self.bonuses.list[b]) else { return };
        let (mut log, n_keys) = (self.log(work), self.bonuses.keys.len());
        let (bits, slot) = (what(bonus.inserts()).0, self.bonuses.list[b].slot.unwrap_or_default());
        let shards = &mut log.shards[table * self.shards..(table + 1) * self.shards];
        for i in (0..work.block.n).filter(|i| BonusMask::Stepped.is(work, *i)) {
            let words = &work.plugin_buffers[KEYS][(i * n_keys + slot) * key::WORDS..][..key::WORDS];
            let (key, before) = (pair(words), pair(&words[2..]));
            let transition = Transition { key, before, action: work.block.core_of(i)[Core::ACTION], obs: &[] };
            for key in keys_of(bits, &transition) {
                shards[shard_of(key, self.shards)].next_states.keys.keys.push(key);
            }
            if bonus.reads_departure() {
                shards[shard_of(before, self.shards)].departed.keys.keys.push(before);
            }
        }
    }

    /// Logs the keys of first states that bonus `b` inserts.
    pub fn note_first_keys(&self, b: usize, work: &BlockContext) {
        let Some((bonus, table)) = kernel(&self.bonuses.list[b]) else { return };
        let mut log = self.log(work);
        for i in (0..work.block.n).filter(|i| BonusMask::Reset.is(work, *i)) {
            for key in keys_of(what(bonus.inserts()).1, &transition_of(work, self.bonuses, &self.bonuses.list[b], i)) {
                log.shards[table * self.shards + shard_of(key, self.shards)].first_states.keys.push(key);
            }
        }
    }

    /// Logs the episodes that have begun, and ends the step.
    pub fn close_step(&self, work: &BlockContext) {
        let (mut log, each) = (self.log(work), self.bonuses.keys.len() * key::WORDS);
        for i in (0..work.block.n).filter(|i| BonusMask::Reset.is(work, *i)) {
            log.log_reset(work, i, &work.plugin_buffers[KEYS][i * each..(i + 1) * each]);
        }
        log.close();
    }
}
