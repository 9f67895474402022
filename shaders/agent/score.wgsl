// Computes the score of the best rollout of each action, over the rollouts that ran at once and those before them.
// Twin: shaders/agent/lookahead.rs

#import shaders/agent/track.wgsl

// Buffers of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> params: array<u32>;
@group(0) @binding(2) var<storage, read> tracks: array<u32>;
// Of the instances: one score for each action.
@group(0) @binding(3) var<storage, read_write> scores: array<u32>;

/// One invocation for each action of each instance.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let k = invocation(id, groups);
    let at_once = params[PARAM_ROLLOUTS_AT_ONCE];
    if k * at_once >= rules.head.n_envs {
        return;
    }
    let at = rules.head.first * (rules.head.forks / at_once) + k;
    var best = -0x7fffffff - 1;
    if params[PARAM_FIRST] > 0u {
        best = bitcast<i32>(scores[at]);
    }
    for (var r = 0u; r < at_once; r++) {
        best = max(best, bitcast<i32>(tracks[track_at(k * at_once + r, TRACK_SCORE)]));
    }
    scores[at] = bitcast<u32>(best);
}
