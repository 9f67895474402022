//! The interface of a tabular learner, and the table that it uses.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::Keyed;

/// A transition, as a learner gets it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// From 0 to H - 1.
    pub stage: u32,
    /// Index of the previous state, in the order in which the instance met the states.
    pub state: u32,
    /// Action taken, from 0 to A - 1.
    pub action: u32,
    /// Reward of the step: the raw reward divided by `WorldSpec::reward_denominator`.
    pub reward: f64,
    /// Index of the next state; None if the episode ended.
    pub next: Option<u32>,
}

/// A tabular learning method.
pub trait Learner: Clone + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Part of the key of its random stream. It differs from those of worlds and of other agents.
    const STREAM: [u32; 2];

    /// Returns the action to take in `state` at `stage` (0 to H - 1). All random draws come from `stream`.
    fn choose(&mut self, stage: u32, state: u32, stream: &mut Keyed) -> u32;

    /// Learns from one step.
    fn learn(&mut self, step: &Transition);

    /// Ends an episode: H steps are done, or the episode of the world has ended.
    fn end(&mut self);

    /// Restores what is not saved from an untaught learner with the same options.
    fn recall(&mut self, untaught: &Self);

    /// Returns a report on all learners; `self` is untaught.
    fn report<'a>(&self, _all: impl Iterator<Item = &'a Self>) -> Vec<(String, Value)> {
        Vec::new()
    }
}

/// For each stage, the states met there, with a value of type `T` for every action.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stages<T>(pub Vec<BTreeMap<u32, Vec<T>>>);

impl<T: Clone + Default> Stages<T> {
    pub fn new(horizon: u32) -> Stages<T> {
        Stages(vec![BTreeMap::new(); horizon as usize])
    }

    pub fn get(&self, stage: u32, state: u32) -> Option<&[T]> {
        self.0.get(stage as usize)?.get(&state).map(|row| &row[..])
    }

    /// The row of a state. It is created if the state is new.
    pub fn row(&mut self, stage: u32, state: u32, actions: u32) -> &mut [T] {
        self.0[stage as usize].entry(state).or_insert_with(|| vec![T::default(); actions as usize])
    }
}

/// Returns the index of the greatest of `n` values. Ties are broken at random.
pub fn argmax(n: u32, value: impl Fn(u32) -> f64, stream: &mut Keyed) -> u32 {
    let most = (0..n).map(&value).fold(f64::NEG_INFINITY, f64::max);
    let ties = (0..n).filter(|a| value(*a) == most);
    let count = ties.clone().count() as u32;
    let pick = stream.randint(count.max(1)) as usize;
    ties.clone().nth(pick).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_broken_by_chance_and_nothing_else_is() {
        let values = [1.0, 3.0, 2.0, 3.0];
        let mut counts = [0; 4];
        for step in 0..1000 {
            counts[argmax(4, |a| values[a as usize], &mut Keyed::new([1, 2], 0, step, 0)) as usize] += 1;
        }
        assert!(counts[0] == 0 && counts[2] == 0 && counts[1] > 400 && counts[3] > 400, "{counts:?}");
    }
}
