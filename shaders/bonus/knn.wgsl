// Particle entropy as a stream: the value is ln(1 + d / unit), where d is the distance to the k-th nearest of the points that the instance
// stored before, or the mean distance of the k nearest. It is 0 while fewer than k are stored.
// Class: Exact.

#import shaders/bonus/ring.wgsl

const KNN_MEAN: u32 = NUMBER_OF_BONUS;
const KNN_UNIT: u32 = NUMBER_OF_BONUS + 1u;
const KNN_PLACES: u32 = NUMBER_OF_BONUS + 2u;
const KNN_BITS: u32 = NUMBER_OF_BONUS + 3u;
const KNN_LN_UNIT: u32 = NUMBER_OF_BONUS + 4u;
const KNN_LN_TABLE: u32 = NUMBER_OF_BONUS + 5u;

// The table of logarithms: bits of the index, and bits between two entries.
const LN_BITS: u32 = 11u;
const LN_BETWEEN: u32 = 13u;
// ln 2 in units of 2^-28.
const LN_2: u32 = 186065279u;

/// ln(x / 2^places), x > 0 and x / 2^places >= 1, in units of 2^-28. Off by less than 2^-22.
fn knn_ln(x: u32, places: u32) -> u32 {
    let table = params[PARAM_FIRST] + points_number(KNN_LN_TABLE);
    let zeros = countLeadingZeros(x);
    let mantissa = x << zeros << 1u;
    let at = table + (mantissa >> (32u - LN_BITS));
    let between = mantissa >> (32u - LN_BITS - LN_BETWEEN) & ((1u << LN_BETWEEN) - 1u);
    let part = params[at] + (((params[at + 1u] - params[at]) * between) >> LN_BETWEEN);
    return (31u - zeros - places) * LN_2 + part;
}

/// ln(1 + mean of distances / unit) of near[first..end], in units of 2^-20.
fn ln_one_plus(first: u32, end: u32) -> i32 {
    let largest = distance_of(near[end - 1u]).y;
    let places = min(points_number(KNN_PLACES), largest - points_number(KNN_BITS));
    var sum = points_number(KNN_UNIT) << places;
    for (var k = first; k < end; k++) {
        let root = distance_of(near[k]);
        sum += root.x >> (root.y - places);
    }
    return i32((knn_ln(sum, places) - points_number(KNN_LN_UNIT) + 128u) >> 8u);
}

fn knn_value(at: u32) -> i32 {
    let found = ring_nearest(at);
    let wanted = points_number(NUMBER_NEAREST);
    if found < wanted {
        return 0;
    }
    let first = select(wanted - 1u, 0u, points_number(KNN_MEAN) == 1u);
    return ln_one_plus(first, wanted);
}

fn bonus_begin(what: Transition, at: u32) {
    ring_begin(at);
    make_point(what.obs);
    ring_store(at);
}

fn bonus_visit(what: Transition, at: u32) -> Outcome {
    let value = bonus_peek(what, at);
    ring_store(at);
    return Outcome(value, 0u);
}

fn bonus_peek(what: Transition, at: u32) -> i32 {
    make_point(what.obs);
    return knn_value(at);
}
