//! The twin of set_out.wgsl.

/// Begins a rollout: the keys of the first state of its fork become the only visited ones. `met` has room for those of all its steps.
#[inline]
pub fn set_out(root: &[u64], met: &mut [u64]) {
    met[..root.len()].copy_from_slice(root);
}
