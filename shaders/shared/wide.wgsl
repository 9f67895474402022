// Products wider than a word.

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

/// a * b of numbers of four words, low word first, without what overflows.
fn mul_128(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
    var sum = vec4<u32>(0u);
    for (var i = 0u; i < 4u; i++) {
        var carry = 0u;
        for (var j = 0u; i + j < 4u; j++) {
            let product = mul_wide(a[i], b[j]);
            let first = sum[i + j] + product.x;
            let second = first + carry;
            // Product, sum and carry together stay below 2^64: the high word has room for both.
            carry = product.y + select(0u, 1u, first < product.x) + select(0u, 1u, second < carry);
            sum[i + j] = second;
        }
    }
    return sum;
}

/// a + b of numbers of four words.
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

/// The word pair (low, high) turned right by 0 to 63 bits.
fn rotate_right_64(pair: vec2<u32>, by: u32) -> vec2<u32> {
    let turned = select(pair, pair.yx, by >= 32u);
    let bits = by & 31u;
    if bits == 0u {
        return turned;
    }
    return vec2<u32>(turned.x >> bits | turned.y << (32u - bits), turned.y >> bits | turned.x << (32u - bits));
}
