// Reads the shared table, which does not change during the pass. A kernel that imports this declares `table`.

#import shaders/bonus/table.wgsl

/// Number of times that `key` was inserted.
fn table_count(key: vec2<u32>) -> u32 {
    let parts = table_parts(key);
    let mask = table[TABLE_MASK];
    var slot = table_start(key) & mask;
    for (var k = 0u; k < TABLE_MAX_PROBES; k++) {
        let at = table_at(slot);
        let there = vec3<u32>(table[at], table[at + 1u], table[at + 2u]);
        if k > mask || there.x == 0u {
            break;
        }
        if all(there == parts) {
            return table[at + TABLE_COUNT];
        }
        slot = (slot + k + 1u) & mask;
    }
    return 0u;
}

/// Number of insertions of all keys.
fn table_total() -> vec2<u32> {
    return vec2<u32>(table[TABLE_TOTAL], table[TABLE_TOTAL + 1u]);
}

/// Sum over keys of c ln c, in units of 2^-24.
fn table_sum_c_ln_c() -> vec2<u32> {
    return vec2<u32>(table[TABLE_SUM], table[TABLE_SUM + 1u]);
}
