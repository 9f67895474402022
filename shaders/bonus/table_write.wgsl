// Inserts into the shared table, whose words are atomic here. A kernel that imports this declares `table`.

#import shaders/bonus/table.wgsl

const CLAIM_NEW: u32 = 0u;
const CLAIM_SAME: u32 = 1u;
const CLAIM_OTHER: u32 = 2u;

/// Adds 1 to the count of `key`; returns false if there is no room.
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

/// Returns the index of the slot of `key`, or TABLE_NONE if there is no room. A key without a slot takes a free one.
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

/// Sets a part of a key if it is not set.
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

/// Adds to a number of two words. The carry is added separately, so the number is right once all invocations have added.
fn table_add_pair(at: u32, more: vec2<u32>) {
    let before = atomicAdd(&table[at], more.x);
    let carry = select(0u, 1u, before + more.x < more.x);
    let high = more.y + carry;
    if high != 0u {
        atomicAdd(&table[at + 1u], high);
    }
}

/// Returns the index of the slot of `key`, or TABLE_NONE if it has none.
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
