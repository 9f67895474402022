// If instances need room, cancels all rounds until the host has made room. Instances that share a table therefore stay at the same step. On
// the CPU a block that needs room grows at once, and nothing waits.

#import shaders/core/pace.wgsl
#import shaders/core/sums.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> sums: array<u32>;
@group(0) @binding(2) var<storage, read_write> pace: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x == 0u && sums[SUM_NEEDS_ROOM] != 0u {
        pace[LIST_ROUND] |= ROUND_CANCELLED;
    }
}
