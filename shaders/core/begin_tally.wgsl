// Resets the tally for an episode that has just begun: no reward, and only its first cell visited. Achievements that are there at the start
// count as unlocked, so the episode cannot unlock them.

#import shaders/core/reset_list.wgsl
#import shaders/core/tally.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read> pace: array<u32>;
@group(0) @binding(2) var<storage, read> shown: array<u32>;
@group(0) @binding(3) var<storage, read_write> tally: array<u32>;
@group(0) @binding(4) var<storage, read_write> visited: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = active_instance(id, groups);
    if i == NOBODY {
        return;
    }
    for (var k = 0u; k < TALLY_WORDS; k++) {
        tally[i * TALLY_WORDS + k] = 0u;
    }
    for (var k = 0u; k < rules.head.visited_words; k++) {
        visited[i * rules.head.visited_words + k] = 0u;
    }
    visit(i);
    tally[i * TALLY_WORDS + TALLY_UNLOCKED] = pose_unlocked(i);
}
