//! Computes the values of logged transitions, after the tables have counted them.

use super::log::{CORE_WORDS, LoggedReset, TransitionLog};
use super::noting::DeferredBonuses;
use super::shard::{Sums, shard_of};
use crate::bonus::runtime::{MEMORY, VALUES};
use crate::envs::Core;
use crate::shaders::bonus::table::{keys_of, what};
use crate::shaders::bonus::{Bonus, Counts, Transition};
use crate::sim::{BlockContext, Fault};

/// Most keys of a transition whose counts a bonus reads.
const MAX_LOOKUPS: usize = 4;

/// A table in the state that a transition reads, but only with the keys of this transition.
struct Answers {
    lookups: [(u64, u32); MAX_LOOKUPS],
    n: usize,
    whole: Sums,
}

impl Answers {
    fn add(&mut self, key: u64, count: u32) {
        self.lookups[self.n] = (key, count);
        self.n += 1;
    }
}

impl Counts for Answers {
    fn count(&self, key: u64) -> u32 {
        let known = self.lookups[..self.n].iter().find(|(known, _)| *known == key);
        known.map_or_else(|| unreachable!("a bonus reads a count that it does not name"), |(_, count)| *count)
    }

    fn total(&self) -> u64 {
        self.whole.total
    }

    fn sum_c_ln_c(&self) -> u64 {
        self.whole.sum
    }
}

/// A bonus with a shared table.
struct SharedBonus<'a> {
    b: usize,
    slot: usize,
    bonus: &'a dyn Bonus,
    /// What a transition inserts (see `table.rs`), and whether the count of the previous state is read too.
    bits: u32,
    departs: bool,
    /// Index of its table, and of the first shard of that table.
    table: usize,
    shards: usize,
    memory_words: usize,
}

/// Scores one block, step by step.
struct Scorer<'a, 'b> {
    deferred: &'a DeferredBonuses<'a>,
    log: &'a mut TransitionLog,
    work: &'a mut BlockContext<'b>,
    shared: Vec<SharedBonus<'a>>,
    /// Index of the next recorded row without values.
    row: usize,
    /// Faults of the current step: instance of the block, code.
    faults: Vec<(usize, u32)>,
}

/// See [`crate::sim::plugin::DeferredCounting::score`].
pub fn score(
    deferred: &DeferredBonuses,
    log: &mut TransitionLog,
    work: &mut BlockContext,
    after: u64,
    steps: usize,
) -> Option<Fault> {
    let row = work.rows.partition_point(|row| row.batch_step <= after);
    let shared = deferred.sharing().map(|(b, kept, bonus, table)| SharedBonus {
        b,
        slot: kept.slot.unwrap_or_default(),
        bonus,
        bits: what(bonus.inserts()).0,
        departs: bonus.reads_departure(),
        table,
        shards: table * deferred.shards,
        memory_words: bonus.memory_words(),
    });
    let mut scorer = Scorer { deferred, shared: shared.collect(), log, work, row, faults: Vec::new() };
    (0..steps).find_map(|t| {
        // The simulation of a block ends at its first fault, so faults belong to the last step.
        if t + 1 == scorer.log.steps {
            scorer.faults = std::mem::take(&mut scorer.log.faults);
        }
        scorer.transitions(t);
        scorer.begin(t);
        scorer.first_fault(t, after + t as u64 + 1)
    })
}

impl Scorer<'_, '_> {
    /// Scores the transitions of step `t`.
    fn transitions(&mut self, t: usize) {
        let (n, columns) = (self.work.block.n, self.deferred.bonuses.columns);
        for i in 0..n {
            let at = t * n + i;
            let core: [u32; CORE_WORDS] = std::array::from_fn(|word| self.log.core[at * CORE_WORDS + word]);
            if core[Core::FLAGS] & Core::SKIP != 0 {
                continue;
            }
            if !self.log.values.is_empty() {
                let values = &self.log.values[at * columns..(at + 1) * columns];
                self.work.plugin_buffers[VALUES][i * columns..(i + 1) * columns].copy_from_slice(values);
            }
            self.visit(t, i, core[Core::ACTION]);
            self.fuse(i, &core);
        }
    }

