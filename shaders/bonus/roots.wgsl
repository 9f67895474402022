// Square roots of words.
// Class: Exact.

/// Integer square root, rounded down.
fn isqrt(x: u32) -> u32 {
    var root = 0u;
    var rest = x;
    var bit = 1u << 30u;
    for (var k = 0u; k < 16u; k++) {
        let next = root + bit;
        root >>= 1u;
        if rest >= next {
            rest -= next;
            root += bit;
        }
        bit >>= 2u;
    }
    return root;
}

/// Square root of `x`, which must be at least 2^30, in units of 2^-15. The result is 2^30 to 2^31, too large by at most 1.5 units or too
/// small by at most 1.
fn fine_root(x: u32) -> u32 {
    let root = isqrt(x);
    // sqrt(root^2 + rest) is root + rest / (2 root), with an error of at most rest^2 / (8 root^3).
    let rest = x - root * root;
    return (root << 15u) + (rest << 14u) / root;
}
