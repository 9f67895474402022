// Adds the growth of counts since the last update to the sum of c ln c. The first invocation for a key adds all of it.
// Twin: shaders/bonus/table.rs

#import shaders/core/active.wgsl
#import shaders/bonus/transitions.wgsl
#import shaders/bonus/fixed.wgsl
#import shaders/bonus/table_write.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> inputs: array<u32>;
@group(0) @binding(5) var<storage, read_write> table: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let what = transition_of(i);
    let bits = params[PARAM_COLUMN];
    if (bits & TABLE_NEXT_STATE) != 0u {
        update_sum(what.key);
    }
    if (bits & TABLE_CHOICE) != 0u {
        update_sum(choice_key(what.before, what.action));
    }
    if (bits & TABLE_TRANSITION) != 0u {
        update_sum(transition_key(what.before, what.action, what.key));
    }
}

fn update_sum(key: vec2<u32>) {
    let at = table_find(key);
    if at == TABLE_NONE {
        return;
    }
    let count = atomicLoad(&table[at + TABLE_COUNT]);
    let old = atomicExchange(&table[at + TABLE_BEFORE], count);
    if old != count {
        table_add_pair(TABLE_SUM, sub_64(c_ln_c_q24(count), c_ln_c_q24(old)));
    }
}
