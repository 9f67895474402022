//! Agents that store a table of every state, for worlds with few states. Each instance learns separately.
//!
//! Both agents plan for H steps and distinguish states by stage: the best action with three steps left differs from the best with thirty. A
//! state is a key ([`crate::envs::shared::key`]), numbered in the order in which it is met. An episode of the world that is longer than H
//! counts as several.

mod learner;
mod logarithm;
pub mod rf_express;
pub mod ucb_q;

pub use learner::{Learner, Transition};

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::driver::{Driver, look};
use super::options::within;
use crate::envs::shared::key::{Key, TabularKey};
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::shaders::shared::keyed::Keyed;
use crate::sim::{Batch, StepView};

/// Number of steps planned for if neither the user nor the world gives one, and the largest that is taken from a world.
const HORIZON: u32 = 200;
const MAX_HORIZON: u32 = 100_000;
/// Fewest instances that one thread processes at a time.
const TAUGHT_TOGETHER: usize = 4;

/// The options of either agent, before defaults are filled in.
#[derive(Clone, Copy, Debug)]
pub struct RawOptions {
    /// The key of states; None for the default of the world.
    pub key: Option<Key>,
    /// H in steps; None for the episode length of the world, at most 200.
    pub horizon: Option<u32>,
    /// S; None for the number of cells of the map.
    pub states: Option<u32>,
    /// Factor of the bonus, from 0 to 1e9.
    pub scale: f64,
    /// Probability with which the confidence bound may fail, from 1e-12 to 1.
    pub delta: f64,
    /// Most states that an instance may meet before the run stops with an error.
    pub max_states: usize,
}

/// Options that the tabular agents have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Common {
    /// The key of states.
    pub key: Key,
    /// H, in steps.
    pub horizon: u32,
    /// S in the formulas of the bounds.
    pub states: u32,
    /// Most states that an instance may meet before the run stops with an error.
    pub max_states: usize,
}

impl Common {
    /// Fills in the defaults: the key `position` in gridlab, as horizon the length of an episode, at most `HORIZON`, and as states the
    /// cells of the map.
    ///
    /// # Errors
    /// [`Error::Usage`] if the agent cannot be used in this world, or with the invalid option.
    pub fn resolve(name: &str, world: &dyn World, raw: &RawOptions) -> Result<Common> {
        let spec = world.spec();
        let key = match (world.default_keys().tabular, raw.key) {
            (TabularKey::TooMany, _) => {
                let why = "there are too many states to be written down; it is for gridlab, or for MiniGrid with a key";
                return Err(Error::Usage(format!("agent {name}: {}: {why}", spec.id)));
            }
            (TabularKey::Explicit, None) => {
                let why = "say which states are the same, like --set agent.key=position+facing";
                return Err(Error::Usage(format!("agent {name}: {}: {why}", spec.id)));
            }
            (TabularKey::Default(default), key) => key.unwrap_or(default),
            (TabularKey::Explicit, Some(key)) => key,
        };
        world.check_key(key).map_err(|why| Error::Usage(format!("agent {name}: key: {why}")))?;
        let text: toml::Table = spec.toml.parse().unwrap_or_default();
        let length = text.get("max_steps").and_then(toml::Value::as_integer).and_then(|n| u32::try_from(n).ok());
        let horizon = raw.horizon.unwrap_or(length.unwrap_or(HORIZON).clamp(1, HORIZON));
        within(name, "horizon", horizon, 1, MAX_HORIZON)?;
        let max_states = within(name, "max_states", raw.max_states, 1, u32::MAX as usize - 1)?;
        let states = within(name, "states", raw.states.unwrap_or(spec.size.0 * spec.size.1), 1, u32::MAX)?;
        within(name, "scale", raw.scale, 0.0, 1e9)?;
        within(name, "delta", raw.delta, 1e-12, 1.0)?;
        Ok(Common { key, horizon, states, max_states })
    }
}

/// The learner of one instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pupil<L> {
    learner: L,
    /// Index of each key that was met.
    states: BTreeMap<u64, u32>,
    state: u32,
    stage: u32,
    /// Sum of the raw rewards of its best episode, and the steps of the whole batch after which it was reached.
    best: Option<(i64, u64)>,
}

impl<L: Learner> Pupil<L> {
    /// Returns the index of `key`. A new key gets the next index.
    fn number(&mut self, key: u64, most: usize, instance: usize, name: &str) -> Result<u32> {
        let n = self.states.len();
        if n >= most && !self.states.contains_key(&key) {
            let hint = "take a key with fewer parts, or a larger max_states";
            return Err(Error::Limit(format!("agent {name}: instance {instance} has met more than {most} states; {hint}")));
        }
        Ok(*self.states.entry(key).or_insert(n as u32))
    }
}

/// The learners of a batch.
#[derive(Debug)]
pub struct Tabular<L> {
    name: &'static str,
    world: Arc<dyn World>,
    common: Common,
    seed: u64,
    untaught: L,
    /// `[n]`; empty before the first step.
    pupils: Vec<Pupil<L>>,
}

impl<L: Learner> Tabular<L> {
    /// A learner for each instance, all copies of `untaught`; `name` is the name of the agent.
    pub fn new(name: &'static str, world: &Arc<dyn World>, seed: u64, common: Common, untaught: L) -> Tabular<L> {
        Tabular { name, world: world.clone(), common, seed, untaught, pupils: Vec::new() }
    }

