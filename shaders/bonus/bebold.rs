//! BeBold in its tabular form (Zhang et al. 2020): the novelty of the next state minus that of the previous state, at the first visit in an
//! episode: `max(nov(s') - nov(s), 0)` with nov = 1 / N or 1 / sqrt(N) of the counts of all instances.

use super::fixed::{inv_q20, inv_sqrt_q20};
use super::{Bonus, Counts, FAULT_TABLE, Inserts, Order, Transition, instance_table};
use crate::shaders::shared::constants::index;

const TEXT: &str = include_str!("bebold.wgsl");

/// Novelty of a state visited N times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// 1 / N.
    Inverse = index(TEXT, "NOVELTY_INVERSE") as isize,
    /// 1 / sqrt(N).
    Sqrt = index(TEXT, "NOVELTY_SQRT") as isize,
}

/// Memory: the table of the episode. Numbers: novelty, slots of that table.
#[derive(Clone, Copy, Debug)]
pub struct BeBold {
    novelty: Novelty,
    slots: u32,
}

impl BeBold {
    /// Creates the bonus; `slots` are those of the table of the episode.
    ///
    /// # Errors
    /// Which number is invalid.
    pub fn new(novelty: Novelty, slots: u32) -> Result<BeBold, String> {
        instance_table::check(&[(true, slots)])?;
        Ok(BeBold { novelty, slots })
    }

    /// Novelty of a state visited `n` times. A state without visits is as novel as one with a single visit.
    fn nov(&self, n: u32) -> u32 {
        if self.novelty == Novelty::Inverse {
            return inv_q20(n.max(1));
        }
        inv_sqrt_q20(n.max(1))
    }

    fn value(&self, n: u32, n_before: u32) -> i32 {
        (self.nov(n) as i32 - self.nov(n_before) as i32).max(0)
    }
}

impl Bonus for BeBold {
    fn order(&self) -> Order {
        Order::ReadAfter
    }

    fn inserts(&self) -> Inserts {
        Inserts::NextState
    }

    fn reads_departure(&self) -> bool {
        true
    }

    fn memory_words(&self) -> usize {
        instance_table::words_of(self.slots)
    }

    fn begin(&self, transition: &Transition, memory: &mut [u32]) {
        instance_table::clear(memory, self.slots);
        instance_table::add(memory, self.slots, transition.key);
    }

    fn visit(&self, transition: &Transition, table: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32> {
        if !instance_table::has_room(memory, self.slots, transition.key) {
            return Err(FAULT_TABLE);
        }
        if instance_table::add(memory, self.slots, transition.key) > 1 {
            return Ok(0);
        }
        Ok(self.value(table.count(transition.key), table.count(transition.before)))
    }

    fn peek(&self, transition: &Transition, table: &dyn Counts, memory: &[u32]) -> i32 {
        if instance_table::count(memory, self.slots, transition.key) > 0 || transition.key == transition.before {
            return 0;
        }
        self.value(table.count(transition.key).saturating_add(1), table.count(transition.before))
    }

    fn wgsl(&self) -> &'static str {
        "shaders/bonus/bebold.wgsl"
    }

    fn params(&self) -> Vec<u32> {
        vec![self.novelty as u32, self.slots]
    }
}
