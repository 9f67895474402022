//! Empowerment: how much a player can control of the state n steps later (Klyubin, Polani and Nehaniv 2005).
//!
//! `E_n(s)` is the capacity, in bits, of the channel from open-loop sequences of n actions to a feature of the state in which they end. It
//! is computed by forking the world. docs/empowerment.md says which mode answers which question.

mod field;
mod fork_limits;
mod gpu;
mod pool;
mod reach;
mod sampled;
#[cfg(test)]
mod tests;

pub use crate::shaders::bonus::reach::{FRACTION_BITS, UNITS_PER_BIT, log2, q20};
pub use field::{CellOptions, Noise, on_cells, on_every_cell};
pub use fork_limits::ForkLimits;
pub use reach::{Bounds, EndFeature, ReachSearch};
pub use sampled::{MAX_CHANNEL, Rollouts, Sampled};

use crate::envs::shared::key::Key;
use crate::envs::{Block, Stochasticity, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::reach::reach;
use crate::shaders::core::fork_sources::{ForkSources, fork_sources};
use crate::sim::keyed_model::KeyedModel;

/// Most forked steps for one root and one noise index.
pub const MAX_FORKS: u64 = 1 << 22;
/// Most bytes that the distinct states of one step of one root may take.
pub const MAX_FRONTIER_BYTES: usize = 256 << 20;
/// Most actions of a sequence.
pub const MAX_HORIZON: u32 = 10_000;
/// Most noise indices of [`Mode::Frozen`].
pub const MAX_NOISE_SAMPLES: u32 = 4096;
/// Noise indices over which [`Mode::Frozen`] averages by default.
pub const NOISE_SAMPLES: u32 = 8;
/// Default number of rollouts for each sequence in [`Mode::Sampled`].
pub const ROLLOUTS: u32 = 16;

/// The end feature of a fork; None if its episode ended. All ended episodes are one outcome.
pub type Outcome = Option<u64>;

/// How randomness of the world is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For worlds without stochastic steps: log2 of the number of distinct ends. If a step is stochastic ([`Measured::certain`] is false),
    /// the value is that for noise index 0 alone.
    Exact,
    /// All forks share their noise. The value is the mean, over the noise indices, of log2 of the number of distinct ends. It is never
    /// below the true value.
    Frozen {
        /// Noise indices averaged over, 1 to [`MAX_NOISE_SAMPLES`].
        noise_samples: u32,
    },
    /// Every fork has independent noise. The value is the capacity of the counted channel.
    Sampled(Rollouts),
}

/// Names that [`Mode::named`] accepts.
pub const MODES: [&str; 3] = ["exact", "frozen", "sampled"];

impl Mode {
    /// Returns the mode of that name. Options that are None have their defaults.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such mode, or an option is given that the mode does not have.
    pub fn named(name: &str, noise_samples: Option<u32>, rollouts: Option<u32>, sequences: Option<u32>) -> Result<Mode> {
        let (sampled, rolled) =
            (("noise_samples", noise_samples.is_some()), [("rollouts", rollouts.is_some()), ("sequences", sequences.is_some())]);
        let wrong = |explicit: &[(&str, bool)]| match explicit.iter().find(|(_, explicit)| *explicit) {
            Some((option, _)) => Err(Error::Usage(format!("{option} means nothing for mode {name}"))),
            None => Ok(()),
        };
        match name {
            "exact" => wrong(&[sampled, rolled[0], rolled[1]]).map(|()| Mode::Exact),
            "frozen" => wrong(&rolled).map(|()| Mode::Frozen { noise_samples: noise_samples.unwrap_or(NOISE_SAMPLES) }),
            "sampled" => {
                wrong(&[sampled])?;
                Ok(Mode::Sampled(Rollouts { each: rollouts.unwrap_or(ROLLOUTS), sequences }))
            }
            other => Err(Error::Usage(format!("mode '{other}'; there are {}", MODES.join(", ")))),
        }
    }
}

/// A measure of empowerment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Empowerment {
    /// Actions of a sequence, at least 1.
    pub horizon: u32,
    /// How randomness of the world is handled.
    pub mode: Mode,
    /// The end feature: ends with equal keys are the same.
    pub key: Key,
    /// Most forked steps of one root for one noise index. [`Empowerment::new`] sets it to [`MAX_FORKS`].
    pub max_forks: u64,
}

/// The empowerment of one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// In units of 2^-[`FRACTION_BITS`] bits.
    pub fixed: i64,
    /// Number of forked steps.
    pub forked_steps: u64,
    /// Whether the value is the capacity itself: no value of any random word could have changed the end feature. If it is false, the values
    /// of `Exact` and `Frozen` are the capacity or larger. A world may report a certain state as uncertain, but never an uncertain state as
    /// certain. It is false for a counted channel.
    pub certain: bool,
    /// The counts that the value comes from.
    pub detail: Detail,
}

/// What a value of empowerment was computed from.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// The episode is over, so the value is 0.
    Over,
    /// Number of distinct ends for each noise index.
    Ends(Vec<u64>),
    /// The counted channel, in [`Mode::Sampled`].
    Channel(Sampled),
}

