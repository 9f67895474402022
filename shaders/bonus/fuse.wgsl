// Fusion: combines columns of values into one. Each is divided by its running standard deviation or left as it is, and weighted. Then all
// are added or multiplied, or one is taken: in turn, the largest, or the chosen one. The memory of an instance is 0 at first.
// Class: Exact.

#import shaders/core/active.wgsl
#import shaders/bonus/fusing.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;
// The column of the reward is written here.
@group(0) @binding(4) var<storage, read_write> values: array<u32>;
@group(0) @binding(5) var<storage, read_write> memory: array<u32>;
@group(0) @binding(6) var<storage, read_write> totals: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    totals[i] = bitcast<u32>(fuse(i));
}
