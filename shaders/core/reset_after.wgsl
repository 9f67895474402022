// Same-step mode, after a step: stores the last observation of instances whose episode has ended, and begins their next episode.

#import shaders/core/begin.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read_write> pace: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read> ready: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<atomic<u32>>;
@group(0) @binding(5) var<storage, read> obs: array<u32>;
@group(0) @binding(6) var<storage, read_write> final_obs: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    if i >= rules.head.n_envs || !unfinished(i) || (core[i * CORE_WORDS + CORE_FLAGS] & FLAG_DONE) == 0u {
        return;
    }
    for (var k = 0u; k < rules.head.obs_words; k++) {
        final_obs[i * rules.head.obs_words + k] = obs[i * rules.head.obs_words + k];
    }
    begin_episode(i);
}
