// The running standard deviation of the values of one column of an instance, in exact integers. Memory: the number of values, their sum
// (two words, signed), the sum of their squares (three words). Numbers of four words are Rust's u128 in the twin.
// Class: Exact.
// The kernel declares `memory`.

#import shaders/shared/wide.wgsl
#import shaders/bonus/roots.wgsl

const RMS_WORDS: u32 = 6u;
const RMS_MAX: u32 = 0x80000u;
const RMS_PARTS: u32 = 10000u;
// 1e-8 in units of 2^-40, added to the variance.
const RMS_EPSILON: u32 = 10995u;
// 10 in units of 2^-20: the largest absolute value of a divided value.
const RMS_CLIP: u32 = 10485760u;
const MAX_VALUE: u32 = 0x7fffffffu;

/// Absolute value of an i32's bits.
fn size_of(value: i32) -> u32 {
    let bits = bitcast<u32>(value);
    return select(bits, 0u - bits, value < 0);
}

/// `a` shifted left by `by`, right if that is negative; |by| < 128.
fn shift_128(a: vec4<u32>, by: i32) -> vec4<u32> {
    var out = vec4<u32>(0u);
    let places = u32(abs(by));
    let words = i32(places >> 5u);
    let bits = places & 31u;
    for (var k = 0; k < 4; k++) {
        let source = select(k + words, k - words, by >= 0);
        let other = select(source + 1, source - 1, by >= 0);
        let near_word = word_of(a, source);
        let far_word = word_of(a, other);
        if bits == 0u {
            out[k] = near_word;
        } else if by >= 0 {
            out[k] = near_word << bits | far_word >> (32u - bits);
        } else {
            out[k] = near_word >> bits | far_word << (32u - bits);
        }
    }
    return out;
}

/// Word `k`; 0 if there is none.
fn word_of(a: vec4<u32>, k: i32) -> u32 {
    if k < 0 || k > 3 {
        return 0u;
    }
    return a[k];
}

/// Returns min(a / by, i32::MAX), with `by` from 1 to 2^31.
fn divide_128(a: vec4<u32>, by: u32) -> u32 {
    var rest = 0u;
    var quotient = 0u;
    var over = false;
    for (var k = 0u; k < 128u; k++) {
        let word = 3u - (k >> 5u);
        // The rest is below 2^31, so there is room for one more bit.
        rest = rest << 1u | (a[word] >> (31u - (k & 31u)) & 1u);
        over = over || (quotient >> 30u) != 0u;
        quotient <<= 1u;
        if rest >= by {
            rest -= by;
            quotient |= 1u;
        }
    }
    return select(quotient, MAX_VALUE, over);
}

/// Adds a value to the statistics. The column's words begin at `at`.
fn rms_take(at: u32, value: i32) {
    let size = size_of(value);
    let bits = bitcast<u32>(value);
    let low = memory[at + 1u] + bits;
    memory[at + 2u] = memory[at + 2u] + bitcast<u32>(value >> 31u) + select(0u, 1u, low < bits);
    memory[at + 1u] = low;
    let squares = add_128(rms_squares(at), vec4<u32>(mul_wide(size, size), 0u, 0u));
    rms_store_squares(at, squares);
    memory[at] += 1u;
    if memory[at] == RMS_MAX {
        rms_halve(at);
    }
}

/// Halves all sums, towards 0.
fn rms_halve(at: u32) {
    memory[at] >>= 1u;
    let half = shift_128(rms_size(at), -1);
    var signed = half.xy;
    if memory[at + 2u] >> 31u == 1u {
        signed = negative_64(half.xy);
    }
    memory[at + 1u] = signed.x;
    memory[at + 2u] = signed.y;
    rms_store_squares(at, shift_128(rms_squares(at), -1));
}

fn negative_64(a: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(0u - a.x, ~a.y + select(0u, 1u, a.x == 0u));
}

/// Absolute value of the sum.
fn rms_size(at: u32) -> vec4<u32> {
    let sum = vec2<u32>(memory[at + 1u], memory[at + 2u]);
    if memory[at + 2u] >> 31u == 1u {
        return vec4<u32>(negative_64(sum), 0u, 0u);
    }
    return vec4<u32>(sum, 0u, 0u);
}

fn rms_squares(at: u32) -> vec4<u32> {
    return vec4<u32>(memory[at + 3u], memory[at + 4u], memory[at + 5u], 0u);
}

fn rms_store_squares(at: u32, squares: vec4<u32>) {
    memory[at + 3u] = squares.x;
    memory[at + 4u] = squares.y;
    memory[at + 5u] = squares.z;
}

/// Returns `value` / sqrt(variance + epsilon), clipped, in units of 2^-20, with a relative error below 2^-28, then truncated towards 0.
fn rms_divide(at: u32, value: i32) -> i32 {
    let parts = vec4<u32>(RMS_PARTS, 0u, 0u, 0u);
    let total = add_128(vec4<u32>(mul_wide(memory[at], RMS_PARTS), 0u, 0u), vec4<u32>(1u, 0u, 0u, 0u));
    // total^2 times (variance + epsilon), in units of 2^-40: total (2^40 + parts S2 + epsilon total) - (parts S1)^2.
    let sum = mul_128(rms_size(at), parts);
    let floor = add_128(vec4<u32>(0u, 256u, 0u, 0u), mul_128(total, vec4<u32>(RMS_EPSILON, 0u, 0u, 0u)));
    let inner = add_128(mul_128(rms_squares(at), parts), floor);
    let spread = add_128(mul_128(total, inner), add_128(~mul_128(sum, sum), vec4<u32>(1u, 0u, 0u, 0u)));
    let half = leading_zeros_128(spread) >> 1u;
    let top = shift_128(spread, i32(2u * half)).w;
    // The deviation is root * 2^(33 - half) / total, in units of 2^-20.
    let root = fine_root(top);
    let size = mul_128(vec4<u32>(size_of(value), 0u, 0u, 0u), total);
    let scaled = shift_128(size, i32(half) - 13);
    let quotient = i32(min(divide_128(scaled, root), RMS_CLIP));
    return select(quotient, -quotient, value < 0);
}

fn leading_zeros_128(a: vec4<u32>) -> u32 {
    for (var k = 3; k > 0; k--) {
        if a[k] != 0u {
            return u32(3 - k) * 32u + countLeadingZeros(a[k]);
        }
    }
    return 96u + countLeadingZeros(a[0]);
}
