// A bonus at the beginning of an episode: records the first state, without a value.
// Twin: shaders/bonus/mod.rs

#import shaders/core/reset_list.wgsl
#import shaders/bonus/transitions.wgsl
// The file of the bonus replaces this import.
#import shaders/bonus/bonus.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> inputs: array<u32>;
@group(0) @binding(5) var<storage, read> table: array<u32>;
@group(0) @binding(6) var<storage, read_write> memory: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = active_instance(id, groups);
    if i == NOBODY {
        return;
    }
    var what = transition_of(i);
    what.before = what.key;
    bonus_begin(what, i * params[PARAM_MEMORY]);
}
