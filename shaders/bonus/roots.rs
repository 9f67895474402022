//! Square roots of words.

/// Integer square root, rounded down.
pub fn isqrt(x: u32) -> u32 {
    let (mut root, mut rest, mut bit) = (0u32, x, 1u32 << 30);
    for _ in 0..16 {
        let next = root + bit;
        root >>= 1;
        if rest >= next {
            rest -= next;
            root += bit;
        }
        bit >>= 2;
    }
    root
}

/// Square root of `x`, which must be at least 2^30, in units of 2^-15. The result is 2^30 to 2^31, too large by at most 1.5 units or too
/// small by at most 1.
pub fn fine_root(x: u32) -> u32 {
    let root = isqrt(x);
    // sqrt(root^2 + rest) is root + rest / (2 root), with an error of at most rest^2 / (8 root^3).
    let rest = x - root * root;
    (root << 15) + (rest << 14) / root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_within_their_bounds() {
        let words = (0..20_000u32).map(|k| k.wrapping_mul(2_654_435_761));
        for x in words.chain(0..70_000).chain((1..65_536).flat_map(|r| [r * r - 1, r * r, r * r + 2 * r])).chain([u32::MAX]) {
            let root = u64::from(isqrt(x));
            assert!(root * root <= u64::from(x) && (root + 1) * (root + 1) > u64::from(x), "{x}");
            let fine = x | 1 << 30;
            let exact = f64::from(fine).sqrt() * 32768.0;
            let off = f64::from(fine_root(fine)) - exact;
            assert!((-1.0..=1.5).contains(&off), "{fine}: {off}");
            assert!((1 << 30..=1 << 31).contains(&fine_root(fine)), "{fine}");
        }
    }
}
