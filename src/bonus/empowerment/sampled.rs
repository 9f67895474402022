//! The counted channel: every sequence of actions is tried several times, each time with independent noise.

use std::collections::{BTreeMap, BTreeSet};

use super::Outcome;
use super::reach::{Bounds, EndFeature, ReachSearch};
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::capacity::{Channel, bias};
use crate::shaders::bonus::reach::{UNITS_PER_BIT, log2};
use crate::shaders::bonus::sequence::sequence;
use crate::shaders::core::fork::salted_noise_seed;
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::Keyed;

/// Most cells (distinct rows x outcomes) of a channel whose capacity is computed.
pub const MAX_CHANNEL: usize = 1 << 24;
/// Largest difference of the two bounds of a capacity, in bits, and the number of rounds after which the bounds are used anyway.
const GAP: f64 = 1e-3;
const MAX_ROUNDS: u32 = 2000;
/// Most parts into which rollouts are divided for the standard error.
const MAX_PARTS: u32 = 64;
/// Logarithms of counts up to this are read from a table.
const SMALL: u32 = 4096;
/// Noise index whose seed selects random sequences. No rollout has it.
const CHOOSING: u32 = u32::MAX;

/// Which sequences are tried, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollouts {
    /// Forks for each sequence of actions.
    pub each: u32,
    /// Number of random sequences to try instead of all. Their information is a lower bound of that of all sequences (Salge, Glackin and
    /// Polani 2014).
    pub sequences: Option<u32>,
}

/// A counted channel. Information is in bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// Number of sequences tried.
    pub inputs: u64,
    /// Whether these are all sequences of that length.
    pub all: bool,
    /// Rollouts of each sequence.
    pub rollouts: u32,
    /// Number of distinct outcomes. All ended episodes are one outcome.
    pub outcomes: usize,
    /// Lower bound of the plug-in channel's capacity (Blahut, Arimoto). The plug-in channel itself is biased upwards.
    pub bits: f64,
    /// Upper bound of the capacity of the plug-in channel.
    pub upper: f64,
    /// Mutual information at even inputs, as counted.
    pub even: f64,
    /// `even` minus `bias`, but at most `upper`.
    pub corrected: f64,
    /// First-order bias of `even` ([`bias`]), from the frequencies that occurred. It is too small if outcomes are rare.
    pub bias: f64,
    /// Standard error of `corrected`, by the jackknife: one rollout of every sequence (or one of 64 equal parts of them) is left out at a
    /// time. None with fewer than 2 rollouts, or if [`ReachSearch::errors`] is false.
    pub error: Option<f64>,
}

impl Rollouts {
    /// Checks both numbers.
    ///
    /// # Errors
    /// [`Error::Usage`] if either number is 0.
    pub fn check(self) -> Result<()> {
        if self.each == 0 || self.sequences == Some(0) {
            return Err(Error::Usage("a channel needs at least 1 sequence and 1 rollout of each".to_string()));
        }
        Ok(())
    }

    /// Number of sequences that are tried.
    fn inputs(self, actions: u32, horizon: u32) -> u128 {
        let space = sequences(actions, horizon);
        self.sequences.map_or(space, |n| space.min(u128::from(n)))
    }

    /// Number of forked steps of one root.
    pub fn steps_each(self, actions: u32, horizon: u32) -> u128 {
        self.inputs(actions, horizon).saturating_mul(u128::from(self.each)).saturating_mul(u128::from(horizon))
    }
}

/// Results of the rollouts: outcomes in order, and the index of the outcome for each sequence and rollout, `[sequences, rollouts]`.
struct Played {
    outcomes: Vec<Outcome>,
    came: Vec<u32>,
}

/// Indices of the outcomes of a sequence, in order, with their counts.
type Row = Vec<(usize, u32)>;

/// # Errors
/// [`Error::Usage`] if this takes more forked steps than `bounds` allows or a larger channel than [`MAX_CHANNEL`]; [`Error::Interrupted`]
/// if the search is stopped.
pub fn sample(
    search: &mut ReachSearch,
    root: (&Block, usize),
    bounds: Bounds,
    rollouts: Rollouts,
    end: &EndFeature,
) -> Result<Sampled> {
    let actions = search.model.world().spec().num_actions();
    let inputs = rollouts.inputs(actions, bounds.horizon);
    check(actions, bounds, rollouts)?;
    let all = inputs == sequences(actions, bounds.horizon);
    let inputs = inputs as u64;
    let listed: Vec<Vec<u32>> = if all {
        (0..inputs).map(|x| spelled(x, actions, bounds.horizon)).collect()
    } else {
        let seed = salted_noise_seed(root.0.core_of(root.1), CHOOSING, search.salt);
        (0..inputs).map(|x| chosen(seed, x as u32, actions, bounds.horizon)).collect()
    };
    let played = play(search, root, &listed, rollouts.each, end)?;
    measure(search, &played, all, rollouts.each)
}

