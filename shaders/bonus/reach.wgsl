// The empowerment of each root: the mean over noise indices of log2 of the number of distinct ends, in units of 2^-20 bits. 0 if its
// episode is over.
// Class: Exact.

#import envs/shared/world.wgsl
#import shaders/core/forks.wgsl
#import shaders/shared/wide.wgsl

// Buffer of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
// The noise index, the number of noise indices, 1 if every step may be stochastic, then log2 of 0, 1 .. in units of 2^-40, two words each.
@group(0) @binding(1) var<storage, read> params: array<u32>;
// Of the roots: their rows, their core words, numbers of distinct ends, sums of logarithms (two words).
@group(0) @binding(2) var<storage, read> roots: array<u32>;
@group(0) @binding(3) var<storage, read> core: array<u32>;
@group(0) @binding(4) var<storage, read_write> counts: array<u32>;
@group(0) @binding(5) var<storage, read_write> sums: array<u32>;
// By row of the root: values in the first half; in the second half, 1 if the value is uncertain.
@group(0) @binding(6) var<storage, read_write> values: array<u32>;
// Of the roots: 1 if a step of a fork was stochastic. Then the number of roots measured, and the number of uncertain ones, two words each.
@group(0) @binding(7) var<storage, read_write> marks: array<atomic<u32>>;

const NOBODY: u32 = 0xffffffffu;
const PARAM_NOISE_INDEX: u32 = 0u;
const PARAM_NOISE_SAMPLES: u32 = 1u;
const PARAM_ALWAYS: u32 = 2u;
const PARAM_LOGS: u32 = 3u;
const TALLY_WORDS: u32 = 4u;

/// One invocation for each root.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let k = invocation(id, groups);
    if k * rules.head.forks >= rules.head.n_envs {
        return;
    }
    let slot = rules.head.first + k;
    let count = counts[slot];
    counts[slot] = 0u;
    let root = roots[slot];
    if root == NOBODY {
        return;
    }
    var sum = vec2<u32>(params[PARAM_LOGS + 2u * count], params[PARAM_LOGS + 2u * count + 1u]);
    if params[PARAM_NOISE_INDEX] > 0u {
        sum = add_64(sum, vec2<u32>(sums[2u * slot], sums[2u * slot + 1u]));
    }
    sums[2u * slot] = sum.x;
    sums[2u * slot + 1u] = sum.y;
    if params[PARAM_NOISE_INDEX] + 1u == params[PARAM_NOISE_SAMPLES] {
        let at = root * CORE_WORDS;
        let over = (core[at + CORE_FLAGS] & FLAG_DONE) != 0u && core[at + CORE_STEP] > 0u;
        values[root] = select(mean(sum), 0u, over);
        let marked = atomicExchange(&marks[slot], 0u) != 0u || params[PARAM_ALWAYS] == 1u;
        let random = marked && !over;
        values[arrayLength(&values) / 2u + root] = select(0u, 1u, random);
        let tally = arrayLength(&marks) - TALLY_WORDS;
        add_one(tally);
        if random {
            add_one(tally + 2u);
        }
    }
}

/// Adds 1 to a count of two words.
fn add_one(at: u32) {
    if atomicAdd(&marks[at], 1u) == 0xffffffffu {
        atomicAdd(&marks[at + 1u], 1u);
    }
}

/// Divides the sum by the number of noise indices, and converts units of 2^-40 to units of 2^-20; halves go up both times.
fn mean(sum: vec2<u32>) -> u32 {
    let n = params[PARAM_NOISE_SAMPLES];
    let fine = divide_64(add_64(sum, vec2<u32>(n / 2u, 0u)), n);
    let rounded = add_64(fine, vec2<u32>(1u << 19u, 0u));
    return rounded.x >> 20u | rounded.y << 12u;
}

/// Returns `a / by`, with `by` below 2^31.
fn divide_64(a: vec2<u32>, by: u32) -> vec2<u32> {
    var rest = 0u;
    var quotient = vec2<u32>(0u);
    for (var k = 0u; k < 64u; k++) {
        let word = select(a.x, a.y, k < 32u);
        rest = rest << 1u | (word >> (31u - k % 32u) & 1u);
        quotient = vec2<u32>(quotient.x << 1u, quotient.y << 1u | quotient.x >> 31u);
        if rest >= by {
            rest -= by;
            quotient.x |= 1u;
        }
    }
    return quotient;
}
