// Noise of a dark picture from the `keyed` stream: one word for each number, in any order.

#import shaders/shared/philox.wgsl

const NOISE_IN_ORDER: bool = false;

/// Returns the n-th number, in 0..1.
fn noise_at(n: u32) -> f32 {
    let key = vec2<u32>(core[core_base + CORE_SEED_LO], core[core_base + CORE_SEED_HI]);
    let counter = vec4<u32>(core[core_base + CORE_EPISODE], core[core_base + CORE_STEP], ENTITY_PICTURE, n / 4u);
    return f32(philox(counter, key)[n % 4u]) / 4294967296.0;
}
