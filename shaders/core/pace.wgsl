// The progress of each instance. The buffer `pace` holds a list of copies (count, round, pairs of row to read and row to write) and then
// four words for each instance.

#import shaders/core/head.wgsl

const LIST_COUNT: u32 = 0u;
const LIST_ROUND: u32 = 1u;
// A bit in the word of the round: this round and those after it are not played.
const ROUND_CANCELLED: u32 = 0x80000000u;
const LIST_PAIRS: u32 = 2u;

// Steps taken, modulo 2^32.
const PACE_STEPS: u32 = 0u;
// PACE_FREE, PACE_WAITS, PACE_STOPPED or PACE_NEEDS_ROOM.
const PACE_STATUS: u32 = 1u;
// 1 if an episode began in this round.
const PACE_BEGUN: u32 = 2u;
// The number of the episode, for the host.
const PACE_EPISODE: u32 = 3u;
const PACE_WORDS: u32 = 4u;

const PACE_FREE: u32 = 0u;
// Waits for the world of its next episode.
const PACE_WAITS: u32 = 1u;
// Stopped by a fault.
const PACE_STOPPED: u32 = 2u;
// Waits for more room in a buffer that grows.
const PACE_NEEDS_ROOM: u32 = 3u;

fn is_cancelled(round: u32) -> bool {
    return (round & ROUND_CANCELLED) != 0u;
}

/// Index of the first word of instance `i`.
fn pace_at(i: u32) -> u32 {
    return LIST_PAIRS + 2u * rules.head.n_envs + PACE_WORDS * i;
}
