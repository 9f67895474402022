// What a bonus would be for the transitions of forks, seen from the instances that they were forked from. Nothing is taken in:
// `memory` is writable only because a bonus's other functions, which are not called here, write to it.
// Twin: shaders/bonus/mod.rs

#import shaders/core/active.wgsl
#import shaders/core/forks.wgsl
#import shaders/bonus/transitions.wgsl
// This import is replaced by the bonus's file.
#import shaders/bonus/bonus.wgsl

// Of the forks.
@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> inputs: array<u32>;
@group(0) @binding(5) var<storage, read> table: array<u32>;
// Of the instances.
@group(0) @binding(6) var<storage, read_write> memory: array<u32>;
// Of the forks, PARAM_COLUMNS each.
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
