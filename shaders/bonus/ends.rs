//! The twin of ends.wgsl.

use std::collections::BTreeSet;

/// The end of a fork: a key; None if its episode is over. All ended episodes are one end.
pub type Outcome = Option<u64>;

/// Adds the end of a fork to the distinct ends of its root.
#[inline]
pub fn ends(ends: &mut BTreeSet<Outcome>, is_over: bool, key: u64) {
    ends.insert((!is_over).then_some(key));
}
