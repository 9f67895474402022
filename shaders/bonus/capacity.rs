//! Capacity of a channel. Empowerment is the capacity of the channel from actions to their outcomes (Klyubin et al. 2005). The algorithm of
//! Blahut and Arimoto computes it with two bounds. This file also has the mutual information at even inputs, with its bias.
//!
//! A channel is a table of counts by input and outcome. This file calculates in f64. `capacity.wgsl` calculates in f32, with one workgroup
//! for each channel, and its results are within 1e-4 bits.

use super::points::{Limit, within};

/// Most inputs (rows) of a channel of the kernel: a workgroup has 16 KiB for inputs and outcomes.
pub const MAX_INPUTS: usize = 896;
/// Most outcomes (columns) of a channel of the kernel.
pub const MAX_OUTCOMES: usize = 1024;
/// Most loop iterations of an invocation of the kernel in one dispatch.
const MAX_LOOPS: usize = super::points::MAX_LOOPS;
/// Smallest gap between the bounds that f32 can resolve.
pub const MIN_GAP: f32 = 1e-4;

/// A channel: counts of outcomes, input by input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    counts: Vec<u32>,
    outcomes: usize,
    /// Number of inputs that each row stands for.
    inputs: Vec<u32>,
    /// Sum of each row.
    totals: Vec<u64>,
}

/// Errors of a table that is not a channel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// The number of counts is 0 or not a multiple of the number of outcomes, or there are no outcomes.
    #[error("{counts} counts are no table of inputs by {outcomes} outcomes")]
    Shape {
        /// Number of counts given.
        counts: usize,
        /// Number of outcomes given.
        outcomes: usize,
    },
    /// A row of zeros; the value is the index of the input.
    #[error("input {0} of the channel was never tried: its counts are all 0")]
    Untried(usize),
}

/// Capacity of a channel, in bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// Lower bound, the value to report.
    pub bits: f64,
    /// Upper bound.
    pub upper: f64,
    /// Mutual information at `inputs`.
    pub mutual: f64,
    /// Number of updates of the inputs until the bounds met, or the allowed maximum.
    pub iterations: u32,
    /// Probability of each row of the channel.
    pub inputs: Vec<f64>,
}

impl Channel {
    /// Creates a channel from `counts`, which holds `outcomes` numbers for each input.
    ///
    /// # Errors
    /// [`ChannelError`] if that is not a table, or an input has no outcome at all.
    pub fn new(counts: &[u32], outcomes: usize) -> Result<Channel, ChannelError> {
        if outcomes == 0 || counts.is_empty() || !counts.len().is_multiple_of(outcomes) {
            return Err(ChannelError::Shape { counts: counts.len(), outcomes });
        }
        let totals: Vec<u64> = counts.chunks_exact(outcomes).map(|row| row.iter().map(|c| u64::from(*c)).sum()).collect();
        if let Some(row) = totals.iter().position(|total| *total == 0) {
            return Err(ChannelError::Untried(row));
        }
        Ok(Channel { counts: counts.to_vec(), outcomes, inputs: vec![1; totals.len()], totals })
    }

    /// Number of rows: the inputs, or the distinct ones in a merged channel.
    pub fn len(&self) -> usize {
        self.totals.len()
    }

    /// Always false: [`Channel::new`] rejects a channel without inputs.
    pub fn is_empty(&self) -> bool {
        self.totals.is_empty()
    }

    /// Counts of input `x`, one for each outcome.
    pub fn row(&self, x: usize) -> &[u32] {
        &self.counts[x * self.outcomes..(x + 1) * self.outcomes]
    }

    /// The same channel without rows that have the same probabilities as an earlier one. Its capacity is equal. Mutual information at even
    /// inputs depends on how many inputs a row stands for, which [`Channel::inputs_of`] returns.
    pub fn merged(&self) -> Channel {
        let mut kept: Vec<usize> = Vec::new();
        let mut inputs: Vec<u32> = Vec::new();
        for x in 0..self.len() {
            match kept.iter().position(|k| self.same(*k, x)) {
                Some(k) => inputs[k] += self.inputs[x],
                None => {
                    kept.push(x);
                    inputs.push(self.inputs[x]);
                }
            }
        }
        let counts = kept.iter().flat_map(|x| self.row(*x)).copied().collect();
        let totals = kept.iter().map(|x| self.totals[*x]).collect();
        Channel { counts, outcomes: self.outcomes, inputs, totals }
    }

    /// How many inputs row `x` stands for.
    pub fn inputs_of(&self, x: usize) -> u32 {
        self.inputs[x]
    }

    /// Whether two rows have equal probabilities: a / A = b / B. The numbers of tries may differ.
    fn same(&self, x: usize, y: usize) -> bool {
        let (all_x, all_y) = (u128::from(self.totals[x]), u128::from(self.totals[y]));
        self.row(x).iter().zip(self.row(y)).all(|(a, b)| u128::from(*a) * all_y == u128::from(*b) * all_x)
    }

    fn probability(&self, x: usize, y: usize) -> f64 {
        f64::from(self.counts[x * self.outcomes + y]) / self.totals[x] as f64
    }

    /// Probability of each outcome when inputs have the probabilities `p`.
    fn outcomes_at(&self, p: &[f64]) -> Vec<f64> {
        (0..self.outcomes).map(|y| (0..self.len()).map(|x| p[x] * self.probability(x, y)).sum()).collect()
    }

