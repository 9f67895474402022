// Seeds MT19937 for an episode that takes its world from a pool: `RandomState(hash((seed, episode)) % (2**31 - 1))`.
// Twin: envs/crafter/world.rs

#import shaders/core/active.wgsl
#import shaders/shared/pyhash.wgsl
#import shaders/shared/mt19937.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> stream: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = active_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let at = i * CORE_WORDS;
    let seed = vec2<u32>(core[at + CORE_SEED_LO], core[at + CORE_SEED_HI]);
    mt_seed(i * (MT_N + 1u), episode_seed(seed, core[at + CORE_EPISODE]));
}
