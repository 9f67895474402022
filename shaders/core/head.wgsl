// The structure that every kernel of a batch reads. A kernel declares `rules`, whose first member is a Head.

struct Head {
    n_envs: u32,
    // Index in the batch of the first instance.
    first: u32,
    // Steps of the batch that every instance must reach, modulo 2^32.
    until: u32,
    // RESET_SAME_STEP, RESET_NEXT_STEP or RESET_OFF.
    reset: u32,
    num_actions: u32,
    // Seed of the agent.
    agent_lo: u32,
    agent_hi: u32,
    // Number of levels of the pool; 0 for fresh worlds.
    levels: u32,
    // Number of worlds prepared in advance for each instance, if worlds are fresh.
    depth: u32,
    obs_words: u32,
    visited_words: u32,
    n_achievements: u32,
    n_recorded: u32,
    // Number of forks of an instance, one after the other, if these rules are those of forks. Then `first` is the index in the part of the
    // first instance that was forked.
    forks: u32,
    // Words an instance of the state buffer that holds the positions of players.
    shown_words: u32,
    spare_c: u32,
}

struct Heading {
    head: Head,
}

const RESET_SAME_STEP: u32 = 0u;
const RESET_NEXT_STEP: u32 = 1u;
const RESET_OFF: u32 = 2u;
