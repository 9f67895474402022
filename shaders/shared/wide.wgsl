// Numbers wider than a word.

/// Low and high word of a * b, from halves of 16 bits.
fn mul_wide(a: u32, b: u32) -> vec2<u32> {
    let al = a & 0xffffu;
    let ah = a >> 16u;
    let bl = b & 0xffffu;
    let bh = b >> 16u;
    let low = al * bl;
    let one = ah * bl + (low >> 16u);
    let two = al * bh + (one & 0xffffu);
    return vec2<u32>(a * b, ah * bh + (one >> 16u) + (two >> 16u));
}

/// a * b of numbers of four words, low word first, modulo 2^128.
fn mul_128(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
    var sum = vec4<u32>(0u);
    for (var i = 0u; i < 4u; i++) {
        var carry = 0u;
        for (var j = 0u; i + j < 4u; j++) {
            let product = mul_wide(a[i], b[j]);
            let first = sum[i + j] + product.x;
            let second = first + carry;
            // Product, sum and carry together stay below 2^64, so the high word has room for both carries.
            carry = product.y + select(0u, 1u, first < product.x) + select(0u, 1u, second < carry);
            sum[i + j] = second;
        }
    }
    return sum;
}

/// a + b of numbers of four words, modulo 2^128.
fn add_128(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
    var sum = vec4<u32>(0u);
    var carry = 0u;
    for (var i = 0u; i < 4u; i++) {
        let first = a[i] + b[i];
        let second = first + carry;
        carry = select(0u, 1u, first < a[i]) + select(0u, 1u, second < carry);
        sum[i] = second;
    }
    return sum;
}

/// Rotates the word pair (low, high) right by 0 to 63 bits.
fn rotate_right_64(pair: vec2<u32>, by: u32) -> vec2<u32> {
    let turned = select(pair, pair.yx, by >= 32u);
    let bits = by & 31u;
    if bits == 0u {
        return turned;
    }
    return vec2<u32>(turned.x >> bits | turned.y << (32u - bits), turned.y >> bits | turned.x << (32u - bits));
}

/// a < b of pairs of words, low word first.
fn less_64(a: vec2<u32>, b: vec2<u32>) -> bool {
    return a.y < b.y || (a.y == b.y && a.x < b.x);
}

/// a + b, modulo 2^64.
fn add_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < b.x));
}

/// a - b, modulo 2^64.
fn sub_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x));
}

/// a * b, modulo 2^64.
fn mul_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = mul_wide(a.x, b.x);
    return vec2<u32>(low.x, low.y + a.x * b.y + a.y * b.x);
}

/// Number of zeros above the highest one bit; 64 for 0.
fn leading_zeros_64(a: vec2<u32>) -> u32 {
    return select(countLeadingZeros(a.y), 32u + countLeadingZeros(a.x), a.y == 0u);
}

/// a / b, rounded down, for b > 0: long division, bit by bit.
fn div_64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    if a.y == 0u && b.y == 0u {
        return vec2<u32>(a.x / b.x, 0u);
    }
    var quotient = vec2<u32>(0u);
    var rest = vec2<u32>(0u);
    for (var k = 64u - leading_zeros_64(a); k > 0u; k--) {
        let bit = k - 1u;
        let next = select(a.x >> (bit & 31u), a.y >> (bit & 31u), bit >= 32u) & 1u;
        rest = vec2<u32>(rest.x << 1u | next, rest.y << 1u | rest.x >> 31u);
        if !less_64(rest, b) {
            rest = sub_64(rest, b);
            quotient |= select(vec2<u32>(1u << (bit & 31u), 0u), vec2<u32>(0u, 1u << (bit & 31u)), bit >= 32u);
        }
    }
    return quotient;
}

/// The square root of a, rounded down.
fn isqrt_64(a: vec2<u32>) -> u32 {
    var root = 0u;
    for (var k = (65u - leading_zeros_64(a)) / 2u; k > 0u; k--) {
        let larger = root | 1u << (k - 1u);
        if !less_64(a, mul_wide(larger, larger)) {
            root = larger;
        }
    }
    return root;
}
