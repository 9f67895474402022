//! Mathematical functions that figures need, in float64.

/// Natural logarithm.
#[expect(clippy::disallowed_methods, reason = "a figure for people; nothing is decided by it")]
pub fn ln(x: f64) -> f64 {
    x.ln()
}

/// Exponential.
#[expect(clippy::disallowed_methods, reason = "a figure for people; nothing is decided by it")]
pub fn exp(x: f64) -> f64 {
    x.exp()
}

/// `c ln c`, 0 for 0.
pub fn c_ln_c(count: u64) -> f64 {
    if count == 0 { 0.0 } else { count as f64 * ln(count as f64) }
}

/// From this argument on, the asymptotic series below are accurate to the last bits.
const FAR: f64 = 12.0;

/// Digamma for x > 0: `psi(x) = psi(x + 1) - 1/x` up to `FAR`, then the asymptotic series (Abramowitz and Stegun 6.3.18).
pub fn psi(mut x: f64) -> f64 {
    let mut below = 0.0;
    while x < FAR {
        below += 1.0 / x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = y * (1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0 - y * (1.0 / 240.0 - y / 132.0))));
    ln(x) - 0.5 / x - series - below
}

/// `ln Gamma(x)` for x > 0: shifted as in [`psi`], then Stirling's series (Abramowitz and Stegun 6.1.41).
pub fn ln_gamma(mut x: f64) -> f64 {
    let mut product = 1.0;
    while x < FAR {
        product *= x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y * (1.0 / 1680.0 - y / 1188.0)))) / x;
    (x - 0.5) * ln(x) - x + 0.5 * ln(2.0 * std::f64::consts::PI) + series - ln(product)
}

/// Regularised incomplete beta function `I_x(a, b)` by its continued fraction (Abramowitz and Stegun 26.5.8), evaluated from the front
/// with Lentz's method.
pub fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast only for smaller x.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    const MAX_TERMS: u32 = 10_000;
    const TINY: f64 = 1e-300;
    let away = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for term in 1..MAX_TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for numerator in [even, odd] {
            d = 1.0 / away(1.0 + numerator * d);
            c = away(1.0 + numerator / c);
            fraction *= c * d;
        }
        if (fraction - before).abs() <= 1e-16 * fraction.abs() {
            break;
        }
    }
    let front = a * ln(x) + b * ln(1.0 - x) + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    exp(front) * fraction / a
}

/// Two-sided p-value of Student's t with `df` degrees of freedom.
pub fn student_p(t: f64, df: f64) -> f64 {
    incomplete_beta(df / (df + t * t), 0.5 * df, 0.5)
}

/// Asserts that two numbers differ by no more than `within`.
#[cfg(test)]
pub fn assert_near(value: f64, expected: f64, within: f64) {
    assert!((value - expected).abs() <= within, "{value} is not {expected}");
}

#[cfg(test)]
mod tests {
    use super::*;

    const EULER: f64 = 0.577_215_664_901_532_9;

    #[test]
    fn digamma_and_gamma_are_those_of_whole_and_half_numbers() {
        let mut harmonic = 0.0;
        let mut factorial = 0.0;
        for n in 1..200u32 {
            assert_near(psi(f64::from(n)), harmonic - EULER, 1e-13);
            assert_near(ln_gamma(f64::from(n)), factorial, 1e-12 * (1.0 + factorial));
            harmonic += 1.0 / f64::from(n);
            factorial += ln(f64::from(n));
        }
        assert_near(psi(0.5), -EULER - 2.0 * ln(2.0), 1e-13);
        assert_near(ln_gamma(0.5), 0.5 * ln(std::f64::consts::PI), 1e-13);
    }

    #[test]
    fn students_p_values_are_those_of_closed_forms() {
        // One degree of freedom is Cauchy's distribution. Two have a closed form with a root.
        for t in [0.0f64, 0.3, 1.0, 2.5, 40.0] {
            assert_near(student_p(t, 1.0), 1.0 - 2.0 / std::f64::consts::PI * t.atan(), 1e-12);
            assert_near(student_p(-t, 2.0), 1.0 - t / (2.0 + t * t).sqrt(), 1e-12);
        }
        // Many degrees of freedom: the normal distribution's 5 %.
        assert_near(student_p(1.959_964, 1e6), 0.05, 1e-6);
    }

    #[test]
    fn the_incomplete_beta_function_is_the_binomial_tail() {
        // I_x(2, 3) = sum over j >= 2 of binomial(4, j) x^j (1 - x)^(4 - j).
        let x: f64 = 0.3;
        let tail = 6.0 * x * x * 0.49 + 4.0 * x * x * x * 0.7 + x * x * x * x;
        assert_near(incomplete_beta(x, 2.0, 3.0), tail, 1e-13);
        assert_near(incomplete_beta(0.9, 2.0, 3.0) + incomplete_beta(0.1, 3.0, 2.0), 1.0, 1e-13);
    }
}
