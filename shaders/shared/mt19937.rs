//! numpy's `RandomState`: MT19937 (Matsumoto and Nishimura 1998), seeded by one integer, stored in [`WORDS`] words.
//!
//! Words are twisted one at a time, when they are drawn, instead of all at once when the position passes the end. So no step of an instance
//! has the cost of 624 words. The words before the position belong to the present generation, those from it on to the last one;
//! [`numpy_state`] finishes the twist and returns what numpy would show.

use super::chance::Chance;

/// 624 words of state and the position.
pub const WORDS: usize = N + 1;
/// Words of the generator proper.
pub const N: usize = 624;
const M: usize = 397;
const MATRIX: u32 = 0x9908_b0df;

/// `RandomState(seed)` for one 32-bit seed: init_genrand, position at the end.
pub fn seed(state: &mut [u32], seed: u32) {
    let mut word = seed;
    state[0] = word;
    for (i, slot) in state[1..N].iter_mut().enumerate() {
        word = 1_812_433_253u32.wrapping_mul(word ^ (word >> 30)).wrapping_add(i as u32 + 1);
        *slot = word;
    }
    state[N] = N as u32;
}

#[inline]
fn twist(here: u32, next: u32, far: u32) -> u32 {
    let y = (here & 0x8000_0000) | (next & 0x7fff_ffff);
    far ^ (y >> 1) ^ (0u32.wrapping_sub(y & 1) & MATRIX)
}

#[inline]
fn temper(word: u32) -> u32 {
    let mut y = word;
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c_5680;
    y ^= (y << 15) & 0xefc6_0000;
    y ^ (y >> 18)
}

/// A stream over the state words of one instance.
pub struct Mt19937<'a>(&'a mut [u32; WORDS]);

impl<'a> Mt19937<'a> {
    /// # Panics
    /// If `state` is not [`WORDS`] long.
    pub fn new(state: &'a mut [u32]) -> Self {
        Mt19937(state.try_into().expect("an MT19937 state has 625 words"))
    }

    /// Draws and discards `n` words.
    pub fn skip(&mut self, n: usize) {
        for _ in 0..n {
            self.advance();
        }
    }

    #[inline]
    fn advance(&mut self) -> u32 {
        let mt = &mut *self.0;
        let at = if mt[N] >= N as u32 { 0 } else { mt[N] as usize };
        let next = if at + 1 == N { 0 } else { at + 1 };
        let far = if at + M >= N { at + M - N } else { at + M };
        let word = twist(mt[at], mt[next], mt[far]);
        mt[at] = word;
        mt[N] = at as u32 + 1;
        word
    }
}

impl Chance for Mt19937<'_> {
    #[inline]
    fn turn(&mut self, _entity: u32) {}

    #[inline]
    fn word(&mut self) -> u32 {
        temper(self.advance())
    }
}

/// The 624 words and the position that `RandomState.get_state()` shows.
pub fn numpy_state(state: &[u32]) -> ([u32; N], u32) {
    let mut words: [u32; N] = state[..N].try_into().expect("an MT19937 state has 625 words");
    let position = state[N];
    for at in position as usize..N {
        words[at] = twist(words[at], words[(at + 1) % N], words[(at + M) % N]);
    }
    (words, position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_numpy_prints() {
        // numpy 2.4: r = RandomState(1234); r.randint(0, 2**32, 3, 'uint32'); r.uniform(); r.randint(0, 17) x 6
        let mut state = [0; WORDS];
        seed(&mut state, 1234);
        let mut mt = Mt19937::new(&mut state);
        let golden = include!("mt19937_golden.in");
        for expected in golden.0 {
            assert_eq!(mt.word(), expected);
        }
        assert_eq!((mt.uniform53() as f64) / 9_007_199_254_740_992.0, golden.1);
        for expected in golden.2 {
            assert_eq!(mt.randint(17), expected);
        }
        mt.skip(3000);
        assert_eq!(mt.word(), golden.3);
        let (words, position) = numpy_state(&state);
        assert_eq!((words[0], words[300], words[623], position), golden.4);
    }
}
