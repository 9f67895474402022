//! The twin of record.wgsl.

use crate::envs::shared::core::Core;

/// Whether a row is recorded for a recorded instance with these core words: after a step if it made one, after a reset (`is_reset`) unless
/// its level does not fit.
#[inline]
pub fn record(core: &[u32], is_reset: bool) -> bool {
    if is_reset { core[Core::FAULT] == 0 } else { core[Core::FLAGS] & Core::SKIP == 0 }
}
