//! numpy's `Generator(PCG64(SeedSequence(seed)))`: what gymnasium's `np_random(seed)` gives every environment.
//!
//! PCG64 is O'Neill's 128-bit linear congruential generator with the XSL-RR output ("PCG: a family of simple fast space-efficient
//! statistically good algorithms", 2014). It is stored in [`WORDS`] words: state (4, low word first), increment (4), whether half of the
//! last 64-bit output is still unused, and that half. Their bytes in this order are what the judge's `rng` digests.

use super::chance::Chance;

/// State, increment, has_uint32, uinteger.
pub const WORDS: usize = 10;
const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

/// The generator of one instance while a level is generated or a step is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pcg64 {
    state: u128,
    inc: u128,
    has_uint32: u32,
    uinteger: u32,
}

impl Pcg64 {
    /// The generator seeded as `PCG64(SeedSequence(seed))`.
    pub fn from_seed(seed: u64) -> Self {
        let words = seed_sequence(seed);
        let long = |high: usize| (u128::from(words[high]) << 64) | u128::from(words[high + 1]);
        let mut pcg = Pcg64 { state: 0, inc: long(2) << 1 | 1, has_uint32: 0, uinteger: 0 };
        pcg.advance();
        pcg.state = pcg.state.wrapping_add(long(0));
        pcg.advance();
        pcg
    }

    /// Reads the generator from `words`.
    ///
    /// # Panics
    /// If `words` has fewer than [`WORDS`] words.
    #[inline]
    pub fn load(words: &[u32]) -> Self {
        let long = |at: usize| (0..4).fold(0, |sum, k| sum | u128::from(words[at + k]) << (32 * k));
        Pcg64 { state: long(0), inc: long(4), has_uint32: words[8], uinteger: words[9] }
    }

    /// Writes the generator into `words`.
    ///
    /// # Panics
    /// If `words` has fewer than [`WORDS`] words.
    #[inline]
    pub fn store(&self, words: &mut [u32]) {
        for k in 0..4 {
            words[k] = (self.state >> (32 * k)) as u32;
            words[4 + k] = (self.inc >> (32 * k)) as u32;
        }
        words[8] = self.has_uint32;
        words[9] = self.uinteger;
    }

    #[inline]
    fn advance(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.inc);
    }

    /// Returns 64 random bits. A half that is stored for [`Pcg64::next32`] stays there.
    #[inline]
    pub fn next64(&mut self) -> u64 {
        self.advance();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    /// Returns 32 random bits: the low half of a 64-bit output first, then the high half.
    #[inline]
    pub fn next32(&mut self) -> u32 {
        if self.has_uint32 != 0 {
            self.has_uint32 = 0;
            return self.uinteger;
        }
        let long = self.next64();
        self.has_uint32 = 1;
        self.uinteger = (long >> 32) as u32;
        long as u32
    }

    /// `random()`: k of the double k / 2^53.
    #[inline]
    pub fn random53(&mut self) -> u64 {
        self.next64() >> 11
    }
}

impl Chance for Pcg64 {
    #[inline]
    fn turn(&mut self, _entity: u32) {}

    #[inline]
    fn word(&mut self) -> u32 {
        self.next32()
    }
}

/// How `numpy.random.Generator` makes numbers from words. The rules are the same for every source of words.
pub trait Generator: Chance {
    /// `integers(0, n)`: Lemire's multiplication with rejection; takes no word if `n` is 1.
    #[inline]
    fn below(&mut self, n: u32) -> u32 {
        debug_assert!(n > 0, "integers needs a range");
        if n <= 1 {
            return 0;
        }
        let mut product = u64::from(self.word()) * u64::from(n);
        if (product as u32) < n {
            let threshold = n.wrapping_neg() % n;
            while (product as u32) < threshold {
                product = u64::from(self.word()) * u64::from(n);
            }
        }
        (product >> 32) as u32
    }

    /// `integers(low, high)`, and `choice(range(low, high))`.
    #[inline]
    fn integers(&mut self, low: i32, high: i32) -> i32 {
        low + self.below(high.abs_diff(low)) as i32
    }

    /// numpy's `random_interval`: 0 to `max` inclusive, by rejection under a mask.
    #[inline]
    fn interval(&mut self, max: u32) -> u32 {
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

    /// `shuffle` of a Python list.
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.interval(i as u32) as usize;
            items.swap(i, j);
        }
    }
}

impl<C: Chance> Generator for C {}

const POOL: usize = 4;
const INIT_A: u32 = 0x43b0_d7e5;
const MULT_A: u32 = 0x931e_8875;
const INIT_B: u32 = 0x8b51_f9dd;
const MULT_B: u32 = 0x58f3_8ded;
const MIX_L: u32 = 0xca01_f9dd;
const MIX_R: u32 = 0x4973_f715;

/// A multiplier that changes with every use.
struct Scrambler {
    constant: u32,
    multiplier: u32,
}

impl Scrambler {
    fn scramble(&mut self, value: u32) -> u32 {
        let mixed = value ^ self.constant;
        self.constant = self.constant.wrapping_mul(self.multiplier);
        let mixed = mixed.wrapping_mul(self.constant);
        mixed ^ mixed >> 16
    }
}

fn mix(x: u32, y: u32) -> u32 {
    let mixed = MIX_L.wrapping_mul(x).wrapping_sub(MIX_R.wrapping_mul(y));
    mixed ^ mixed >> 16
}

