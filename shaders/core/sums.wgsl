// Sums over finished episodes, from SUM_EPISODES on in pairs of words (low, high), and two counts.

const SUM_STALLS: u32 = 0u;
const SUM_FAULTS: u32 = 1u;
const SUM_EPISODES: u32 = 2u;
const SUM_LENGTH: u32 = 4u;
const SUM_REWARD: u32 = 6u;
const SUM_CELLS: u32 = 8u;
const SUM_ACHIEVEMENTS: u32 = 10u;
// Episodes in which each achievement was unlocked, a pair each.
const SUM_UNLOCKED: u32 = 12u;
// Number of times that each achievement was unlocked, also in unfinished episodes, and the sum of the steps at which this occurred, a pair
// each.
const SUM_UNLOCKS: u32 = 76u;
const SUM_UNLOCK_STEPS: u32 = 140u;
// Number of steps left in the call when an instance first unlocked each achievement in it, that step included; 0 if none did.
const SUM_LEFT: u32 = 204u;
// 1 if instances, or their forks, need room.
const SUM_NEEDS_ROOM: u32 = 236u;
