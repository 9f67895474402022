//! A run that goes on from the shown state and has not begun yet.

use super::compare::Slot;

/// What goes on from the shown state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchKind {
    /// A copy beside the original; both are watched.
    Fork,
    /// A person plays on.
    Play,
    /// The agent plays on after a person.
    HandBack,
    /// A run folder that stays.
    Record,
}

/// A run that begins as soon as the steps to its first state are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beginning {
    pub(super) kind: BranchKind,
    pub(super) source: u64,
    pub(super) instance: u32,
    /// None for the last row, once all steps of a run of this process are read.
    pub(super) row: Option<u64>,
    pub(super) asked: bool,
}

/// A fork whose original is shown beside it, once it has rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Forked {
    pub(super) original: Slot,
    pub(super) branch: u64,
}
