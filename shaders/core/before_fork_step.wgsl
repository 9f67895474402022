// Forks before a step: skips those whose episode has ended, so that their state does not change.

#import shaders/core/active.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = active_instance(id, groups);
    if f == NOBODY {
        return;
    }
    let at = f * CORE_WORDS;
    if (core[at + CORE_FLAGS] & FLAG_DONE) != 0u {
        core[at + CORE_FLAGS] |= FLAG_SKIP;
        core[at + CORE_REWARD] = 0u;
    }
}