impl Measured {
    /// Empowerment in bits.
    pub fn bits(&self) -> f64 {
        self.fixed as f64 / UNITS_PER_BIT
    }

    /// Empowerment in the unit of a bonus, 2^-20 bits.
    pub fn q20(&self) -> i32 {
        q20(self.fixed)
    }
}

impl Empowerment {
    /// Creates a measure with `key` in `world`, with at most [`MAX_FORKS`] forked steps.
    ///
    /// # Errors
    /// [`Error::Usage`] if the horizon is not 1 to [`MAX_HORIZON`], the noise samples are not 1 to [`MAX_NOISE_SAMPLES`], the rollouts or
    /// sequences are 0, or the world does not have the key.
    pub fn new(world: &dyn World, horizon: u32, mode: Mode, key: Key) -> Result<Empowerment> {
        if !(1..=MAX_HORIZON).contains(&horizon) {
            return Err(Error::Usage(format!("a horizon has at least 1 action and at most {MAX_HORIZON}, not {horizon}")));
        }
        match mode {
            Mode::Frozen { noise_samples } if !(1..=MAX_NOISE_SAMPLES).contains(&noise_samples) => {
                return Err(Error::Usage(format!("noise_samples = {noise_samples}; there can be 1 to {MAX_NOISE_SAMPLES}")));
            }
            Mode::Sampled(rollouts) => rollouts.check()?,
            _ => {}
        }
        world.check_key(key).map_err(Error::Usage)?;
        Ok(Empowerment { horizon, mode, key, max_forks: MAX_FORKS })
    }

    /// The empowerment of instance `i` of `block`.
    ///
    /// # Errors
    /// See [`Empowerment::measure_by`].
    pub fn measure(&self, search: &mut ReachSearch, block: &Block, i: usize) -> Result<Measured> {
        self.measure_by(search, block, i, &EndFeature::Key(self.key))
    }

    /// [`Empowerment::measure`] with `end` as the end feature instead of the key.
    ///
    /// # Errors
    /// [`Error::Usage`] if one root takes more forks, states or outcomes than the limits allow; the message says what would fit.
    /// [`Error::Interrupted`] if the search is stopped.
    pub fn measure_by(&self, search: &mut ReachSearch, block: &Block, i: usize, end: &EndFeature) -> Result<Measured> {
        let before = search.forked_steps;
        let (fixed, certain, detail) = if !fork_sources(ForkSources::Open, block.core_of(i)) {
            (0, true, Detail::Over)
        } else {
            match self.mode {
                Mode::Exact => self.reached(search, (block, i), 1, end)?,
                Mode::Frozen { noise_samples } => self.reached(search, (block, i), noise_samples, end)?,
                Mode::Sampled(rollouts) => {
                    let sampled = sampled::sample(search, (block, i), self.bounds(), rollouts, end)?;
                    ((sampled.bits * UNITS_PER_BIT + 0.5) as i64, false, Detail::Channel(sampled))
                }
            }
        };
        Ok(Measured { fixed, forked_steps: search.forked_steps - before, certain, detail })
    }

    fn bounds(&self) -> Bounds {
        Bounds { horizon: self.horizon, forks: self.max_forks }
    }

    fn reached(
        &self,
        search: &mut ReachSearch,
        root: (&Block, usize),
        noise_samples: u32,
        end: &EndFeature,
    ) -> Result<(i64, bool, Detail)> {
        let (mut counts, mut certain) = (Vec::new(), true);
        for noise_index in 0..noise_samples {
            counts.push(search.ends(root, noise_index, self.bounds(), end)?.len() as u64);
            certain &= !search.random;
        }
        Ok((reach(&counts), certain, Detail::Ends(counts)))
    }

    /// The value of the state of instance `i` as a bonus, in units of 2^-20 bits. For the reward `E_n(s') - E_n(s)`, keep the last value
    /// and subtract it. In the modes `Exact` and `Frozen` the value is an integer function of the state alone, equal on every machine.
    ///
    /// # Errors
    /// See [`Empowerment::measure_by`].
    pub fn value(&self, model: &KeyedModel, block: &Block, i: usize) -> Result<i32> {
        Ok(self.measure(&mut ReachSearch::new(model), block, i)?.q20())
    }

    /// Whether a step in `world` can be stochastic, as far as the key shows it.
    pub fn may_be_uncertain(&self, world: &dyn World) -> bool {
        world.stochasticity(Some(self.key)) != Stochasticity::Never
    }

    /// Upper bound of the forked steps of one root in a world with `actions` actions.
    pub fn max_steps(&self, actions: u32) -> u128 {
        let all = |samples: u32| {
            let layers = (1..=self.horizon).scan(1u128, |states, _| {
                *states = states.saturating_mul(u128::from(actions)).min(u128::from(self.max_forks));
                Some(*states)
            });
            layers.sum::<u128>().min(u128::from(self.max_forks)) * u128::from(samples)
        };
        match self.mode {
            Mode::Exact => all(1),
            Mode::Frozen { noise_samples } => all(noise_samples),
            Mode::Sampled(rollouts) => rollouts.steps_each(actions, self.horizon),
        }
    }
}
