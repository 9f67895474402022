// Forks after a step. A fork that met a limit of its ruleset is truncated. If a fork needs more room, the round is cancelled: the host
// makes room, and the rollout is repeated.

#import shaders/core/active.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
// The buffer `pace` of the instances.
@group(0) @binding(3) var<storage, read_write> halted: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = active_instance(id, groups);
    if f == NOBODY {
        return;
    }
    let at = f * CORE_WORDS;
    let fault = core[at + CORE_FAULT];
    if fault == NEEDS_ROOM {
        atomicOr(&halted[LIST_ROUND], ROUND_CANCELLED);
    } else if fault != 0u {
        core[at + CORE_FLAGS] |= FLAG_TRUNCATED;
    }
    if fault != 0u {
        core[at + CORE_FAULT] = 0u;
    }
}
