//! Logarithms, roots and reciprocals in integers, from tables that are computed once with `+ - * /` of f64. They are the same on every
//! machine.
//!
//! `qK` in a name means that a number is in units of 2^-K. Where a function takes u64, `fixed.wgsl` takes a pair of words.

use std::sync::OnceLock;

/// Indices of the tables: `ln(1 + k / 4096)` in units of 2^-26, for k of 0 to 4096.
pub const LN: usize = 0;
/// `e ln 2` in units of 2^-26, for e of 0 to 63.
pub const EXPONENT: usize = LN + LN_STEPS + 1;
/// `psi(x + 1) - ln x` in units of 2^-30, for x of 0 to 1024; the entry at 0 is not used.
pub const GAIN: usize = EXPONENT + 64;
/// `ln((x + 1) / x)` in units of 2^-30, for x of 0 to 1024; the entry at 0 is not used.
pub const STEP: usize = GAIN + DIRECT as usize + 1;
/// Words of all tables.
pub const WORDS: usize = STEP + DIRECT as usize + 1;

const LN_STEPS: usize = 4096;
/// Last argument of the tables of [`gain_q30`] and [`step_q30`]. Beyond it, series of two terms are as accurate.
pub const DIRECT: u32 = 1024;
/// The Euler-Mascheroni constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// The tables, [`WORDS`] words.
pub fn tables() -> &'static [u32] {
    static TABLES: OnceLock<Vec<u32>> = OnceLock::new();
    TABLES.get_or_init(make)
}

fn make() -> Vec<u32> {
    let (q26, q30) = (f64::from(1u32 << 26), f64::from(1u32 << 30));
    let ln_2 = ln_ratio(2.0, 1.0);
    let rounded = |x: f64| (x + 0.5) as u32;
    let steps = LN_STEPS as f64;
    let mut words: Vec<u32> = (0..=LN_STEPS).map(|k| rounded(ln_ratio(steps + k as f64, steps) * q26)).collect();
    words.extend((0..64).map(|e| rounded(f64::from(e) * ln_2 * q26)));
    let (mut harmonic, mut ln) = (0.0, 0.0);
    words.push(0);
    for x in 1..=DIRECT {
        harmonic += 1.0 / f64::from(x);
        words.push(rounded((harmonic - EULER - ln) * q30));
        ln += ln_ratio(f64::from(x) + 1.0, f64::from(x));
    }
    words.push(0);
    words.extend((1..=DIRECT).map(|x| rounded(ln_ratio(f64::from(x) + 1.0, f64::from(x)) * q30)));
    words
}

/// `ln(a / b)` for 1 <= a / b <= 2, by 20 terms of `2 artanh((a - b) / (a + b))`, with an error below 2^-60.
fn ln_ratio(a: f64, b: f64) -> f64 {
    let t = (a - b) / (a + b);
    let square = t * t;
    let mut sum = 0.0;
    for k in (0..20).rev() {
        sum = sum * square + 1.0 / f64::from(2 * k + 1);
    }
    2.0 * t * sum
}

/// `1 / n` for n > 0, rounded to the nearest.
pub fn inv_q20(n: u32) -> u32 {
    ((1 << 20) + n / 2) / n
}

/// `1 / sqrt(n)` for n > 0, rounded to the nearest.
pub fn inv_sqrt_q20(n: u32) -> u32 {
    // Twice the root of 2^40 / n, rounded down. The root of f64 is right: if an integer below 2^42 is not a square, its root is further
    // from the next integer than 2^-22, and the rounding error of f64 is smaller.
    let twice = (((1u64 << 42) / u64::from(n)) as f64).sqrt() as u32;
    (twice + 1) >> 1
}

/// `ln n` for n > 0, off by less than 2^-23.
pub fn ln_q24(n: u32) -> u32 {
    ln_wide_q24(u64::from(n))
}

/// `ln n` for n > 0, off by less than 2^-23.
pub fn ln_wide_q24(n: u64) -> u32 {
    let words = tables();
    let lead = n.leading_zeros();
    let mantissa = (n << lead >> 32) as u32;
    let k = (mantissa >> 19 & 0xfff) as usize;
    let part = mantissa >> 4 & 0x7fff;
    let low = words[LN + k];
    let high = words[LN + k + 1];
    let ln = words[EXPONENT + (63 - lead) as usize] + low + (((high - low) * part + 0x4000) >> 15);
    (ln + 2) >> 2
}

/// `c ln c`, and 0 for 0; off by less than c 2^-23.
pub fn c_ln_c_q24(c: u32) -> u64 {
    if c == 0 {
        return 0;
    }
    u64::from(c) * u64::from(ln_q24(c))
}

/// `ln(1 + x)` of an x in units of 2^-16, below 2^63: off by less than 2^-20.
pub fn ln1p_q20(x: u64) -> u32 {
    (ln_wide_q24(x + 0x10000) - ln_q24(0x10000) + 8) >> 4
}

