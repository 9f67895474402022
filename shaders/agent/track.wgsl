// The track of a rollout on a fork, and the buffer `params` of the kernels of rollouts. The words `k` of all tracks are contiguous.

#import shaders/core/forks.wgsl

// Words of a track: steps so far, the discount of the next step, the sum of the discounted values, and the keys of all states that the fork
// was in, those of the first state first.
const TRACK_STEPS: u32 = 0u;
const TRACK_DISCOUNT: u32 = 1u;
const TRACK_SCORE: u32 = 2u;
const TRACK_MET: u32 = 3u;

// Number of keys of a state.
const PARAM_KEYS: u32 = 0u;
// Number of rollouts for each action that run at once, and the index of the first of them.
const PARAM_ROLLOUTS_AT_ONCE: u32 = 1u;
const PARAM_FIRST: u32 = 2u;
// The discount factor of a step, in units of 2^-16.
const PARAM_GAMMA: u32 = 3u;

const DISCOUNT_ONE: u32 = 65536u;

/// Index of word `word` of the track of fork `f`.
fn track_at(f: u32, word: u32) -> u32 {
    return word * rules.head.n_envs + f;
}
