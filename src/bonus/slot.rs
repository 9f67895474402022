//! One bonus of a batch: how it is computed, and where its inputs are.

use super::empowerment::ReachSearch;
use super::empowerment_bonus::EmpowermentBonus;
use crate::envs::Block;
use crate::shaders::bonus::params::Place;
use crate::shaders::bonus::{Bonus, Counts, Inserts, Order};

/// How a bonus is computed.
#[derive(Debug)]
pub enum Evaluator {
    /// A kernel and its twin.
    Kernel(Box<dyn Bonus>),
    /// Forking.
    Forks(Box<EmpowermentBonus>),
}

impl Evaluator {
    pub fn memory_words(&self) -> usize {
        match self {
            Evaluator::Kernel(bonus) => bonus.memory_words(),
            Evaluator::Forks(forked) => forked.memory_words(),
        }
    }

    pub fn inserts(&self) -> Inserts {
        match self {
            Evaluator::Kernel(bonus) => bonus.inserts(),
            Evaluator::Forks(_) => Inserts::Nothing,
        }
    }

    pub fn order(&self) -> Order {
        match self {
            Evaluator::Kernel(bonus) => bonus.order(),
            Evaluator::Forks(_) => Order::ReadAfter,
        }
    }

    /// The words of the buffer `params` of its kernels.
    pub fn params(&self, place: &Place) -> Vec<u32> {
        match self {
            Evaluator::Kernel(bonus) => place.of_bonus(&**bonus),
            Evaluator::Forks(forked) => place.of_numbers(forked.memory_words(), &forked.numbers()),
        }
    }

    /// Path of the WGSL file of the bonus.
    pub fn wgsl(&self) -> &'static str {
        match self {
            Evaluator::Kernel(bonus) => bonus.wgsl(),
            Evaluator::Forks(_) => "shaders/bonus/empowerment.wgsl",
        }
    }

    /// Path and text of that file, if it is not one of the program's files.
    pub fn text(&self) -> Option<(String, String)> {
        match self {
            Evaluator::Kernel(bonus) => bonus.text().map(|text| (bonus.wgsl().to_string(), text.to_string())),
            Evaluator::Forks(_) => None,
        }
    }

    pub fn sums(&self) -> bool {
        matches!(self, Evaluator::Kernel(bonus) if bonus.sums())
    }
}

/// What a thread needs to compute bonuses: a search for each bonus that forks.
pub type Searches<'a> = Vec<Option<ReachSearch<'a>>>;

/// A bonus of a batch, with the indices of what it uses.
#[derive(Debug)]
pub struct BonusSlot {
    pub bonus: Evaluator,
    /// Index of its key; None if it reads observations or forks.
    pub slot: Option<usize>,
    /// Index of its shared table.
    pub table: Option<usize>,
    /// Index of its measure by forking on a GPU.
    pub reach: Option<usize>,
}

impl BonusSlot {
    pub fn forked(&self) -> Option<&EmpowermentBonus> {
        match &self.bonus {
            Evaluator::Kernel(_) => None,
            Evaluator::Forks(forked) => Some(forked),
        }
    }

    pub fn search(&self) -> Option<ReachSearch<'_>> {
        match &self.bonus {
            Evaluator::Kernel(_) => None,
            Evaluator::Forks(forked) => Some(forked.search()),
        }
    }
}

/// A transition of a fork.
pub struct ForkTransition<'a, 'b> {
    /// The block of forks that the fork belongs to.
    pub block: &'a Block<'b>,
    /// Index of the fork in `block`.
    pub at: usize,
    /// Keys of the next state, in the order of [`Bonuses::keys`](super::Bonuses::keys).
    pub keys: &'a [u64],
    /// Keys of the previous state, in the same order.
    pub before: &'a [u64],
}

/// An empty table, for bonuses without a shared table.
pub(super) struct Nothing;

impl Counts for Nothing {
    fn count(&self, _: u64) -> u32 {
        0
    }

    fn total(&self) -> u64 {
        0
    }

    fn sum_c_ln_c(&self) -> u64 {
        0
    }
}
