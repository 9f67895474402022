//! Random figures for checks of estimators: words of the counter-based stream as numbers.

use super::numbers::ln;
use crate::shaders::shared::chance::{Chance, UNIT};
use crate::shaders::shared::keyed::Keyed;

/// A stream for check number `seed`.
pub fn words(seed: u32) -> Keyed {
    Keyed::new([seed, 0x5349_4d31], 0, 0, 0)
}

/// Uniform in 0 to 1, 0 left out.
pub fn uniform(words: &mut Keyed) -> f64 {
    (words.uniform53() + 1) as f64 / UNIT
}

/// Standard normal, by Box and Muller.
#[expect(clippy::disallowed_methods, reason = "a simulation for a test")]
pub fn normal(words: &mut Keyed) -> f64 {
    (-2.0 * ln(uniform(words))).sqrt() * (2.0 * std::f64::consts::PI * uniform(words)).cos()
}
