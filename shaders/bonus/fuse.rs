//! What several bonuses make together (the forms of HIRE): each column is divided by its running deviation or left as it is, weighted,
//! and all are added, multiplied, taken in turn, or the largest is taken. Integers throughout; everything saturates.
//!
//! Weights fall as in RLeXplore: `weight * (1 - kappa)^t`, with t counted before it is applied, so the first value has t = 1. A
//! weight is applied before the fusion; those of a product multiply.

use super::ONE;
use super::points::{Limit, within};
use super::rms::{RMS_WORDS, rms_divide, rms_take};
use crate::envs::shared::world::Core;

/// How columns become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fusion {
    Sum,
    Product,
    /// One column after the other, by `Turn`.
    Cycle(Turn),
    Maximum,
}

/// When a cycle goes on to its next column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// With each step that the instance takes.
    Step,
    /// With each episode.
    Episode,
}

/// What a column is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalise {
    Nothing,
    /// Its running standard deviation in this instance, which takes the value in first.
    Rms,
}

/// One column of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// beta, 0 to 2048.
    pub weight: f64,
    /// What the weight loses each step, 0 to below 1.
    pub kappa: f64,
}

impl Default for Column {
    fn default() -> Self {
        Column { weight: 1.0, kappa: 0.0 }
    }
}

/// Most columns.
pub const MAX_COLUMNS: usize = 32;
/// Own words of a column: the decay (two words, negated), then its statistics.
const COLUMN_WORDS: usize = 2 + RMS_WORDS;
/// Own words before the columns: the column whose turn it is.
const TURN: usize = 0;
const COLUMNS: usize = 1;

/// A weight that cannot be, or too many columns.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FuseError {
    #[error(transparent)]
    Limit(#[from] Limit),
    #[error("a bonus has weight {0}; it must be 0 to 2048")]
    Weight(f64),
    #[error("a bonus has kappa {0}; it must be at least 0 and below 1")]
    Kappa(f64),
}

/// Makes one value of the values of all bonuses.
#[derive(Clone, Debug)]
pub struct Fuse {
    fusion: Fusion,
    normalise: Normalise,
    /// The column that is the world's own reward, and its units in 1.
    reward: Option<(usize, u32)>,
    /// Weight in units of 2^-20, and what is kept of it each step in units of 2^-32 (0: all).
    columns: Vec<[u32; 2]>,
}

impl Fuse {
    /// `reward`: which column is the reward of the world instead of a bonus, and the world's `reward_denominator`.
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

    pub fn own_words(&self) -> usize {
        COLUMNS + COLUMN_WORDS * self.columns.len()
    }

    /// The fused value of one instance, in units of 1 / [`ONE`]: `core` its words, `values` one a column, `own` what is kept, all zero
    /// at first.
    pub fn fuse(&self, core: &[u32], values: &[i32], own: &mut [u32]) -> i32 {
        let n = self.columns.len() as u32;
        let turn = match self.fusion {
            Fusion::Cycle(Turn::Episode) => core[Core::EPISODE].wrapping_sub(1) % n,
            _ => own[TURN],
        };
        own[TURN] = if own[TURN] + 1 == n { 0 } else { own[TURN] + 1 };
        let mut total = 0;
        for c in 0..n {
            let mut value = values[c as usize];
            if let Some((_, denominator)) = self.reward.filter(|(column, _)| *column == c as usize) {
                value = scaled_reward(core[Core::REWARD] as i32, denominator);
            }
            let at = COLUMNS + COLUMN_WORDS * c as usize;
            let [weight, keep] = self.columns[c as usize];
            let weight = decay(&mut own[at..at + 2], weight, keep);
            if self.normalise == Normalise::Rms {
                rms_take(&mut own[at + 2..], value);
                value = rms_divide(&own[at + 2..], value);
            }
            value = times(value, weight);
            total = match self.fusion {
                _ if c == 0 => value,
                Fusion::Sum => i32::saturating_add(total, value),
                Fusion::Product if value < 0 => times(-total, value.unsigned_abs()),
                Fusion::Product => times(total, value as u32),
                Fusion::Cycle(_) if c == turn => value,
                Fusion::Cycle(_) => total,
                Fusion::Maximum => total.max(value),
            };
        }
        total
    }

    /// What [`Fuse::fuse`] would give for values that are only imagined: nothing is taken in.
    pub fn peek(&self, core: &[u32], values: &[i32], own: &[u32]) -> i32 {
        let mut copy = [0; COLUMNS + COLUMN_WORDS * MAX_COLUMNS];
        let copy = &mut copy[..own.len()];
        copy.copy_from_slice(own);
        self.fuse(core, values, copy)
    }

    /// What the kernel reads: head of 8 words, then weight and decay of each column.
    pub fn params(&self) -> Vec<u32> {
        let (fusion, by_episode) = match self.fusion {
            Fusion::Sum => (0, 0),
            Fusion::Product => (1, 0),
            Fusion::Cycle(turn) => (2, u32::from(turn == Turn::Episode)),
            Fusion::Maximum => (3, 0),
        };
        let (reward, denominator) = self.reward.map_or((u32::MAX, 1), |(column, units)| (column as u32, units));
        let rms = u32::from(self.normalise == Normalise::Rms);
        let head = [self.columns.len() as u32, fusion, by_episode, rms, reward, denominator, self.own_words() as u32, 0];
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
        // All is 2^32, which does not fit and is written as 0.
        Ok([(self.weight * f64::from(ONE) + 0.5) as u32, keep as u32])
    }
}

/// Reward in units of 1 / [`ONE`], from units of 1 / `denominator`: cut towards 0.
fn scaled_reward(reward: i32, denominator: u32) -> i32 {
    let size = (u64::from(reward.unsigned_abs()) << 20) / u64::from(denominator);
    let size = size.min(i32::MAX as u64) as i32;
    if reward < 0 { -size } else { size }
}

/// One more step of decay; gives the weight after it. The two words hold what is lost, so that they may begin as 0.
fn decay(own: &mut [u32], weight: u32, keep: u32) -> u32 {
    let left = u64::from(!own[0]) | u64::from(!own[1]) << 32;
    let left = if keep == 0 { left } else { ((u128::from(left) * u128::from(keep)) >> 32) as u64 };
    (own[0], own[1]) = (!(left as u32), !((left >> 32) as u32));
    let product = u64::from(weight) * (left >> 32) + (1 << 31);
    (product >> 32) as u32
}

/// `value * factor` with a factor in units of 2^-20, rounded to the nearest; saturates at plus and minus [`i32::MAX`].
fn times(value: i32, factor: u32) -> i32 {
    let product = (u64::from(value.unsigned_abs()) * u64::from(factor) + (1 << 19)) >> 20;
    let size = product.min(i32::MAX as u64) as i32;
    if value < 0 { -size } else { size }
}
