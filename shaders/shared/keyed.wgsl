// The `keyed` stream: Philox4x32-10. A word is a function of (key, episode, step, entity, number of the draw).
// This file provides chance_turn and chance_word.

#import shaders/shared/philox.wgsl

struct Keyed {
    key: vec2<u32>,
    episode: u32,
    step: u32,
    entity: u32,
    block: u32,
    words: vec4<u32>,
    used: u32,
}

var<private> keyed: Keyed;

/// The stream of `key` at (`episode`, `step`). The first draws are those of `entity`.
fn keyed_begin(key: vec2<u32>, episode: u32, step: u32, entity: u32) {
    keyed = Keyed(key, episode, step, entity, 0u, vec4<u32>(0u), 4u);
}

/// Sets the entity whose draws follow.
fn chance_turn(entity: u32) {
    keyed.entity = entity;
    keyed.block = 0u;
    keyed.used = 4u;
}

/// The next word.
fn chance_word() -> u32 {
    if keyed.used == 4u {
        keyed.words = philox(vec4<u32>(keyed.episode, keyed.step, keyed.entity, keyed.block), keyed.key);
        keyed.block += 1u;
        keyed.used = 0u;
    }
    let word = keyed.words[keyed.used];
    keyed.used += 1u;
    return word;
}
