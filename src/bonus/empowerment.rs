//! Empowerment: how much of what comes n steps later is in the player's hands (Klyubin, Polani and Nehaniv 2005).
//!
//! `E_n(s)` is the capacity, in bits, of the channel from open-loop sequences of n actions to what is seen of the state they end in. It is
//! computed by forking the world: see docs/empowerment.md for which mode answers which question.

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
/// Rollouts for each sequence in [`Mode::Sampled`] if nothing else is said.
pub const ROLLOUTS: u32 = 16;

/// What is seen of where a fork ended; None if its episode did. All ended episodes are one outcome.
pub type Outcome = Option<u64>;

/// How chance is dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No step is stochastic: log2 of the number of distinct ends. Elsewhere ([`Measured::certain`] says so) the value for noise index 0 alone.
    Exact,
    /// All forks share their noise: the mean over so many noise indices of log2 of the distinct ends. Never below the true value.
    Frozen {
        /// Noise indices averaged over, 1 to [`MAX_NOISE_SAMPLES`].
        noise_samples: u32,
    },
    /// Every fork has its own noise: the capacity of the channel that was counted.
    Sampled(Rollouts),
}

/// What [`Mode::named`] knows.
pub const MODES: [&str; 3] = ["exact", "frozen", "sampled"];

impl Mode {
    /// The mode of that name with what was said of it, else as usual.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such mode, or something was said that it does not have.
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
    /// Actions a sequence has, from 1.
    pub horizon: u32,
    /// How randomness of the world is handled.
    pub mode: Mode,
    /// What is seen of an end.
    pub key: Key,
    /// Forked steps that one root may take for one noise index; at most [`MAX_FORKS`] makes sense on a machine as they are.
    pub max_forks: u64,
}

/// The empowerment of one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// In units of 2^-[`FRACTION_BITS`] bits.
    pub fixed: i64,
    /// Forked steps it took.
    pub forked_steps: u64,
    /// Whether the value is the capacity itself: no value of any random word could have changed what is seen of an end. Where it is not, the
    /// values of `Exact` and `Frozen` are too large or right; a world may call what is certain uncertain, never the other way round. Never
    /// said of a counted channel.
    pub certain: bool,
    /// The counts that the value comes from.
    pub detail: Detail,
}

/// What a value of empowerment was computed from.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// The episode is over: nothing is in anybody's hands.
    Over,
    /// Distinct ends for each noise index.
    Ends(Vec<u64>),
    /// The counted channel, in [`Mode::Sampled`].
    Channel(Sampled),
}

impl Measured {
    /// Empowerment in bits.
    pub fn bits(&self) -> f64 {
        self.fixed as f64 / UNITS_PER_BIT
    }

    /// In units of a bonus, 2^-20 bits.
    pub fn q20(&self) -> i32 {
        q20(self.fixed)
    }
}

impl Empowerment {
    /// Measures with `key` in `world`, within [`MAX_FORKS`].
    ///
    /// # Errors
    /// [`Error::Usage`] for a horizon that is not 1 to [`MAX_HORIZON`], noise samples that are not 1 to [`MAX_NOISE_SAMPLES`], 0 rollouts or sequences, and
    /// for a key that means nothing in this world.
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

    /// [`Empowerment::measure`] with ends told apart by `end` in place of the key.
    ///
    /// # Errors
    /// [`Error::Usage`] if one root takes more forks, states or outcomes than the limits allow, with what would fit.
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

    /// The value of the state of instance `i` as a bonus, in units of 2^-20 bits. For the reward `E_n(s') - E_n(s)` keep the last value and
    /// take the difference. In the modes `Exact` and `Frozen` it is an integer function of the state alone, equal on every machine.
    ///
    /// # Errors
    /// See [`Empowerment::measure_by`].
    pub fn value(&self, model: &KeyedModel, block: &Block, i: usize) -> Result<i32> {
        Ok(self.measure(&mut ReachSearch::new(model), block, i)?.q20())
    }

    /// Whether chance can have a say in any state of `world`, as far as the key can tell.
    pub fn may_be_uncertain(&self, world: &dyn World) -> bool {
        world.stochasticity(Some(self.key)) != Stochasticity::Never
    }

    /// Forked steps that one root takes at most, in a world of so many actions.
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
