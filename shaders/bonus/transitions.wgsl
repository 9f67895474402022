// The last transitions of instances. A kernel that imports this declares `core`, `params` and `inputs`.

#import envs/shared/world.wgsl
#import shaders/bonus/transition.wgsl

/// The last transition of instance `i`.
fn transition_of(i: u32) -> Transition {
    let action = core[i * CORE_WORDS + CORE_ACTION];
    if params[PARAM_KEYS] == 0u {
        return Transition(vec2<u32>(0u), vec2<u32>(0u), action, i * params[PARAM_INPUT]);
    }
    let at = (i * params[PARAM_KEYS] + params[PARAM_INPUT]) * 4u;
    return Transition(vec2<u32>(inputs[at], inputs[at + 1u]), vec2<u32>(inputs[at + 2u], inputs[at + 3u]), action, 0u);
}
