//! Bonuses that are computed after many steps of simulation: `noting.rs` decides what is logged, `log.rs` stores it, `shard.rs` counts it
//! in the tables, and `score.rs` computes the values.

mod log;
mod noting;
mod score;
mod shard;

use std::sync::PoisonError;

pub use noting::{DeferredBonuses, steps_at_once};

use self::shard::InsertMode;
use crate::shaders::bonus::Order;
use crate::shaders::bonus::table::Table;
use crate::sim::pass::Deferred;
use crate::sim::plugin::DeferredCounting;
use crate::sim::{BlockContext, Fault, Pass};

impl DeferredCounting for DeferredBonuses<'_> {
    fn max_steps(&self) -> u64 {
        self.steps as u64
    }

    fn note(&self, pass: &Pass, work: &mut BlockContext) {
        match pass.deferred {
            Deferred::Insert { bonus, reset: false } => self.note_keys(bonus, work),
            Deferred::Insert { bonus, reset: true } => self.note_first_keys(bonus, work),
            Deferred::Fuse => self.log_transitions(work),
            Deferred::Close => {
                self.close_step(work);
                pass.run(work);
            }
            // These need no note: they follow from the notes of other passes.
            Deferred::No | Deferred::UpdateSum | Deferred::Score | Deferred::Reset => {}
        }
    }

    fn count(&mut self, steps: usize) {
        let bonuses = self.bonuses;
        let held: Vec<_> = (0..bonuses.tables.len()).map(|t| bonuses.table(t)).collect();
        let mut tables: Vec<(&Table, InsertMode)> = held
            .iter()
            .zip(&bonuses.kinds)
            .map(|(table, (_, sums))| (&**table, InsertMode { order: Order::ReadAfter, sums: *sums }))
            .collect();
        for (_, _, bonus, table) in self.sharing() {
            tables[table].1.order = bonus.order();
        }
        let logs = self.logs.iter_mut().map(|log| log.get_mut().unwrap_or_else(PoisonError::into_inner));
        self.read = shard::count(&tables, &mut logs.collect::<Vec<_>>(), steps);
    }

    fn score(&self, work: &mut BlockContext, after: u64, steps: usize) -> Option<Fault> {
        let mut log = self.log(work);
        let fault = score::score(self, &mut log, work, after, steps);
        log.clear();
        fault
    }
}
