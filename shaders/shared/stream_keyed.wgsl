// The random numbers of a step, from the `keyed` stream of the instance's seed. Other files with the same functions can replace this one.

#import envs/shared/world.wgsl
#import shaders/shared/keyed.wgsl
#import shaders/shared/chance.wgsl

/// Must be called before the step is counted.
fn stream_begin(i: u32) {
    let at = i * CORE_WORDS;
    let seed = vec2<u32>(core[at + CORE_SEED_LO], core[at + CORE_SEED_HI]);
    keyed_begin(seed, core[at + CORE_EPISODE], core[at + CORE_STEP] + 1u, ENTITY_PLAYER);
}

fn stream_end(i: u32) {}
