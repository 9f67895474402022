//! Fusion: combines the values of several bonuses into one (the forms of HIRE). Each column is divided by its running standard deviation or
//! left as it is, and weighted. Then all columns are added or multiplied, or one is taken: in turn, the largest, or the chosen one. All
//! arithmetic is in integers and saturates.
//!
//! Weights decay as in RLeXplore: `weight * (1 - kappa)^t`. t is incremented before it is used, so the first value has t = 1. A weight is
//! applied before the fusion; the weights of a product are multiplied.

use super::ONE;
use super::points::{Limit, within};
use super::rms::{RMS_WORDS, rms_divide, rms_take};
use crate::envs::shared::core::Core;

/// How columns are combined into one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fusion {
    /// The saturating sum of all columns.
    Sum,
    /// The saturating product of all columns.
    Product,
    /// One column after the other; `Turn` says when the next one follows.
    Cycle(Turn),
    /// The largest column.
    Maximum,
    /// The column that the host has chosen (AIRS), plus the reward of the world if that is a column. The first word of each instance's
    /// memory is the index of the chosen column. The index after the last bonus selects none of them.
    Chosen,
}

/// When a cycle continues with its next column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// With each step that the instance takes.
    Step,
    /// With each episode.
    Episode,
}

/// How a column is normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalise {
    /// Values are not changed.
    Nothing,
    /// Values are divided by their running standard deviation in this instance, which includes the current value; see [`rms`](super::rms)
    /// for epsilon and clipping.
    Rms,
}

/// One column of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// beta, 0 to 2048.
    pub weight: f64,
    /// Fraction of the weight that is lost in each step, 0 to below 1.
    pub kappa: f64,
}

impl Default for Column {
    fn default() -> Self {
        Column { weight: 1.0, kappa: 0.0 }
    }
}

/// Most columns.
pub const MAX_COLUMNS: usize = 32;
/// Words of a column in the memory: the decay (two words, negated), then its statistics.
const COLUMN_WORDS: usize = 2 + RMS_WORDS;
/// Words of the memory before the columns: the column whose turn it is. After the columns come sums (see [`Fuse::sums`]).
const TURN: usize = 0;
const COLUMNS: usize = 1;

/// Invalid options of a fusion.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FuseError {
    /// No column, more than [`MAX_COLUMNS`], or a column or unit of the reward that is out of range.
    #[error(transparent)]
    Limit(#[from] Limit),
    /// A weight outside 0 to 2048.
    #[error("a bonus has weight {0}; it must be 0 to 2048")]
    Weight(f64),
    /// A decay outside 0 to below 1.
    #[error("a bonus has kappa {0}; it must be at least 0 and below 1")]
    Kappa(f64),
}

/// Combines the values of all bonuses into one.
#[derive(Clone, Debug)]
pub struct Fuse {
    fusion: Fusion,
    normalise: Normalise,
    /// The column of the world's reward, and the raw units of a reward of 1.
    reward: Option<(usize, u32)>,
    /// Weight in units of 2^-20, and the factor by which it decays in each step in units of 2^-32 (0: a factor of 1).
    columns: Vec<[u32; 2]>,
}

impl Fuse {
    /// Creates a fusion; `reward` is the column of the world's reward, if there is one, and the world's `reward_denominator`.
    ///
    /// # Errors
    /// [`FuseError`] on weights out of range, no column or more than [`MAX_COLUMNS`].
    pub fn new(
        fusion: Fusion,
        normalise: Normalise,
        columns: &[Column],
        reward: Option<(usize, u32)>,
    ) -> Result<Fuse, FuseError> {
        within("the number of bonuses", columns.len(), 1, MAX_COLUMNS)?;
        if let Some((column, denominator)) = reward {
            within("the column of the reward", column, 0, columns.len() - 1)?;
            within("the units of a reward of 1", denominator as usize, 1, i32::MAX as usize)?;
        }
        let columns = columns.iter().map(Column::words).collect::<Result<_, _>>()?;
        Ok(Fuse { fusion, normalise, reward, columns })
    }

    /// Words that the fusion stores for each instance.
    pub fn memory_words(&self) -> usize {
        self.sums_at() + 2 * (self.columns.len() + 2)
    }

    /// Index of the first sum. There is a sum of two words for each column, then that of the totals, then the number of transitions.
    fn sums_at(&self) -> usize {
        COLUMNS + COLUMN_WORDS * self.columns.len()
    }

