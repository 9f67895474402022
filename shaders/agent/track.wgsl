// What is kept of a rollout on a fork, and what the kernels of rollouts read besides: `params`. Word `k` of all tracks lies
// side by side.

#import shaders/core/forks.wgsl

// Words of a track: steps so far, the discount of the next one, the sum of what was discounted, the keys of all states that the fork
// was in, the first one's first.
const TRACK_STEPS: u32 = 0u;
const TRACK_DISCOUNT: u32 = 1u;
const TRACK_SCORE: u32 = 2u;
const TRACK_MET: u32 = 3u;

// Keys of a state.
const PARAM_KEYS: u32 = 0u;
// Rollouts side by side for each action, and the number of the first of them.
const PARAM_ROLLOUTS_AT_ONCE: u32 = 1u;
const PARAM_FIRST: u32 = 2u;
// The discount of a step, in units of 2^-16.
const PARAM_GAMMA: u32 = 3u;

const DISCOUNT_ONE: u32 = 65536u;

/// Where word `word` of the track of fork `f` is.
fn track_at(f: u32, word: u32) -> u32 {
    return word * rules.head.n_envs + f;
}
