//! The natural logarithm from + - * / alone. Choices depend on it, so it must have the same bits on every machine.

/// ln 2.
const LN_2: f64 = std::f64::consts::LN_2;

/// ln x of a positive normal number x = 2^k m, with m from 1/sqrt 2 to sqrt 2. ln m = 2 artanh((m - 1) / (m + 1)) is computed as a series
/// of 15 terms, with an error below 2^-60.
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut power = (bits >> 52) as i64 - 1023;
    let mut m = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if m > std::f64::consts::SQRT_2 {
        (m, power) = (m / 2.0, power + 1);
    }
    let z = (m - 1.0) / (m + 1.0);
    let square = z * z;
    let series = (0..15).rev().fold(0.0, |sum, k| sum * square + 1.0 / f64::from(2 * k + 1));
    power as f64 * LN_2 + 2.0 * z * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "what it is compared with")]
    fn it_is_the_logarithm() {
        let mut x = 1e-9;
        while x < 1e15 {
            assert!((ln(x) - x.ln()).abs() <= 4.0 * f64::EPSILON * x.ln().abs().max(1.0), "{x}: {} {}", ln(x), x.ln());
            x *= 1.000_37;
        }
        assert_eq!(ln(1.0), 0.0);
    }
}
