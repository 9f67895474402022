//! The twin of ends.wgsl.

use std::collections::BTreeSet;

/// What a fork ended in: a key; None if its episode is over, and all those ended alike.
pub type Outcome = Option<u64>;

/// Adds the end of a fork to the distinct ends of its root.
#[inline]
pub fn ends(ends: &mut BTreeSet<Outcome>, is_over: bool, key: u64) {
    ends.insert((!is_over).then_some(key));
}
