//! What runs beside the simulation: passes over arrivals (keys, bonuses) that the batch runs in their place without knowing what they are.
//!
//! Passes come in stretches. All instances finish one stretch before any begins the next: that is where a table that they share may
//! be written after it was read. With a single stretch a thread still steps a block many times before it turns to the next.

use std::fmt::Debug;

use super::batch::Fault;
use super::card::beside::CardWork;
use super::card::reach::Reach;
use super::schedule::Pass;
use super::work::Work;
use crate::error::Result;

/// A buffer beside the state: `[n_envs, words]` u32, all zero at first. It goes where the instance goes: into snapshots and forks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extra {
    pub name: &'static str,
    pub words: usize,
}

/// Stretches of passes.
pub type Stretches<'a> = Vec<Vec<Box<dyn Pass + 'a>>>;

/// Passes with buffers of their own.
pub trait Beside: Debug + Send + Sync {
    /// `Work::extras` holds these, in this order.
    fn extras(&self) -> Vec<Extra>;

    /// Over the arrivals of a step: the first stretch follows observe, the last goes before statistics. At least one.
    fn arrivals(&self) -> Stretches<'_>;

    /// Over the states with which episodes have begun ([`super::Work::is_fresh`]), after all else of a step. At least one; the last one
    /// is followed by nothing that looks at them.
    fn begun(&self) -> Stretches<'_>;

    /// Whether the last stretch of [`Beside::begun`] may run together with the first of the next step: that one reads no shared table.
    fn is_loose(&self) -> bool;

    /// How all of it can be worked out after many steps of simulation, of `n_envs` instances in blocks of `block`; None if it must go
    /// step by step.
    fn late(&self, _n_envs: usize, _block: usize) -> Option<Box<dyn Late + '_>> {
        None
    }

    /// Indices of the extras whose words rows of recorded instances hold beside, one after the other: i32 in units of 2^-20.
    fn recorded(&self) -> Vec<usize>;

    /// Sees to it that shared tables have room for what `n_envs` instances may bring in steps to come; gives how many steps of
    /// `steps` may be taken before it is asked again.
    ///
    /// # Errors
    /// [`crate::Error::Limit`] with the size that would be needed, if there can be no more room.
    fn make_room(&self, n_envs: usize, steps: u64) -> Result<u64>;

    /// How many steps of `steps` there is room for in tables that begin with these words ([`HEADER`] each); 0 if they must grow first.
    fn room(&self, headers: &[Vec<u32>], n_envs: usize, steps: u64) -> u64;

    /// Empties the shared tables, and whatever else lies outside of the instances: a batch begins with nothing.
    fn forget(&self);

    /// The words with which the shared tables begin, [`HEADER`] each.
    fn headers(&self) -> Vec<Vec<u32>>;

    /// The shared tables, for a checkpoint or for the card: a vector each.
    fn tables(&self) -> Vec<Vec<u32>>;

    /// Takes back what `tables` gave.
    ///
    /// # Errors
    /// [`crate::Error::Data`] if the words are no such tables.
    fn set_tables(&self, tables: Vec<Vec<u32>>) -> Result<()>;

    /// What a fault code above [`FAULTS`] means that an instance stopped with, and what to raise; None if it is none of these.
    fn fault(&self, instance: usize, code: u32) -> Option<String>;

    /// Whether all of it can be done on a card.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] with what to do if not.
    fn check_card(&self) -> Result<()>;

    /// The same passes on the card, in the same stretches.
    fn on_card(&self) -> CardPasses;
}

/// What runs beside, worked out after many steps of simulation instead of in each of them. A block is simulated while its state is in the
/// core's cache and writes down what came of each step; then the shared tables take in what all blocks wrote down, step after step; then
/// each block is paid. Nobody who acts in the meantime may read what runs beside. All comes out as step by step.
pub trait Late: Sync {
    /// Most steps that can be written down.
    fn most_steps(&self) -> u64;

    /// In place of [`Beside::arrivals`]: what has to be where the state is, and a note of the rest.
    fn arrivals(&self) -> Vec<Box<dyn Pass + '_>>;

    /// In place of [`Beside::begun`]; the step ends with it.
    fn begun(&self) -> Vec<Box<dyn Pass + '_>>;

    /// The shared tables take in the first `steps` steps that all blocks have written down, on all threads.
    fn count(&mut self, steps: usize);

    /// Brings the block's extras, and the values in its rows, up to date: of the `steps` steps counted, which followed batch step `after`.
    /// What was written down is forgotten. Gives the first fault of these steps; what comes after it is not worked out.
    fn pay(&self, work: &mut Work, after: u64, steps: usize) -> Option<Fault>;
}

/// Words with which a shared table begins: sums and counts, no entries.
pub const HEADER: usize = 16;

/// Fault codes of what runs beside begin here; those below are the family's, and from [`super::schedule::AGENT_FAULTS`] on
/// they are the agent's.
pub const FAULTS: u32 = 1 << 16;

/// The passes of [`Beside::arrivals`] and [`Beside::begun`] as kernels.
#[derive(Clone, Debug, Default)]
pub struct CardPasses {
    pub arrivals: Vec<Vec<CardWork>>,
    pub begun: Vec<Vec<CardWork>>,
    /// What [`CardWork::Reach`] names by number.
    pub reaches: Vec<Reach>,
}
