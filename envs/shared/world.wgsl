// The words that every instance of every family has, and the numbers of entities in the keyed stream.

const CORE_ACTION: u32 = 0u;
const CORE_REWARD: u32 = 1u;
const CORE_FLAGS: u32 = 2u;
const CORE_EPISODE: u32 = 3u;
const CORE_STEP: u32 = 4u;
const CORE_SEED_LO: u32 = 5u;
const CORE_SEED_HI: u32 = 6u;
const CORE_FAULT: u32 = 7u;
const CORE_WORDS: u32 = 8u;

// Value of a fault that is not a limit: the next step may add more than a growing buffer has room for.
const NEEDS_ROOM: u32 = 0xffffu;

const FLAG_TERMINATED: u32 = 1u;
const FLAG_TRUNCATED: u32 = 2u;
const FLAG_SKIP: u32 = 4u;
const FLAG_BEGUN: u32 = 8u;
const FLAG_DONE: u32 = 3u;

const ENTITY_PLAYER: u32 = 0u;
const ENTITY_CHUNK: u32 = 1u;
const ENTITY_AGENT: u32 = 1022u;
const ENTITY_PICTURE: u32 = 1023u;
const ENTITY_CELL: u32 = 1024u;