    /// Divergence of each row from the outcomes `q`, in nats.
    fn divergences(&self, q: &[f64]) -> Vec<f64> {
        let term = |x, y| match self.probability(x, y) {
            0.0 => 0.0,
            probability => probability * ln(probability / q[y]),
        };
        (0..self.len()).map(|x| (0..self.outcomes).map(|y| term(x, y)).sum()).collect()
    }

    /// Computes the capacity to within `gap` bits, beginning with even rows, in at most `most` iterations.
    pub fn capacity(&self, gap: f64, most: u32) -> Capacity {
        self.capacity_while(gap, most, || true)
    }

    /// [`Channel::capacity`] that stops once `go_on` returns false. The bounds are then those reached so far.
    pub fn capacity_while(&self, gap: f64, most: u32, go_on: impl Fn() -> bool) -> Capacity {
        let mut inputs = vec![1.0 / self.len() as f64; self.len()];
        let mut iterations = 0;
        loop {
            let divergences = self.divergences(&self.outcomes_at(&inputs));
            let mutual = inputs.iter().zip(&divergences).map(|(p, d)| p * d).sum::<f64>() / LN_2;
            let gained: Vec<f64> = divergences.iter().map(|d| exp(*d)).collect();
            let sum: f64 = inputs.iter().zip(&gained).map(|(p, c)| p * c).sum();
            let bits = ln(sum) / LN_2;
            let upper = divergences.iter().copied().fold(f64::NEG_INFINITY, f64::max) / LN_2;
            if upper - bits < gap || iterations == most || !go_on() {
                return Capacity { bits, upper, mutual, iterations, inputs };
            }
            inputs.iter_mut().zip(&gained).for_each(|(p, c)| *p *= c / sum);
            iterations += 1;
        }
    }

    /// Mutual information in bits if all inputs are tried evenly. It is the plug-in estimate, biased upwards for small counts.
    pub fn mutual_information(&self) -> f64 {
        let all: f64 = self.inputs.iter().map(|n| f64::from(*n)).sum();
        let inputs: Vec<f64> = self.inputs.iter().map(|n| f64::from(*n) / all).collect();
        let divergences = self.divergences(&self.outcomes_at(&inputs));
        inputs.iter().zip(&divergences).map(|(p, d)| p * d).sum::<f64>() / LN_2
    }

    /// [`Channel::mutual_information`] minus its first-order [`bias`] with the frequencies that occurred, for a channel that is not merged
    /// and whose inputs were all tried `tries` times.
    pub fn corrected_information(&self, tries: u32) -> f64 {
        let row = |x| self.row(x).iter().copied().enumerate().filter(|(_, n)| *n > 0).collect();
        let rows: Vec<Vec<(usize, u32)>> = (0..self.len()).map(row).collect();
        self.mutual_information() - bias(&rows, self.outcomes, tries)
    }
}

/// Number of rounds, at least 1, that a dispatch of `capacity.wgsl` may take with channels of `inputs` by `outcomes`.
///
/// # Errors
/// [`Limit`] on more than [`MAX_INPUTS`] or [`MAX_OUTCOMES`].
pub fn rounds_of_dispatch(inputs: usize, outcomes: usize) -> Result<u32, Limit> {
    within("the number of inputs of a channel", inputs, 1, MAX_INPUTS)?;
    within("the number of outcomes of a channel", outcomes, 1, MAX_OUTCOMES)?;
    let (rows, columns) = (inputs.div_ceil(64), outcomes.div_ceil(64));
    // Row sums once. Then in each round: outcomes, divergences, the sum over invocations, and inputs. The largest channel takes 43 000 with
    // one round.
    let once = rows * (outcomes + 2);
    let round = columns * (inputs + 1) + rows * (outcomes + 2) + 65;
    Ok(((MAX_LOOPS - once) / round) as u32)
}

/// First-order bias in bits of plug-in mutual information at even inputs, each tried `tries` times. Each row is an input: the indices of
/// its outcomes, with their counts.
///
/// `[sum_x (m_x - 1) - (1 / |X|) sum_x sum_y p(y|x) (1 - p(y|x)) / p(y)] / (2 R |X|)` nats, with the m_x outcomes and the frequencies that
/// occurred. Inputs are fixed, not drawn at random, so the term for the counts of an outcome over all inputs is smaller than with random
/// inputs (Miller 1955, Madow 1948, with m - 1 in place of the second sum). The bias is 0 without noise, and never negative.
pub fn bias(rows: &[Vec<(usize, u32)>], outcomes: usize, tries: u32) -> f64 {
    let mut of_outcome = vec![0u64; outcomes];
    rows.iter().flatten().for_each(|(y, n)| of_outcome[*y] += u64::from(*n));
    let each = f64::from(tries);
    let more = |row: &Vec<(usize, u32)>| row.len() as f64 - 1.0;
    let less = |(y, n): &(usize, u32)| f64::from(*n) * (each - f64::from(*n)) / (each * of_outcome[*y] as f64);
    let sum = rows.iter().map(more).sum::<f64>() - rows.iter().flatten().map(less).sum::<f64>();
    (sum / (2.0 * each * rows.len() as f64) / LN_2).max(0.0)
}

const LN_2: f64 = std::f64::consts::LN_2;

#[expect(clippy::disallowed_methods, reason = "a figure with a tolerance: no state of a world follows from it")]
fn ln(x: f64) -> f64 {
    x.ln()
}

#[expect(clippy::disallowed_methods, reason = "a figure with a tolerance: no state of a world follows from it")]
fn exp(x: f64) -> f64 {
    x.exp()
}

#[cfg(test)]
#[path = "capacity_tests.rs"]
mod tests;
