// Adds bytes of the observation to a key, as words. An importing file declares `obs`. The twin is `KeyHash::bytes` in key.rs.

#import envs/shared/key.wgsl

/// Adds the first `n` bytes from word `at` of `obs` on. The padding bytes of the last word count as 0.
fn key_bytes(at: u32, n: u32) {
    for (var k = 0u; k < n / 4u; k++) {
        key_word(obs[at + k]);
    }
    let rest = n % 4u;
    if rest > 0u {
        key_word(obs[at + n / 4u] & ((1u << (8u * rest)) - 1u));
    }
}

/// Byte `k` of the words of `obs` from `at` on.
fn obs_byte(at: u32, k: u32) -> u32 {
    return (obs[at + k / 4u] >> (k % 4u * 8u)) & 255u;
}
