// Continues the running hash of each instance over its words in one buffer. For the first buffer, begins it with the index of the instance.

#import shaders/core/head.wgsl
#import shaders/shared/grid.wgsl
#import shaders/shared/hash.wgsl

struct Params {
    // Words of an instance in this buffer.
    words: u32,
    // 1 for the first buffer.
    begins: u32,
    // For a buffer that grows: the number of lists after the count, and the entries that each list has room for; else 0.
    lists: u32,
    capacity: u32,
}

// Lists are hashed as if they had room for this many entries. Further entries follow one by one.
const HASHED: u32 = 128u;

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
    if params.lists > 0u {
        hashes[i] = hash_lists(hash, i * params.words);
        return;
    }
    for (var k = 0u; k < params.words; k++) {
        hash = hash_word(hash, words[i * params.words + k]);
    }
    hashes[i] = hash;
}

fn hash_lists(begun: vec2<u32>, row: u32) -> vec2<u32> {
    let used = min(words[row], params.capacity);
    var hash = hash_word(begun, words[row]);
    for (var list = 0u; list < params.lists; list++) {
        for (var k = 0u; k < HASHED; k++) {
            var word = 0u;
            if k < params.capacity {
                word = words[row + 1u + list * params.capacity + k];
            }
            hash = hash_word(hash, word);
        }
    }
    for (var k = HASHED; k < used; k++) {
        for (var list = 0u; list < params.lists; list++) {
            hash = hash_word(hash, words[row + 1u + list * params.capacity + k]);
        }
    }
    return hash;
}
