//! The twin of prepare.wgsl.

use crate::envs::shared::core::Core;

/// Clears the flags of the last step in the core words of an instance. With resets off, skips an instance whose episode has ended.
#[inline]
pub fn prepare(core: &mut [u32], resets_off: bool) {
    let done = core[Core::FLAGS] & Core::DONE;
    core[Core::FLAGS] = 0;
    if resets_off && done != 0 {
        (core[Core::FLAGS], core[Core::REWARD]) = (done | Core::SKIP, 0);
    }
}
