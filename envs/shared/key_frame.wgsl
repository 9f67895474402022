// The common part of the kernels of a world's keys: the active instances, the parameters, and the end of a key. An importing file
// declares `Rules`. It binds the parts of state and observation that it reads from binding 4 on, then `keys`. The twin is key.rs.

#import shaders/core/active.wgsl
#import envs/shared/key.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;

/// Adds the clock, which is the last part, and stores the key.
fn key_close(i: u32) {
    if key_has(PART_CLOCK) {
        key_word(core[i * CORE_WORDS + CORE_STEP]);
    }
    key_end(i);
}
