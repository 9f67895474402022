// Adds the value of a step to the score of its rollout. A state that the rollout was in before, by all keys, adds nothing.
// Twin: shaders/agent/lookahead.rs
// The CPU version of the search for visited states is in src/agents/lookahead.rs.

#import shaders/core/active.wgsl
#import shaders/shared/wide.wgsl
#import shaders/agent/track.wgsl

// Buffers of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> keys: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> totals: array<u32>;
@group(0) @binding(6) var<storage, read_write> tracks: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = stepped_instance(id, groups);
    if f == NOBODY {
        return;
    }
    let steps = tracks[track_at(f, TRACK_STEPS)];
    let discount = tracks[track_at(f, TRACK_DISCOUNT)];
    if !was_met(f, steps) {
        let score = bitcast<i32>(tracks[track_at(f, TRACK_SCORE)]);
        tracks[track_at(f, TRACK_SCORE)] = bitcast<u32>(accumulate(score, bitcast<i32>(totals[f]), discount));
    }
    let n = params[PARAM_KEYS];
    for (var k = 0u; k < n; k++) {
        let key = keys[(f * n + k) * 2u];
        let word = TRACK_MET + 2u * ((steps + 1u) * n + k);
        tracks[track_at(f, word)] = key.x;
        tracks[track_at(f, word + 1u)] = key.y;
    }
    tracks[track_at(f, TRACK_DISCOUNT)] = next_discount(discount, params[PARAM_GAMMA]);
    tracks[track_at(f, TRACK_STEPS)] = steps + 1u;
}

/// Whether the fork was in a state with these keys already.
fn was_met(f: u32, steps: u32) -> bool {
    let n = params[PARAM_KEYS];
    for (var d = 0u; n > 0u && d <= steps; d++) {
        var equal = true;
        for (var k = 0u; equal && k < n; k++) {
            let word = TRACK_MET + 2u * (d * n + k);
            let met = vec2<u32>(tracks[track_at(f, word)], tracks[track_at(f, word + 1u)]);
            equal = all(keys[(f * n + k) * 2u] == met);
        }
        if equal {
            return true;
        }
    }
    return false;
}

/// Returns the discount of the step after the one that has `discount`.
fn next_discount(discount: u32, gamma: u32) -> u32 {
    return (discount * min(gamma, DISCOUNT_ONE - 1u) + DISCOUNT_ONE / 2u) >> 16u;
}

/// Adds `value` times `discount` to `score`, saturating.
fn accumulate(score: i32, value: i32, discount: u32) -> i32 {
    let bits = bitcast<u32>(value);
    let size = select(bits, 0u - bits, value < 0);
    let product = mul_wide(size, discount);
    let discounted = bitcast<i32>(product.y << 16u | product.x >> 16u);
    let change = select(discounted, -discounted, value < 0);
    if change > 0 && score > 0x7fffffff - change {
        return 0x7fffffff;
    }
    if change < 0 && score < -0x7fffffff - 1 - change {
        return -0x7fffffff - 1;
    }
    return score + change;
}
