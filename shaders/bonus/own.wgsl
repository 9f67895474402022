// The table of counts that an instance owns, for an episode or for good. `at` is where it begins in `own`.
// A head of OWN_HEAD words, then slots [low, high, epoch, count], a power of two.

#import shaders/bonus/fixed.wgsl
#import shaders/bonus/scope.wgsl
#import shaders/bonus/table.wgsl

const OWN_EPOCH: u32 = 0u;
const OWN_USED: u32 = 1u;
const OWN_TOTAL: u32 = 2u;
const OWN_SUM: u32 = 4u;
const OWN_FULL: u32 = 6u;
const OWN_HEAD: u32 = 8u;

const OWN_SLOT: u32 = 4u;

// An instance met a limit: its table is full.
const FAULT_TABLE: u32 = 0x10001u;

/// Words of a table of `slots` slots.
fn own_words_of(slots: u32) -> u32 {
    return OWN_HEAD + slots * OWN_SLOT;
}

/// Slots that may be taken: all but an eighth.
fn own_most_used(slots: u32) -> u32 {
    return slots - slots / 8u;
}

/// Forgets all keys. When the epoch would come round, all words are zeroed, as slots of the first epochs would come alive.
fn own_clear(at: u32, slots: u32) {
    if own[at + OWN_EPOCH] == 0xffffffffu {
        for (var k = 0u; k < own_words_of(slots); k++) {
            own[at + k] = 0u;
        }
        return;
    }
    own[at + OWN_EPOCH] += 1u;
    for (var k = OWN_USED; k < OWN_HEAD; k++) {
        own[at + k] = 0u;
    }
}

/// Where the slot of `key` begins, or else a free one.
fn own_find(at: u32, slots: u32, key: vec2<u32>) -> u32 {
    var slot = table_start(key) & (slots - 1u);
    var k = 0u;
    loop {
        let found = at + OWN_HEAD + slot * OWN_SLOT;
        if !own_is_live(at, found) || (own[found] == key.x && own[found + 1u] == key.y) {
            return found;
        }
        k += 1u;
        slot = (slot + k) & (slots - 1u);
    }
    return 0u;
}

fn own_is_live(at: u32, found: u32) -> bool {
    return own[found + 2u] == own[at + OWN_EPOCH] && own[found + 3u] != 0u;
}

/// Times that `key` was inserted.
fn own_count(at: u32, slots: u32, key: vec2<u32>) -> u32 {
    let found = own_find(at, slots, key);
    if own_is_live(at, found) {
        return own[found + 3u];
    }
    return 0u;
}

/// Whether `key` can be inserted, and none before found no room.
fn own_has_room(at: u32, slots: u32, key: vec2<u32>) -> bool {
    return own_has_room_for(at, slots, select(0u, 1u, own_count(at, slots, key) == 0u));
}

/// Whether `new_keys` keys that are not there can be inserted, and none before found no room.
fn own_has_room_for(at: u32, slots: u32, new_keys: u32) -> bool {
    return own[at + OWN_FULL] == 0u && own[at + OWN_USED] + new_keys <= own_most_used(slots);
}

/// Inserts `key`; gives its count after that, or 0 if there is no room, which the table remembers.
fn own_add(at: u32, slots: u32, key: vec2<u32>) -> u32 {
    let found = own_find(at, slots, key);
    if !own_is_live(at, found) {
        if own[at + OWN_USED] >= own_most_used(slots) {
            own[at + OWN_FULL] = 1u;
            return 0u;
        }
        own[at + OWN_USED] += 1u;
        own[found] = key.x;
        own[found + 1u] = key.y;
        own[found + 2u] = own[at + OWN_EPOCH];
        own[found + 3u] = 0u;
    }
    own[found + 3u] = one_more(own[found + 3u]);
    own[at + OWN_TOTAL] += 1u;
    if own[at + OWN_TOTAL] == 0u {
        own[at + OWN_TOTAL + 1u] += 1u;
    }
    return own[found + 3u];
}

/// Takes into the sum that the count of a key went from `before` to `after`.
fn own_grow_sum(at: u32, before: u32, after: u32) {
    let more = sub_64(c_ln_c_q24(after), c_ln_c_q24(before));
    let grown = add_64(own_sum(at), more);
    own[at + OWN_SUM] = grown.x;
    own[at + OWN_SUM + 1u] = grown.y;
}

/// Insertions of all keys.
fn own_total(at: u32) -> vec2<u32> {
    return vec2<u32>(own[at + OWN_TOTAL], own[at + OWN_TOTAL + 1u]);
}

/// Sum over keys of c ln c, in units of 2^-24.
fn own_sum(at: u32) -> vec2<u32> {
    return vec2<u32>(own[at + OWN_SUM], own[at + OWN_SUM + 1u]);
}
