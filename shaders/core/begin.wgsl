// Begins the next episode of an instance: increments the episode number, and puts the instance's world on the list of copies. The kernels
// of the two reset modes share this file. Both write `pace` and `sums` with atomics.

#import envs/shared/world.wgsl
#import shaders/shared/grid.wgsl
#import shaders/core/pace.wgsl
#import shaders/core/sums.wgsl

/// Whether instance `i` has steps left and is free or waits for a world.
fn unfinished(i: u32) -> bool {
    let at = pace_at(i);
    let held = atomicLoad(&pace[at + PACE_STATUS]);
    let is_held = held != PACE_FREE && held != PACE_WAITS;
    return atomicLoad(&pace[at + PACE_STEPS]) != rules.head.until && !is_held && !is_cancelled(atomicLoad(&pace[LIST_ROUND]));
}

/// Begins the episode. Returns false if its world is not ready yet; then the instance waits.
fn begin_episode(i: u32) -> bool {
    let at = pace_at(i);
    let episode = core[i * CORE_WORDS + CORE_EPISODE] + 1u;
    var row = i * max(rules.head.depth, 1u) + episode % max(rules.head.depth, 1u);
    if rules.head.levels > 0u {
        row = ((rules.head.first + i) % rules.head.levels + (episode - 1u) % rules.head.levels) % rules.head.levels;
    } else if ready[i] < episode {
        if atomicExchange(&pace[at + PACE_STATUS], PACE_WAITS) == PACE_FREE {
            atomicAdd(&sums[SUM_STALLS], 1u);
        }
        return false;
    }
    atomicStore(&pace[at + PACE_STATUS], PACE_FREE);
    atomicStore(&pace[at + PACE_BEGUN], 1u);
    atomicStore(&pace[at + PACE_EPISODE], episode);
    core[i * CORE_WORDS + CORE_EPISODE] = episode;
    core[i * CORE_WORDS + CORE_STEP] = 0u;
    let k = atomicAdd(&pace[LIST_COUNT], 1u);
    atomicStore(&pace[LIST_PAIRS + 2u * k], row);
    atomicStore(&pace[LIST_PAIRS + 2u * k + 1u], i);
    return true;
}
