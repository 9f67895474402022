// numpy's `RandomState`: MT19937. Its 624 words and position are stored in the buffer `stream`, which the kernel declares. This file
// provides chance_turn and chance_word. Words are twisted one at a time, when they are drawn.

const MT_N: u32 = 624u;
const MT_M: u32 = 397u;

/// Index of this instance's first word in `stream`.
var<private> mt_base: u32;

fn chance_turn(entity: u32) {}

/// The next word.
fn chance_word() -> u32 {
    let position = stream[mt_base + MT_N];
    let at = select(position, 0u, position >= MT_N);
    let next = select(at + 1u, 0u, at + 1u == MT_N);
    let far = select(at + MT_M, at + MT_M - MT_N, at + MT_M >= MT_N);
    let y = (stream[mt_base + at] & 0x80000000u) | (stream[mt_base + next] & 0x7fffffffu);
    let word = stream[mt_base + far] ^ (y >> 1u) ^ select(0u, 0x9908b0dfu, (y & 1u) == 1u);
    stream[mt_base + at] = word;
    stream[mt_base + MT_N] = at + 1u;
    return mt_temper(word);
}

fn mt_temper(word: u32) -> u32 {
    var y = word;
    y ^= y >> 11u;
    y ^= (y << 7u) & 0x9d2c5680u;
    y ^= (y << 15u) & 0xefc60000u;
    return y ^ (y >> 18u);
}

/// `RandomState(seed)` for one 32-bit seed: init_genrand, position at the end.
fn mt_seed(base: u32, seed: u32) {
    var word = seed;
    stream[base] = word;
    for (var k = 1u; k < MT_N; k++) {
        word = 1812433253u * (word ^ (word >> 30u)) + k;
        stream[base + k] = word;
    }
    stream[base + MT_N] = MT_N;
}
