//! Bonuses worked out after many steps of simulation: `log.rs` says what is written down, `share.rs` how tables take it in, `pay.rs` how
//! values come of it.

mod log;
mod pay;
mod share;

use std::sync::{Mutex, MutexGuard, PoisonError};

use self::log::{CORE_WORDS, Log, pair};
use self::share::{Manner, Sums, share_of};
use super::kept::{Kept, Paying};
use super::passes::{Begin, Keys, Recorded, Those, Visit, Whom, seen};
use super::runtime::{Bonuses, KEYS, VALUES};
use crate::envs::Core;
use crate::envs::shared::key;
use crate::shaders::bonus::table::{Table, keys_of, what};
use crate::shaders::bonus::{Bonus, Order, Seen};
use crate::sim::beside::Late;
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

/// Writes down the arrivals of a step.
struct NoteArrivals<'a>(&'a Afterwards<'a>);

impl Pass for NoteArrivals<'_> {
    fn name(&self) -> &'static str {
        "note"
    }

    fn run(&self, work: &mut Work) {
        let late = self.0;
        let mut log = late.log(work);
        log.note(
            work,
            work.extras[KEYS],
            late.bonuses.keys.len(),
            if pays_alone(late.bonuses) { work.extras[VALUES] } else { &[] },
        );
        let n_keys = late.bonuses.keys.len();
        for (_, kept, bonus, table) in late.sharing() {
            let (bits, slot, departs) = (what(bonus.inserts()).0, kept.slot.unwrap_or_default(), bonus.reads_departure());
            let shares = &mut log.shares[table * late.shares..(table + 1) * late.shares];
            for i in (0..work.block.n).filter(|i| Whom::Arrived.is(work, *i)) {
                let words = &work.extras[KEYS][(i * n_keys + slot) * key::WORDS..][..key::WORDS];
                let (key, before) = (pair(words), pair(&words[2..]));
                let seen = Seen { key, before, action: work.block.core_of(i)[Core::ACTION], obs: &[] };
                for key in keys_of(bits, &seen) {
                    shares[share_of(key, late.shares)].arrived.noted.keys.push(key);
                }
                if departs {
                    shares[share_of(before, late.shares)].departed.noted.keys.push(before);
                }
            }
        }
    }
}

/// Writes down the first states of episodes; the step is over.
struct NoteBegun<'a>(&'a Afterwards<'a>);

impl Pass for NoteBegun<'_> {
    fn name(&self) -> &'static str {
        "note begun"
    }

    fn run(&self, work: &mut Work) {
        let late = self.0;
        let mut log = late.log(work);
        let each = late.bonuses.keys.len() * key::WORDS;
        for i in (0..work.block.n).filter(|i| Whom::Fresh.is(work, *i)) {
            log.note_begun(work, i, &work.extras[KEYS][i * each..(i + 1) * each]);
            for (_, kept, bonus, table) in late.sharing() {
                for key in keys_of(what(bonus.inserts()).1, &seen(work, late.bonuses, kept, i)) {
                    log.shares[table * late.shares + share_of(key, late.shares)].begun.keys.push(key);
                }
            }
        }
        log.close();
    }
}

impl Late for Afterwards<'_> {
    fn most_steps(&self) -> u64 {
        self.steps as u64
    }

    fn arrivals(&self) -> Vec<Box<dyn Pass + '_>> {
        let alone = |order| Box::new(Visit(self.bonuses, order, Those::Alone));
        vec![
            Box::new(Keys(self.bonuses, Whom::Arrived)),
            alone(Order::ReadBefore),
            alone(Order::ReadAfter),
            Box::new(NoteArrivals(self)),
        ]
    }

    fn begun(&self) -> Vec<Box<dyn Pass + '_>> {
        vec![
            Box::new(Keys(self.bonuses, Whom::Fresh)),
            Box::new(Begin(self.bonuses, Those::Alone)),
            Box::new(NoteBegun(self)),
            Box::new(Recorded),
        ]
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
