// Computes a key and stores it. An importing file declares `params` and `keys`. The twin is key.rs.

#import shaders/shared/hash.wgsl
// Defines MOMENT. For instances that begin an episode, row_of_reset.wgsl replaces this import.
#import shaders/core/row_of_step.wgsl

// Words of `params`: the parts as bits (for simhash the number of bits), the slot of the key, and the number of keys.
const PARAM_MASK: u32 = 0u;
const PARAM_SLOT: u32 = 1u;
const PARAM_N_KEYS: u32 = 2u;
const PARAM_WORDS: u32 = 3u;

const PART_POSITION: u32 = 1u;
const PART_FACING: u32 = 2u;
const PART_VIEW: u32 = 4u;
const PART_INVENTORY: u32 = 8u;
const PART_ACHIEVEMENTS: u32 = 16u;
const PART_FACED: u32 = 32u;
const PART_FULL: u32 = 64u;
const PART_VITALS: u32 = 128u;
const PART_CLOCK: u32 = 256u;

const KEY_SEED: u32 = 0x6b657973u;

var<private> key_hash: vec2<u32>;
var<private> key_words: u32;

/// Begins a key without words.
fn key_begin() {
    key_hash = hash_new(KEY_SEED ^ params[PARAM_MASK]);
    key_words = 0u;
}

/// Whether the key has this part.
fn key_has(part: u32) -> bool {
    return (params[PARAM_MASK] & part) != 0u;
}

fn key_word(word: u32) {
    key_hash = hash_word(key_hash, word);
    key_words += 1u;
}

/// Stores the key of the added words for instance `i`.
fn key_end(i: u32) {
    key_put(i, hash_finish(key_hash, key_words));
}

/// Stores the key of the next state. The previous value becomes the key of the state before the transition. When an episode begins, both
/// are the key of the first state.
fn key_put(i: u32, key: vec2<u32>) {
    let at = (i * params[PARAM_N_KEYS] + params[PARAM_SLOT]) * 2u;
    keys[at + 1u] = select(keys[at], key, MOMENT == 1u);
    keys[at] = key;
}
