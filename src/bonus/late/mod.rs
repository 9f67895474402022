//! Bonuses worked out after many steps of simulation: `log.rs` says what is written down, `share.rs` how tables take it in, `pay.rs` how
//! values come of it.

mod log;
mod pay;
mod share;

use std::sync::{Mutex, MutexGuard, PoisonError};

use self::log::{CORE_WORDS, Log, pair};
use self::share::{Manner, Sums, share_of};
use super::kept::{Kept, Paying};
use super::passes::{Whom, seen};
use super::runtime::{Bonuses, KEYS, VALUES};
use crate::envs::Core;
use crate::envs::shared::key;
use crate::shaders::bonus::table::{Table, keys_of, what};
use crate::shaders::bonus::{Bonus, Order, Seen};
use crate::sim::beside::Late;
use crate::sim::pass::Deferred;
use crate::sim::{Fault, Pass, Work};

/// Steps that are written down before they are paid: enough that a block's state is seldom brought to the cache, and a chunk of them is
/// long beside the wait for the last thread.
const MOST_STEPS: usize = 64;
/// Bytes that all logs may take: of a batch of more instances fewer steps are written down at once.
const MOST_BYTES: usize = 64 << 20;

/// The bonus, where its table is written down for later.
fn kernel(kept: &Kept) -> Option<(&dyn Bonus, usize)> {
    match &kept.bonus {
        Paying::Kernel(bonus) => Some((&**bonus, kept.table?)),
        Paying::Forks(_) => None,
    }
}

/// Whether a bonus without a shared table pays.
fn pays_alone(bonuses: &Bonuses) -> bool {
    bonuses.list.iter().any(|kept| kept.table.is_none())
}

/// Steps to write down at once; None if bonuses are better worked out step by step: nothing is shared, what shares needs more than its
/// key, or there are so many instances that hardly a step fits.
pub fn steps_at_once(bonuses: &Bonuses, n_envs: usize) -> Option<usize> {
    let sharing = || bonuses.list.iter().filter(|kept| kept.table.is_some());
    if sharing().next().is_none() || sharing().any(|kept| kept.slot.is_none() || kernel(kept).is_none()) {
        return None;
    }
    let columns = if pays_alone(bonuses) { bonuses.columns } else { 0 };
    let words = CORE_WORDS + 2 * bonuses.keys.len() + columns;
    let asked: u32 = sharing().map(|kept| what(kept.bonus.inserts()).0.count_ones() + 1).sum();
    let steps = MOST_BYTES / (4 * (words + 3 * asked as usize) * n_envs.max(1));
    (steps > 1).then_some(steps.min(MOST_STEPS))
}

/// Bonuses at work afterwards.
#[derive(Debug)]
pub struct Afterwards<'a> {
    bonuses: &'a Bonuses,
    /// Instances a block.
    block: usize,
    steps: usize,
    /// Parts that each table is taken in.
    shares: usize,
    /// Of each block.
    logs: Vec<Mutex<Log>>,
    /// For each table what is read of it as a whole in each step that was counted.
    read: Vec<Vec<Sums>>,
}

impl<'a> Afterwards<'a> {
    pub fn new(bonuses: &'a Bonuses, n_envs: usize, block: usize, steps: usize) -> Afterwards<'a> {
        let shares = rayon::current_num_threads();
        let logs = (0..n_envs.div_ceil(block)).map(|_| Mutex::new(Log::new(shares * bonuses.tables.len()))).collect();
        Afterwards { bonuses, block, steps, shares, logs, read: Vec::new() }
    }

    /// That of the block: nobody else has to do with it at the time.
    fn log(&self, work: &Work) -> MutexGuard<'_, Log> {
        self.logs[work.block.first / self.block].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bonuses that share a table, with their place in the list and their table.
    fn sharing(&self) -> impl Iterator<Item = (usize, &Kept, &dyn Bonus, usize)> {
        let list = self.bonuses.list.iter().enumerate();
        list.filter_map(|(b, kept)| kernel(kept).map(|(bonus, table)| (b, kept, bonus, table)))
    }
}

impl Afterwards<'_> {
    /// What is there of all arrivals of a step, but for keys of tables.
    fn note_arrivals(&self, work: &Work) {
        let values: &[u32] = if pays_alone(self.bonuses) { work.extras[VALUES] } else { &[] };
        self.log(work).note(work, work.extras[KEYS], self.bonuses.keys.len(), values);
    }

