// Replaces observe_draws_nothing.wgsl if an observation draws the picture's noise from the world's stream, as the
// reference package does when it renders.

#import shaders/shared/mt19937.wgsl

/// Draws `n` words and discards them.
fn skip_noise(i: u32, n: u32) {
    mt_base = i * (MT_N + 1u);
    for (var k = 0u; k < n; k++) {
        chance_word();
    }
}