    /// Adds the sums of the columns and of the totals to `sums`. Returns the number of transitions.
    pub fn sums(&self, memory: &[u32], sums: &mut [i128]) -> u64 {
        let mut pairs = memory[self.sums_at()..].chunks_exact(2).map(|w| u64::from(w[0]) | u64::from(w[1]) << 32);
        for (sum, pair) in sums.iter_mut().zip(pairs.clone()) {
            *sum += i128::from(pair as i64);
        }
        pairs.next_back().unwrap_or_default()
    }

    /// Returns the fused value of one instance, in units of 1 / [`ONE`]. `core` are its core words. `values` has one value for each column;
    /// that of the reward is written here. `memory` is all zero at first.
    pub fn fuse(&self, core: &[u32], values: &mut [i32], memory: &mut [u32]) -> i32 {
        let n = self.columns.len() as u32;
        let turn = match self.fusion {
            Fusion::Cycle(Turn::Episode) => core[Core::EPISODE].wrapping_sub(1) % n,
            _ => memory[TURN],
        };
        if self.fusion != Fusion::Chosen {
            memory[TURN] = if memory[TURN] + 1 == n { 0 } else { memory[TURN] + 1 };
        }
        let sums = self.sums_at();
        let mut total = 0;
        for c in 0..n {
            let mut value = values[c as usize];
            if let Some((_, denominator)) = self.reward.filter(|(column, _)| *column == c as usize) {
                value = scaled_reward(core[Core::REWARD] as i32, denominator);
                values[c as usize] = value;
            }
            add_to_sum(&mut memory[sums + 2 * c as usize..], value);
            let at = COLUMNS + COLUMN_WORDS * c as usize;
            let [weight, keep] = self.columns[c as usize];
            let weight = decay(&mut memory[at..at + 2], weight, keep);
            if self.normalise == Normalise::Rms {
                rms_take(&mut memory[at + 2..], value);
                value = rms_divide(&memory[at + 2..], value);
            }
            value = times(value, weight);
            total = match self.fusion {
                Fusion::Chosen if c != turn && self.reward.is_none_or(|(column, _)| column != c as usize) => total,
                _ if c == 0 => value,
                Fusion::Sum | Fusion::Chosen => i32::saturating_add(total, value),
                Fusion::Product if value < 0 => times(-total, value.unsigned_abs()),
                Fusion::Product => times(total, value as u32),
                Fusion::Cycle(_) if c == turn => value,
                Fusion::Cycle(_) => total,
                Fusion::Maximum => total.max(value),
            };
        }
        add_to_sum(&mut memory[sums + 2 * n as usize..], total);
        add_to_sum(&mut memory[sums + 2 * n as usize + 2..], 1);
        total
    }

    /// Sets column `turn` as the one that [`Fusion::Chosen`] uses from here on, in the memory of all instances.
    pub fn choose(&self, memory: &mut [u32], turn: u32) {
        memory.chunks_exact_mut(self.memory_words()).for_each(|memory| memory[TURN] = turn);
    }

    /// Returns what [`Fuse::fuse`] would return for the values of a fork; `memory` does not change.
    pub fn fuse_peek(&self, core: &[u32], values: &mut [i32], memory: &[u32]) -> i32 {
        let mut copy = [0; COLUMNS + (COLUMN_WORDS + 2) * MAX_COLUMNS + 4];
        let copy = &mut copy[..memory.len()];
        copy.copy_from_slice(memory);
        self.fuse(core, values, copy)
    }

    /// The words that the kernel reads: a head of 8 words, then weight and decay of each column.
    pub fn params(&self) -> Vec<u32> {
        let (fusion, by_episode) = match self.fusion {
            Fusion::Sum => (0, 0),
            Fusion::Product => (1, 0),
            Fusion::Cycle(turn) => (2, u32::from(turn == Turn::Episode)),
            Fusion::Maximum => (3, 0),
            Fusion::Chosen => (4, 0),
        };
        let (reward, denominator) = self.reward.map_or((u32::MAX, 1), |(column, units)| (column as u32, units));
        let rms = u32::from(self.normalise == Normalise::Rms);
        let head = [self.columns.len() as u32, fusion, by_episode, rms, reward, denominator, self.memory_words() as u32, 0];
        head.into_iter().chain(self.columns.iter().flatten().copied()).collect()
    }
}

impl Column {
    fn words(&self) -> Result<[u32; 2], FuseError> {
        if !(0.0..=2048.0).contains(&self.weight) {
            return Err(FuseError::Weight(self.weight));
        }
        if !(0.0..1.0).contains(&self.kappa) {
            return Err(FuseError::Kappa(self.kappa));
        }
        let keep = (((1.0 - self.kappa) * 4_294_967_296.0 + 0.5) as u64).max(1);
        // A factor of 1 is 2^32, which does not fit into a word and is written as 0.
        Ok([(self.weight * f64::from(ONE) + 0.5) as u32, keep as u32])
    }
}

