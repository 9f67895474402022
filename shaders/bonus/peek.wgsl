// The values that a bonus would have for the transitions of forks, with the memory of the instances that they were forked from. Nothing is
// recorded: `memory` is writable only because other functions of the bonus, which are not called here, write to it.
// Twin: shaders/bonus/mod.rs

#import shaders/core/active.wgsl
#import shaders/core/forks.wgsl
#import shaders/bonus/transitions.wgsl
// The file of the bonus replaces this import.
#import shaders/bonus/bonus.wgsl

// Buffers of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> inputs: array<u32>;
@group(0) @binding(5) var<storage, read> table: array<u32>;
// Buffer of the instances.
@group(0) @binding(6) var<storage, read_write> memory: array<u32>;
// Buffer of the forks, PARAM_COLUMNS words each.
@group(0) @binding(7) var<storage, read_write> scores: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = stepped_instance(id, groups);
    if f == NOBODY {
        return;
    }
    let value = bonus_peek(transition_of(f), forked_from(f) * params[PARAM_MEMORY]);
    scores[f * params[PARAM_COLUMNS] + params[PARAM_COLUMN]] = u32(value);
}
