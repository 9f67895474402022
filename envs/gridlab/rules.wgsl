// The tables that the kernels read: a ruleset turned into integers, shared by all instances. `packed` in rules.rs writes them.

#import envs/shared/world.wgsl
#import shaders/core/head.wgsl

struct Rules {
    head: Head,
    width: u32,
    height: u32,
    max_steps: u32,
    slip_lo: u32,
    slip_hi: u32,
    ways: u32,
    spend_keys: u32,
    has_currents: u32,
    n_actions: u32,
    n_tvs: u32,
    // Number of words of an instance in `grid`.
    words: u32,
    taken_bytes: u32,
    opened_bytes: u32,
    // Offset of each table in `tables`.
    actions: u32,
    action_rewards: u32,
    cells: u32,
    rewards: u32,
    currents: u32,
    tvs: u32,
    keys_of: u32,
    doors_of: u32,
    tables: array<u32>,
}

const WEST: u32 = 0u;
const EAST: u32 = 1u;
const NORTH: u32 = 2u;
const SOUTH: u32 = 3u;
// No direction: the player stays.
const NOWHERE: u32 = 4u;

const KIND_ICE: u32 = 4u;
const KIND_KEY: u32 = 6u;
const KIND_DOOR: u32 = 7u;

const CELL_EXITS: u32 = 15u;
const CELL_KIND_SHIFT: u32 = 4u;
const CELL_NUMBER_SHIFT: u32 = 8u;
const CELL_LETTER_SHIFT: u32 = 14u;
const CELL_TERMINAL: u32 = 0x80000u;

const ACT_STAY: u32 = 0u;
const ACT_MOVE: u32 = 1u;
const ACT_TURN_LEFT: u32 = 2u;
const ACT_TURN_RIGHT: u32 = 3u;
const ACT_FORWARD: u32 = 4u;
const ACT_DIVE: u32 = 5u;
const ACT_WAY_SHIFT: u32 = 8u;

const ON_ACTION: u32 = 1u;
const ON_CHANCE: u32 = 2u;
const ANYWHERE: u32 = 0xffffffffu;

const WORD_X: u32 = 0u;
const WORD_Y: u32 = 1u;
const WORD_FACING: u32 = 2u;
const WORD_CARRIED: u32 = 3u;
const WORD_TAKEN: u32 = 4u;
const WORD_OPENED: u32 = 5u;
const WORD_TVS: u32 = 6u;

// Fields of a TV in its table.
const TV_CELL: u32 = 0u;
const TV_ON: u32 = 1u;
const TV_COLOURS: u32 = 2u;
const TV_ACTION: u32 = 3u;
const TV_BELOW_LO: u32 = 4u;
const TV_BELOW_HI: u32 = 5u;
const TV_SIGHT: u32 = 6u;
const TV_WORDS: u32 = 7u;

fn cell_kind(word: u32) -> u32 {
    return word >> CELL_KIND_SHIFT & 15u;
}

fn cell_number(word: u32) -> u32 {
    return word >> CELL_NUMBER_SHIFT & 63u;
}

fn cell_letter(word: u32) -> u32 {
    return word >> CELL_LETTER_SHIFT & 31u;
}

fn tv(k: u32, field: u32) -> u32 {
    return rules.tables[rules.tvs + k * TV_WORDS + field];
}
