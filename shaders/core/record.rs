//! The twin of record.wgsl.

use crate::envs::shared::core::Core;

/// Whether the state of a recorded instance with these core words is written down: after a step if it took one, after a reset (`is_reset`)
/// unless its level does not fit.
#[inline]
pub fn record(core: &[u32], is_reset: bool) -> bool {
    if is_reset { core[Core::FAULT] == 0 } else { core[Core::FLAGS] & Core::SKIP == 0 }
}
