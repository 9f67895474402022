// E3B on fixed features: the bonus of features h is `h' A^-1 h` with `A = ridge I + sum of h h'` over the earlier observations.
// Class: Tolerance, 1e-3 of the value (see e3b.rs for when), because the rounding of the elimination depends on the device.
// The memory is exact.

#import shaders/bonus/points.wgsl

const E3B_MAX_DIMS: u32 = 16u;
const E3B_ENTRIES: u32 = 136u;
const E3B_MAX: f32 = 2047.0;
const E3B_RIDGE: u32 = NUMBER_OF_BONUS;

/// Adds the products of `point` to the sums, which begin at `sums`.
fn e3b_take(sums: u32) {
    let dims = points_number(NUMBER_DIMS);
    var at = sums;
    for (var j = 0u; j < dims; j++) {
        for (var k = 0u; k <= j; k++) {
            let product = point[j] * point[k];
            let low = memory[at] + bitcast<u32>(product);
            let carry = select(0u, 1u, low < bitcast<u32>(product));
            memory[at + 1u] = memory[at + 1u] + bitcast<u32>(product >> 31u) + carry;
            memory[at] = low;
            at += 2u;
        }
    }
}

/// Index of row i, column j <= i.
fn e3b_entry(i: u32, j: u32) -> u32 {
    return i * (i + 1u) / 2u + j;
}

/// Converts a signed number of two words. It converts the absolute value, because near 0 the low word of a negative number is large.
fn e3b_sum_of(low: u32, high: u32) -> f32 {
    let negative = high >> 31u == 1u;
    var l = low;
    var h = high;
    if negative {
        l = 0u - low;
        h = ~high + select(0u, 1u, low == 0u);
    }
    let size = f32(h) * 4294967296.0 + f32(l);
    return select(size, -size, negative);
}

fn e3b_value(sums: u32) -> i32 {
    let dims = points_number(NUMBER_DIMS);
    let ridge = bitcast<f32>(points_number(E3B_RIDGE));
    var matrix: array<f32, E3B_ENTRIES>;
    var rest: array<f32, E3B_MAX_DIMS>;
    var at = 0u;
    for (var i = 0u; i < dims; i++) {
        rest[i] = f32(point[i]);
        for (var j = 0u; j <= i; j++) {
            matrix[at] = e3b_sum_of(memory[sums + 2u * at], memory[sums + 2u * at + 1u]);
            if i == j {
                matrix[at] += ridge;
            }
            at += 1u;
        }
    }
    var bonus = 0.0;
    for (var k = 0u; k < dims; k++) {
        let pivot = max(matrix[e3b_entry(k, k)], ridge);
        bonus += rest[k] * rest[k] / pivot;
        for (var i = k + 1u; i < dims; i++) {
            let factor = matrix[e3b_entry(i, k)] / pivot;
            rest[i] -= factor * rest[k];
            for (var j = k + 1u; j <= i; j++) {
                matrix[e3b_entry(i, j)] -= factor * matrix[e3b_entry(j, k)];
            }
        }
    }
    return i32(min(bonus, E3B_MAX) * 1048576.0 + 0.5);
}

fn bonus_begin(what: Transition, at: u32) {
    if points_number(NUMBER_EPISODIC) == 1u {
        for (var w = 0u; w < params[PARAM_MEMORY]; w++) {
            memory[at + w] = 0u;
        }
    }
    make_point(what.obs);
    e3b_take(at);
}

fn bonus_visit(what: Transition, at: u32) -> Outcome {
    let value = bonus_peek(what, at);
    e3b_take(at);
    return Outcome(value, 0u);
}

fn bonus_peek(what: Transition, at: u32) -> i32 {
    make_point(what.obs);
    return e3b_value(at);
}
