// Clears the flags of the last step. With resets off, skips instances whose episode has ended.

#import shaders/core/active.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read_write> pace: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = active_instance(id, groups);
    if i == NOBODY {
        return;
    }
    pace[pace_at(i) + PACE_BEGUN] = 0u;
    let at = i * CORE_WORDS;
    let done = core[at + CORE_FLAGS] & FLAG_DONE;
    if rules.head.reset == RESET_OFF && done != 0u {
        core[at + CORE_FLAGS] = done | FLAG_SKIP;
        core[at + CORE_REWARD] = 0u;
    } else {
        core[at + CORE_FLAGS] = 0u;
    }
}
