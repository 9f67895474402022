// Next-step mode, before a step: instances whose episode has ended begin the next one instead of the step. Clears the flags of the others.

#import shaders/core/begin.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read_write> pace: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read> ready: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    if i >= rules.head.n_envs || !unfinished(i) {
        return;
    }
    atomicStore(&pace[pace_at(i) + PACE_BEGUN], 0u);
    let at = i * CORE_WORDS;
    if (core[at + CORE_FLAGS] & FLAG_DONE) == 0u {
        core[at + CORE_FLAGS] = 0u;
    } else if begin_episode(i) {
        core[at + CORE_FLAGS] = FLAG_BEGUN | FLAG_SKIP;
        core[at + CORE_REWARD] = 0u;
    }
}
