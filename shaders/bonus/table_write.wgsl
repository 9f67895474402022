// Inserting into the shared table, whose words are atomic here. Whoever imports this has `table`.

#import shaders/bonus/table.wgsl

const CLAIM_NEW: u32 = 0u;
const CLAIM_SAME: u32 = 1u;
const CLAIM_OTHER: u32 = 2u;

/// Counts `key` once more; false if there is no room.
fn table_add(key: vec2<u32>) -> bool {
    let at = table_take(key);
    if at == TABLE_NONE {
        atomicAdd(&table[TABLE_DROPPED], 1u);
        return false;
    }
    var old = atomicLoad(&table[at + TABLE_COUNT]);
    if old < TABLE_NEAR_FULL {
        atomicAdd(&table[at + TABLE_COUNT], 1u);
        return true;
    }
    while old != 0xffffffffu {
        let result = atomicCompareExchangeWeak(&table[at + TABLE_COUNT], old, old + 1u);
        if result.exchanged {
            break;
        }
        old = result.old_value;
    }
    return true;
}

/// Where the slot of `key` begins, or TABLE_NONE; it takes a free one if it has none.
fn table_take(key: vec2<u32>) -> u32 {
    let parts = table_parts(key);
    let mask = atomicLoad(&table[TABLE_MASK]);
    var slot = table_start(key) & mask;
    for (var k = 0u; k < TABLE_MAX_PROBES; k++) {
        if k > mask {
            break;
        }
        let at = table_at(slot);
        if table_claim(at, parts.x) != CLAIM_OTHER && table_claim(at + 1u, parts.y) != CLAIM_OTHER {
            let last = table_claim(at + 2u, parts.z);
            if last == CLAIM_NEW {
                atomicAdd(&table[TABLE_USED], 1u);
            }
            if last != CLAIM_OTHER {
                return at;
            }
        }
        slot = (slot + k + 1u) & mask;
    }
    return TABLE_NONE;
}

/// Sets a part that is not set.
fn table_claim(at: u32, part: u32) -> u32 {
    var there = atomicLoad(&table[at]);
    while there == 0u {
        let result = atomicCompareExchangeWeak(&table[at], 0u, part);
        if result.exchanged {
            return CLAIM_NEW;
        }
        there = result.old_value;
    }
    return select(CLAIM_OTHER, CLAIM_SAME, there == part);
}

/// Adds to a number of two words: as the carry goes by itself, the sum is right once all have added.
fn table_add_pair(at: u32, more: vec2<u32>) {
    let before = atomicAdd(&table[at], more.x);
    let carry = select(0u, 1u, before + more.x < more.x);
    let high = more.y + carry;
    if high != 0u {
        atomicAdd(&table[at + 1u], high);
    }
}

/// Where the slot of `key` begins, or TABLE_NONE if it has none.
fn table_find(key: vec2<u32>) -> u32 {
    let parts = table_parts(key);
    let mask = atomicLoad(&table[TABLE_MASK]);
    var slot = table_start(key) & mask;
    for (var k = 0u; k < TABLE_MAX_PROBES; k++) {
        let at = table_at(slot);
        let there = vec3<u32>(atomicLoad(&table[at]), atomicLoad(&table[at + 1u]), atomicLoad(&table[at + 2u]));
        if k > mask || there.x == 0u {
            break;
        }
        if all(there == parts) {
            return at;
        }
        slot = (slot + k + 1u) & mask;
    }
    return TABLE_NONE;
}
