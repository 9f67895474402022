//! Empowerment as a bonus. It is computed by forking.

use super::empowerment::{Detail, Empowerment, ForkLimits, Measured, Mode, ReachSearch, q20};
use super::entry::Entry;
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::ONE;
use crate::sim::keyed_model::KeyedModel;
use crate::sim::reach::Reach;

/// Fault code: the empowerment of the instance needs more forks than the limit allows.
pub const FAULT_FORKS: u32 = 0x1_0002;

/// The bonus `empowerment`. The first word of an instance's memory is the value of its current state. In the mode `sampled`, four sums
/// follow, two words each, low word first: the number of channels counted, and the sums of their upper bound, of their information at even
/// inputs and of its bias, in units of a bonus. In the mode `exact`, where steps can be stochastic, two sums follow: the number of states
/// measured, and of those that were uncertain.
#[derive(Debug)]
pub struct EmpowermentBonus {
    measure: Empowerment,
    model: KeyedModel,
    /// Whether the states measured and the uncertain ones are counted.
    counted: bool,
    /// Whether the value is the change of empowerment in the transition (form `delta`), not the empowerment itself.
    difference: bool,
    limits: ForkLimits,
}

/// The default horizon. With it, `lookahead` makes more than a hundred real steps a second on two cores.
pub const HORIZON: u32 = 1;

/// Number of sums that an instance stores about its channels, and (`STATES`) about its states.
const SUMS: usize = 4;
const STATES: usize = 2;

/// Means over the channels counted in the mode `sampled`, first states included, in bits. They are needed to interpret the mean of the
/// bonus, which is a lower bound of the capacity of the counted channel.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Channels {
    /// Number of channels counted, over all instances.
    pub channels: u64,
    /// Forks for each sequence.
    pub rollouts: u32,
    /// Random sequences of each channel; None if all sequences were tried.
    pub sequences: Option<u32>,
    /// Mean upper bound of the capacity.
    pub upper: f64,
    /// Mean mutual information at even inputs, as counted.
    pub even: f64,
    /// Mean first-order bias of `even`.
    pub bias: f64,
    /// Mean of `even` minus `bias`.
    pub corrected: f64,
}

/// States measured in the mode `exact`, first states included, in worlds whose steps can be stochastic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Certainty {
    /// Number of states measured, over all instances.
    pub states: u64,
    /// Number of states in which a step within the horizon was stochastic. Their value is that for one noise index: the capacity or more.
    pub uncertain: u64,
}

impl EmpowermentBonus {
    /// The bonus that a resolved entry describes.
    ///
    /// # Errors
    /// [`Error::Usage`] if an option has a value that it cannot have.
    pub fn new(entry: &Entry, world: &dyn World) -> Result<EmpowermentBonus> {
        let wrong = |why: String| Error::Usage(format!("bonus empowerment: {why}"));
        let key = entry.key.unwrap_or_else(|| world.default_keys().ends);
        let horizon = entry.whole("horizon");
        let [noise_samples, rollouts, sequences] =
            ["noise_samples", "rollouts", "sequences"].map(|option| entry.explicit(option));
        let mode = Mode::named(entry.text("mode"), noise_samples, rollouts, sequences).map_err(|e| wrong(e.to_string()))?;
        let difference = entry.text("form") == "delta";
        let measure = Empowerment::new(world, horizon, mode, key).map_err(|e| wrong(e.to_string()))?;
        let counted = mode == Mode::Exact && measure.may_be_uncertain(world);
        Ok(EmpowermentBonus { measure, model: KeyedModel::of(world)?, counted, difference, limits: ForkLimits::default() })
    }

    pub fn memory_words(&self) -> usize {
        match self.measure.mode {
            Mode::Sampled(_) => 1 + 2 * SUMS,
            _ if self.counted => 1 + 2 * STATES,
            _ => 1,
        }
    }

    /// The numbers that shaders/bonus/empowerment.wgsl reads.
    pub fn numbers(&self) -> Vec<u32> {
        vec![u32::from(self.difference), u32::from(self.counted)]
    }

    /// Whether a GPU can compute it.
    ///
    /// # Errors
    /// [`Error::Usage`] that says what would fit.
    pub fn check_gpu(&self) -> Result<()> {
        self.measure.check_gpu(self.model.world().spec().num_actions()).map_err(|e| Error::Usage(format!("bonus {e}")))
    }

    /// The same measure for a GPU; None if a GPU cannot compute it.
    pub fn reach(&self) -> Option<Reach> {
        self.measure.reach(&self.model)
    }