    /// Keys of arrivals that bonus `b` counts, and whose counts it reads.
    fn note_keys(&self, b: usize, work: &Work) {
        let Some((bonus, table)) = kernel(&self.bonuses.list[b]) else { return };
        let (mut log, n_keys) = (self.log(work), self.bonuses.keys.len());
        let (bits, slot) = (what(bonus.inserts()).0, self.bonuses.list[b].slot.unwrap_or_default());
        let shares = &mut log.shares[table * self.shares..(table + 1) * self.shares];
        for i in (0..work.block.n).filter(|i| Whom::Arrived.is(work, *i)) {
            let words = &work.extras[KEYS][(i * n_keys + slot) * key::WORDS..][..key::WORDS];
            let (key, before) = (pair(words), pair(&words[2..]));
            let seen = Seen { key, before, action: work.block.core_of(i)[Core::ACTION], obs: &[] };
            for key in keys_of(bits, &seen) {
                shares[share_of(key, self.shares)].arrived.noted.keys.push(key);
            }
            if bonus.reads_departure() {
                shares[share_of(before, self.shares)].departed.noted.keys.push(before);
            }
        }
    }

    /// Keys of first states that bonus `b` counts.
    fn note_first_keys(&self, b: usize, work: &Work) {
        let Some((bonus, table)) = kernel(&self.bonuses.list[b]) else { return };
        let mut log = self.log(work);
        for i in (0..work.block.n).filter(|i| Whom::Fresh.is(work, *i)) {
            for key in keys_of(what(bonus.inserts()).1, &seen(work, self.bonuses, &self.bonuses.list[b], i)) {
                log.shares[table * self.shares + share_of(key, self.shares)].begun.keys.push(key);
            }
        }
    }

    /// The episodes that have begun; the step is over.
    fn close_step(&self, work: &Work) {
        let (mut log, each) = (self.log(work), self.bonuses.keys.len() * key::WORDS);
        for i in (0..work.block.n).filter(|i| Whom::Fresh.is(work, *i)) {
            log.note_begun(work, i, &work.extras[KEYS][i * each..(i + 1) * each]);
        }
        log.close();
    }
}

impl Late for Afterwards<'_> {
    fn most_steps(&self) -> u64 {
        self.steps as u64
    }

    fn note(&self, pass: &Pass, work: &mut Work) {
        match pass.deferred {
            Deferred::Insert { bonus, reset: false } => self.note_keys(bonus, work),
            Deferred::Insert { bonus, reset: true } => self.note_first_keys(bonus, work),
            Deferred::Fuse => self.note_arrivals(work),
            Deferred::Close => {
                self.close_step(work);
                pass.run(work);
            }
            // These follow from what is noted.
            Deferred::No | Deferred::Settle | Deferred::Score | Deferred::Reset => {}
        }
    }

    fn count(&mut self, steps: usize) {
        let bonuses = self.bonuses;
        let held: Vec<_> = (0..bonuses.tables.len()).map(|t| bonuses.table(t)).collect();
        let mut tables: Vec<(&Table, Manner)> = held
            .iter()
            .zip(&bonuses.kinds)
            .map(|(table, (_, sums))| (&**table, Manner { order: Order::ReadAfter, sums: *sums }))
            .collect();
        for (_, _, bonus, table) in self.sharing() {
            tables[table].1.order = bonus.order();
        }
        let logs = self.logs.iter_mut().map(|log| log.get_mut().unwrap_or_else(PoisonError::into_inner));
        self.read = share::count(&tables, &mut logs.collect::<Vec<_>>(), steps);
    }

    fn pay(&self, work: &mut Work, after: u64, steps: usize) -> Option<Fault> {
        let mut log = self.log(work);
        let fault = pay::pay(self, &mut log, work, after, steps);
        log.clear();
        fault
    }
}
