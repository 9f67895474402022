// The arrivals of instances. Whoever imports this has `core`, `params` and `seen`.

#import envs/shared/world.wgsl
#import shaders/bonus/arrival.wgsl

/// The arrival of instance `i`.
fn arrival(i: u32) -> Arrival {
    let action = core[i * CORE_WORDS + CORE_ACTION];
    if params[PARAM_KEYS] == 0u {
        return Arrival(vec2<u32>(0u), vec2<u32>(0u), action, i * params[PARAM_SEEN]);
    }
    let at = (i * params[PARAM_KEYS] + params[PARAM_SEEN]) * 4u;
    return Arrival(vec2<u32>(seen[at], seen[at + 1u]), vec2<u32>(seen[at + 2u], seen[at + 3u]), action, 0u);
}
