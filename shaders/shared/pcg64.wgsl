// numpy's `Generator(PCG64)`, stored in the buffer `stream`, which the kernel declares: state, increment, has_uint32, uinteger. This file
// provides chance_turn and chance_word. 128-bit numbers are four words, low word first.

#import shaders/shared/wide.wgsl

struct Pcg64 {
    state: vec4<u32>,
    inc: vec4<u32>,
    has_uint32: u32,
    uinteger: u32,
}

var<private> pcg: Pcg64;

/// Reads the generator from the words of `stream` at `base`.
fn pcg_load(base: u32) {
    for (var k = 0u; k < 4u; k++) {
        pcg.state[k] = stream[base + k];
        pcg.inc[k] = stream[base + 4u + k];
    }
    pcg.has_uint32 = stream[base + 8u];
    pcg.uinteger = stream[base + 9u];
}

/// Writes the generator back.
fn pcg_store(base: u32) {
    for (var k = 0u; k < 4u; k++) {
        stream[base + k] = pcg.state[k];
        stream[base + 4u + k] = pcg.inc[k];
    }
    stream[base + 8u] = pcg.has_uint32;
    stream[base + 9u] = pcg.uinteger;
}

/// 64 random bits, low word first.
fn pcg_next64() -> vec2<u32> {
    let multiplier = vec4<u32>(0x9fccf645u, 0x4385df64u, 0x1fc65da4u, 0x2360ed05u);
    pcg.state = add_128(mul_128(pcg.state, multiplier), pcg.inc);
    return rotate_right_64(pcg.state.xy ^ pcg.state.zw, pcg.state.w >> 26u);
}

fn chance_turn(entity: u32) {}

/// Returns the low half of a 64-bit output first, then the high half.
fn chance_word() -> u32 {
    if pcg.has_uint32 != 0u {
        pcg.has_uint32 = 0u;
        return pcg.uinteger;
    }
    let long = pcg_next64();
    pcg.has_uint32 = 1u;
    pcg.uinteger = long.y;
    return long.x;
}
