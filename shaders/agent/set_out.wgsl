// Begins rollouts: sets the first action of each, a discount of 1, and the first state of its fork as the only visited state.

#import envs/shared/world.wgsl
#import shaders/agent/track.wgsl

// Buffers of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> params: array<u32>;
// Buffer of the instances.
@group(0) @binding(2) var<storage, read> keys: array<vec2<u32>>;
// Buffers of the forks.
@group(0) @binding(3) var<storage, read_write> forked: array<u32>;
@group(0) @binding(4) var<storage, read_write> fork_keys: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read_write> tracks: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = invocation(id, groups);
    if f >= rules.head.n_envs {
        return;
    }
    forked[f * CORE_WORDS + CORE_ACTION] = f % rules.head.forks / params[PARAM_ROLLOUTS_AT_ONCE];
    tracks[track_at(f, TRACK_STEPS)] = 0u;
    tracks[track_at(f, TRACK_DISCOUNT)] = DISCOUNT_ONE;
    tracks[track_at(f, TRACK_SCORE)] = 0u;
    let n = params[PARAM_KEYS];
    for (var k = 0u; k < n; k++) {
        // The buffer holds two keys for each slot, of the current state and of the previous one.
        let key = keys[(forked_from(f) * n + k) * 2u];
        fork_keys[(f * n + k) * 2u] = key;
        tracks[track_at(f, TRACK_MET + 2u * k)] = key.x;
        tracks[track_at(f, TRACK_MET + 2u * k + 1u)] = key.y;
    }
}
