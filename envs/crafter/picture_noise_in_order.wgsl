// Noise of a dark picture from the world's random stream: two words for each number, drawn in order. Replaces picture_noise_keyed.wgsl.

const NOISE_IN_ORDER: bool = true;

/// Returns the next number, in 0..1.
fn noise_at(n: u32) -> f32 {
    let words = chance_uniform53();
    // The upper 32 of 53 bits; f32 cannot use more.
    return f32(words.y << 11u | words.x >> 21u) / 4294967296.0;
}
