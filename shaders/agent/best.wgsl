// Selects the action with the largest score. Ties are broken by the agent's own random stream.
// Twin: shaders/agent/lookahead.rs

#import shaders/core/active.wgsl
#import shaders/shared/keyed.wgsl
#import shaders/shared/chance.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
// One score for each action.
@group(0) @binding(3) var<storage, read> scores: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = active_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let n = rules.head.num_actions;
    var best = score(i, 0u);
    var ties = 0u;
    for (var a = 0u; a < n; a++) {
        let this_score = score(i, a);
        ties = select(ties, 0u, this_score > best) + select(0u, 1u, this_score >= best);
        best = max(best, this_score);
    }
    let at = i * CORE_WORDS;
    let seed = vec2<u32>(core[at + CORE_SEED_LO], core[at + CORE_SEED_HI]);
    // Separates the key of ties from those of worlds, forks and the random agent.
    let key = seed ^ vec2<u32>(0x6c6f6f6bu, 0x61686561u) ^ vec2<u32>(rules.head.agent_lo, rules.head.agent_hi);
    keyed_begin(key, core[at + CORE_EPISODE], core[at + CORE_STEP], ENTITY_AGENT);
    var left = chance_randint(ties);
    for (var a = 0u; a < n; a++) {
        if score(i, a) == best {
            if left == 0u {
                core[at + CORE_ACTION] = a;
                break;
            }
            left -= 1u;
        }
    }
}

fn score(i: u32, action: u32) -> i32 {
    return bitcast<i32>(scores[i * rules.head.num_actions + action]);
}
