// What all kernels of a world's keys have in common: who is served, what is asked for, and how a key ends. Whoever imports this has
// `Rules`, and binds from 4 on what it reads of the state and of what is seen, then `keys`. The twin is key.rs.

#import shaders/core/active.wgsl
#import envs/shared/key.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;

/// Takes in the clock, the last of all parts, and puts the key in its place.
fn key_close(i: u32) {
    if key_has(PART_CLOCK) {
        key_word(core[i * CORE_WORDS + CORE_STEP]);
    }
    key_end(i);
}
