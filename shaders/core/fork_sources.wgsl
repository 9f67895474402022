// Selects the instances that are forked: all that take part, or only some (see `params`). With reset_list.wgsl: those that begin an
// episode.

#import shaders/core/active.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
// ROOTS_STEPPED to leave out instances that made no step, ROOTS_OPEN to leave out those whose episode is over.
@group(0) @binding(3) var<storage, read> params: array<u32>;
// One entry for each instance: the row to fork, or NOBODY.
@group(0) @binding(4) var<storage, read_write> roots: array<u32>;

const ROOTS_STEPPED: u32 = 1u;
const ROOTS_OPEN: u32 = 2u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let k = invocation(id, groups);
    if k >= rules.head.n_envs {
        return;
    }
    if params[0] == ROOTS_STEPPED {
        roots[k] = stepped_instance(id, groups);
        return;
    }
    let i = active_instance(id, groups);
    roots[k] = select(i, NOBODY, i == NOBODY || params[0] == ROOTS_OPEN && is_over(i));
}

/// Whether the last step ended its episode, and no other episode has begun since.
fn is_over(i: u32) -> bool {
    return (core[i * CORE_WORDS + CORE_FLAGS] & FLAG_DONE) != 0u && core[i * CORE_WORDS + CORE_STEP] > 0u;
}
