//! E3B on fixed features (Henaff et al. 2022): the bonus of features h is `h' A^-1 h` with `A = ridge I + sum of h h'` over the earlier
//! observations; h is the point of the observation divided by a unit.
//!
//! The sums of products are stored as exact integers of 64 bits, and elimination solves A again for each transition, with about D^3 / 6
//! products. There is no inverse to update, so no error accumulates however long an episode is, and the stored words are equal on both
//! backends. Only the elimination is in floats. In exact arithmetic a pivot is never below the ridge, so the ridge is its lower bound here.
//!
//! Values are within 1e-3 of the exact ones while the sums stay within about 1e5 ridges (an episode of 10 000 steps with h of length 1).
//! Beyond that, the ridge approaches the rounding error of the sums: values of repeated observations stay exact, those of new ones become
//! less exact.

use super::points::{Limit, MAX_DIMS, Points, number, within};
use super::{Bonus, Counts, Inserts, ONE, Order, Transition};

/// Most integers of a point of this bonus: its matrix must fit into the private memory of an invocation.
pub const MAX_E3B_DIMS: usize = 16;
/// Entries on and below the diagonal.
const ENTRIES: usize = MAX_E3B_DIMS * (MAX_E3B_DIMS + 1) / 2;
/// Largest value.
const MAX: f32 = 2047.0;
const RIDGE: usize = number::OF_BONUS;

/// Options of E3B.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Multiple of the identity with which A begins, on the scale of h; above 0.
    pub ridge: f32,
    /// Whether the sums are cleared when an episode begins.
    pub episodic: bool,
    /// Square of the unit by which points are divided. None: the expected squared length of a projection, so that h has a length near 1.
    pub unit_squared: Option<f32>,
}

impl Default for Options {
    fn default() -> Self {
        Options { ridge: 0.1, episodic: true, unit_squared: None }
    }
}

/// The bonus `e3b`.
#[derive(Clone, Debug)]
pub struct E3b {
    points: Points,
    episodic: bool,
    /// In squared units of the points.
    ridge: f32,
}

impl E3b {
    /// Creates the bonus for these points.
    ///
    /// # Errors
    /// [`Limit`] on more than [`MAX_E3B_DIMS`] dimensions.
    pub fn new(points: Points, options: Options) -> Result<E3b, Limit> {
        within("the dimension of a point of e3b", points.features.dims, 1, MAX_E3B_DIMS)?;
        // Each byte adds one weight to each dimension: half of what distinguishes two bytes.
        let default = if points.features.identity { 1 } else { points.unit_squared() * points.features.n_bytes as u32 / 2 };
        let ridge = options.ridge * options.unit_squared.unwrap_or(default as f32);
        Ok(E3b { points, episodic: options.episodic, ridge })
    }

    /// Adds the products of a point to the sums.
    fn take(&self, point: &[i32; MAX_DIMS], memory: &mut [u32]) {
        let mut at = 0;
        for i in 0..self.points.features.dims {
            for j in 0..=i {
                let product = point[i] * point[j];
                let low = memory[at].wrapping_add(product as u32);
                let carry = u32::from(low < product as u32);
                memory[at + 1] = memory[at + 1].wrapping_add((product >> 31) as u32).wrapping_add(carry);
                memory[at] = low;
                at += 2;
            }
        }
    }

    fn value(&self, point: &[i32; MAX_DIMS], memory: &[u32]) -> i32 {
        let dims = self.points.features.dims;
        let mut matrix = [0.0f32; ENTRIES];
        let mut rest = [0.0f32; MAX_E3B_DIMS];
        let mut at = 0;
        for i in 0..dims {
            rest[i] = point[i] as f32;
            for j in 0..=i {
                matrix[at] = sum_of(memory[2 * at], memory[2 * at + 1]);
                if i == j {
                    matrix[at] += self.ridge;
                }
                at += 1;
            }
        }
        let mut bonus = 0.0f32;
        for k in 0..dims {
            let pivot = matrix[entry(k, k)].max(self.ridge);
            bonus += rest[k] * rest[k] / pivot;
            for i in k + 1..dims {
                let factor = matrix[entry(i, k)] / pivot;
                rest[i] -= factor * rest[k];
                for j in k + 1..=i {
                    matrix[entry(i, j)] -= factor * matrix[entry(j, k)];
                }
            }
        }
        (bonus.min(MAX) * ONE as f32 + 0.5) as i32
    }
}