    fn look(&self, batch: &mut Batch) -> Result<Vec<(u64, StepView)>> {
        let key = self.common.key;
        look(batch, |work, i| (work.world.key(key, i, &work.block), work.step_view(i)))
    }

    fn begin(&mut self, batch: &mut Batch) -> Result<()> {
        let pupil = |(key, _): &(u64, StepView)| Pupil {
            learner: self.untaught.clone(),
            states: BTreeMap::from([(*key, 0)]),
            state: 0,
            stage: 0,
            best: None,
        };
        self.pupils = self.look(batch)?.iter().map(pupil).collect();
        Ok(())
    }

    fn actions(&mut self, step: u64) -> Vec<u32> {
        let key = [L::STREAM[0] ^ self.seed as u32, L::STREAM[1] ^ (self.seed >> 32) as u32];
        let choose = |(i, pupil): (usize, &mut Pupil<L>)| {
            let mut stream = Keyed::new(key, i as u32, step as u32, (step >> 32) as u32);
            pupil.learner.choose(pupil.stage, pupil.state, &mut stream)
        };
        self.pupils.par_iter_mut().enumerate().with_min_len(TAUGHT_TOGETHER).map(choose).collect()
    }

    /// Every pupil learns from its step.
    fn teach(&mut self, actions: &[u32], before: &[StepView], after: &[(u64, StepView)], at: u64) -> Result<()> {
        let (common, unit, name) = (self.common, f64::from(self.world.spec().reward_denominator), self.name);
        let teach = |(i, pupil): (usize, &mut Pupil<L>)| {
            let (key, step) = after[i];
            if step.flags & Core::BEGUN != 0 {
                (pupil.state, pupil.stage) = (pupil.number(key, common.max_states, i, name)?, 0);
            }
            if step.flags & Core::SKIP != 0 {
                return Ok(());
            }
            let done = step.flags & Core::DONE != 0;
            // In same-step mode, the view after an end is that of the next episode. The return of the ended episode is the sum before the
            // step plus the reward.
            let total = before[i].total + i64::from(step.reward);
            let new = if done && step.step > 0 { None } else { Some(pupil.number(key, common.max_states, i, name)?) };
            let next = new.filter(|_| !done);
            let (stage, state, action) = (pupil.stage, pupil.state, actions[i]);
            pupil.learner.learn(&Transition { stage, state, action, reward: f64::from(step.reward) / unit, next });
            let last = done || stage + 1 == common.horizon;
            if last {
                pupil.learner.end();
            }
            if pupil.best.is_none_or(|(best, _)| total > best) {
                pupil.best = Some((total, at));
            }
            (pupil.state, pupil.stage) = (new.unwrap_or(state), if last { 0 } else { stage + 1 });
            Ok(())
        };
        self.pupils.par_iter_mut().enumerate().with_min_len(TAUGHT_TOGETHER).map(teach).collect()
    }
}

impl<L: Learner> Driver for Tabular<L> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn advance(&mut self, batch: &mut Batch, n_steps: u64) -> Result<()> {
        if self.pupils.is_empty() {
            self.begin(batch)?;
        }
        let mut before: Vec<StepView> = self.look(batch)?.into_iter().map(|(_, step)| step).collect();
        for _ in 0..n_steps {
            let actions = self.actions(batch.steps());
            batch.step(&actions)?;
            let after = self.look(batch)?;
            self.teach(&actions, &before, &after, batch.steps() * batch.len() as u64)?;
            before = after.into_iter().map(|(_, step)| step).collect();
        }
        Ok(())
    }

    fn save(&self) -> Value {
        json!(self.pupils)
    }

    fn load(&mut self, batch: &Batch, saved: &Value) -> Result<()> {
        let odd = || Error::Data(format!("checkpoint: {}: what it learnt cannot be read", self.name));
        let mut pupils: Vec<Pupil<L>> = serde_json::from_value(saved.clone()).map_err(|_| odd())?;
        if !pupils.is_empty() && pupils.len() != batch.len() {
            return Err(odd());
        }
        pupils.iter_mut().for_each(|pupil| pupil.learner.recall(&self.untaught));
        self.pupils = pupils;
        Ok(())
    }

    fn report(&self) -> Vec<(String, Value)> {
        let mut report = vec![("horizon".to_string(), json!(self.common.horizon))];
        let unit = f64::from(self.world.spec().reward_denominator);
        if let Some(most) = self.pupils.iter().map(|pupil| pupil.states.len()).max() {
            report.push(("states_of_an_instance".to_string(), json!(most)));
        }
        let best = self.pupils.iter().filter_map(|pupil| pupil.best).map(|(total, at)| (total, std::cmp::Reverse(at))).max();
        if let Some((total, std::cmp::Reverse(at))) = best {
            report.push(("best_return".to_string(), json!(total as f64 / unit)));
            report.push(("best_return_at".to_string(), json!(at)));
            let many = self.pupils.iter().filter(|pupil| pupil.best.is_some_and(|(best, _)| best == total)).count();
            report.push(("instances_with_best_return".to_string(), json!(many)));
        }
        report.extend(self.untaught.report(self.pupils.iter().map(|pupil| &pupil.learner)));
        report
    }
}
