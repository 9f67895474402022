// The instances that a kernel runs for: those that begin an episode in this round. This file replaces active.wgsl.

#import envs/shared/world.wgsl
#import shaders/shared/grid.wgsl
#import shaders/core/pace.wgsl

const NOBODY: u32 = 0xffffffffu;

/// The instance of an invocation, or NOBODY.
fn active_instance(id: vec3<u32>, groups: vec3<u32>) -> u32 {
    let k = invocation(id, groups);
    if k >= pace[LIST_COUNT] {
        return NOBODY;
    }
    return pace[LIST_PAIRS + 2u * k + 1u];
}

fn stepped_instance(id: vec3<u32>, groups: vec3<u32>) -> u32 {
    return active_instance(id, groups);
}
