// Adds a step to the current episode: reward, cells visited, achievements unlocked. Adds an episode that ends to the sums, and stores its
// last state.

#import shaders/core/active.wgsl
#import shaders/core/sums.wgsl
#import shaders/core/tally.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read> shown: array<u32>;
@group(0) @binding(4) var<storage, read_write> tally: array<u32>;
@group(0) @binding(5) var<storage, read_write> visited: array<u32>;
@group(0) @binding(6) var<storage, read_write> sums: array<atomic<u32>>;
// Core and shown state at the end of the last episode.
@group(0) @binding(7) var<storage, read_write> last: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    visit(i);
    unlock(i);
    let reward = core[i * CORE_WORDS + CORE_REWARD];
    let at = i * TALLY_WORDS;
    let low = tally[at + TALLY_RETURN_LO] + reward;
    tally[at + TALLY_RETURN_HI] += select(0u, 0xffffffffu, (reward >> 31u) == 1u) + select(0u, 1u, low < reward);
    tally[at + TALLY_RETURN_LO] = low;
    if (core[i * CORE_WORDS + CORE_FLAGS] & FLAG_DONE) != 0u {
        count_episode(i);
        keep_last(i);
    }
}

fn keep_last(i: u32) {
    let words = rules.head.shown_words;
    let at = i * (CORE_WORDS + words);
    for (var k = 0u; k < CORE_WORDS; k++) {
        // The need for room is not part of the state.
        last[at + k] = select(core[i * CORE_WORDS + k], 0u, k == CORE_FAULT);
    }
    for (var k = 0u; k < words; k++) {
        last[at + CORE_WORDS + k] = shown[i * words + k];
    }
}

/// Adds a number of two words to a sum.
fn add(at: u32, low: u32, high: u32) {
    let before = atomicAdd(&sums[at], low);
    let carry = select(0u, 1u, before + low < low);
    if (high + carry) != 0u {
        atomicAdd(&sums[at + 1u], high + carry);
    }
}

/// Counts the achievements that the step has unlocked. SUM_LEFT holds the largest number of steps left in the call, so that of the earliest
/// step; 0 means that no step has unlocked the achievement.
fn unlock(i: u32) {
    let at = i * TALLY_WORDS + TALLY_UNLOCKED;
    let had = tally[at];
    let gained = pose_unlocked(i) & ~had;
    if gained == 0u {
        return;
    }
    tally[at] = had | gained;
    for (var a = 0u; a < rules.head.n_achievements; a++) {
        if ((gained >> a) & 1u) == 1u {
            add(SUM_UNLOCKS + 2u * a, 1u, 0u);
            add(SUM_UNLOCK_STEPS + 2u * a, core[i * CORE_WORDS + CORE_STEP], 0u);
            atomicMax(&sums[SUM_LEFT + a], rules.head.until - pace[pace_at(i) + PACE_STEPS]);
        }
    }
}

fn count_episode(i: u32) {
    let at = i * TALLY_WORDS;
    add(SUM_EPISODES, 1u, 0u);
    add(SUM_LENGTH, core[i * CORE_WORDS + CORE_STEP], 0u);
    add(SUM_REWARD, tally[at + TALLY_RETURN_LO], tally[at + TALLY_RETURN_HI]);
    add(SUM_CELLS, tally[at + TALLY_CELLS], 0u);
    for (var a = 0u; a < rules.head.n_achievements; a++) {
        if pose_achievement(i, a) > 0u {
            add(SUM_UNLOCKED + 2u * a, 1u, 0u);
            add(SUM_ACHIEVEMENTS, 1u, 0u);
        }
    }
}
