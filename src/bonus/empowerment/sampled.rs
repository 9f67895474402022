//! The channel as it is counted: every sequence of actions is tried several times, each time with noise of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::Outcome;
use super::log2::{BIT, log2};
use super::reach::{Bounds, End, Search};
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::capacity::{Channel, bias};
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::Keyed;
use crate::sim::dream::dream_seed;

/// Most cells (distinct rows x outcomes) of a channel whose capacity is sought.
pub const MAX_CHANNEL: usize = 1 << 24;
/// Bits within which the two bounds of a capacity shall lie, and rounds after which they are taken as they are.
const GAP: f64 = 1e-3;
const MOST_ROUNDS: u32 = 2000;
/// Dream whose seed chooses random sequences: no rollout has this number.
const CHOOSING: u32 = u32::MAX;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollouts {
    /// Forks for each sequence of actions.
    pub each: u32,
    /// So many random sequences in place of all: what they carry is a lower bound of what all do (Salge, Glackin and Polani 2014).
    pub sequences: Option<u32>,
}

/// A channel as it was counted. Information in bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// Sequences tried, and whether those are all.
    pub inputs: u64,
    pub all: bool,
    pub rollouts: u32,
    pub outcomes: usize,
    /// Lower and upper bound of the plug-in channel's capacity (Blahut, Arimoto). The plug-in channel itself is biased upwards.
    pub bits: f64,
    pub upper: f64,
    /// Mutual information at even inputs, as counted and less its first-order bias (Miller, Madow) with the outcomes that occurred.
    pub even: f64,
    pub corrected: f64,
    pub bias: f64,
}

impl Rollouts {
    /// # Errors
    /// [`Error::Usage`] if either number is 0.
    pub fn check(self) -> Result<()> {
        if self.each == 0 || self.sequences == Some(0) {
            return Err(Error::Usage("a channel needs at least 1 sequence and 1 rollout of each".to_string()));
        }
        Ok(())
    }
}

/// Outcomes of each sequence, and how often each came.
type Counts = Vec<BTreeMap<Outcome, u32>>;

/// # Errors
/// [`Error::Usage`] if this takes more forked steps than `bounds` allows or a larger channel than [`MAX_CHANNEL`].
pub fn sample(search: &mut Search, root: (&Block, usize), bounds: Bounds, rollouts: Rollouts, end: &End) -> Result<Sampled> {
    let actions = search.dream.world().spec().num_actions();
    let space = sequences(actions, bounds.horizon);
    let inputs = rollouts.sequences.map_or(space, |n| space.min(u128::from(n)));
    check(actions, inputs, bounds, rollouts)?;
    let inputs = inputs as u64;
    let all = u128::from(inputs) == space;
    let listed: Vec<Vec<u32>> = if all {
        (0..inputs).map(|x| spelled(x, actions, bounds.horizon)).collect()
    } else {
        let core = root.0.core_of(root.1);
        (0..inputs).map(|x| chosen(core, x as u32, actions, bounds.horizon)).collect()
    };
    let counts = play(search, root, &listed, rollouts.each, end);
    measure(&counts, all, rollouts.each)
}

/// actions^horizon; u128::MAX if that is more.
fn sequences(actions: u32, horizon: u32) -> u128 {
    u128::from(actions).checked_pow(horizon).unwrap_or(u128::MAX)
}

fn check(actions: u32, inputs: u128, bounds: Bounds, rollouts: Rollouts) -> Result<()> {
    let cost = |inputs: u128, horizon: u32| inputs.saturating_mul(u128::from(rollouts.each)).saturating_mul(u128::from(horizon));
    let limit = u128::from(bounds.forks);
    let needed = cost(inputs, bounds.horizon);
    if needed <= limit {
        return Ok(());
    }
    let fits = (1..bounds.horizon).rev().find(|h| cost(inputs.min(sequences(actions, *h)), *h) <= limit).unwrap_or(0);
    let random = limit / u128::from(rollouts.each).saturating_mul(u128::from(bounds.horizon)).max(1);
    Err(Error::Usage(format!(
        "horizon {}: {inputs} sequences of actions, {} rollouts each, take {needed} forked steps for one root, more than {limit}; horizon {fits} \
         fits, or {random} random sequences",
        bounds.horizon, rollouts.each
    )))
}

/// Sequence number `x` of all: its digits in base `actions`, the first action first.
fn spelled(x: u64, actions: u32, horizon: u32) -> Vec<u32> {
    let mut rest = x;
    let mut digits: Vec<u32> = (0..horizon)
        .map(|_| {
            let digit = rest % u64::from(actions);
            rest /= u64::from(actions);
            digit as u32
        })
        .collect();
    digits.reverse();
    digits
}

