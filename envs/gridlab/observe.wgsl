// The symbolic observation of a grid-world, bytes packed into words. The twin is observe.rs.

#import shaders/core/active.wgsl
#import shaders/shared/bytes.wgsl
#import envs/gridlab/rules.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> grid: array<u32>;
@group(0) @binding(4) var<storage, read_write> obs: array<u32>;

// Value of a TV that is out of sight.
const UNSEEN: u32 = 255u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let base = i * rules.words;
    let x = min(grid[base + WORD_X], rules.width - 1u);
    let y = min(grid[base + WORD_Y], rules.height - 1u);
    let kind = cell_kind(rules.tables[rules.cells + y * rules.width + x]);
    bytes_begin(i * rules.head.obs_words);
    for (var b = 0u; b < 2u; b++) {
        put_byte(x >> (8u * b) & 255u);
    }
    for (var b = 0u; b < 2u; b++) {
        put_byte(y >> (8u * b) & 255u);
    }
    put_byte(grid[base + WORD_FACING] & 3u);
    put_byte(kind);
    put_byte(grid[base + WORD_CARRIED] & 255u);
    for (var b = 0u; b < rules.taken_bytes; b++) {
        put_byte(grid[base + WORD_TAKEN] >> (8u * b) & 255u);
    }
    for (var b = 0u; b < rules.opened_bytes; b++) {
        put_byte(grid[base + WORD_OPENED] >> (8u * b) & 255u);
    }
    for (var k = 0u; k < rules.n_tvs; k++) {
        let colour = grid[base + WORD_TVS + k / 8u] >> (k % 8u * 4u) & 15u;
        put_byte(select(UNSEEN, colour, sees(k, x, y)));
    }
    bytes_end();
}

/// Whether the player sees TV `k` from (x, y).
fn sees(k: u32, x: u32, y: u32) -> bool {
    let cell = vec2<i32>(i32(tv(k, TV_CELL) % rules.width), i32(tv(k, TV_CELL) / rules.width));
    let apart = abs(vec2<i32>(i32(x), i32(y)) - cell);
    return tv(k, TV_SIGHT) == ANYWHERE || u32(max(apart.x, apart.y)) <= tv(k, TV_SIGHT);
}
