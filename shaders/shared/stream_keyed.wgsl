// Chance in a step from the `keyed` stream of the instance's seed. Others stand in for this file: each gives the same functions.

#import envs/shared/world.wgsl
#import shaders/shared/keyed.wgsl
#import shaders/shared/chance.wgsl

/// Before the step is counted.
fn stream_begin(i: u32) {
    let at = i * CORE_WORDS;
    let seed = vec2<u32>(core[at + CORE_SEED_LO], core[at + CORE_SEED_HI]);
    keyed_begin(seed, core[at + CORE_EPISODE], core[at + CORE_STEP] + 1u, ENTITY_PLAYER);
}

fn stream_end(i: u32) {}
