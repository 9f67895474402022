// Pseudo-counts from a kernel over near points, as in NGU: for the k nearest points of the episode `u = max(d^2 / m - .008, 0)`,
// `K = 1e-4 / (u + 1e-4)`, `S = sqrt(sum K) + .001`. The value is 1 / S, and 0 if S > 8 or nothing is stored.
// Class: Tolerance, 1e-4 of the value, because the rounding of division, root and fused products depends on the device. The memory is
// exact.

#import shaders/bonus/ring.wgsl

const PSEUDO_FIXED: u32 = NUMBER_OF_BONUS;
const PSEUDO_SEED_LO: u32 = NUMBER_OF_BONUS + 1u;
const PSEUDO_SEED_HI: u32 = NUMBER_OF_BONUS + 2u;
const PSEUDO_SEED_COUNT: u32 = NUMBER_OF_BONUS + 3u;
const PSEUDO_MAX_COUNTED: u32 = 0x40000000u;

// Words of the memory before the ring.
const PSEUDO_SUM_LO: u32 = 0u;
const PSEUDO_SUM_HI: u32 = 1u;
const PSEUDO_COUNT: u32 = 2u;
const PSEUDO_RING: u32 = 3u;

const PSEUDO_APART: f32 = 0.008;
const PSEUDO_EPSILON: f32 = 1e-4;
const PSEUDO_FLOOR: f32 = 0.001;
const PSEUDO_MAX_SIMILAR: f32 = 8.0;
const PSEUDO_TINY: f32 = 1e-8;

/// Returns the words of the running mean after the squared distances of a transition are added.
fn pseudo_taken(at: u32, found: u32) -> vec3<u32> {
    var sum = vec3<u32>(memory[at + PSEUDO_SUM_LO], memory[at + PSEUDO_SUM_HI], memory[at + PSEUDO_COUNT]);
    if points_number(PSEUDO_FIXED) == 1u || sum.z >= PSEUDO_MAX_COUNTED {
        return sum;
    }
    for (var k = 0u; k < found; k++) {
        let low = sum.x + near[k];
        sum.y += select(0u, 1u, low < near[k]);
        sum.x = low;
        sum.z += 1u;
    }
    return sum;
}

fn pseudo_value(found: u32, sum: vec3<u32>) -> i32 {
    if found == 0u {
        return 0;
    }
    let low = sum.x + points_number(PSEUDO_SEED_LO);
    let high = sum.y + points_number(PSEUDO_SEED_HI) + select(0u, 1u, low < sum.x);
    let mean = (f32(high) * 4294967296.0 + f32(low)) / f32(sum.z + points_number(PSEUDO_SEED_COUNT));
    var kernels = 0.0;
    for (var k = 0u; k < found; k++) {
        let apart = max(f32(near[k]) / (mean + PSEUDO_TINY) - PSEUDO_APART, 0.0);
        kernels += PSEUDO_EPSILON / (apart + PSEUDO_EPSILON);
    }
    let similar = sqrt(kernels) + PSEUDO_FLOOR;
    if similar > PSEUDO_MAX_SIMILAR {
        return 0;
    }
    return i32(1.0 / similar * 1048576.0 + 0.5);
}

fn bonus_begin(what: Transition, at: u32) {
    let ring = at + PSEUDO_RING;
    ring_begin(ring);
    make_point(what.obs);
    ring_store(ring);
}

fn bonus_visit(what: Transition, at: u32) -> Outcome {
    make_point(what.obs);
    let found = ring_nearest(at + PSEUDO_RING);
    let sum = pseudo_taken(at, found);
    memory[at + PSEUDO_SUM_LO] = sum.x;
    memory[at + PSEUDO_SUM_HI] = sum.y;
    memory[at + PSEUDO_COUNT] = sum.z;
    let value = pseudo_value(found, sum);
    ring_store(at + PSEUDO_RING);
    return Outcome(value, 0u);
}

fn bonus_peek(what: Transition, at: u32) -> i32 {
    make_point(what.obs);
    let found = ring_nearest(at + PSEUDO_RING);
    return pseudo_value(found, pseudo_taken(at, found));
}
