// Computes keys of the full state: all that is stored except the random stream and the clock.
// Twin: envs/minigrid/keys.rs

#import envs/shared/key_frame.wgsl
#import envs/minigrid/rules.wgsl

@group(0) @binding(4) var<storage, read> grid: array<u32>;
@group(0) @binding(5) var<storage, read> agent: array<u32>;
@group(0) @binding(6) var<storage, read> balls: array<u32>;
@group(0) @binding(7) var<storage, read_write> keys: array<vec2<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    key_begin();
    for (var k = 0u; k < rules.grid_words; k++) {
        key_word(grid[i * rules.grid_words + k]);
    }
    for (var k = 0u; k < AGENT_WORDS; k++) {
        key_word(agent[i * AGENT_WORDS + k]);
    }
    for (var k = 0u; k < rules.n_balls; k++) {
        key_word(balls[i * rules.n_balls + k]);
    }
    key_close(i);
}
