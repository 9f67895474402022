// The rules of a Crafter ruleset, which `packed` in packed.rs writes, and the indices of an instance's words.

#import envs/shared/world.wgsl
#import shaders/core/head.wgsl

struct Rules {
    head: Head,
    width: u32,
    height: u32,
    chunk_width: u32,
    chunk_height: u32,
    chunks_x: u32,
    // Words per instance of each buffer, and offsets of their parts (see layout.rs).
    world_words: u32,
    mobs_words: u32,
    body_words: u32,
    occupied: u32,
    chunk_space: u32,
    chunk_mobs: u32,
    chunk_order: u32,
    // Number of objects that there is room for, and the most that there may be when a step begins.
    capacity: u32,
    room: u32,
    achievements: u32,
    n_items: u32,
    n_actions: u32,
    length: u32,
    day_length: u32,
    balance_every: u32,
    // Objects at this distance (L1) from the player or farther get no turn.
    reach: u32,
    // Bits of materials.
    walkable: u32,
    walkable_player: u32,
    walkable_arrow: u32,
    breaks: u32,
    arrow_leaves: u32,
    // Items and achievements to which the code refers by name; NONE for an achievement that the ruleset does not list.
    health: u32,
    food: u32,
    drink: u32,
    energy: u32,
    wake_up: u32,
    eat_cow: u32,
    eat_plant: u32,
    defeat_zombie: u32,
    defeat_skeleton: u32,
    // Counters of the player as i32, doubled.
    hunger_limit: u32,
    hunger_awake: u32,
    hunger_asleep: u32,
    thirst_limit: u32,
    thirst_awake: u32,
    thirst_asleep: u32,
    tired_above: u32,
    rested_below: u32,
    fatigue_awake: u32,
    fatigue_asleep: u32,
    heal_above: u32,
    hurt_below: u32,
    recover_awake: u32,
    recover_asleep: u32,
    starve_awake: u32,
    starve_asleep: u32,
    cow_health: u32,
    cow_food: u32,
    zombie_health: u32,
    zombie_near: u32,
    zombie_reach: u32,
    zombie_damage: u32,
    zombie_damage_asleep: u32,
    zombie_cooldown: u32,
    skeleton_health: u32,
    retreat_within: u32,
    shoot_within: u32,
    approach_within: u32,
    reload: u32,
    arrow_damage: u32,
    plant_health: u32,
    ripe_above: u32,
    plant_food: u32,
    view_width: u32,
    // Rows of the view that show the map.
    view_height: u32,
    n_damage: u32,
    n_balance: u32,
    // Number of pixels of the map in the picture; each takes one noise number in the dark.
    noise_pixels: u32,
    // Offset of the probabilities: numbers of 53 bits, two words each, in the order of the ODDS constants.
    odds: u32,
    // Offsets of the tables in `tables`. A pair (kind, argument) per action:
    ops: u32,
    item_max: u32,
    // By material and by number: offset of the rule, 0 for none.
    collect: u32,
    place: u32,
    make: u32,
    // Pairs (item, damage).
    damage: u32,
    // BALANCE_WORDS per kind.
    balance: u32,
    // By step modulo the length of the day: daylight in 1/255 | DARK.
    daylight: u32,
    // The table that pictures are drawn with (see paint.wgsl); empty if none are drawn.
    picture: u32,
    tables: array<u32>,
}

const NONE: u32 = 0xffffffffu;

const ODDS_COW_WALK: u32 = 0u;
const ODDS_ZOMBIE_CHASE: u32 = 1u;
const ODDS_ZOMBIE_LONG: u32 = 2u;
const ODDS_RETREAT_LONG: u32 = 3u;
const ODDS_SHOOT: u32 = 4u;
const ODDS_APPROACH: u32 = 5u;
const ODDS_APPROACH_LONG: u32 = 6u;
const ODDS_SKELETON_WALK: u32 = 7u;

const OP_NOOP: u32 = 0u;
const OP_MOVE: u32 = 1u;
const OP_DO: u32 = 2u;
const OP_SLEEP: u32 = 3u;
const OP_PLACE: u32 = 4u;
const OP_MAKE: u32 = 5u;

const BALANCE_KIND: u32 = 0u;
const BALANCE_MATERIAL: u32 = 1u;
const BALANCE_SPAWN_DISTANCE: u32 = 2u;
const BALANCE_DESPAWN_DISTANCE: u32 = 3u;
const BALANCE_SPAWN: u32 = 4u;
const BALANCE_DESPAWN: u32 = 6u;
const BALANCE_MIN_SPACE: u32 = 8u;
// Offsets of the tables of minimum and maximum by time of day.
const BALANCE_MIN: u32 = 9u;
const BALANCE_MAX: u32 = 10u;
const BALANCE_WORDS: u32 = 11u;

const DARK: u32 = 0x100u;

const WATER: u32 = 1u;
const GRASS: u32 = 2u;
const PATH: u32 = 4u;
const LAVA: u32 = 7u;

const COW: u32 = 1u;
const ZOMBIE: u32 = 2u;
const SKELETON: u32 = 3u;
const ARROW: u32 = 4u;
const PLANT: u32 = 5u;
// The player's id in semantic views, after the materials.
const PLAYER_ID: u32 = 13u;

const BODY_X: u32 = 0u;
const BODY_Y: u32 = 1u;
const BODY_FACING: u32 = 2u;
const BODY_SLEEPING: u32 = 3u;
const BODY_HUNGER: u32 = 4u;
const BODY_THIRST: u32 = 5u;
const BODY_FATIGUE: u32 = 6u;
const BODY_RECOVER: u32 = 7u;
const BODY_LAST_HEALTH: u32 = 8u;
const BODY_PAID_HEALTH: u32 = 9u;
const BODY_UNLOCKED: u32 = 10u;
const BODY_PAID: u32 = 11u;
const BODY_ITEMS: u32 = 12u;

const REWARD_DENOMINATOR: u32 = 10u;
const FAULT_OBJECTS: u32 = 1u;

fn table(at: u32) -> u32 {
    return rules.tables[at];
}
