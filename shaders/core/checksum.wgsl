// The running hash of each instance goes on over its words in one buffer; the first buffer begins it with the instance's index.
// Twin: src/sim/hash.rs

#import shaders/core/head.wgsl
#import shaders/shared/grid.wgsl
#import shaders/shared/hash.wgsl

struct Params {
    // Words of an instance in this buffer.
    words: u32,
    // 1 for the first buffer.
    begins: u32,
}

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> params: Params;
@group(0) @binding(2) var<storage, read> words: array<u32>;
@group(0) @binding(3) var<storage, read_write> hashes: array<vec2<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    if i >= rules.head.n_envs {
        return;
    }
    var hash = hashes[i];
    if params.begins == 1u {
        hash = hash_new(rules.head.first + i);
    }
    for (var k = 0u; k < params.words; k++) {
        hash = hash_word(hash, words[i * params.words + k]);
    }
    hashes[i] = hash;
}