/// actions^horizon; u128::MAX if that is more.
fn sequences(actions: u32, horizon: u32) -> u128 {
    u128::from(actions).checked_pow(horizon).unwrap_or(u128::MAX)
}

fn check(actions: u32, bounds: Bounds, rollouts: Rollouts) -> Result<()> {
    let (limit, needed) = (u128::from(bounds.forks), rollouts.steps_each(actions, bounds.horizon));
    if needed <= limit {
        return Ok(());
    }
    // The longest horizon that fits is shorter: the forked steps of a root grow with the horizon.
    let (mut fits, mut over) = (0, bounds.horizon);
    while over - fits > 1 {
        let middle = fits + (over - fits) / 2;
        if rollouts.steps_each(actions, middle) <= limit { fits = middle } else { over = middle }
    }
    let each = u128::from(rollouts.each).saturating_mul(u128::from(bounds.horizon));
    let few = limit / (rollouts.inputs(actions, bounds.horizon).saturating_mul(u128::from(bounds.horizon))).max(1);
    let ways = [
        (fits > 0).then(|| format!("horizon {fits} fits")),
        Some(limit / each.max(1)).filter(|random| *random > 0).map(|random| match random {
            1 => "1 random sequence".to_string(),
            _ => format!("{random} random sequences"),
        }),
        Some(few).filter(|few| *few > 0 && fits == 0).map(|few| format!("{few} rollouts")),
    ];
    let ways: Vec<String> = ways.into_iter().flatten().collect();
    let ways = if ways.is_empty() { "nothing of the kind fits".to_string() } else { ways.join(", or ") };
    let fit = if ways.contains("fit") { "" } else { " fit" };
    Err(Error::Usage(format!(
        "horizon {}: {} sequences of actions, {} rollouts each, take {needed} forked steps for one root, more than {limit}; {ways}{fit}",
        bounds.horizon,
        rollouts.inputs(actions, bounds.horizon),
        rollouts.each
    )))
}

/// Sequence number `x` of all sequences: its digits in base `actions`, the first action first.
fn spelled(x: u64, actions: u32, horizon: u32) -> Vec<u32> {
    (0..horizon).rev().map(|e| sequence(x, u64::from(actions).pow(e), actions)).collect()
}

/// A random sequence. It depends on the root, not on what the world draws.
fn chosen(seed: [u32; 2], x: u32, actions: u32, horizon: u32) -> Vec<u32> {
    let mut stream = Keyed::new(seed, 0, 0, x);
    (0..horizon).map(|_| stream.randint(actions)).collect()
}

/// Plays all sequences. Rollout r of sequence x has the noise index x * `each` + r, so no two rollouts share their noise.
///
/// # Errors
/// [`Error::Interrupted`] if the search is stopped.
fn play(search: &mut ReachSearch, root: (&Block, usize), listed: &[Vec<u32>], each: u32, end: &EndFeature) -> Result<Played> {
    let (todo, each) = (listed.len() * each as usize, each as usize);
    let (mut numbers, mut came): (BTreeMap<Outcome, u32>, Vec<u32>) = (BTreeMap::new(), Vec::with_capacity(todo));
    let horizon = listed.first().map_or(0, Vec::len);
    let model = search.model;
    for first in (0..todo).step_by(search.work.len()) {
        search.go_on()?;
        let n = search.work.len().min(todo - first);
        for k in 0..n {
            model.fork_salted(root.0, root.1, &mut search.work, k, ((first + k) as u32, search.salt));
        }
        for t in 0..horizon {
            for k in 0..n {
                search.work.act(k, listed[(first + k) / each][t]);
            }
            model.advance(&mut search.work, n, t + 1 == horizon && end.reads_obs());
        }
        let over: Vec<bool> = (0..n).map(|k| search.work.is_done(k)).collect();
        let block = search.work.block(n);
        let world: &dyn World = &**model.world();
        for (k, over) in over.into_iter().enumerate() {
            let outcome = (!over).then(|| end.of(world, &block, k));
            let next = numbers.len() as u32;
            came.push(*numbers.entry(outcome).or_insert(next));
        }
    }
    search.forked_steps += (todo * horizon) as u64;
    // Outcomes are renumbered in their order, whichever occurred first.
    let mut place = vec![0; numbers.len()];
    numbers.values().enumerate().for_each(|(ordered, number)| place[*number as usize] = ordered as u32);
    came.iter_mut().for_each(|number| *number = place[*number as usize]);
    Ok(Played { outcomes: numbers.into_keys().collect(), came })
}

