// Selects the recorded instances that have a row in this round: writes a list of copies, from instances into slots. A slot is
// (round * recorded + which) * 2 + moment. Its mark says that it is filled and how many steps the instance has taken.

#import envs/shared/world.wgsl
#import shaders/shared/grid.wgsl
#import shaders/core/pace.wgsl
// The moment. For rows of resets, row_of_reset.wgsl replaces this import.
#import shaders/core/row_of_step.wgsl

const NOWHERE: u32 = 0xffffffffu;

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> recorded: array<u32>;
@group(0) @binding(4) var<storage, read_write> record_slots: array<u32>;
@group(0) @binding(5) var<storage, read_write> marks: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let r = invocation(id, groups);
    if r >= rules.head.n_recorded {
        return;
    }
    let i = recorded[r];
    if r == 0u {
        record_slots[LIST_COUNT] = rules.head.n_recorded;
    }
    let slot = (pace[LIST_ROUND] * rules.head.n_recorded + r) * 2u + MOMENT;
    record_slots[LIST_PAIRS + 2u * r] = i;
    if is_recorded(i) {
        record_slots[LIST_PAIRS + 2u * r + 1u] = slot;
        marks[2u * slot] = 1u;
        marks[2u * slot + 1u] = pace[pace_at(i) + PACE_STEPS] + 1u;
    } else {
        record_slots[LIST_PAIRS + 2u * r + 1u] = NOWHERE;
    }
}
