//! Numbers wider than a word: the functions of `wide.wgsl`, in Rust's own wide integers. Functions there that end in `_64` and are not here
//! are operators of u64: wrapping `+`, `-` and `*`, `/`, `<`, `leading_zeros`, `isqrt`. Where a twin uses u64, the kernel uses a pair of
//! words.

/// Low and high word of a * b.
#[inline]
pub fn mul_wide(a: u32, b: u32) -> [u32; 2] {
    let product = u64::from(a) * u64::from(b);
    [product as u32, (product >> 32) as u32]
}

/// a * b of numbers of four words, low word first, modulo 2^128.
pub fn mul_128(a: [u32; 4], b: [u32; 4]) -> [u32; 4] {
    words(number(a).wrapping_mul(number(b)))
}

/// a + b of numbers of four words, modulo 2^128.
pub fn add_128(a: [u32; 4], b: [u32; 4]) -> [u32; 4] {
    words(number(a).wrapping_add(number(b)))
}

/// Rotates the word pair (low, high) right by 0 to 63 bits.
pub fn rotate_right_64([low, high]: [u32; 2], by: u32) -> [u32; 2] {
    let turned = (u64::from(low) | u64::from(high) << 32).rotate_right(by);
    [turned as u32, (turned >> 32) as u32]
}

fn number(words: [u32; 4]) -> u128 {
    words.iter().rev().fold(0, |sum, word| sum << 32 | u128::from(*word))
}

fn words(number: u128) -> [u32; 4] {
    std::array::from_fn(|k| (number >> (32 * k)) as u32)
}
