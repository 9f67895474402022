// The distinct ends of the forks of each root: a fork counts if none before it ended alike. All whose episode is over ended alike.

#import shaders/core/active.wgsl
#import shaders/core/forks.wgsl

// Of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
// Of the state arrived at and of the one departed from.
@group(0) @binding(3) var<storage, read> keys: array<vec2<u32>>;
// Of the roots; 0 at first.
@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = active_instance(id, groups);
    if f == NOBODY {
        return;
    }
    let over = is_over(f);
    let key = keys[2u * f];
    for (var k = f - f % rules.head.forks; k < f; k++) {
        let other = is_over(k);
        if over && other || !over && !other && all(keys[2u * k] == key) {
            return;
        }
    }
    atomicAdd(&counts[forked_from(f)], 1u);
}

fn is_over(f: u32) -> bool {
    return (core[f * CORE_WORDS + CORE_FLAGS] & FLAG_DONE) != 0u;
}