/// Index of row i, column j <= i.
fn entry(i: usize, j: usize) -> usize {
    i * (i + 1) / 2 + j
}

/// Converts a signed number of two words. It converts the absolute value, because near 0 the low word of a negative number is large.
fn sum_of(low: u32, high: u32) -> f32 {
    let negative = high >> 31 == 1;
    let (mut l, mut h) = (low, high);
    if negative {
        l = 0u32.wrapping_sub(low);
        h = (!high).wrapping_add(u32::from(low == 0));
    }
    let size = h as f32 * 4_294_967_296.0 + l as f32;
    if negative { -size } else { size }
}

impl Bonus for E3b {
    fn order(&self) -> Order {
        Order::ReadBefore
    }

    fn inserts(&self) -> Inserts {
        Inserts::Nothing
    }

    fn memory_words(&self) -> usize {
        self.points.features.dims * (self.points.features.dims + 1)
    }

    fn begin(&self, transition: &Transition, memory: &mut [u32]) {
        if self.episodic {
            for word in memory.iter_mut() {
                *word = 0;
            }
        }
        self.take(&self.points.point(transition.obs), memory);
    }

    fn visit(&self, transition: &Transition, _: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32> {
        let point = self.points.point(transition.obs);
        let value = self.value(&point, memory);
        self.take(&point, memory);
        Ok(value)
    }

    fn peek(&self, transition: &Transition, _: &dyn Counts, memory: &[u32]) -> i32 {
        self.value(&self.points.point(transition.obs), memory)
    }

    fn wgsl(&self) -> &'static str {
        "shaders/bonus/e3b.wgsl"
    }

