//! Empowerment of a state on every cell: what is wanted, and what is known of it.

use std::sync::Arc;

use crate::maps::Map;

/// A state whose empowerment is wanted, and for how many actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Empower {
    /// The instance.
    pub instance: u32,
    /// Its row.
    pub row: u64,
    /// Number of actions in a sequence.
    pub horizon: u32,
}

/// The work on one state.
#[derive(Clone, Debug)]
pub struct EmpowermentWork {
    /// What was asked for.
    pub of: Empower,
    /// Cells that are done, and all of them.
    pub cells: (u64, u64),
    /// The map, or why there is none; None while it is computed.
    pub map: Option<Result<Arc<Map>, String>>,
}
