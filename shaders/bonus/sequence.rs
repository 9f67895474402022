//! The twin of sequence.wgsl.

/// The action of fork number `fork` of A^n in the step whose digit counts `weight`: the digits of the number in base A, the first action first.
#[inline]
pub fn sequence(fork: u64, weight: u64, num_actions: u32) -> u32 {
    (fork / weight % u64::from(num_actions)) as u32
}
