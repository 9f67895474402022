//! The twin of sequence.wgsl.

/// Returns the action of fork number `fork` of A^n in the step whose digit has the weight `weight`. The digits of the number in base A are
/// the actions, the first action first.
#[inline]
pub fn sequence(fork: u64, weight: u64, num_actions: u32) -> u32 {
    (fork / weight % u64::from(num_actions)) as u32
}
