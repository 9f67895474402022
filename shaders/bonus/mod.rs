//! Exploration bonuses as twins: what one invocation of a bonus's kernel does for one instance.
//!
//! A bonus is a value for each transition. It may store words for each instance, its memory (episodic counts, a ring of points, a matrix),
//! and read a table that all instances share. Read-before bonuses read the table before the transitions of a step are counted in it,
//! read-after bonuses once all are counted. So nothing depends on the order of instances:
//!
//! ```text
//! keys -> visit of read-before bonuses -> insert -> update sum -> visit of read-after bonuses
//!      -> reset the finished -> keys of the begun -> begin of all bonuses -> insert the begun -> update sum
//! ```
//!
//! The WGSL file of a bonus provides three functions, `bonus_begin`, `bonus_visit` and `bonus_peek`, which the kernels `begin.wgsl`,
//! `visit.wgsl` and `peek.wgsl` call for each instance that takes part.

pub mod bebold;
pub mod count;
pub mod ends;
pub mod entropy;
pub mod fixed;
pub mod information_gain;
pub mod instance_table;
pub mod params;
pub mod table;

pub mod capacity;
pub mod e3b;
pub mod fuse;
pub mod knn;
#[cfg(test)]
mod numbers;
pub mod particles;
pub mod points;
pub mod pseudo_count;
pub mod reach;
pub mod ring;
pub mod rms;
pub mod roots;
pub mod sequence;

use std::fmt::Debug;

use crate::shaders::shared::constants::{index, word};

const SCOPE: &str = include_str!("scope.wgsl");

/// Bonus values are i32 in units of 1 / `ONE`.
pub const ONE: i32 = word(SCOPE, "BONUS_ONE") as i32;

/// Fault code of a bonus: the table of the instance is full.
pub const FAULT_TABLE: u32 = word(include_str!("instance_table.wgsl"), "FAULT_TABLE");

/// Which counts a bonus reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of all instances together.
    Shared = index(SCOPE, "SCOPE_SHARED") as isize,
    /// Those of the instance, over all its episodes.
    Instance = index(SCOPE, "SCOPE_INSTANCE") as isize,
    /// Those of the instance in the current episode.
    Episode = index(SCOPE, "SCOPE_EPISODE") as isize,
}

/// A transition as a bonus reads it: a step of an instance, or of a fork.
#[derive(Clone, Copy, Debug)]
pub struct Transition<'a> {
    /// Key of the next state.
    pub key: u64,
    /// Key of the previous state.
    pub before: u64,
    /// The action taken in the previous state.
    pub action: u32,
    /// The observation of the next state, bytes in words.
    pub obs: &'a [u32],
}

/// When the shared table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Before the transition is counted: information gain, pseudo-counts, E3B, distances to stored points.
    ReadBefore,
    /// After all instances' transitions are counted: counts, entropy, surprisal, BeBold.
    ReadAfter,
}

/// What is counted of a transition in the shared table of a bonus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserts {
    /// The bonus has no shared table.
    Nothing,
    /// The key of the next state.
    NextState,
    /// (state, action), and (state, action, next state).
    Transition,
}

/// Counts of 64-bit keys that all instances share, as a bonus reads them.
pub trait Counts: Sync {
    /// Number of times that `key` was inserted.
    fn count(&self, key: u64) -> u32;
    /// Number of insertions of all keys.
    fn total(&self) -> u64;
    /// Sum over keys of `c ln c`, in units of 2^-24 (see `fixed.rs`); computed only if the bonus needs it.
    fn sum_c_ln_c(&self) -> u64;
}

/// A bonus. Each call does the work of one invocation of its kernel.
pub trait Bonus: Debug + Send + Sync {
    /// Whether the shared table is read before or after the transitions of a step are counted.
    fn order(&self) -> Order;

    /// What each transition adds to the shared table.
    fn inserts(&self) -> Inserts;

    /// Whether the shared table stores [`Counts::sum_c_ln_c`].
    fn sums(&self) -> bool {
        false
    }

    /// Whether [`Bonus::visit`] reads the count of the previous state, in addition to those of the keys that the transition inserts.
    fn reads_departure(&self) -> bool {
        false
    }

    /// Number of words that the bonus stores for each instance.
    fn memory_words(&self) -> usize;

    /// Begins an episode with the state of `transition` (its `before` is its `key`): clears what is stored for an episode, and records the
    /// state without a value. `memory` is all zero before the first episode.
    fn begin(&self, transition: &Transition, memory: &mut [u32]);

    /// Returns the value of a transition, in units of 1 / [`ONE`], saturating, and updates `memory`.
    ///
    /// # Errors
    /// The fault code of an exceeded limit, such as a full table; nothing was recorded then.
    fn visit(&self, transition: &Transition, table: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32>;

    /// Returns what [`Bonus::visit`] would return for a transition of a fork. Nothing is recorded.
    fn peek(&self, transition: &Transition, table: &dyn Counts, memory: &[u32]) -> i32;

    /// Path of the WGSL file with `bonus_begin`, `bonus_visit` and `bonus_peek`.
    fn wgsl(&self) -> &'static str;

    /// The text of that file, if it is not one of the program's files.
    fn text(&self) -> Option<&'static str> {
        None
    }

    /// The parameters that the kernels read: numbers, then tables.
    fn params(&self) -> Vec<u32>;
}