/// Adds a value to a signed sum of two words.
fn add_to_sum(sum: &mut [u32], value: i32) {
    let low = sum[0].wrapping_add(value as u32);
    sum[1] = sum[1].wrapping_add((value >> 31) as u32).wrapping_add(u32::from(low < value as u32));
    sum[0] = low;
}

/// The reward in units of 1 / [`ONE`], from units of 1 / `denominator`, truncated towards 0.
fn scaled_reward(reward: i32, denominator: u32) -> i32 {
    let size = (u64::from(reward.unsigned_abs()) << 20) / u64::from(denominator);
    let size = size.min(i32::MAX as u64) as i32;
    if reward < 0 { -size } else { size }
}

/// Applies one step of decay and returns the weight after it. The two words hold the lost part, so that they can begin as 0.
fn decay(memory: &mut [u32], weight: u32, keep: u32) -> u32 {
    let left = u64::from(!memory[0]) | u64::from(!memory[1]) << 32;
    let left = if keep == 0 { left } else { ((u128::from(left) * u128::from(keep)) >> 32) as u64 };
    (memory[0], memory[1]) = (!(left as u32), !((left >> 32) as u32));
    let product = u64::from(weight) * (left >> 32) + (1 << 31);
    (product >> 32) as u32
}

/// `value * factor` with a factor in units of 2^-20, rounded to the nearest; saturates at plus and minus [`i32::MAX`].
fn times(value: i32, factor: u32) -> i32 {
    let product = (u64::from(value.unsigned_abs()) * u64::from(factor) + (1 << 19)) >> 20;
    let size = product.min(i32::MAX as u64) as i32;
    if value < 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMN: Column = Column { weight: 1.0, kappa: 0.0 };

    fn fuse(fusion: Fusion, columns: &[Column], normalise: Normalise) -> (Fuse, Vec<u32>) {
        let fuse = Fuse::new(fusion, normalise, columns, None).expect("fits");
        let memory = vec![0; fuse.memory_words()];
        (fuse, memory)
    }

    fn units(values: &[f64]) -> Vec<i32> {
        values.iter().map(|v| (v * f64::from(ONE)) as i32).collect()
    }

    fn core(episode: u32, reward: i32) -> [u32; Core::WORDS] {
        let mut core = [0; Core::WORDS];
        (core[Core::EPISODE], core[Core::REWARD]) = (episode, reward as u32);
        core
    }

    #[test]
    fn the_published_numbers() {
        let values = units(&[0.5, 2.0, 1.0]);
        for (fusion, expected) in [
            (Fusion::Sum, [3.5; 4]),
            (Fusion::Product, [1.0; 4]),
            (Fusion::Maximum, [2.0; 4]),
            (Fusion::Cycle(Turn::Step), [0.5, 2.0, 1.0, 0.5]),
            (Fusion::Cycle(Turn::Episode), [0.5, 0.5, 2.0, 1.0]),
        ] {
            let (fuse, mut memory) = fuse(fusion, &[COLUMN; 3], Normalise::Nothing);
            let found = [1, 1, 2, 3].map(|episode| fuse.fuse(&core(episode, 9), &mut values.clone(), &mut memory));
            assert_eq!(found.to_vec(), units(&expected), "{fusion:?}");
        }
    }

    /// One bonus, or none, and the reward in both cases.
    #[test]
    fn the_chosen_one_counts_and_the_reward_with_it() {
        for (reward, expected) in [(None, [0.5, 2.0, 1.0, 0.0]), (Some((2, 10)), [1.4, 2.9, 0.9, 0.9])] {
            let fuse = Fuse::new(Fusion::Chosen, Normalise::Nothing, &[COLUMN; 3], reward).expect("fits");
            let mut memory = vec![0; 2 * fuse.memory_words()];
            for (turn, expected) in (0..).zip(expected) {
                fuse.choose(&mut memory, turn);
                for memory in memory.chunks_exact_mut(fuse.memory_words()) {
                    let twice = [1, 2].map(|episode| fuse.fuse(&core(episode, 9), &mut units(&[0.5, 2.0, 1.0]), memory));
                    assert!(
                        twice.iter().all(|found| (found - units(&[expected])[0]).abs() < 2),
                        "{turn}: {twice:?}, not {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn products_keep_their_sign_and_all_saturate() {
        let cases: [(Fusion, [i32; 2], i32); 7] = [
            (Fusion::Product, [-3 * ONE, 2 * ONE], -6 * ONE),
            (Fusion::Product, [-3 * ONE, -2 * ONE], 6 * ONE),
            (Fusion::Product, [i32::MIN, ONE * 2], -i32::MAX),
            (Fusion::Product, [i32::MIN, i32::MIN], i32::MAX),
            (Fusion::Sum, [i32::MAX, 1], i32::MAX),
            (Fusion::Sum, [-i32::MAX, -2], i32::MIN),
            (Fusion::Maximum, [-5, -7], -5),
        ];
        for (fusion, values, expected) in cases {
            let (fuse, mut memory) = fuse(fusion, &[COLUMN; 2], Normalise::Nothing);
            assert_eq!(fuse.fuse(&core(1, 0), &mut values.clone(), &mut memory), expected, "{fusion:?} {values:?}");
        }
    }

    /// .5 with kappa .1 is .45 already at the first value.
    #[test]
    fn weights_fall() {
        let column = Column { weight: 0.5, kappa: 0.1 };
        let (fuse, mut memory) = fuse(Fusion::Sum, &[column], Normalise::Nothing);
        let mut expected = 0.5;
        for _ in 0..100 {
            expected *= 0.9;
            let found = f64::from(fuse.fuse(&core(1, 0), &mut [ONE], &mut memory)) / f64::from(ONE);
            assert!((found - expected).abs() < 6e-7, "{found}, not {expected}");
        }
        // A million steps of a small decay, with a large weight: e^-10.
        let mut memory = [0, 0];
        let keep = Column { weight: 1.0, kappa: 1e-5 }.words().expect("fits")[1];
        let weights: Vec<u32> = (0..1_000_000).map(|_| decay(&mut memory, 1 << 31, keep)).collect();
        let last = f64::from(weights[999_999]) / f64::from(1u32 << 31);
        assert!((last / 4.539_766e-5 - 1.0).abs() < 1e-4, "{last}");
        assert!(weights.windows(2).all(|pair| pair[1] <= pair[0]));
        let mut memory = [0, 0];
        assert_eq!((0..5).map(|_| decay(&mut memory, 12_345, 0)).collect::<Vec<_>>(), [12_345; 5]);
    }

    #[test]
    fn the_worlds_reward_may_be_a_column() {
        let fuse = Fuse::new(Fusion::Sum, Normalise::Nothing, &[COLUMN; 2], Some((1, 10))).expect("fits");
        let mut memory = vec![0; fuse.memory_words()];
        assert_eq!(fuse.fuse(&core(1, 5), &mut [ONE, 77], &mut memory), ONE + ONE / 2);
        assert_eq!(fuse.fuse(&core(1, -5), &mut [ONE, 77], &mut memory), ONE / 2);
        assert_eq!(fuse.fuse(&core(1, i32::MIN), &mut [0, 77], &mut memory), -(i32::MAX));
    }

    #[test]
    fn each_column_is_divided_by_its_own_deviation() {
        let (fuse, mut memory) = fuse(Fusion::Sum, &[COLUMN; 2], Normalise::Rms);
        let mut judges = [super::super::rms::Rms::default(); 2];
        for k in 0..50 {
            let values = [f64::from(k % 7) / 4.0, f64::from(k % 3) * -8.0];
            let found = f64::from(fuse.fuse(&core(1, 0), &mut units(&values), &mut memory)) / f64::from(ONE);
            judges.iter_mut().zip(values).for_each(|(judge, value)| judge.take(value));
            let expected: f64 = judges.iter().zip(values).map(|(judge, value)| judge.divide(value)).sum();
            assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let new = |columns: &[Column], reward| Fuse::new(Fusion::Sum, Normalise::Nothing, columns, reward);
        assert!(new(&[], None).is_err());
        assert!(new(&[COLUMN; MAX_COLUMNS + 1], None).is_err());
        assert!(new(&[COLUMN], Some((1, 1))).is_err());
        assert!(new(&[COLUMN], Some((0, 0))).is_err());
        assert_eq!(new(&[Column { weight: -1.0, kappa: 0.0 }], None).err(), Some(FuseError::Weight(-1.0)));
        assert_eq!(new(&[Column { weight: 1.0, kappa: 1.0 }], None).err(), Some(FuseError::Kappa(1.0)));
        assert!(new(&[Column { weight: 2048.0, kappa: 1.0 - 1e-12 }], None).is_ok_and(|fuse| fuse.columns == [[1 << 31, 1]]));
    }
}
