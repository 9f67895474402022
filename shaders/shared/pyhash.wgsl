// CPython's `hash((a, b))` of two ints, the source of Crafter's episode seeds. 64-bit numbers are pairs of words, low word first.

#import shaders/shared/wide.wgsl

fn negate_64(a: vec2<u32>) -> vec2<u32> {
    return add_64(~a, vec2<u32>(1u, 0u));
}

/// `hash(value)` of a Python int: the value modulo 2^61 - 1 with the sign kept, and -2 in place of -1.
fn hash_int(value: vec2<u32>) -> vec2<u32> {
    let negative = (value.y >> 31u) == 1u;
    let size = select(value, negate_64(value), negative);
    // 2^61 is 1 modulo 2^61 - 1.
    var residue = add_64(vec2<u32>(size.x, size.y & 0x1fffffffu), vec2<u32>(size.y >> 29u, 0u));
    let past = residue.y > 0x1fffffffu || (residue.y == 0x1fffffffu && residue.x == 0xffffffffu);
    if past {
        residue = add_64(residue, negate_64(vec2<u32>(0xffffffffu, 0x1fffffffu)));
    }
    let signed = select(residue, negate_64(residue), negative);
    if signed.x == 0xffffffffu && signed.y == 0xffffffffu {
        return vec2<u32>(0xfffffffeu, 0xffffffffu);
    }
    return signed;
}

/// `hash((seed, episode)) % (2**31 - 1)` with Python's floor modulo.
fn episode_seed(seed: vec2<u32>, episode: u32) -> u32 {
    let prime_1 = vec2<u32>(0x85ebca87u, 0x9e3779b1u);
    let prime_2 = vec2<u32>(0x27d4eb4fu, 0xc2b2ae3du);
    let prime_5 = vec2<u32>(0x165667c5u, 0x27d4eb2fu);
    var acc = prime_5;
    for (var lane = 0u; lane < 2u; lane++) {
        let value = select(vec2<u32>(episode, 0u), hash_int(seed), lane == 0u);
        acc = add_64(acc, mul_64(value, prime_2));
        acc = rotate_right_64(acc, 33u);
        acc = mul_64(acc, prime_1);
    }
    acc = add_64(acc, vec2<u32>(prime_5.x ^ 3527539u ^ 2u, prime_5.y));
    if acc.x == 0xffffffffu && acc.y == 0xffffffffu {
        acc = vec2<u32>(1546275796u, 0u);
    }
    let negative = (acc.y >> 31u) == 1u;
    let residue = modulo_31(select(acc, negate_64(acc), negative));
    return select(residue, (0x7fffffffu - residue) % 0x7fffffffu, negative);
}

/// A number modulo 2^31 - 1: three parts of 31 bits, since 2^31 is 1.
fn modulo_31(a: vec2<u32>) -> u32 {
    let parts = vec3<u32>(a.x & 0x7fffffffu, a.x >> 31u | (a.y & 0x3fffffffu) << 1u, a.y >> 30u);
    let sum = (parts.x % 0x7fffffffu + parts.y % 0x7fffffffu) % 0x7fffffffu;
    return (sum + parts.z) % 0x7fffffffu;
}
