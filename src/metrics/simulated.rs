//! Random numbers for tests of estimators, from the counter-based stream.

use super::numbers::ln;
use crate::shaders::shared::chance::{Chance, UNIT};
use crate::shaders::shared::keyed::Keyed;

/// Returns a stream for test number `seed`.
pub fn words(seed: u32) -> Keyed {
    Keyed::new([seed, 0x5349_4d31], 0, 0, 0)
}

/// Uniform between 0 and 1, without 0.
pub fn uniform(words: &mut Keyed) -> f64 {
    (words.uniform53() + 1) as f64 / UNIT
}

/// Standard normal, by Box and Muller.
#[expect(clippy::disallowed_methods, reason = "a simulation for a test")]
pub fn normal(words: &mut Keyed) -> f64 {
    (-2.0 * ln(uniform(words))).sqrt() * (2.0 * std::f64::consts::PI * uniform(words)).cos()
}
