//! Exploration bonuses as twins: what one invocation of a bonus's kernel does for one instance.
//!
//! A bonus is a value of each transition in a state. It may keep words of its own an instance (episodic counts, a ring of points, a
//! matrix) and read a table that all instances share. Read-before bonuses look at the table before the transitions of a step are counted in it,
//! read-after bonuses once all are; so nothing depends on the order of instances:
//!
//! ```text
//! keys -> visit of read-before bonuses -> insert -> update sum -> visit of read-after bonuses
//!      -> reset the finished -> keys of the begun -> begin of all bonuses -> insert the begun -> update sum
//! ```
//!
//! A bonus's WGSL file gives three functions, `bonus_begin`, `bonus_visit` and `bonus_peek`, which the kernels `begin.wgsl`,
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

/// Bonus values are i32 in units of one over this.
pub const ONE: i32 = word(SCOPE, "BONUS_ONE") as i32;

/// Fault of a bonus: the table that the instance owns is full.
pub const FAULT_TABLE: u32 = word(include_str!("instance_table.wgsl"), "FAULT_TABLE");

/// Whose counts a bonus reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of all instances together.
    Shared = index(SCOPE, "SCOPE_SHARED") as isize,
    /// The instance's own, over all its episodes.
    Instance = index(SCOPE, "SCOPE_INSTANCE") as isize,
    /// The instance's own in the open episode.
    Episode = index(SCOPE, "SCOPE_EPISODE") as isize,
}

/// A transition as a bonus gets it: a step of an instance, or of a fork.
#[derive(Clone, Copy, Debug)]
pub struct Transition<'a> {
    /// Key of the state arrived at.
    pub key: u64,
    /// Key of the state departed from.
    pub before: u64,
    /// What was done there.
    pub action: u32,
    /// The observation of the state arrived at, bytes in words.
    pub obs: &'a [u32],
}

/// When the shared table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Before the transition is counted: information gain, pseudo-counts, E3B, distances to what was seen.
    ReadBefore,
    /// After all instances' transitions are counted: counts, entropy, surprisal, BeBold.
    ReadAfter,
}

/// What of a transition is counted in the shared table of a bonus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserts {
    /// The bonus shares nothing.
    Nothing,
    /// The key of the state arrived at.
    NextState,
    /// (state, action), and (state, action, state arrived at).
    Transition,
}

/// Counts of 64-bit keys that all instances share, as a bonus reads them.
pub trait Counts: Sync {
    /// Times that `key` was inserted.
    fn count(&self, key: u64) -> u32;
    /// Insertions of all keys.
    fn total(&self) -> u64;
    /// Sum over keys of `c ln c`, in units of 2^-24 (see `fixed.rs`); kept only if the bonus asks for it.
    fn sum_c_ln_c(&self) -> u64;
}

/// A bonus: one invocation of its kernel each.
pub trait Bonus: Debug + Send + Sync {
    /// Whether the shared table is read before or after the transitions of a step are counted.
    fn order(&self) -> Order;

    /// What each transition adds to the shared table.
    fn inserts(&self) -> Inserts;

    /// Whether the shared table keeps [`Counts::sum_c_ln_c`].
    fn sums(&self) -> bool {
        false
    }

    /// Whether [`Bonus::visit`] reads the count of the state departed from, beside those of the keys that the transition inserts.
    fn reads_departure(&self) -> bool {
        false
    }

    /// Words of its own that the bonus keeps an instance.
    fn memory_words(&self) -> usize;

    /// An episode begins with the state of `transition` (its `before` is its `key`): what is kept for an episode is cleared, and the state is
    /// recorded without a bonus. `memory` is all zero before the first episode of all.
    fn begin(&self, transition: &Transition, memory: &mut [u32]);

    /// The bonus of a transition, in units of 1 / [`ONE`], saturating; `memory` takes it in.
    ///
    /// # Errors
    /// The number of a limit that the instance met, such as a full table; nothing was recorded then.
    fn visit(&self, transition: &Transition, table: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32>;

    /// What [`Bonus::visit`] would give for a transition of a fork: nothing is taken in.
    fn peek(&self, transition: &Transition, table: &dyn Counts, memory: &[u32]) -> i32;

    /// Path of the WGSL file with `bonus_begin`, `bonus_visit` and `bonus_peek`.
    fn wgsl(&self) -> &'static str;

    /// The text of that file, if it is none of the program's own.
    fn text(&self) -> Option<&'static str> {
        None
    }

    /// What the kernels read beside: numbers, then tables.
    fn params(&self) -> Vec<u32>;
}
