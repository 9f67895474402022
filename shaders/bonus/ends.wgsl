// Counts the distinct ends of the forks of each root: a fork counts if no fork before it has the same end. All ended episodes are one end.

#import shaders/core/active.wgsl
#import shaders/core/forks.wgsl

// Buffers of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
// Keys of the current state and of the previous one.
@group(0) @binding(3) var<storage, read> keys: array<vec2<u32>>;
// Numbers of ends of the roots; 0 at first.
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