/// A random sequence; it is one of the root's own, whatever the world draws.
fn chosen(core: &[u32], x: u32, actions: u32, horizon: u32) -> Vec<u32> {
    let mut stream = Keyed::new(dream_seed(core, CHOOSING), 0, 0, x);
    (0..horizon).map(|_| stream.randint(actions)).collect()
}

/// Rollout r of sequence x is dream x * `each` + r: no two share their noise.
fn play(search: &mut Search, root: (&Block, usize), listed: &[Vec<u32>], each: u32, end: &End) -> Counts {
    let mut counts: Counts = vec![BTreeMap::new(); listed.len()];
    let (todo, each) = (listed.len() * each as usize, each as usize);
    let horizon = listed.first().map_or(0, Vec::len);
    let dream = search.dream;
    for first in (0..todo).step_by(search.work.len()) {
        let n = search.work.len().min(todo - first);
        for k in 0..n {
            dream.fork(root.0, root.1, &mut search.work, k, (first + k) as u32);
        }
        for t in 0..horizon {
            for k in 0..n {
                search.work.act(k, listed[(first + k) / each][t]);
            }
            dream.advance(&mut search.work, n, t + 1 == horizon && end.reads_obs());
        }
        let over: Vec<bool> = (0..n).map(|k| search.work.is_done(k)).collect();
        let block = search.work.block(n);
        let world: &dyn World = &**dream.world();
        for (k, over) in over.into_iter().enumerate() {
            let outcome = (!over).then(|| end.of(world, &block, k));
            *counts[(first + k) / each].entry(outcome).or_insert(0) += 1;
        }
    }
    search.forked_steps += (todo * horizon) as u64;
    counts
}

fn measure(counts: &Counts, all: bool, each: u32) -> Result<Sampled> {
    let known: BTreeSet<Outcome> = counts.iter().flat_map(BTreeMap::keys).copied().collect();
    let place: BTreeMap<Outcome, usize> = known.iter().enumerate().map(|(y, outcome)| (*outcome, y)).collect();
    // Sequences with the same outcomes are one input to a capacity, not to what even inputs carry.
    let distinct: BTreeSet<Vec<(usize, u32)>> =
        counts.iter().map(|row| row.iter().map(|(outcome, n)| (place[outcome], *n)).collect()).collect();
    let cells = distinct.len().saturating_mul(known.len());
    if cells > MAX_CHANNEL {
        let (rows, outcomes) = (distinct.len(), known.len());
        let text = format!(
            "a channel of {rows} inputs and {outcomes} outcomes is larger than {MAX_CHANNEL} cells; take fewer sequences"
        );
        return Err(Error::Usage(text));
    }
    let mut table = vec![0; cells];
    for (row, entries) in table.chunks_exact_mut(known.len()).zip(&distinct) {
        entries.iter().for_each(|(y, n)| row[*y] = *n);
    }
    let channel = Channel::new(&table, known.len()).map_err(|e| Error::Data(e.to_string()))?;
    let capacity = channel.capacity(GAP, MOST_ROUNDS);
    let even = even_information(counts, each);
    let by_input: Vec<u32> = counts.iter().map(|row| row.len() as u32).collect();
    let bias = bias(&by_input, known.len() as u32, each);
    Ok(Sampled {
        inputs: counts.len() as u64,
        all,
        rollouts: each,
        outcomes: known.len(),
        bits: capacity.bits.max(0.0),
        upper: capacity.upper.max(0.0),
        even,
        corrected: even - bias,
        bias,
    })
}

/// Plug-in mutual information at even inputs: the sum over (x, y) of n_xy (log2 n_xy + log2 N - log2 n_x - log2 n_y), over N.
fn even_information(counts: &Counts, each: u32) -> f64 {
    let mut of_outcome: BTreeMap<Outcome, u64> = BTreeMap::new();
    for (outcome, n) in counts.iter().flatten() {
        *of_outcome.entry(*outcome).or_insert(0) += u64::from(*n);
    }
    let all = counts.len() as u64 * u64::from(each);
    let same = log2(all) - log2(u64::from(each));
    let term =
        |(outcome, n): (&Outcome, &u32)| i128::from(*n) * i128::from(log2(u64::from(*n)) + same - log2(of_outcome[outcome]));
    let sum: i128 = counts.iter().flatten().map(term).sum();
    sum as f64 / all as f64 / BIT
}
