// The table of counts that all instances share: its layout, and the keys that are inserted. A head of TABLE_HEAD words, then slots [k0, k1,
// k2, count, before].

#import shaders/shared/hash.wgsl

const TABLE_MASK: u32 = 0u;
const TABLE_USED: u32 = 1u;
const TABLE_TOTAL: u32 = 2u;
const TABLE_SUM: u32 = 4u;
const TABLE_DROPPED: u32 = 6u;
const TABLE_HEAD: u32 = 16u;

const TABLE_SLOT: u32 = 5u;
const TABLE_COUNT: u32 = 3u;
const TABLE_BEFORE: u32 = 4u;

const TABLE_MAX_PROBES: u32 = 65536u;
const TABLE_NEAR_FULL: u32 = 0xf0000000u;
const TABLE_NONE: u32 = 0xffffffffu;

// Bits of what a transition inserts.
const TABLE_NEXT_STATE: u32 = 1u;
const TABLE_CHOICE: u32 = 2u;
const TABLE_TRANSITION: u32 = 4u;

const TABLE_SEED_CHOICE: u32 = 0x63746c31u;
const TABLE_SEED_TRANSITION: u32 = 0x63746c32u;

/// The key of (state, action).
fn choice_key(before: vec2<u32>, action: u32) -> vec2<u32> {
    var hash = hash_new(TABLE_SEED_CHOICE);
    hash = hash_word(hash, before.x);
    hash = hash_word(hash, before.y);
    hash = hash_word(hash, action);
    return hash_finish(hash, 3u);
}

/// The key of (state, action, next state).
fn transition_key(before: vec2<u32>, action: u32, key: vec2<u32>) -> vec2<u32> {
    var hash = hash_new(TABLE_SEED_TRANSITION);
    hash = hash_word(hash, before.x);
    hash = hash_word(hash, before.y);
    hash = hash_word(hash, action);
    hash = hash_word(hash, key.x);
    hash = hash_word(hash, key.y);
    return hash_finish(hash, 5u);
}

/// Splits a key into its parts; none of them is 0.
fn table_parts(key: vec2<u32>) -> vec3<u32> {
    let top = 1u << 31u;
    return vec3<u32>(key.x | top, (key.x >> 31u | key.y << 1u) | top, key.y >> 30u | top);
}

/// The slot at which a search begins, before it is reduced to the number of slots. Slot k of a search is k further than slot k - 1.
fn table_start(key: vec2<u32>) -> u32 {
    return table_mix(key.x ^ table_mix(key.y ^ 0x9e3779b9u));
}

fn table_mix(word: u32) -> u32 {
    var h = word;
    h = (h ^ (h >> 16u)) * 0x7feb352du;
    h = (h ^ (h >> 15u)) * 0x846ca68bu;
    return h ^ (h >> 16u);
}

fn table_at(slot: u32) -> u32 {
    return TABLE_HEAD + slot * TABLE_SLOT;
}
