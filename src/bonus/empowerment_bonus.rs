//! Empowerment as a bonus: the value of a state by what can be done from it, found by forking.

use super::empowerment::{Detail, Empowerment, ForkLimits, Measured, Mode, ReachSearch, q20};
use super::entry::Entry;
use crate::envs::{Block, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::ONE;
use crate::sim::keyed_model::KeyedModel;
use crate::sim::reach::Reach;

/// Fault of an instance whose empowerment takes more forks than there may be.
pub const FAULT_FORKS: u32 = 0x1_0002;

/// The bonus `empowerment`. An instance's own words: the value of the state that it is in; in the mode `sampled` then, two words each, low
/// one first, the number of channels counted and the sums of their upper bound, information at even inputs and bias in units of a bonus. In
/// the mode `exact`, where chance may have a say: the states measured, and those among them that chance had a say in.
#[derive(Debug)]
pub struct EmpowermentBonus {
    measure: Empowerment,
    model: KeyedModel,
    /// States are counted by whether chance had a say.
    counted: bool,
    /// What the transition has changed is paid, not the value itself.
    difference: bool,
    limits: ForkLimits,
}

/// The horizon unless one is said: what keeps lookahead above a hundred real steps a second on two cores.
pub const HORIZON: u32 = 1;

/// Sums that an instance keeps of its channels, and of its states.
const SUMS: usize = 4;
const STATES: usize = 2;

/// Channels counted in the mode `sampled`, of first states too: what the mean of the bonus, a lower bound of the counted channel's
/// capacity, has to be read with. Bits.
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
    /// Mean of `even` less `bias`.
    pub corrected: f64,
}

/// States whose empowerment was paid in the mode `exact`, first states too, in worlds in which chance may have a say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Certainty {
    /// Number of states measured, over all instances.
    pub states: u64,
    /// Those in which chance had a say within the horizon: their value is that for one noise index, the capacity or more.
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

    /// The numbers of shaders/bonus/empowerment.wgsl.
    pub fn numbers(&self) -> Vec<u32> {
        vec![u32::from(self.difference), u32::from(self.counted)]
    }

    /// Whether a GPU can measure it.
    ///
    /// # Errors
    /// [`Error::Usage`] with the horizon that fits there.
    pub fn check_gpu(&self) -> Result<()> {
        self.measure.check_gpu(self.model.world().spec().num_actions()).map_err(|e| Error::Usage(format!("bonus {e}")))
    }

    /// The same measure for a GPU; None if there is none.
    pub fn reach(&self) -> Option<Reach> {
        self.measure.reach(&self.model)
    }

    /// Room to measure in, for a thread.
    pub fn search(&self) -> ReachSearch<'_> {
        ReachSearch::new(&self.model).without_errors()
    }

    /// # Errors
    /// [`FAULT_FORKS`]; why is kept for [`EmpowermentBonus::fault`].
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

    /// The value of the state that instance `i` is in now, and that of the one it was in.
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

    /// What [`EmpowermentBonus::visit`] would give for fork `i` of `block`.
    ///
    /// # Errors
    /// [`FAULT_FORKS`].
    pub fn peek(&self, search: &mut ReachSearch, block: &Block, i: usize, memory: &[u32]) -> std::result::Result<i32, u32> {
        let value = self.measure.measure(search, block, i).map_err(|_| FAULT_FORKS)?.q20();
        Ok(if self.difference { value - memory[0] as i32 } else { value })
    }

    /// What [`FAULT_FORKS`] means of instance `instance`.
    pub fn fault(&self, instance: usize) -> String {
        self.limits.text(instance, "bonus.empowerment", self.measure.mode)
    }

    /// What the fault means where a fork met it.
    pub fn fork_fault(&self) -> String {
        let lower = match (self.measure.mode, self.measure.horizon) {
            (Mode::Sampled(_), _) => "set bonus.empowerment.horizon, sequences or rollouts lower".to_string(),
            (_, horizon) => format!("set bonus.empowerment.horizon lower than {horizon}"),
        };
        format!("a transition of a fork: its empowerment takes more forks than there may be: {lower}")
    }

    /// What all channels came to, from the own words of all instances; None in another mode, or if there was none.
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
    /// States measured and states that chance had a say in, from the own words of all instances; None if they are not counted.
    pub fn certainty(&self, memory: &[u32]) -> Option<Certainty> {
        self.counted.then(|| {
            let [states, uncertain] = self.sums::<STATES>(memory).map(|sum| sum as u64);
            Certainty { states, uncertain }
        })
    }

    /// What all instances have added up.
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

/// More in the sums of an instance.
fn add<const N: usize>(sums: &mut [u32], more: [i64; N]) {
    for (words, more) in sums.chunks_exact_mut(2).zip(more) {
        let sum = whole(words).wrapping_add(more) as u64;
        (words[0], words[1]) = (sum as u32, (sum >> 32) as u32);
    }
}
