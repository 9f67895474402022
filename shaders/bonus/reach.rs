//! The twin of reach.wgsl: integer logarithms of counts. They are the same on every machine, so that an agent may act on them.

/// [`log2`] is in units of 2^-`FRACTION_BITS`.
pub const FRACTION_BITS: u32 = 40;
/// One bit in those units, as a float.
pub const UNITS_PER_BIT: f64 = (1u64 << FRACTION_BITS) as f64;

/// log2(`count`) for `count` > 0 in units of 2^-40, off by at most half a unit and 2^-60.
///
/// The digits are computed one by one: squaring a number between 1 and 2 doubles its logarithm, and the next binary digit is 1 if the
/// square reaches 2. Each squaring drops less than 2^-62 of the number, and the weight of the digit makes this error smaller still.
pub fn log2(count: u64) -> i64 {
    let zeros = count.max(1).leading_zeros();
    let mut mantissa = count.max(1) << zeros;
    let mut digits = i64::from(63 - zeros);
    for _ in 0..=FRACTION_BITS {
        let square = u128::from(mantissa) * u128::from(mantissa);
        let digit = square >> 127;
        mantissa = (square >> (63 + digit)) as u64;
        digits = digits << 1 | digit as i64;
    }
    // One digit more than needed, for rounding.
    (digits + 1) >> 1
}

/// Converts units of 2^-40 to the units of a bonus, 2^-20, to the nearest; halves go up.
pub fn q20(fine: i64) -> i32 {
    let shift = FRACTION_BITS - 20;
    ((fine + (1 << (shift - 1))) >> shift).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

/// The mean over noise indices of log2 of the number of distinct ends, in units of 2^-40 bits; halves go up. `counts` is not empty.
pub fn reach(counts: &[u64]) -> i64 {
    let n = counts.len() as i64;
    (counts.iter().map(|count| log2(*count)).sum::<i64>() + n / 2) / n
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shaders::bonus::ONE;

    #[test]
    fn is_the_logarithm() {
        let wide = (0..64).flat_map(|e| [1u64 << e, (1 << e) | 1, u64::MAX >> (63 - e)]);
        for count in (1..100_000).chain(wide) {
            let off = log2(count) as f64 / UNITS_PER_BIT - (count as f64).log2();
            assert!(off.abs() < 2e-12, "{count}: {off}");
            let off = f64::from(q20(log2(count))) / f64::from(ONE) - (count as f64).log2();
            assert!(off.abs() < 0.5001 / f64::from(ONE), "{count}: {off}");
        }
        for e in 0..64 {
            assert_eq!(log2(1 << e), e << FRACTION_BITS);
        }
    }

    #[test]
    fn products_are_sums() {
        for (a, b) in [(3, 5), (7, 11), (4913, 8191), (1 << 20, 3)] {
            assert!((log2(a) + log2(b) - log2(a * b)).abs() <= 2, "{a} * {b}");
        }
    }

    #[test]
    fn halves_go_up() {
        assert_eq!((q20(1 << 19), q20((1 << 19) - 1), q20(-(1 << 19)), q20(-(1 << 19) - 1)), (1, 0, 0, -1));
    }
}
