// 64-bit hashes of words from 32-bit operations: two Murmur3-style lanes with different seeds, (low, high).

fn hash_new(seed: u32) -> vec2<u32> {
    return vec2<u32>(seed ^ 0x9e3779b9u, seed ^ 0x85ebca6bu);
}

fn hash_word(hash: vec2<u32>, word: u32) -> vec2<u32> {
    let low = word * 0xcc9e2d51u;
    let high = word * 0x239b961bu;
    let mixed = vec2<u32>((low << 15u | low >> 17u) * 0x1b873593u, (high << 16u | high >> 16u) * 0xab0e9789u);
    let x = hash ^ mixed;
    return (x << vec2<u32>(13u) | x >> vec2<u32>(19u)) * 5u + 0xe6546b64u;
}

/// Mixes both lanes into each other: low and high word of the hash of `n_words` words.
fn hash_finish(hash: vec2<u32>, n_words: u32) -> vec2<u32> {
    var lo = hash.x ^ n_words;
    var hi = hash.y ^ n_words;
    lo += hi;
    hi += lo;
    lo = hash_finalize(lo);
    hi = hash_finalize(hi);
    lo += hi;
    hi += lo;
    return vec2<u32>(lo, hi);
}

fn hash_finalize(word: u32) -> u32 {
    var h = word;
    h = (h ^ (h >> 16u)) * 0x85ebca6bu;
    h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
    return h ^ (h >> 16u);
}
