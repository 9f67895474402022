//! One bonus of a batch: who works it out, and where it finds what it looks at.

use super::empowerment::ReachSearch;
use super::empowerment_bonus::EmpowermentBonus;
use crate::envs::Block;
use crate::shaders::bonus::params::Place;
use crate::shaders::bonus::{Bonus, Counts, Inserts, Order};

/// Who works a bonus out.
#[derive(Debug)]
pub enum Evaluator {
    /// A kernel and its twin.
    Kernel(Box<dyn Bonus>),
    /// The host, by forking.
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

    /// The buffer that its kernels read beside.
    pub fn params(&self, place: &Place) -> Vec<u32> {
        match self {
            Evaluator::Kernel(bonus) => place.of_bonus(&**bonus),
            Evaluator::Forks(forked) => place.of_numbers(forked.memory_words(), &forked.numbers()),
        }
    }

    /// The file of the bonus, for its kernels.
    pub fn wgsl(&self) -> &'static str {
        match self {
            Evaluator::Kernel(bonus) => bonus.wgsl(),
            Evaluator::Forks(_) => "shaders/bonus/empowerment.wgsl",
        }
    }

    /// That file, if it is none of the program's own.
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

/// Room that a thread needs to work bonuses out: searches of those that fork.
pub type Searches<'a> = Vec<Option<ReachSearch<'a>>>;

/// A bonus at work.
#[derive(Debug)]
pub struct BonusSlot {
    pub bonus: Evaluator,
    /// Its place among the keys; None if it looks at observations.
    pub slot: Option<usize>,
    /// Its place among the shared tables.
    pub table: Option<usize>,
    /// Its place among what a GPU measures by forking.
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
    /// Keys of the state arrived at, in the order of [`Bonuses::keys`](super::Bonuses::keys).
    pub keys: &'a [u64],
    /// Keys of the state departed from, in the same order.
    pub before: &'a [u64],
}

/// A table that nothing is in, for bonuses that share nothing.
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