    fn params(&self) -> Vec<u32> {
        let mut words = self.points.numbers(self.episodic);
        words[RIDGE] = self.ridge.to_bits();
        [&words[..], &self.points.table].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::super::points::Features;
    use super::super::points::tests::{NoTable, bytes, close, observation, packed, visits};
    use super::*;
    use crate::shaders::shared::chance::Chance;
    use crate::shaders::shared::keyed::Keyed;

    fn e3b(points: Points, unit_squared: Option<f32>) -> (E3b, Vec<u32>) {
        let e3b = E3b::new(points, Options { unit_squared, ..Options::default() }).expect("a bonus");
        let memory = vec![0; e3b.memory_words()];
        (e3b, memory)
    }

    #[test]
    fn the_published_numbers() {
        let (e3b, mut memory) = e3b(bytes(2), Some(25.0));
        let states: [&[u8]; 5] = [&[5, 0], &[5, 0], &[0, 5], &[5, 0], &[3, 4]];
        close(&visits(&e3b, &mut memory, &states), &[10.0, 0.909_091, 10.0, 0.476_190, 0.697_947], 1e-5);
        // A new episode, whose first observation adds nothing to the sums.
        e3b.begin(&observation(&[0]), &mut memory);
        close(&visits(&e3b, &mut memory, &[&[5, 0]]), &[10.0], 1e-5);
    }

    #[test]
    fn what_was_seen_of_one_kind_is_counted() {
        let (e3b, mut memory) = e3b(bytes(3), None);
        let same: [&[u8]; 50] = [&[0, 1, 0]; 50];
        let expected: Vec<f64> = (0..50u32).map(|n| 1.0 / (0.1 + f64::from(n))).collect();
        close(&visits(&e3b, &mut memory, &same), &expected, 1e-5);
    }

    /// The reference: the same elimination in f64 over separate sums.
    struct Judge {
        matrix: Vec<Vec<f64>>,
        unit_squared: f64,
    }

    impl Judge {
        fn value(&self, h: &[f64]) -> f64 {
            let (mut a, mut rest, mut sum) = (self.matrix.clone(), h.to_vec(), 0.0);
            for k in 0..h.len() {
                sum += rest[k] * rest[k] / a[k][k];
                for i in k + 1..h.len() {
                    let factor = a[i][k] / a[k][k];
                    rest[i] -= factor * rest[k];
                    (k..h.len()).for_each(|j| a[i][j] -= factor * a[k][j]);
                }
            }
            sum
        }

        fn visit(&mut self, point: &[i32; MAX_DIMS]) -> f64 {
            let h: Vec<f64> = (0..self.matrix.len()).map(|d| f64::from(point[d]) / self.unit_squared.sqrt()).collect();
            let value = self.value(&h);
            for i in 0..h.len() {
                (0..h.len()).for_each(|j| self.matrix[i][j] += h[i] * h[j]);
            }
            value
        }
    }

    fn projected() -> (E3b, Vec<u32>, Judge) {
        let points =
            Points::new(Features { first_byte: 0, n_bytes: 10, values: 32, dims: 16, identity: false }, 10, 5).expect("points");
        let (e3b, memory) = e3b(points, None);
        let matrix = (0..16).map(|i| (0..16).map(|j| if i == j { 0.1 } else { 0.0 }).collect()).collect();
        let unit_squared = f64::from(e3b.ridge) / 0.1;
        (e3b, memory, Judge { matrix, unit_squared })
    }

    /// Three vectors in turn for ten thousand steps. Then a new one, where the ridge is small compared with the sums.
    #[test]
    fn nothing_drifts() {
        let (e3b, mut memory, mut judge) = projected();
        let three: Vec<Vec<u32>> = (0..3u8).map(|k| packed(&[k; 10])).collect();
        let mut worst = 0.0f64;
        for step in 0..10_000 {
            let obs = &three[step % 3];
            let found = f64::from(e3b.visit(&observation(obs), &NoTable, &mut memory).expect("a value")) / f64::from(ONE);
            let exact = judge.visit(&e3b.points.point(obs));
            // A value is whole units of 2^-20.
            worst = worst.max(((found - exact).abs() - 1.0 / f64::from(ONE)) / exact);
        }
        assert!(worst < 1e-4, "{worst}");
        let new = packed(&[9; 10]);
        let found = f64::from(e3b.peek(&observation(&new), &NoTable, &memory)) / f64::from(ONE);
        let exact = judge.visit(&e3b.points.point(&new));
        assert!(exact > 1.0 && (found / exact - 1.0).abs() < 1e-3, "{found}, not {exact}");
    }

    #[test]
    fn random_states_are_the_judges() {
        let (e3b, mut memory, mut judge) = projected();
        let mut chance = Keyed::new([1, 2], 0, 0, 0);
        for _ in 0..2000 {
            let state: Vec<u8> = (0..10).map(|_| chance.randint(4) as u8).collect();
            let obs = packed(&state);
            let found = f64::from(e3b.visit(&observation(&obs), &NoTable, &mut memory).expect("a value")) / f64::from(ONE);
            let exact = judge.visit(&e3b.points.point(&obs));
            assert!((found - exact).abs() < 1e-3 * exact + 1e-6, "{found}, not {exact}");
        }
    }

    #[test]
    fn sums_keep_their_sign() {
        for sum in [0i64, 1, -1, -256, 1 << 31, -(1 << 31), 1 << 32, -(1 << 32), (1 << 32) + 5, -(1 << 50)] {
            assert_eq!(f64::from(sum_of(sum as u32, (sum >> 32) as u32)), sum as f32 as f64, "{sum}");
        }
        let (e3b, mut memory) = e3b(bytes(2), None);
        let mut expected = 0i64;
        for _ in 0..5 {
            e3b.take(&std::array::from_fn(|d| if d == 0 { 30_000 } else { -32_767 }), &mut memory);
            expected -= 30_000 * 32_767;
        }
        assert_eq!(i64::from(memory[2]) | i64::from(memory[3] as i32) << 32, expected);
    }

    #[test]
    fn too_many_dimensions_are_refused() {
        assert!(E3b::new(bytes(17), Options::default()).is_err());
    }
}