/// `SeedSequence(seed).generate_state(4, uint64)` (O'Neill's seed_seq with a pool of four words).
fn seed_sequence(seed: u64) -> [u64; 4] {
    let mut pool = [seed as u32, (seed >> 32) as u32, 0, 0];
    let mut first = Scrambler { constant: INIT_A, multiplier: MULT_A };
    for word in &mut pool {
        *word = first.scramble(*word);
    }
    for from in 0..POOL {
        for to in (0..POOL).filter(|to| *to != from) {
            pool[to] = mix(pool[to], first.scramble(pool[from]));
        }
    }
    let mut second = Scrambler { constant: INIT_B, multiplier: MULT_B };
    std::array::from_fn(|k| {
        let low = second.scramble(pool[2 * k % POOL]);
        let high = second.scramble(pool[(2 * k + 1) % POOL]);
        u64::from(low) | u64::from(high) << 32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pcg: &Pcg64) -> [u32; WORDS] {
        let mut words = [0; WORDS];
        pcg.store(&mut words);
        words
    }

    /// `np_random(seed)[0].bit_generator.state` of gymnasium 1.x with numpy 2.4, state and increment cut into words.
    #[test]
    fn seeding_is_that_of_numpy() {
        let printed: [(u64, [u32; 8]); 5] = [
            (0, [0xa695_61e3, 0x0958_5eb7, 0x5996_452d, 0x1aa1_b534, 0x4478_73a9, 0x5881_33bc, 0x3af7_1a82, 0x418d_dadb]),
            (7, [0x6b29_2038, 0x9ae2_415a, 0xe7b1_8891, 0x9d0a_ecc4, 0xc070_d959, 0x6688_7f5a, 0xce8a_cebf, 0xc475_1896]),
            (
                u32::MAX.into(),
                [0x9c86_ba9a, 0xc57a_3ce1, 0x246a_a48c, 0x4c23_3832, 0xe7b7_01fb, 0xad12_d969, 0xf0fe_872c, 0xda95_80da],
            ),
            (
                (1 << 32) + 5,
                [0xe085_a345, 0xece8_058f, 0xdbee_79bf, 0x2931_d0c6, 0x5ac8_73c3, 0xbdd7_51b3, 0xcdb9_ee72, 0x2711_68ff],
            ),
            (u64::MAX, [0x048a_cdb0, 0x4d8b_0a3b, 0x2aeb_de79, 0xddc4_1944, 0xd189_51ed, 0x4ed6_23c7, 0xb3cc_854f, 0x3776_2aac]),
        ];
        for (seed, expected) in printed {
            let pcg = Pcg64::from_seed(seed);
            assert_eq!(words(&pcg)[..8], expected, "seed {seed}");
            assert_eq!(words(&pcg)[8..], [0, 0]);
        }
    }

    /// `PCG64(SeedSequence(7)).random_raw(4)`.
    #[test]
    fn raw_outputs_are_those_of_numpy() {
        let mut pcg = Pcg64::from_seed(7);
        let raw: Vec<u64> = (0..4).map(|_| pcg.next64()).collect();
        assert_eq!(raw, [0xa006_41a9_f1e5_4a8b, 0xe5af_cdbc_af26_6a95, 0xc693_565f_940a_f962, 0x39a7_2dab_d56a_2742]);
    }

    /// g = np_random(1234)[0], then in this order: integers(0, n), integers(-5, 4) six times, random() four times, shuffle of
    /// range(12) and of [0, 1], choice of ranges of 1, 2, 5 and 9 from 3 on, and the state.
    #[test]
    fn numbers_are_those_numpy_prints() {
        let mut pcg = Pcg64::from_seed(1234);
        let bounds = [6, 2, 1, 19, 7, 3, (1 << 31) - 1, u32::MAX];
        assert_eq!(bounds.map(|n| pcg.below(n)), [5, 1, 0, 18, 2, 0, 1_982_656_189, 450_510_477]);
        assert_eq!(pcg.word(), 1_123_960_402, "integers(0, 2**32) is the word itself");
        assert_eq!([3 << 30, 5, 6].map(|n| pcg.below(n)), [1_027_883_572, 2, 0]);
        assert_eq!([0; 6].map(|_: i32| pcg.integers(-5, 4)), [2, -3, 2, -3, 2, 3]);
        let doubles = [0.263_649_804_275_093_77, 0.441_006_122_053_511_4, 0.609_870_809_422_507_5];
        assert_eq!(doubles.map(|_| pcg.random53() as f64 / crate::shaders::shared::chance::UNIT), doubles);
        assert_eq!(pcg.random53(), 7_778_809_098_843_400);
        let mut twelve: Vec<u32> = (0..12).collect();
        pcg.shuffle(&mut twelve);
        assert_eq!(twelve, [5, 10, 9, 8, 6, 2, 11, 0, 7, 1, 3, 4]);
        let mut two = [0, 1];
        pcg.shuffle(&mut two);
        assert_eq!(two, [1, 0]);
        assert_eq!([1, 2, 5, 9].map(|n| pcg.integers(3, 3 + n)), [3, 3, 3, 9]);
        let last = [
            0x96b1_e10b,
            0x2ebf_5f53,
            0x0694_d0de,
            0xd7ca_bf94,
            0x006e_4325,
            0xd0f5_1ce6,
            0x3c7c_ea4e,
            0x50c8_fb16,
            0,
            0xaf06_3c81,
        ];
        assert_eq!(words(&pcg), last);
        assert_eq!(Pcg64::load(&last), pcg);
    }
}
