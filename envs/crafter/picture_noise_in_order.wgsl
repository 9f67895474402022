// Noise of the night's picture from the world's own stream, two words a number, one after the other. Stands in for picture_noise_keyed.wgsl.

const NOISE_IN_ORDER: bool = true;

/// The next number, in 0..1.
fn noise_at(n: u32) -> f32 {
    let words = chance_uniform53();
    // 53 bits: the upper 32 of them are as many as f32 can make use of.
    return f32(words.y << 11u | words.x >> 21u) / 4294967296.0;
}
