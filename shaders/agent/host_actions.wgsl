// Sets the actions that the host has chosen.

#import shaders/core/active.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> actions: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = active_instance(id, groups);
    if i == NOBODY {
        return;
    }
    core[i * CORE_WORDS + CORE_ACTION] = actions[i];
}