/// The row of each sequence, without the rollouts for which `left_out` is true.
fn rows(played: &Played, each: u32, left_out: impl Fn(u32) -> bool) -> Vec<Row> {
    let row = |came: &[u32]| {
        let mut kept: Vec<u32> = (0..each).zip(came).filter(|(r, _)| !left_out(*r)).map(|(_, number)| *number).collect();
        kept.sort_unstable();
        kept.chunk_by(|a, b| a == b).map(|same| (same[0] as usize, same.len() as u32)).collect()
    };
    played.came.chunks_exact(each as usize).map(row).collect()
}

fn measure(search: &ReachSearch, played: &Played, all: bool, each: u32) -> Result<Sampled> {
    let (counts, outcomes) = (rows(played, each, |_| false), played.outcomes.len());
    // Sequences with the same row are one input to the capacity, but not to the information at even inputs.
    let distinct: BTreeSet<&Row> = counts.iter().collect();
    let cells = distinct.len().saturating_mul(outcomes);
    if cells > MAX_CHANNEL {
        let rows = distinct.len();
        let text = format!(
            "a channel of {rows} inputs and {outcomes} outcomes is larger than {MAX_CHANNEL} cells; take fewer sequences"
        );
        return Err(Error::Usage(text));
    }
    let mut table = vec![0; cells];
    for (row, entries) in table.chunks_exact_mut(outcomes).zip(&distinct) {
        entries.iter().for_each(|(y, n)| row[*y] = *n);
    }
    let channel = Channel::new(&table, outcomes).map_err(|e| Error::Data(e.to_string()))?;
    let capacity = channel.capacity_while(GAP, MAX_ROUNDS, || search.go_on().is_ok());
    search.go_on()?;
    let (even, bias) = information(&counts, outcomes, each);
    let upper = capacity.upper.max(0.0);
    let error = if search.errors { error(search, played, each)? } else { None };
    Ok(Sampled {
        inputs: counts.len() as u64,
        all,
        rollouts: each,
        outcomes,
        bits: capacity.bits.max(0.0),
        upper,
        even,
        corrected: (even - bias).min(upper),
        bias,
        error,
    })
}

/// The standard error of the information at even inputs minus its bias: sqrt((g - 1) / g sum (I_k - mean)^2) over g parts of the rollouts,
/// each left out in turn.
///
/// # Errors
/// [`Error::Interrupted`] if the search is stopped.
fn error(search: &ReachSearch, played: &Played, each: u32) -> Result<Option<f64>> {
    let parts = each.min(MAX_PARTS);
    if parts < 2 {
        return Ok(None);
    }
    let mut figures = Vec::new();
    for part in 0..parts {
        search.go_on()?;
        let rows = rows(played, each, |r| r % parts == part);
        let kept = each - (part..each).step_by(parts as usize).count() as u32;
        let (even, bias) = information(&rows, played.outcomes.len(), kept);
        figures.push(even - bias);
    }
    let g = f64::from(parts);
    let mean = figures.iter().sum::<f64>() / g;
    let squares: f64 = figures.iter().map(|figure| (figure - mean) * (figure - mean)).sum();
    Ok(Some((squares * (g - 1.0) / g).sqrt()))
}

/// Returns the plug-in mutual information at even inputs, the sum over (x, y) of n_xy (log2 n_xy + log2 N - log2 n_x - log2 n_y), over N;
/// and its bias.
fn information(rows: &[Row], outcomes: usize, each: u32) -> (f64, f64) {
    let mut of_outcome = vec![0u64; outcomes];
    rows.iter().flatten().for_each(|(y, n)| of_outcome[*y] += u64::from(*n));
    let of_outcome: Vec<i64> = of_outcome.into_iter().map(log2).collect();
    let most = rows.iter().flatten().map(|(_, n)| *n).max().unwrap_or(0).min(SMALL);
    let small: Vec<i64> = (0..=most).map(|n| log2(u64::from(n))).collect();
    let log = |n: u32| small.get(n as usize).copied().unwrap_or_else(|| log2(u64::from(n)));
    let all = rows.len() as u64 * u64::from(each);
    let same = log2(all) - log2(u64::from(each));
    let term = |(y, n): &(usize, u32)| i128::from(*n) * i128::from(log(*n) + same - of_outcome[*y]);
    let sum: i128 = rows.iter().flatten().map(term).sum();
    (sum as f64 / all as f64 / UNITS_PER_BIT, bias(rows, outcomes, each))
}