    /// Computes the bonuses with shared tables for instance `i` in step `t`.
    fn visit(&mut self, t: usize, i: usize, action: u32) {
        let (columns, n_keys, n_shards) = (self.deferred.bonuses.columns, self.deferred.bonuses.keys.len(), self.deferred.shards);
        let at = (t * self.work.block.n + i) * n_keys;
        let keys = &self.log.keys[at..at + n_keys];
        let departed = &mut self.log.departed[i * n_keys..(i + 1) * n_keys];
        for sharer in &self.shared {
            let transition = Transition { key: keys[sharer.slot], before: departed[sharer.slot], action, obs: &[] };
            let shards = &mut self.log.shards[sharer.shards..sharer.shards + n_shards];
            let mut answers = Answers { lookups: [(0, 0); MAX_LOOKUPS], n: 0, whole: self.deferred.read[sharer.table][t] };
            for key in keys_of(sharer.bits, &transition) {
                answers.add(key, shards[shard_of(key, n_shards)].next_states.next());
            }
            if sharer.departs {
                answers.add(transition.before, shards[shard_of(transition.before, n_shards)].departed.next());
            }
            let memory = &mut self.work.plugin_buffers[MEMORY + sharer.b][i * sharer.memory_words..(i + 1) * sharer.memory_words];
            let value = sharer.bonus.visit(&transition, &answers, memory);
            self.work.plugin_buffers[VALUES][i * columns + sharer.b] = value.unwrap_or_default() as u32;
            if let Err(fault) = value {
                set(&mut self.faults, i, fault);
            }
        }
        departed.copy_from_slice(keys);
    }

    /// Combines the values of instance `i` into one, and writes all of them into its row if it is recorded.
    fn fuse(&mut self, i: usize, core: &[u32]) {
        let bonuses = self.deferred.bonuses;
        let (each, columns) = (bonuses.fuse.memory_words(), bonuses.columns);
        let [values, totals, fusing] = &mut self.work.plugin_buffers[VALUES..MEMORY] else { return };
        let values = &mut values[i * columns..(i + 1) * columns];
        totals[i] = bonuses.fuse.fuse(core, bytemuck::cast_slice_mut(values), &mut fusing[i * each..(i + 1) * each]) as u32;
        if self.work.recorded[i] {
            let rows = self.work.rows[self.row..].iter_mut();
            if let Some((k, row)) = rows.enumerate().find(|(_, row)| row.action.is_some()) {
                row.plugin_values = values.iter().chain([&totals[i]]).map(|value| *value as i32).collect();
                self.row += k + 1;
            }
        }
    }

    /// Begins the episodes that began in step `t`.
    fn begin(&mut self, t: usize) {
        let (n, n_keys) = (self.work.block.n, self.deferred.bonuses.keys.len());
        while let Some((LoggedReset { i, episode, step, fault }, keys)) = self.log.next_reset(t, n_keys) {
            for sharer in &self.shared {
                let (key, each) = (keys[sharer.slot], sharer.memory_words);
                let transition = Transition { key, before: key, action: 0, obs: &[] };
                sharer.bonus.begin(&transition, &mut self.work.plugin_buffers[MEMORY + sharer.b][i * each..(i + 1) * each]);
            }
            let core = &mut self.log.core[(t * n + i) * CORE_WORDS..][..CORE_WORDS];
            (core[Core::EPISODE], core[Core::STEP]) = (episode, step);
            if fault != 0 {
                set(&mut self.faults, i, fault);
            }
        }
    }

    /// The fault of the lowest instance in step `t`.
    fn first_fault(&self, t: usize, batch_step: u64) -> Option<Fault> {
        let (i, code) = self.faults.iter().min().copied()?;
        let core = &self.log.core[(t * self.work.block.n + i) * CORE_WORDS..][..CORE_WORDS];
        let instance = self.work.block.first + i;
        Some(Fault { batch_step, instance, episode: core[Core::EPISODE], step: core[Core::STEP], code })
    }
}

/// Sets the fault of an instance. It replaces an earlier one.
fn set(faults: &mut Vec<(usize, u32)>, i: usize, code: u32) {
    faults.retain(|(known, _)| *known != i);
    faults.push((i, code));
}
