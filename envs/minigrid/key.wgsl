// Computes keys from parts of the state; key_full.wgsl computes those that contain the full state. The twin is keys.rs.
// Twin: envs/minigrid/keys.rs

#import envs/shared/key_frame.wgsl
#import envs/shared/key_bytes.wgsl
#import envs/minigrid/rules.wgsl

@group(0) @binding(4) var<storage, read> grid: array<u32>;
@group(0) @binding(5) var<storage, read> agent: array<u32>;
@group(0) @binding(6) var<storage, read> obs: array<u32>;
@group(0) @binding(7) var<storage, read_write> keys: array<vec2<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let body = body_of(agent[i * AGENT_WORDS + AGENT_BODY]);
    key_begin();
    if key_has(PART_POSITION) {
        key_word(body.x);
        key_word(body.y);
    }
    if key_has(PART_FACING) {
        key_word(body.dir);
    }
    if key_has(PART_VIEW) {
        key_bytes(i * rules.head.obs_words, rules.view * rules.view * 3u);
    }
    if key_has(PART_INVENTORY) {
        key_word(body.carrying);
    }
    if key_has(PART_FACED) {
        key_word(faced(i, body));
    }
    key_close(i);
}

/// Returns the code of the cell ahead; a cell outside the map counts as a wall.
fn faced(i: u32, body: Body) -> u32 {
    let there = ahead_of(body);
    if there.x >= rules.width || there.y >= rules.height {
        return CODE_WALL_GREY;
    }
    let cell = there.y * rules.width + there.x;
    return (grid[i * rules.grid_words + cell / 4u] >> (cell % 4u * 8u)) & 255u;
}
