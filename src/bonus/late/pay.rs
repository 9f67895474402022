//! Values of what was written down, once the tables have taken it in.

use super::Afterwards;
use super::log::{Begun, Log};
use super::share::{Sums, share_of};
use crate::bonus::runtime::{Kept, OWN, VALUES};
use crate::envs::Core;
use crate::envs::shared::key;
use crate::shaders::bonus::table::{keys_of, what};
use crate::shaders::bonus::{Bonus, Counts, Seen};
use crate::sim::{Fault, Work};

/// Most keys of an arrival that a bonus reads the counts of.
const MOST_ASKED: usize = 4;

/// A table as it stood when an arrival was to read it: of the arrival's keys alone.
struct Answers {
    asked: [(u64, u32); MOST_ASKED],
    n: usize,
    whole: Sums,
}

impl Counts for Answers {
    fn count(&self, key: u64) -> u32 {
        let known = self.asked[..self.n].iter().find(|(asked, _)| *asked == key);
        known.map_or_else(|| unreachable!("a bonus reads a count that it does not name"), |(_, count)| *count)
    }

    fn total(&self) -> u64 {
        self.whole.total
    }

    fn sum_c_ln_c(&self) -> u64 {
        self.whole.sum
    }
}

/// What a bonus sees of the arrival with the core words and keys given.
fn seen<'a>(kept: &Kept, core: &[u32], keys: &[u32]) -> Seen<'a> {
    let words = &keys[kept.slot.unwrap_or_default() * key::WORDS..][..key::WORDS];
    let pair = |at: usize| u64::from(words[at]) | u64::from(words[at + 1]) << 32;
    Seen { key: pair(0), before: pair(2), action: core[Core::ACTION], obs: &[] }
}

/// One block, step by step.
struct Payer<'a, 'b, 'c> {
    late: &'a Afterwards<'a>,
    log: &'a mut Log,
    work: &'a mut Work<'b>,
    sharing: &'c [(usize, &'c Kept, &'c dyn Bonus, usize)],
    /// The row that is next to have its values.
    row: usize,
}

/// See [`crate::sim::beside::Late::pay`].
pub fn pay(late: &Afterwards, log: &mut Log, work: &mut Work, after: u64, steps: usize) -> Option<Fault> {
    let row = work.rows.partition_point(|row| row.batch_step <= after);
    let sharing: Vec<_> = late.sharing().collect();
    let mut payer = Payer { late, log, work, sharing: &sharing, row };
    (0..steps).find_map(|t| {
        let mut faulty = payer.arrivals(t);
        faulty |= payer.begin(t);
        if faulty { payer.first_fault(t, after + t as u64 + 1) } else { None }
    })
}

impl Payer<'_, '_, '_> {
    /// Pays the arrivals of step `t`; whether one of them is at fault.
    fn arrivals(&mut self, t: usize) -> bool {
        let bonuses = self.late.bonuses;
        let (n, columns, each_key) = (self.work.block.n, bonuses.columns, bonuses.keys.len() * key::WORDS);
        let mut faulty = false;
        for i in 0..n {
            let at = t * n + i;
            let core: [u32; Core::WORDS] = std::array::from_fn(|word| self.log.core[at * Core::WORDS + word]);
            if core[Core::FLAGS] & Core::SKIP != 0 {
                faulty |= core[Core::FAULT] != 0;
                continue;
            }
            if !self.log.values.is_empty() {
                let values = &self.log.values[at * columns..(at + 1) * columns];
                self.work.extras[VALUES][i * columns..(i + 1) * columns].copy_from_slice(values);
            }
            let mut fault = core[Core::FAULT];
            for (b, kept, bonus, table) in self.sharing {
                let seen = seen(kept, &core, &self.log.keys[at * each_key..(at + 1) * each_key]);
                let answers = self.answers(&seen, *bonus, *table, t);
                let each = bonus.own_words();
                let value = bonus.visit(&seen, &answers, &mut self.work.extras[OWN + b][i * each..(i + 1) * each]);
                self.work.extras[VALUES][i * columns + b] = value.unwrap_or_default() as u32;
                fault = value.err().unwrap_or(fault);
            }
            self.log.core[at * Core::WORDS + Core::FAULT] = fault;
            faulty |= fault != 0;
            self.fuse(i, &core);
        }
        faulty
    }

    /// The counts that an arrival reads, in the order in which its keys were written down.
    fn answers(&mut self, seen: &Seen, bonus: &dyn Bonus, table: usize, t: usize) -> Answers {
        let n_shares = self.late.shares;
        let shares = &mut self.log.shares[table * n_shares..(table + 1) * n_shares];
        let mut answers = Answers { asked: Default::default(), n: 0, whole: self.late.read[table][t] };
        for key in keys_of(what(bonus.inserts()).0, seen) {
            answers.asked[answers.n] = (key, shares[share_of(key, n_shares)].arrived.next());
            answers.n += 1;
        }
        if bonus.reads_departure() {
            let key = seen.before;
            answers.asked[answers.n] = (key, shares[share_of(key, n_shares)].departed.next());
            answers.n += 1;
        }
        answers
    }

    /// One value of all, and the values of the row.
    fn fuse(&mut self, i: usize, core: &[u32]) {
        let bonuses = self.late.bonuses;
        let (each, columns) = (bonuses.fuse.own_words(), bonuses.columns);
        let [values, totals, fusing] = &mut self.work.extras[VALUES..OWN] else { return };
        let values = &mut values[i * columns..(i + 1) * columns];
        totals[i] = bonuses.fuse.fuse(core, bytemuck::cast_slice_mut(values), &mut fusing[i * each..(i + 1) * each]) as u32;
        if self.work.recorded[i] {
            let rows = self.work.rows[self.row..].iter_mut();
            if let Some((k, row)) = rows.enumerate().find(|(_, row)| row.action.is_some()) {
                row.beside = values.iter().map(|value| *value as i32).collect();
                self.row += k + 1;
            }
        }
    }

    /// Episodes that step `t` began; whether one of their worlds is at fault.
    fn begin(&mut self, t: usize) -> bool {
        let (n, n_keys) = (self.work.block.n, self.late.bonuses.keys.len());
        let mut faulty = false;
        while let Some((Begun { i, episode, step, fault }, keys)) = self.log.next_begun(t, n_keys) {
            for (b, kept, bonus, _) in self.sharing {
                let (key, each) = (keys[kept.slot.unwrap_or_default()], bonus.own_words());
                let seen = Seen { key, before: key, action: 0, obs: &[] };
                bonus.begin(&seen, &mut self.work.extras[OWN + b][i * each..(i + 1) * each]);
            }
            let core = &mut self.log.core[(t * n + i) * Core::WORDS..][..Core::WORDS];
            (core[Core::EPISODE], core[Core::STEP]) = (episode, step);
            if fault != 0 {
                core[Core::FAULT] = fault;
                faulty = true;
            }
        }
        faulty
    }

    /// The fault of the lowest instance in step `t`.
    fn first_fault(&self, t: usize, batch_step: u64) -> Option<Fault> {
        let n = self.work.block.n;
        let cores = self.log.core[t * n * Core::WORDS..(t + 1) * n * Core::WORDS].chunks_exact(Core::WORDS);
        let (i, core) = cores.enumerate().find(|(_, core)| core[Core::FAULT] != 0)?;
        let instance = self.work.block.first + i;
        Some(Fault { batch_step, instance, episode: core[Core::EPISODE], step: core[Core::STEP], code: core[Core::FAULT] })
    }
}
