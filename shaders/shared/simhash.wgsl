// SimHash of an observation: bit b is set if a random projection of its bytes is above 0. The twin is simhash.rs.

#import shaders/core/all.wgsl
#import envs/shared/key.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
// After PARAM_WORDS words, the weights: a row a bit, four bits a byte of the observation (weight + 8), eight a word.
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> obs: array<u32>;
@group(0) @binding(5) var<storage, read_write> keys: array<vec2<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = whom_to_serve(id, groups);
    if i == NOBODY {
        return;
    }
    var code = vec2<u32>(0u);
    for (var bit = 0u; bit < params[PARAM_MASK]; bit++) {
        if projection(i * rules.head.obs_words, bit) > 0 {
            code[bit / 32u] |= 1u << (bit % 32u);
        }
    }
    key_put(i, code);
}

/// The bytes of the observation at `at`, each times its weight.
fn projection(at: u32, bit: u32) -> i32 {
    let row = PARAM_WORDS + bit * ((rules.head.obs_words + 1u) / 2u);
    var sum = 0;
    for (var w = 0u; w < rules.head.obs_words; w++) {
        let bytes = obs[at + w];
        let weights = params[row + w / 2u] >> (w % 2u * 16u);
        for (var k = 0u; k < 4u; k++) {
            sum += i32((bytes >> (8u * k)) & 255u) * (i32((weights >> (4u * k)) & 15u) - 8);
        }
    }
    return sum;
}
