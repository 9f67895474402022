// Counts the transitions of a step in the shared table; with reset_list.wgsl the first states of episodes. In that case `params` holds
// TABLE_NEXT_STATE alone, because no action led to them.
// Twin: shaders/bonus/table.rs

#import shaders/core/active.wgsl
#import shaders/bonus/transitions.wgsl
#import shaders/bonus/table_write.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> inputs: array<u32>;
@group(0) @binding(5) var<storage, read_write> table: array<atomic<u32>>;

// Number of insertions of a workgroup, which are added to the total together.
var<workgroup> inserted: atomic<u32>;

@compute @workgroup_size(64)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = stepped_instance(id, groups);
    if i != NOBODY {
        insert(transition_of(i));
    }
    workgroupBarrier();
    if local == 0u {
        table_add_pair(TABLE_TOTAL, vec2<u32>(atomicLoad(&inserted), 0u));
    }
}

fn insert(what: Transition) {
    let bits = params[PARAM_COLUMN];
    if (bits & TABLE_NEXT_STATE) != 0u && table_add(what.key) {
        atomicAdd(&inserted, 1u);
    }
    if (bits & TABLE_CHOICE) != 0u && table_add(choice_key(what.before, what.action)) {
        atomicAdd(&inserted, 1u);
    }
    if (bits & TABLE_TRANSITION) != 0u && table_add(transition_key(what.before, what.action, what.key)) {
        atomicAdd(&inserted, 1u);
    }
}
