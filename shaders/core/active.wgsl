// The instances that a kernel runs for: those that take part in this round.

#import envs/shared/world.wgsl
#import shaders/shared/grid.wgsl
#import shaders/core/pace.wgsl

const NOBODY: u32 = 0xffffffffu;

/// Whether instance `i` takes part: it has steps left, its status is PACE_FREE, and the round is not cancelled.
fn takes_part(i: u32) -> bool {
    let at = pace_at(i);
    let is_free = pace[at + PACE_STEPS] != rules.head.until && pace[at + PACE_STATUS] == PACE_FREE;
    return is_free && !is_cancelled(pace[LIST_ROUND]);
}

/// The instance of an invocation, or NOBODY.
fn active_instance(id: vec3<u32>, groups: vec3<u32>) -> u32 {
    let i = invocation(id, groups);
    if i >= rules.head.n_envs || !takes_part(i) {
        return NOBODY;
    }
    return i;
}

/// [`active_instance`] without the instances that make no step (FLAG_SKIP): they were reset instead, or have finished.
fn stepped_instance(id: vec3<u32>, groups: vec3<u32>) -> u32 {
    let i = active_instance(id, groups);
    if i == NOBODY || (core[i * CORE_WORDS + CORE_FLAGS] & FLAG_SKIP) != 0u {
        return NOBODY;
    }
    return i;
}
