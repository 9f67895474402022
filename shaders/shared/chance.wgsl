// Random numbers from random words, as in numpy's legacy `RandomState`. A kernel that imports this file must import a stream too.

#import shaders/shared/wide.wgsl

/// `uniform()`: 53 bits k of k / 2^53, low word first; takes two words.
fn chance_uniform53() -> vec2<u32> {
    let a = chance_word() >> 5u;
    let b = chance_word() >> 6u;
    return vec2<u32>(a << 26u | b, a >> 6u);
}

/// `randint(0, n)`: masked rejection over single words; takes no word if `n` is 1.
fn chance_randint(n: u32) -> u32 {
    let most = n - 1u;
    if most == 0u {
        return 0u;
    }
    let mask = 0xffffffffu >> countLeadingZeros(most);
    loop {
        let word = chance_word() & mask;
        if word <= most {
            return word;
        }
    }
    return 0u;
}

/// `Generator.integers(0, n)`: Lemire's multiplication with rejection; takes no word if `n` is 1.
fn chance_below(n: u32) -> u32 {
    if n <= 1u {
        return 0u;
    }
    let threshold = (0u - n) % n;
    loop {
        let product = mul_wide(chance_word(), n);
        if product.x >= threshold {
            return product.y;
        }
    }
    return 0u;
}
