// Makes forks: each gets the core words of its source and the seed of its noise index. copy.wgsl copies the state by the list that is
// written here.

#import envs/shared/world.wgsl
#import shaders/core/forks.wgsl
#import shaders/core/pace.wgsl
#import shaders/shared/philox.wgsl

struct Params {
    // Noise index of the first fork of an instance, and the number of noise indices through which its forks cycle.
    noise_index: u32,
    noise_samples: u32,
}

// Buffers of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> params: Params;
// The rows to fork (see fork_sources.wgsl).
@group(0) @binding(2) var<storage, read> roots: array<u32>;
@group(0) @binding(3) var<storage, read> core: array<u32>;
// Buffers of the forks.
@group(0) @binding(4) var<storage, read_write> forked: array<u32>;
@group(0) @binding(5) var<storage, read_write> pace: array<u32>;
// Rows to copy (see copy.wgsl).
@group(0) @binding(6) var<storage, read_write> list: array<u32>;

const NOBODY: u32 = 0xffffffffu;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = invocation(id, groups);
    if f >= rules.head.n_envs {
        return;
    }
    let i = roots[forked_from(f)];
    if f == 0u {
        list[LIST_COUNT] = rules.head.n_envs;
    }
    list[LIST_PAIRS + 2u * f] = i;
    list[LIST_PAIRS + 2u * f + 1u] = select(f, NOBODY, i == NOBODY);
    pace[pace_at(f) + PACE_STEPS] = 0u;
    pace[pace_at(f) + PACE_STATUS] = select(PACE_FREE, PACE_STOPPED, i == NOBODY);
    if i == NOBODY {
        return;
    }
    let to = f * CORE_WORDS;
    let at = i * CORE_WORDS;
    for (var k = 0u; k < CORE_WORDS; k++) {
        forked[to + k] = core[at + k];
    }
    // Separates the keys of forks from those of worlds and agents.
    let key = vec2<u32>(core[at + CORE_SEED_LO] ^ 0x64726561u, core[at + CORE_SEED_HI] ^ 0x6d696e67u);
    let noise_index = params.noise_index + f % rules.head.forks % params.noise_samples;
    let seed = philox(vec4<u32>(core[at + CORE_EPISODE], core[at + CORE_STEP], noise_index, 0u), key);
    forked[to + CORE_SEED_LO] = seed.x;
    forked[to + CORE_SEED_HI] = seed.y;
    forked[to + CORE_FLAGS] = 0u;
    forked[to + CORE_FAULT] = 0u;
}
