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
// Times that each was unlocked, in open episodes too, and the sum of the steps at which that came, a pair each.
const SUM_UNLOCKS: u32 = 76u;
const SUM_UNLOCK_STEPS: u32 = 140u;
// Steps that were left of the call, that one included, when somebody first unlocked each in it; 0 if nobody did.
const SUM_LEFT: u32 = 204u;
// 1 if instances, or their forks, are short of room.
const SUM_NEEDS_ROOM: u32 = 236u;
