// Logarithms, roots and reciprocals in integers. `qK` in a name means units of 2^-K. The tables are in `params`, from the index in the word
// PARAM_TABLES on.

#import shaders/bonus/params.wgsl
#import shaders/shared/wide.wgsl

const FIXED_LN: u32 = 0u;
const FIXED_EXPONENT: u32 = 4097u;
const FIXED_GAIN: u32 = 4161u;
const FIXED_STEP: u32 = 5186u;
const FIXED_WORDS: u32 = 6211u;
const FIXED_DIRECT: u32 = 1024u;

fn fixed_word(at: u32) -> u32 {
    return params[params[PARAM_TABLES] + at];
}

/// 1 / n for n > 0, rounded to the nearest.
fn inv_q20(n: u32) -> u32 {
    return ((1u << 20u) + n / 2u) / n;
}

/// 1 / sqrt(n) for n > 0, rounded to the nearest.
fn inv_sqrt_q20(n: u32) -> u32 {
    // Twice the root of 2^40 / n, rounded down.
    let twice = isqrt_64(div_64(vec2<u32>(0u, 1u << 10u), vec2<u32>(n, 0u)));
    return (twice + 1u) >> 1u;
}

/// ln n for n > 0.
fn ln_q24(n: u32) -> u32 {
    return ln_wide_q24(vec2<u32>(n, 0u));
}

/// ln n for n > 0.
fn ln_wide_q24(n: vec2<u32>) -> u32 {
    let lead = leading_zeros_64(n);
    var mantissa = n.x << (lead & 31u);
    if lead == 0u {
        mantissa = n.y;
    } else if lead < 32u {
        mantissa = n.y << lead | n.x >> (32u - lead);
    }
    let k = mantissa >> 19u & 0xfffu;
    let part = mantissa >> 4u & 0x7fffu;
    let low = fixed_word(FIXED_LN + k);
    let high = fixed_word(FIXED_LN + k + 1u);
    let ln = fixed_word(FIXED_EXPONENT + 63u - lead) + low + (((high - low) * part + 0x4000u) >> 15u);
    return (ln + 2u) >> 2u;
}

/// c ln c, and 0 for 0.
fn c_ln_c_q24(c: u32) -> vec2<u32> {
    if c == 0u {
        return vec2<u32>(0u);
    }
    return mul_wide(c, ln_q24(c));
}

/// ln(1 + x) of an x in units of 2^-16, below 2^63.
fn ln1p_q20(x: vec2<u32>) -> u32 {
    return (ln_wide_q24(add_64(x, vec2<u32>(0x10000u, 0u))) - ln_q24(0x10000u) + 8u) >> 4u;
}

/// psi(x + 1) - ln x for integers x > 0.
fn gain_q30(x: u32) -> u32 {
    if x <= FIXED_DIRECT {
        return fixed_word(FIXED_GAIN + x);
    }
    return ((1u << 29u) + x / 2u) / x - 89478485u / x / x;
}

/// ln((x + 1) / x) for integers x > 0.
fn step_q30(x: u32) -> u32 {
    if x <= FIXED_DIRECT {
        return fixed_word(FIXED_STEP + x);
    }
    return ((1u << 30u) + x / 2u) / x - (1u << 29u) / x / x;
}

/// Converts units of 2^-24 to units of 2^-20; halves go up.
fn q24_to_q20(x: i32) -> i32 {
    return (x + 8) >> 4u;
}

/// Converts units of 2^-30 to units of 2^-20; halves go up.
fn q30_to_q20(x: i32) -> i32 {
    return (x + 512) >> 10u;
}
