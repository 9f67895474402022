// The end of a round: steps are counted, faults stop their instances, the list of copies is empty again.
// Twin: src/sim/blocks.rs

#import shaders/core/all.wgsl
#import shaders/core/sums.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read_write> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> sums: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    if invocation(id, groups) == 0u {
        pace[LIST_COUNT] = 0u;
        pace[LIST_ROUND] += 1u;
    }
    let i = whom(id, groups);
    if i == NOBODY {
        return;
    }
    pace[pace_at(i) + PACE_STEPS] += 1u;
    if core[i * CORE_WORDS + CORE_FAULT] != 0u {
        pace[pace_at(i) + PACE_HELD] = PACE_STOPPED;
        atomicAdd(&sums[SUM_FAULTS], 1u);
    }
}
