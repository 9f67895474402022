// How the next episode of an instance begins: it is counted, and its world goes on the list of copies. Shared by the two kernels that
// do it, one for each moment at which resets happen; both write `pace` and `sums` by atomics.

#import envs/shared/world.wgsl
#import shaders/shared/grid.wgsl
#import shaders/core/pace.wgsl
#import shaders/core/sums.wgsl

/// Whether instance `i` has steps left to take; a waiting one has.
fn unfinished(i: u32) -> bool {
    let at = pace_at(i);
    let held = atomicLoad(&pace[at + PACE_STATUS]);
    let is_held = held != PACE_FREE && held != PACE_WAITS;
    return atomicLoad(&pace[at + PACE_STEPS]) != rules.head.until && !is_held && !is_cancelled(atomicLoad(&pace[LIST_ROUND]));
}

/// False if there is no world for it yet: then the instance waits.
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
