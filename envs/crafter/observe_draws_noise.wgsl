// Observing draws the noise of the picture from the world's own stream, as the package does when it renders. Stands in for observe_draws_nothing.wgsl.

#import shaders/shared/mt19937.wgsl

/// Draws `n` words.
fn skip_noise(i: u32, n: u32) {
    mt_base = i * (MT_N + 1u);
    for (var k = 0u; k < n; k++) {
        chance_word();
    }
}
