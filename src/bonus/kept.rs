//! One bonus of a batch: who works it out, and where it finds what it looks at.

use super::empowerment::Search;
use super::forks::Forked;
use crate::envs::Block;
use crate::shaders::bonus::params::Place;
use crate::shaders::bonus::{Bonus, Counts, Inserts, Order};

/// Who works a bonus out.
#[derive(Debug)]
pub enum Paying {
    /// A kernel and its twin.
    Kernel(Box<dyn Bonus>),
    /// The host, by forking.
    Forks(Box<Forked>),
}

impl Paying {
    pub fn own_words(&self) -> usize {
        match self {
            Paying::Kernel(bonus) => bonus.own_words(),
            Paying::Forks(forked) => forked.own_words(),
        }
    }

    pub fn inserts(&self) -> Inserts {
        match self {
            Paying::Kernel(bonus) => bonus.inserts(),
            Paying::Forks(_) => Inserts::Nothing,
        }
    }

    pub fn order(&self) -> Order {
        match self {
            Paying::Kernel(bonus) => bonus.order(),
            Paying::Forks(_) => Order::ReadAfter,
        }
    }

    /// The buffer that its kernels read beside.
    pub fn params(&self, place: &Place) -> Vec<u32> {
        match self {
            Paying::Kernel(bonus) => place.of_bonus(&**bonus),
            Paying::Forks(forked) => place.of_numbers(forked.own_words(), &forked.numbers()),
        }
    }

    /// The file of the bonus, for its kernels.
    pub fn wgsl(&self) -> &'static str {
        match self {
            Paying::Kernel(bonus) => bonus.wgsl(),
            Paying::Forks(_) => "shaders/bonus/empowerment.wgsl",
        }
    }

    /// That file, if it is none of the program's own.
    pub fn text(&self) -> Option<(String, String)> {
        match self {
            Paying::Kernel(bonus) => bonus.text().map(|text| (bonus.wgsl().to_string(), text.to_string())),
            Paying::Forks(_) => None,
        }
    }

    pub fn sums(&self) -> bool {
        matches!(self, Paying::Kernel(bonus) if bonus.sums())
    }
}

/// Room that a thread needs to work bonuses out: searches of those that fork.
pub type Searches<'a> = Vec<Option<Search<'a>>>;

/// A bonus at work.
#[derive(Debug)]
pub struct Kept {
    pub bonus: Paying,
    /// Its place among the keys; None if it looks at observations.
    pub slot: Option<usize>,
    /// Its place among the shared tables.
    pub table: Option<usize>,
    /// Its place among what a card measures by forking.
    pub reach: Option<usize>,
}

impl Kept {
    pub fn forked(&self) -> Option<&Forked> {
        match &self.bonus {
            Paying::Kernel(_) => None,
            Paying::Forks(forked) => Some(forked),
        }
    }

    pub fn search(&self) -> Option<Search<'_>> {
        match &self.bonus {
            Paying::Kernel(_) => None,
            Paying::Forks(forked) => Some(forked.search()),
        }
    }
}

/// An arrival of a fork.
pub struct Imagined<'a, 'b> {
    /// The fork: instance `at` of a block of forks.
    pub block: &'a Block<'b>,
    pub at: usize,
    /// A key a place: of the state arrived at, and of the one departed from.
    pub keys: &'a [u64],
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
