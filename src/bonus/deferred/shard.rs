//! Counts keys shard by shard. The count of a key depends only on insertions of that key, so threads with different keys do not wait for
//! each other. Totals are sums over shards, step by step.

use rayon::prelude::*;

use super::log::{Shard, TransitionLog};
use crate::shaders::bonus::table::Table;
use crate::shaders::bonus::{Counts, Order};

/// The shard of a key, out of `shards`.
pub fn shard_of(key: u64, shards: usize) -> usize {
    (((key >> 32) * shards as u64) >> 32) as usize
}

/// The number of insertions of all keys and the sum of `c ln c`, or the growth of both.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub total: u64,
    pub sum: u64,
}

impl Sums {
    fn add(&mut self, more: Sums) {
        self.total = self.total.wrapping_add(more.total);
        self.sum = self.sum.wrapping_add(more.sum);
    }
}

/// How keys are inserted into a table: when its counts are read, and whether it keeps sums.
#[derive(Clone, Copy, Debug)]
pub struct InsertMode {
    pub order: Order,
    /// Whether the sum of `c ln c` is kept.
    pub sums: bool,
}

/// What a shard added to its table, by step: for transitions and for first states.
struct Done {
    grown: Vec<[Sums; 2]>,
    lost: u32,
}

/// The counting of one shard in its table.
struct Counting<'a> {
    table: &'a Table,
    sums: bool,
    /// Slots of the current keys; None if there is no room.
    slots: Vec<Option<usize>>,
    lost: u32,
}

impl Counting<'_> {
    fn insert(&mut self) -> Sums {
        let mut grown = Sums::default();
        for slot in &self.slots {
            match slot {
                Some(at) => {
                    self.table.add_alone(*at);
                    grown.total += 1;
                }
                None => self.lost += 1,
            }
        }
        if self.sums {
            grown.sum = self.slots.iter().flatten().fold(0, |sum, at| sum.wrapping_add(self.table.sum_growth_at(*at)));
        }
        grown
    }

    fn find(&mut self, keys: &[u64]) {
        self.slots.extend(keys.iter().map(|key| self.table.take(*key)));
    }

    /// Reads the counts of the keys in `self.slots`, which are those of the transitions, and of the previous states in step `t`.
    fn read(&self, shards: &mut [&mut Shard], t: usize) {
        let mut slots = self.slots.iter();
        for shard in shards {
            let n = shard.next_states.keys.of(t).len();
            shard.next_states.counts.extend(slots.by_ref().take(n).map(|slot| slot.map_or(0, |at| self.table.count_at(at))));
            let departed = shard.departed.keys.of(t);
            shard.departed.counts.extend(shard.departed.keys.keys[departed].iter().map(|key| self.table.count(*key)));
        }
    }
}

/// Counts `steps` steps of one shard of all blocks.
fn count_shard(table: &Table, mode: InsertMode, mut shards: Vec<&mut Shard>, steps: usize) -> Done {
    let mut counting = Counting { table, sums: mode.sums, slots: Vec::new(), lost: 0 };
    let mut grown = Vec::with_capacity(steps);
    for t in 0..steps {
        counting.slots.clear();
        for shard in &shards {
            counting.find(&shard.next_states.keys.keys[shard.next_states.keys.of(t)]);
        }
        if mode.order == Order::ReadBefore {
            counting.read(&mut shards, t);
        }
        let arrived = counting.insert();
        if mode.order == Order::ReadAfter {
            counting.read(&mut shards, t);
        }
        counting.slots.clear();
        for shard in &shards {
            counting.find(&shard.first_states.keys[shard.first_states.of(t)]);
        }
        grown.push([arrived, counting.insert()]);
    }
    Done { grown, lost: counting.lost }
}

/// Counts `steps` steps of all blocks in all tables. Returns, for each table, the sums that scores read in each of these steps.
pub fn count(tables: &[(&Table, InsertMode)], logs: &mut [&mut TransitionLog], steps: usize) -> Vec<Vec<Sums>> {
    let n = logs.first().map_or(0, |log| log.shards.len());
    let mut columns: Vec<Vec<&mut Shard>> = (0..n).map(|_| Vec::with_capacity(logs.len())).collect();
    for log in logs {
        columns.iter_mut().zip(&mut log.shards).for_each(|(column, shard)| column.push(shard));
    }
    let shards = n / tables.len().max(1);
    let columns = columns.into_par_iter().with_max_len(1).enumerate();
    let done: Vec<Done> = columns
        .map(|(c, column)| {
            let (table, mode) = tables[c / shards];
            count_shard(table, mode, column, steps)
        })
        .collect();
    done.chunks(shards.max(1)).zip(tables).map(|(done, (table, mode))| whole(table, *mode, done, steps)).collect()
}

/// Adds up all shards of a table, step by step, and updates the head of the table.
fn whole(table: &Table, mode: InsertMode, done: &[Done], steps: usize) -> Vec<Sums> {
    let first = Sums { total: table.total(), sum: table.sum_c_ln_c() };
    let mut now = first;
    let read = (0..steps).map(|t| {
        let before = now;
        done.iter().for_each(|shard| now.add(shard.grown[t][0]));
        let after = now;
        done.iter().for_each(|shard| now.add(shard.grown[t][1]));
        if mode.order == Order::ReadBefore { before } else { after }
    });
    let read = read.collect();
    let lost = done.iter().fold(0, |lost, shard| u32::saturating_add(lost, shard.lost));
    table.grow_head(now.total.wrapping_sub(first.total), now.sum.wrapping_sub(first.sum), lost);
    read
}
