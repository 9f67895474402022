// Computes a bonus for each transition; the bonus's own file defines it. An instance with a fault is stopped at the end of the round.
// Twin: shaders/bonus/mod.rs

#import shaders/core/active.wgsl
#import shaders/bonus/transitions.wgsl
// The file of the bonus replaces this import.
#import shaders/bonus/bonus.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> inputs: array<u32>;
@group(0) @binding(5) var<storage, read> table: array<u32>;
@group(0) @binding(6) var<storage, read_write> memory: array<u32>;
// A row of PARAM_COLUMNS for each instance. Rows of instances without a step stay as they are.
@group(0) @binding(7) var<storage, read_write> values: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let outcome = bonus_visit(transition_of(i), i * params[PARAM_MEMORY]);
    if outcome.fault != 0u {
        core[i * CORE_WORDS + CORE_FAULT] = outcome.fault;
    }
    values[i * params[PARAM_COLUMNS] + params[PARAM_COLUMN]] = u32(outcome.value);
}
