// The table of counts of one instance, for an episode or for the whole run. `at` is its index in `memory`. A head of INSTANCE_TABLE_HEAD
// words, then slots [low, high, epoch, count]; their number is a power of two.

#import shaders/bonus/fixed.wgsl
#import shaders/bonus/scope.wgsl
#import shaders/bonus/table.wgsl

const INSTANCE_TABLE_EPOCH: u32 = 0u;
const INSTANCE_TABLE_USED: u32 = 1u;
const INSTANCE_TABLE_TOTAL: u32 = 2u;
const INSTANCE_TABLE_SUM: u32 = 4u;
const INSTANCE_TABLE_FULL: u32 = 6u;
const INSTANCE_TABLE_HEAD: u32 = 8u;

const INSTANCE_TABLE_SLOT: u32 = 4u;

// Fault code: the table of an instance is full.
const FAULT_TABLE: u32 = 0x10001u;

/// Words of a table of `slots` slots.
fn instance_table_words_of(slots: u32) -> u32 {
    return INSTANCE_TABLE_HEAD + slots * INSTANCE_TABLE_SLOT;
}

/// Slots that may be taken: all but an eighth.
fn instance_table_most_used(slots: u32) -> u32 {
    return slots - slots / 8u;
}

/// Removes all keys. If the epoch would wrap around, all words are set to 0, because slots of the first epochs would be live again.
fn instance_table_clear(at: u32, slots: u32) {
    if memory[at + INSTANCE_TABLE_EPOCH] == 0xffffffffu {
        for (var k = 0u; k < instance_table_words_of(slots); k++) {
            memory[at + k] = 0u;
        }
        return;
    }
    memory[at + INSTANCE_TABLE_EPOCH] += 1u;
    for (var k = INSTANCE_TABLE_USED; k < INSTANCE_TABLE_HEAD; k++) {
        memory[at + k] = 0u;
    }
}

/// Index of the slot of `key`, or else of a free one.
fn instance_table_find(at: u32, slots: u32, key: vec2<u32>) -> u32 {
    var slot = table_start(key) & (slots - 1u);
    var k = 0u;
    loop {
        let found = at + INSTANCE_TABLE_HEAD + slot * INSTANCE_TABLE_SLOT;
        if !instance_table_is_live(at, found) || (memory[found] == key.x && memory[found + 1u] == key.y) {
            return found;
        }
        k += 1u;
        slot = (slot + k) & (slots - 1u);
    }
    return 0u;
}

fn instance_table_is_live(at: u32, found: u32) -> bool {
    return memory[found + 2u] == memory[at + INSTANCE_TABLE_EPOCH] && memory[found + 3u] != 0u;
}

/// Times that `key` was inserted.
fn instance_table_count(at: u32, slots: u32, key: vec2<u32>) -> u32 {
    let found = instance_table_find(at, slots, key);
    if instance_table_is_live(at, found) {
        return memory[found + 3u];
    }
    return 0u;
}

/// Whether `key` can be inserted, and no earlier insertion failed.
fn instance_table_has_room(at: u32, slots: u32, key: vec2<u32>) -> bool {
    return instance_table_has_room_for(at, slots, select(0u, 1u, instance_table_count(at, slots, key) == 0u));
}

/// Whether `new_keys` keys that are not in the table can be inserted, and no earlier insertion failed.
fn instance_table_has_room_for(at: u32, slots: u32, new_keys: u32) -> bool {
    return memory[at + INSTANCE_TABLE_FULL] == 0u && memory[at + INSTANCE_TABLE_USED] + new_keys <= instance_table_most_used(slots);
}

/// Inserts `key`. Returns its count after that. If there is no room, sets the word INSTANCE_TABLE_FULL and returns 0.
fn instance_table_add(at: u32, slots: u32, key: vec2<u32>) -> u32 {
    let found = instance_table_find(at, slots, key);
    if !instance_table_is_live(at, found) {
        if memory[at + INSTANCE_TABLE_USED] >= instance_table_most_used(slots) {
            memory[at + INSTANCE_TABLE_FULL] = 1u;
            return 0u;
        }
        memory[at + INSTANCE_TABLE_USED] += 1u;
        memory[found] = key.x;
        memory[found + 1u] = key.y;
        memory[found + 2u] = memory[at + INSTANCE_TABLE_EPOCH];
        memory[found + 3u] = 0u;
    }
    memory[found + 3u] = one_more(memory[found + 3u]);
    memory[at + INSTANCE_TABLE_TOTAL] += 1u;
    if memory[at + INSTANCE_TABLE_TOTAL] == 0u {
        memory[at + INSTANCE_TABLE_TOTAL + 1u] += 1u;
    }
    return memory[found + 3u];
}

/// Updates the sum for a key whose count went from `before` to `after`.
fn instance_table_grow_sum(at: u32, before: u32, after: u32) {
    let more = sub_64(c_ln_c_q24(after), c_ln_c_q24(before));
    let grown = add_64(instance_table_sum(at), more);
    memory[at + INSTANCE_TABLE_SUM] = grown.x;
    memory[at + INSTANCE_TABLE_SUM + 1u] = grown.y;
}

/// Number of insertions of all keys.
fn instance_table_total(at: u32) -> vec2<u32> {
    return vec2<u32>(memory[at + INSTANCE_TABLE_TOTAL], memory[at + INSTANCE_TABLE_TOTAL + 1u]);
}

/// Sum over keys of c ln c, in units of 2^-24.
fn instance_table_sum(at: u32) -> vec2<u32> {
    return vec2<u32>(memory[at + INSTANCE_TABLE_SUM], memory[at + INSTANCE_TABLE_SUM + 1u]);
}
