// The end of a round: counts steps, stops instances that have a fault or need room, and empties the list of copies.

#import envs/shared/world.wgsl
#import shaders/shared/grid.wgsl
#import shaders/core/pace.wgsl
#import shaders/core/sums.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read_write> pace: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> sums: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = invocation(id, groups);
    // No invocation of this kernel writes this bit.
    let is_played = !is_cancelled(atomicLoad(&pace[LIST_ROUND]));
    if i == 0u {
        atomicStore(&pace[LIST_COUNT], 0u);
        atomicAdd(&pace[LIST_ROUND], 1u);
        if !is_played {
            atomicStore(&sums[SUM_NEEDS_ROOM], 1u);
        }
    }
    if i >= rules.head.n_envs || !is_played {
        return;
    }
    let at = pace_at(i);
    if atomicLoad(&pace[at + PACE_STEPS]) == rules.head.until || atomicLoad(&pace[at + PACE_STATUS]) != PACE_FREE {
        return;
    }
    atomicAdd(&pace[at + PACE_STEPS], 1u);
    let fault = core[i * CORE_WORDS + CORE_FAULT];
    if fault == NEEDS_ROOM {
        core[i * CORE_WORDS + CORE_FAULT] = 0u;
        atomicStore(&pace[at + PACE_STATUS], PACE_NEEDS_ROOM);
        atomicStore(&sums[SUM_NEEDS_ROOM], 1u);
    } else if fault != 0u {
        atomicStore(&pace[at + PACE_STATUS], PACE_STOPPED);
        atomicAdd(&sums[SUM_FAULTS], 1u);
    }
}
