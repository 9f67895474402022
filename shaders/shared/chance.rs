//! Random numbers from random words, as in numpy's legacy `RandomState`. The rules are the same for every stream of words.

/// A source of random 32-bit words.
pub trait Chance {
    /// Sets the entity whose draws follow. Only counter-based streams use it.
    fn turn(&mut self, entity: u32);

    /// The next 32-bit word.
    fn word(&mut self) -> u32;

    /// `uniform()`: 53 bits k of the double k / 2^53; takes two words.
    #[inline]
    fn uniform53(&mut self) -> u64 {
        let a = self.word() >> 5;
        let b = self.word() >> 6;
        u64::from(a) << 26 | u64::from(b)
    }

    /// `randint(0, n)`: masked rejection over single words; takes no word if `n` is 1.
    #[inline]
    fn randint(&mut self, n: u32) -> u32 {
        debug_assert!(n > 0, "randint needs a range");
        let max = n - 1;
        if max == 0 {
            return 0;
        }
        let mask = u32::MAX >> max.leading_zeros();
        loop {
            let word = self.word() & mask;
            if word <= max {
                return word;
            }
        }
    }
}

/// 2^53: `uniform()` is `uniform53()` over this.
pub const UNIT: f64 = 9_007_199_254_740_992.0;

/// Least k with k / 2^53 >= p: `uniform() < p` is `uniform53() < at_least(p)`.
pub fn at_least(p: f64) -> u64 {
    (p * UNIT).ceil() as u64
}

/// Greatest k with k / 2^53 <= p: `uniform() > p` is `uniform53() > at_most(p)`, `uniform() <= p` is `uniform53() <= at_most(p)`.
pub fn at_most(p: f64) -> u64 {
    (p * UNIT).floor() as u64
}