    /// A search for one thread, without standard errors.
    pub fn search(&self) -> ReachSearch<'_> {
        ReachSearch::new(&self.model).without_errors()
    }

    /// # Errors
    /// [`FAULT_FORKS`]; [`EmpowermentBonus::fault`] returns the reason.
    fn measured(&self, search: &mut ReachSearch, block: &Block, i: usize) -> std::result::Result<Measured, u32> {
        self.measure.measure(search, block, i).map_err(|why| {
            self.limits.keep(block.first + i, &why);
            FAULT_FORKS
        })
    }

    /// # Errors
    /// [`FAULT_FORKS`].
    pub fn begin(&self, search: &mut ReachSearch, block: &Block, i: usize, memory: &mut [u32]) -> std::result::Result<(), u32> {
        self.update(search, block, i, memory).map(|_| ())
    }

    /// The bonus of the transition of instance `i`.
    ///
    /// # Errors
    /// [`FAULT_FORKS`].
    pub fn visit(&self, search: &mut ReachSearch, block: &Block, i: usize, memory: &mut [u32]) -> std::result::Result<i32, u32> {
        let (value, before) = self.update(search, block, i, memory)?;
        Ok(if self.difference { value - before } else { value })
    }

    /// Updates the memory. Returns the value of the current state of instance `i` and that of its previous state.
    fn update(
        &self,
        search: &mut ReachSearch,
        block: &Block,
        i: usize,
        memory: &mut [u32],
    ) -> std::result::Result<(i32, i32), u32> {
        let measured = self.measured(search, block, i)?;
        let before = memory[0] as i32;
        memory[0] = measured.q20() as u32;
        if let Detail::Channel(sampled) = &measured.detail {
            let units = |bits: f64| i64::from(q20((bits * super::empowerment::UNITS_PER_BIT) as i64));
            add(&mut memory[1..], [1, units(sampled.upper), units(sampled.even), units(sampled.bias)]);
        } else if self.counted {
            add(&mut memory[1..], [1, i64::from(!measured.certain)]);
        }
        Ok((measured.q20(), before))
    }

    /// The value that [`EmpowermentBonus::visit`] would return for fork `i` of `block`.
    ///
    /// # Errors
    /// [`FAULT_FORKS`].
    pub fn peek(&self, search: &mut ReachSearch, block: &Block, i: usize, memory: &[u32]) -> std::result::Result<i32, u32> {
        let value = self.measure.measure(search, block, i).map_err(|_| FAULT_FORKS)?.q20();
        Ok(if self.difference { value - memory[0] as i32 } else { value })
    }

    /// The message for [`FAULT_FORKS`] of instance `instance`.
    pub fn fault(&self, instance: usize) -> String {
        self.limits.text(instance, "bonus.empowerment", self.measure.mode)
    }

    /// The message for the fault of a fork.
    pub fn fork_fault(&self) -> String {
        let lower = match (self.measure.mode, self.measure.horizon) {
            (Mode::Sampled(_), _) => "set bonus.empowerment.horizon, sequences or rollouts lower".to_string(),
            (_, horizon) => format!("set bonus.empowerment.horizon lower than {horizon}"),
        };
        format!("a transition of a fork: its empowerment takes more forks than there may be: {lower}")
    }

    /// Means over all channels, from the memory of all instances; None in another mode, or if no channel was counted.
    pub fn channels(&self, memory: &[u32]) -> Option<Channels> {
        let Mode::Sampled(rollouts) = self.measure.mode else { return None };
        let sums: [i64; SUMS] = self.sums(memory);
        let n = sums[0];
        let mean = |sum: i64| sum as f64 / n as f64 / f64::from(ONE);
        (n > 0).then(|| Channels {
            channels: n as u64,
            rollouts: rollouts.each,
            sequences: rollouts.sequences,
            upper: mean(sums[1]),
            even: mean(sums[2]),
            bias: mean(sums[3]),
            corrected: mean(sums[2] - sums[3]),
        })
    }
}

impl EmpowermentBonus {
    /// Numbers of states measured and of uncertain states, from the memory of all instances; None if they are not counted.
    pub fn certainty(&self, memory: &[u32]) -> Option<Certainty> {
        self.counted.then(|| {
            let [states, uncertain] = self.sums::<STATES>(memory).map(|sum| sum as u64);
            Certainty { states, uncertain }
        })
    }

    /// Sums over all instances.
    fn sums<const N: usize>(&self, memory: &[u32]) -> [i64; N] {
        let mut sums = [0i64; N];
        for memory in memory.chunks_exact(self.memory_words()) {
            sums.iter_mut().zip(memory[1..].chunks_exact(2)).for_each(|(sum, words)| *sum = sum.wrapping_add(whole(words)));
        }
        sums
    }
}

fn whole(words: &[u32]) -> i64 {
    (u64::from(words[0]) | u64::from(words[1]) << 32) as i64
}

/// Adds `more` to the sums of an instance.
fn add<const N: usize>(sums: &mut [u32], more: [i64; N]) {
    for (words, more) in sums.chunks_exact_mut(2).zip(more) {
        let sum = whole(words).wrapping_add(more) as u64;
        (words[0], words[1]) = (sum as u32, (sum >> 32) as u32);
    }
}
