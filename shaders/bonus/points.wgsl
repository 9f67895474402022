// Points: the form of observations for bonuses that measure distances, and the integer arithmetic that these bonuses share.
// Class: Exact.
// The kernel declares `inputs` (observations, row by row) and `params`.

#import shaders/bonus/transition.wgsl

const POINTS_MAX_DIMS: u32 = 32u;
// Numbers of a bonus over points. The tables follow them.
const NUMBER_FIRST_BYTE: u32 = 0u;
const NUMBER_N_BYTES: u32 = 1u;
const NUMBER_DIMS: u32 = 2u;
const NUMBER_IDENTITY: u32 = 3u;
const NUMBER_EPISODIC: u32 = 4u;
const NUMBER_CAPACITY: u32 = 5u;
const NUMBER_NEAREST: u32 = 6u;
const NUMBER_VALUES: u32 = 7u;
const NUMBER_OF_BONUS: u32 = 8u;
const NUMBER_WORDS: u32 = 16u;

#import shaders/bonus/roots.wgsl

var<private> point: array<i32, POINTS_MAX_DIMS>;

/// Number `k` of the bonus.
fn points_number(k: u32) -> u32 {
    return params[params[PARAM_FIRST] + k];
}

/// Computes the point of the observation that begins at `obs` in `inputs`, and writes it to `point`; the integers from `dims` on are 0.
fn make_point(obs: u32) {
    let first_byte = points_number(NUMBER_FIRST_BYTE);
    let n_bytes = points_number(NUMBER_N_BYTES);
    let dims = points_number(NUMBER_DIMS);
    let identity = points_number(NUMBER_IDENTITY) == 1u;
    let rows = points_number(NUMBER_VALUES);
    let table = params[PARAM_FIRST] + NUMBER_WORDS;
    let words = (dims + 3u) / 4u;
    for (var d = 0u; d < POINTS_MAX_DIMS; d++) {
        point[d] = 0;
    }
    for (var b = 0u; b < n_bytes; b++) {
        let at = first_byte + b;
        let value = inputs[obs + (at >> 2u)] >> (8u * (at & 3u)) & 255u;
        if identity {
            point[b] = i32(value);
            continue;
        }
        let row_of_value = (b * rows + min(value, rows - 1u)) * words;
        for (var d = 0u; d < dims; d++) {
            let word = params[table + row_of_value + (d >> 2u)];
            point[d] += extractBits(bitcast<i32>(word), 8u * (d & 3u), 8u);
        }
    }
}

/// Adds the square of the difference of two integers of 16 bits to `sum`, saturating.
fn add_square(sum: u32, a: i32, b: i32) -> u32 {
    let gap = u32(abs(a - b));
    let total = sum + gap * gap;
    return select(total, 0xffffffffu, total < sum);
}

/// Square root of a squared distance, as (root, places): root / 2^places, the root below 2^31 + 1.
fn distance_of(square: u32) -> vec2<u32> {
    if square == 0u {
        return vec2<u32>(0u, 30u);
    }
    let half = countLeadingZeros(square) >> 1u;
    return vec2<u32>(fine_root(square << (2u * half)), 15u + half);
}
