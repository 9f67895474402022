// Sets the actions of the forks of a root in one step: the actions of fork k of A^n are the digits of k in base A.

#import shaders/core/active.wgsl

// Buffers of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
// The weight of the digit of this step.
@group(0) @binding(3) var<storage, read> params: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = active_instance(id, groups);
    if f == NOBODY {
        return;
    }
    core[f * CORE_WORDS + CORE_ACTION] = f % rules.head.forks / params[0] % rules.head.num_actions;
}
