// SimHash of an observation: bit b is set if a random projection of its one-hot bytes is above 0. The twin is simhash.rs.

#import shaders/core/active.wgsl
#import envs/shared/key.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
// After PARAM_WORDS words: the number of bytes that are used, the number of values that have weights, and by byte and value the weights,
// four bits each (weight + 8), those of eight bits of the code in a word.
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> obs: array<u32>;
@group(0) @binding(5) var<storage, read_write> keys: array<vec2<u32>>;

const SIMHASH_BYTES: u32 = PARAM_WORDS;
const SIMHASH_VALUES: u32 = PARAM_WORDS + 1u;
const SIMHASH_WEIGHTS: u32 = PARAM_WORDS + 2u;
// A packed weight of 0.
const SIMHASH_ZERO: u32 = 8u;
// Mask of the weights in a packed word that are summed at once, each in a half of a word.
const SIMHASH_NIBBLES: u32 = 0x000f000fu;

// Each word holds two bits of the code.
var<private> sums: array<u32, 32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let bits = params[PARAM_MASK];
    let n = params[SIMHASH_BYTES];
    for (var k = 0u; k < 32u; k++) {
        sums[k] = 0u;
    }
    for (var byte = 0u; byte < n; byte++) {
        let value = (obs[i * rules.head.obs_words + byte / 4u] >> (8u * (byte % 4u))) & 255u;
        add_weights(byte, min(value, params[SIMHASH_VALUES] - 1u), (bits + 7u) / 8u);
    }
    var code = vec2<u32>(0u);
    for (var bit = 0u; bit < bits; bit++) {
        let sum = (sums[bit / 8u * 4u + bit % 4u] >> (16u * (bit % 8u / 4u))) & 0xffffu;
        if sum > SIMHASH_ZERO * n {
            code[bit / 32u] |= 1u << (bit % 32u);
        }
    }
    key_put(i, code);
}

/// Adds the weights of a value of a byte, `words` words of them, to the sums.
fn add_weights(byte: u32, value: u32, words: u32) {
    let row = SIMHASH_WEIGHTS + (byte * params[SIMHASH_VALUES] + value) * words;
    for (var w = 0u; w < words; w++) {
        let weights = params[row + w];
        sums[4u * w] += weights & SIMHASH_NIBBLES;
        sums[4u * w + 1u] += (weights >> 4u) & SIMHASH_NIBBLES;
        sums[4u * w + 2u] += (weights >> 8u) & SIMHASH_NIBBLES;
        sums[4u * w + 3u] += (weights >> 12u) & SIMHASH_NIBBLES;
    }
}
