//! Layout of the buffer `sums`: see sums.wgsl.

use crate::shaders::shared::constants::index;

const TEXT: &str = include_str!("sums.wgsl");

pub const STALLS: usize = index(TEXT, "SUM_STALLS");
pub const FAULTS: usize = index(TEXT, "SUM_FAULTS");
/// Pairs, low word first.
pub const EPISODES: usize = index(TEXT, "SUM_EPISODES");
pub const LENGTH: usize = index(TEXT, "SUM_LENGTH");
pub const REWARD: usize = index(TEXT, "SUM_REWARD");
pub const CELLS: usize = index(TEXT, "SUM_CELLS");
pub const ACHIEVEMENTS: usize = index(TEXT, "SUM_ACHIEVEMENTS");
/// A pair for each achievement.
pub const UNLOCKED: usize = index(TEXT, "SUM_UNLOCKED");
pub const UNLOCKS: usize = index(TEXT, "SUM_UNLOCKS");
pub const UNLOCK_STEPS: usize = index(TEXT, "SUM_UNLOCK_STEPS");
/// A word for each achievement.
pub const LEFT: usize = index(TEXT, "SUM_LEFT");
/// Whether instances, or their forks, need room; the last word.
pub const NEEDS_ROOM: usize = index(TEXT, "SUM_NEEDS_ROOM");
pub const WORDS: usize = NEEDS_ROOM + 1;
