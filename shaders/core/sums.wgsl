// The sums over finished episodes, pairs of words from SUM_EPISODES on (low, high), and two counts.

const SUM_STALLS: u32 = 0u;
const SUM_FAULTS: u32 = 1u;
const SUM_EPISODES: u32 = 2u;
const SUM_LENGTH: u32 = 4u;
const SUM_REWARD: u32 = 6u;
const SUM_CELLS: u32 = 8u;
const SUM_ACHIEVEMENTS: u32 = 10u;
// Episodes in which each achievement was unlocked, a pair each.
const SUM_UNLOCKED: u32 = 12u;
