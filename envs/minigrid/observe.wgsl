// The symbolic observation: `image[x][y][channel]`, then the direction, as bytes.

#import shaders/core/active.wgsl
#import shaders/shared/bytes.wgsl
#import envs/minigrid/view.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> grid: array<u32>;
@group(0) @binding(4) var<storage, read_write> agent: array<u32>;
@group(0) @binding(7) var<storage, read_write> obs: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    grid_base = i * rules.grid_words;
    viewer = body_of(agent[i * AGENT_WORDS + AGENT_BODY]);
    look();
    bytes_begin(i * rules.head.obs_words);
    for (var x = 0u; x < rules.view; x++) {
        for (var y = 0u; y < rules.view; y++) {
            put_three(rules.tables[rules.triples + shown_code(x, y)] & (OPAQUE - 1u));
        }
    }
    put_byte(viewer.dir);
    bytes_end();
}