/// `psi(x + 1) - ln x` for integers x > 0, off by less than 2^-28: 1 / 2x - 1 / 12x^2 + 1 / 120x^4 ...
pub fn gain_q30(x: u32) -> u32 {
    if x <= DIRECT {
        return tables()[GAIN + x as usize];
    }
    ((1 << 29) + x / 2) / x - 89_478_485 / x / x
}

/// `ln((x + 1) / x)` for integers x > 0, off by less than 2^-28: 1 / x - 1 / 2x^2 + 1 / 3x^3 ...
pub fn step_q30(x: u32) -> u32 {
    if x <= DIRECT {
        return tables()[STEP + x as usize];
    }
    ((1 << 30) + x / 2) / x - (1 << 29) / x / x
}

/// Converts units of 2^-24 to units of 2^-20; halves go up.
pub fn q24_to_q20(x: i32) -> i32 {
    x.wrapping_add(8) >> 4
}

/// Converts units of 2^-30 to units of 2^-20; halves go up.
pub fn q30_to_q20(x: i32) -> i32 {
    x.wrapping_add(512) >> 10
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arguments around every value where a table or formula changes, and many between.
    fn arguments() -> impl Iterator<Item = u32> {
        let edges = (0..32).flat_map(|e| [(1u32 << e).saturating_sub(1), 1 << e, (1 << e) + 1]);
        let many = (0..200_000u64).map(|k| (k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32 >> (k % 32));
        edges.chain(1..70_000).chain(many).chain([u32::MAX - 1, u32::MAX]).filter(|n| *n > 0)
    }

    fn off(got: u32, bits: u32, expected: f64) -> f64 {
        (f64::from(got) / 2f64.powi(bits as i32) - expected).abs()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the tables are compared with the library's own logarithm")]
    fn errors_stay_below_what_is_stated() {
        for n in arguments() {
            let x = f64::from(n);
            assert!(off(inv_q20(n), 20, 1.0 / x) <= 0.5001 / 1_048_576.0, "1 / {n}");
            assert!(off(inv_sqrt_q20(n), 20, 1.0 / x.sqrt()) <= 0.5001 / 1_048_576.0, "1 / sqrt {n}");
            assert!(off(ln_q24(n), 24, x.ln()) < 2f64.powi(-23), "ln {n}: {}", off(ln_q24(n), 24, x.ln()));
            let series = 1.0 / (2.0 * x) - 1.0 / (12.0 * x * x) + 1.0 / (120.0 * x.powi(4)) - 1.0 / (252.0 * x.powi(6));
            if n > 20 {
                assert!(off(gain_q30(n), 30, series) < 2f64.powi(-28), "gain {n}");
            }
            assert!(off(step_q30(n), 30, (1.0 / x).ln_1p()) < 2f64.powi(-28), "step {n}");
            let ln1p = (x / 65536.0).ln_1p();
            assert!(off(ln1p_q20(u64::from(n)), 20, ln1p) < 2f64.powi(-20), "ln(1 + {n} / 65536)");
            let wide = u64::from(n) << 31 | 0x1234_5678;
            assert!(off(ln_wide_q24(wide), 24, (wide as f64).ln()) < 2f64.powi(-23), "ln {wide}");
        }
        // psi(2) = 1 - gamma, psi(3) = 3/2 - gamma.
        assert!(off(gain_q30(1), 30, 1.0 - EULER) < 2f64.powi(-30));
        assert!(off(gain_q30(2), 30, 1.5 - EULER - 2f64.ln()) < 2f64.powi(-30));
    }

    #[test]
    fn exact_where_a_reward_must_be() {
        assert_eq!((ln_q24(1), ln_wide_q24(1), c_ln_c_q24(0), c_ln_c_q24(1), ln1p_q20(0)), (0, 0, 0, 0, 0));
        assert_eq!((inv_q20(1), inv_q20(4), inv_sqrt_q20(1), inv_sqrt_q20(4)), (1 << 20, 1 << 18, 1 << 20, 1 << 19));
        assert_eq!((inv_q20(u32::MAX), inv_sqrt_q20(u32::MAX)), (0, 16));
        assert_eq!((q24_to_q20(-8), q24_to_q20(-9), q24_to_q20(8), q24_to_q20(7)), (0, -1, 1, 0));
        assert_eq!((q30_to_q20(-1), q30_to_q20(512)), (0, 1));
    }

    #[test]
    fn roots_are_those_of_integers() {
        let near =
            (1..1u64 << 21).step_by(97).map(|root| ((1u64 << 42) / (root * root)).clamp(2, u64::from(u32::MAX) - 1) as u32);
        for n in near.flat_map(|n| [n - 1, n, n + 1]).chain([u32::MAX]) {
            assert_eq!(inv_sqrt_q20(n), (((1u64 << 42) / u64::from(n)).isqrt() as u32 + 1) >> 1, "{n}");
        }
    }

    #[test]
    fn tables_are_the_same_everywhere() {
        assert_eq!(tables().len(), WORDS);
        let sum = crate::shaders::shared::hash::hash_words(0, tables());
        assert_eq!(sum, SUM, "{sum:#x}");
    }

    /// Hash of the tables from an x86-64 machine. Every other machine must compute the same.
    const SUM: u64 = 0x4469_fe4f_bb6b_8539;
}
