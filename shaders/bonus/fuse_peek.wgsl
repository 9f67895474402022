// Computes what fuse.wgsl would compute for the transitions of forks. The memory of the instance that a fork was forked from is copied for
// the fork, so the memory itself does not change.
// Twin: shaders/bonus/fuse.rs
// Class: Exact.

#import shaders/core/active.wgsl
#import shaders/core/forks.wgsl
#import shaders/bonus/fusing.wgsl

// Buffers of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read_write> values: array<u32>;
@group(0) @binding(5) var<storage, read_write> memory: array<u32>;
@group(0) @binding(6) var<storage, read_write> totals: array<u32>;
// Buffer of the instances.
@group(0) @binding(7) var<storage, read> kept: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = stepped_instance(id, groups);
    if f == NOBODY {
        return;
    }
    let n = params[FUSE_MEMORY_WORDS];
    for (var k = 0u; k < n; k++) {
        memory[f * n + k] = kept[forked_from(f) * n + k];
    }
    totals[f] = bitcast<u32>(fuse(f));
}
