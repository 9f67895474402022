// Computes keys of the full state: all that is stored except the random stream and the clock. Unused slots of objects are not read.
// Twin: envs/crafter/keys.rs

#import envs/shared/key_frame.wgsl
#import envs/crafter/rules.wgsl

@group(0) @binding(4) var<storage, read> world: array<u32>;
@group(0) @binding(5) var<storage, read> mobs: array<u32>;
@group(0) @binding(6) var<storage, read> body: array<u32>;
@group(0) @binding(7) var<storage, read_write> keys: array<vec2<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    key_begin();
    for (var k = 0u; k < rules.world_words; k++) {
        key_word(world[i * rules.world_words + k]);
    }
    let at = i * rules.mobs_words;
    let n = min(mobs[at], rules.capacity);
    key_word(n);
    for (var slot = 0u; slot < n; slot++) {
        key_word(mobs[at + 1u + slot]);
        key_word(mobs[at + 1u + rules.capacity + slot]);
    }
    for (var k = 0u; k < rules.body_words; k++) {
        key_word(body[i * rules.body_words + k]);
    }
    key_close(i);
}
