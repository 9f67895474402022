// What a bonus sees of an arrival. Whoever imports this has `core`, `params` and `seen`.

#import envs/shared/world.wgsl
#import shaders/bonus/params.wgsl

struct Arrival {
    // Key of the state arrived at, and of the one departed from; nothing if the bonus looks at observations.
    key: vec2<u32>,
    before: vec2<u32>,
    // What was done there.
    action: u32,
    // Where the observation of the state arrived at begins in `seen`, if that is the observations.
    obs: u32,
}

/// What came of a visit: the bonus in units of 2^-20, and 0 or the number of a limit that was met.
struct Outcome {
    value: i32,
    fault: u32,
}

/// The arrival of instance `i`.
fn arrival(i: u32) -> Arrival {
    let action = core[i * CORE_WORDS + CORE_ACTION];
    if params[PARAM_KEYS] == 0u {
        return Arrival(vec2<u32>(0u), vec2<u32>(0u), action, i * params[PARAM_SEEN]);
    }
    let at = (i * params[PARAM_KEYS] + params[PARAM_SEEN]) * 4u;
    return Arrival(vec2<u32>(seen[at], seen[at + 1u]), vec2<u32>(seen[at + 2u], seen[at + 3u]), action, 0u);
}
