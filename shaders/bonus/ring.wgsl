// The last points of an instance, and the search for the nearest of them. Memory: the number of stored points, the index of the next one,
// then the points, two integers a word.
// Class: Exact.
// The kernel declares `memory`.

#import shaders/bonus/points.wgsl

const RING_MAX_NEAREST: u32 = 16u;
const RING_STORED: u32 = 0u;
const RING_NEXT: u32 = 1u;
const RING_POINTS: u32 = 2u;

var<private> near: array<u32, RING_MAX_NEAREST>;

/// Begins an episode. The ring's words begin at `ring`.
fn ring_begin(ring: u32) {
    if points_number(NUMBER_EPISODIC) == 1u {
        memory[ring + RING_STORED] = 0u;
        memory[ring + RING_NEXT] = 0u;
    }
}

/// Stores `point` in place of the oldest.
fn ring_store(ring: u32) {
    let words = (points_number(NUMBER_DIMS) + 1u) / 2u;
    let capacity = points_number(NUMBER_CAPACITY);
    let at = ring + RING_POINTS + memory[ring + RING_NEXT] * words;
    for (var w = 0u; w < words; w++) {
        memory[at + w] = bitcast<u32>(point[2u * w]) & 0xffffu | bitcast<u32>(point[2u * w + 1u]) << 16u;
    }
    memory[ring + RING_STORED] = min(memory[ring + RING_STORED] + 1u, capacity);
    let next = memory[ring + RING_NEXT] + 1u;
    memory[ring + RING_NEXT] = select(next, 0u, next == capacity);
}

/// Writes the squared distances of the stored points that are nearest to `point`, ascending, to `near`. Returns their number.
fn ring_nearest(ring: u32) -> u32 {
    let words = (points_number(NUMBER_DIMS) + 1u) / 2u;
    let nearest = points_number(NUMBER_NEAREST);
    let stored = memory[ring + RING_STORED];
    for (var s = 0u; s < stored; s++) {
        let at = ring + RING_POINTS + s * words;
        var square = 0u;
        for (var w = 0u; w < words; w++) {
            let both = bitcast<i32>(memory[at + w]);
            square = add_square(square, point[2u * w], (both << 16u) >> 16u);
            square = add_square(square, point[2u * w + 1u], both >> 16u);
        }
        if s >= nearest && square >= near[nearest - 1u] {
            continue;
        }
        var place = min(s, nearest - 1u);
        while place > 0u && near[place - 1u] > square {
            near[place] = near[place - 1u];
            place -= 1u;
        }
        near[place] = square;
    }
    return min(stored, nearest);
}
