//! The information that a transition gives about a tabular model of transitions. For each (state, action) the model has a Dirichlet belief
//! over K outcomes, with one pseudo-observation of each at first. With alpha of the outcome and A of all, before the transition is counted:
//!
//! - the gain of the belief, `KL(Dir' || Dir) = g(alpha) - g(A)` with `g(x) = psi(x + 1) - ln x` (Itti and Baldi 2009);
//! - the gain of the predictive mean, `KL(p' || p)` (Little and Sommer 2013) or `KL(p || p')`.

use super::fixed::{gain_q30, q30_to_q20, step_q30};
use super::table::{choice_key, transition_key};
use super::{Bonus, Counts, FAULT_TABLE, Inserts, Order, Scope, Transition, instance_table};

/// The value, in nats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gain {
    /// `KL(Dir' || Dir)`.
    Belief = 0,
    /// `KL(p' || p)`, posterior before prior.
    PosteriorPrior = 1,
    /// `KL(p || p')`, prior before posterior.
    PriorPosterior = 2,
}

/// Memory: the table of the instance, if counts are not shared. Numbers: gain, scope, outcomes, slots.
#[derive(Clone, Copy, Debug)]
pub struct InformationGain {
    gain: Gain,
    scope: Scope,
    outcomes: u32,
    slots: u32,
}

impl InformationGain {
    /// `outcomes` is K. `slots` are those of the table of the instance; they are used with the scope instance.
    ///
    /// # Errors
    /// Which number is invalid.
    pub fn new(gain: Gain, scope: Scope, outcomes: u32, slots: u32) -> Result<InformationGain, String> {
        if scope == Scope::Episode {
            return Err("information gain has scope shared or instance, not episode".to_string());
        }
        if outcomes == 0 {
            return Err("0 outcomes: an action has at least one".to_string());
        }
        instance_table::check(&[(scope == Scope::Instance, slots)])?;
        Ok(InformationGain { gain, scope, outcomes, slots })
    }

    /// The value with `n` transitions like this one among `all` of the same choice.
    fn value(&self, n: u32, all: u32) -> i32 {
        let alpha = n.saturating_add(1);
        let mass = all.saturating_add(self.outcomes);
        if self.gain == Gain::Belief {
            return q30_to_q20(gain_q30(alpha) as i32 - gain_q30(mass) as i32);
        }
        if self.gain == Gain::PosteriorPrior {
            let mean = (u64::from(alpha) + 1) * u64::from(step_q30(alpha)) / (u64::from(mass) + 1);
            return q30_to_q20(mean as i32 - step_q30(mass) as i32);
        }
        let mean = u64::from(alpha) * u64::from(step_q30(alpha)) / u64::from(mass);
        q30_to_q20(step_q30(mass) as i32 - mean as i32)
    }
}

impl Bonus for InformationGain {
    fn order(&self) -> Order {
        Order::ReadBefore
    }

    fn inserts(&self) -> Inserts {
        if self.scope == Scope::Shared { Inserts::Transition } else { Inserts::Nothing }
    }

    fn memory_words(&self) -> usize {
        if self.scope == Scope::Shared { 0 } else { instance_table::words_of(self.slots) }
    }

    /// No action led to the first state, so there is nothing to learn.
    fn begin(&self, _: &Transition, _: &mut [u32]) {}

    fn visit(&self, transition: &Transition, table: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32> {
        let choice = choice_key(transition.before, transition.action);
        let transition = transition_key(transition.before, transition.action, transition.key);
        if self.scope == Scope::Shared {
            return Ok(self.value(table.count(transition), table.count(choice)));
        }
        let n = instance_table::count(memory, self.slots, transition);
        let all = instance_table::count(memory, self.slots, choice);
        if !instance_table::has_room_for(memory, self.slots, u32::from(n == 0) + u32::from(all == 0)) {
            return Err(FAULT_TABLE);
        }
        instance_table::add(memory, self.slots, choice);
        instance_table::add(memory, self.slots, transition);
        Ok(self.value(n, all))
    }

    fn peek(&self, transition: &Transition, table: &dyn Counts, memory: &[u32]) -> i32 {
        let choice = choice_key(transition.before, transition.action);
        let transition = transition_key(transition.before, transition.action, transition.key);
        if self.scope == Scope::Shared {
            return self.value(table.count(transition), table.count(choice));
        }
        self.value(instance_table::count(memory, self.slots, transition), instance_table::count(memory, self.slots, choice))
    }

    fn wgsl(&self) -> &'static str {
        "shaders/bonus/information_gain.wgsl"
    }

    fn params(&self) -> Vec<u32> {
        vec![self.gain as u32, self.scope as u32, self.outcomes, self.slots]
    }
}
