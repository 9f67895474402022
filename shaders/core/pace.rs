//! Layout of the buffer `pace`: see pace.wgsl.

use crate::shaders::shared::constants::{index, word};

const TEXT: &str = include_str!("pace.wgsl");

/// Index of the round. The bit [`ROUND_CANCELLED`] in it means that this round and those after it are not played.
pub const ROUND: usize = index(TEXT, "LIST_ROUND");
pub const ROUND_CANCELLED: u32 = word(TEXT, "ROUND_CANCELLED");
/// Words before the pairs of the list.
pub const LIST_PAIRS: usize = index(TEXT, "LIST_PAIRS");

/// Words of an instance.
pub const STEPS: usize = index(TEXT, "PACE_STEPS");
pub const STATUS: usize = index(TEXT, "PACE_STATUS");
pub const BEGUN: usize = index(TEXT, "PACE_BEGUN");
pub const EPISODE: usize = index(TEXT, "PACE_EPISODE");
pub const WORDS: usize = index(TEXT, "PACE_WORDS");

/// Values of [`STATUS`].
pub const FREE: u32 = word(TEXT, "PACE_FREE");
pub const WAITS: u32 = word(TEXT, "PACE_WAITS");
pub const STOPPED: u32 = word(TEXT, "PACE_STOPPED");
pub const NEEDS_ROOM: u32 = word(TEXT, "PACE_NEEDS_ROOM");

/// Words of the buffer for `n` instances.
pub const fn words_of(n: usize) -> usize {
    first(n) + WORDS * n
}

/// Index of the first word of the first of `n` instances.
pub const fn first(n: usize) -> usize {
    LIST_PAIRS + 2 * n
}
